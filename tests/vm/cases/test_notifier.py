# SPDX-License-Identifier: LGPL-2.1-or-later
"""The session agent in a real desktop: it says in Chinese what happened, says nothing that a device wants
it to say, and cannot be got rid of by the person it talks to."""
from test_presence import X, edges, last, wait_presence
from vmlib import desk
from vmlib.api import media, on, storage, usbdev, usbredir

AUTOSTART = "baomi-guard-notifier.desktop"
LISTEN = ("exec dbus-monitor --session "
          "\"interface='org.freedesktop.Notifications',member='Notify'\" > /tmp/notified")


def stick(serial, product):
    return usbredir.Redir(usbdev.Device([storage.Storage([storage.Disk(media.superfloppy())])], vendor=0x46f4,
                                        product=1, serial=serial, product_name=product))


def agents(guest):
    return guest.run("pgrep -u clerk -x guard-notifier").out.split()


def notified(guest, words):
    guest.run_until("grep -q '%s' /tmp/notified" % words, 90)
    return guest.read("/tmp/notified")


@on("desktop-guard")
def test_popup(guest):
    clerk = guest.session("clerk")
    wait_presence(guest, agent=True)
    clerk.spawn(LISTEN)
    guest.run_until("test -e /tmp/notified", 30)
    clerk.run("xfconf-query -c xfce4-notifyd -p /do-not-disturb -n -t bool -s true", env=X, check=True)
    clerk.run("notify-send 随便说说", env=X, check=True)
    desk.Desk(guest).enrol("LY-017", serial="CLASSIFIED", vendor_id="46f4", product_id="0001").publish()
    guest.plug(stick("CLASSIFIED", ("<b>bold</b>\u202elrtl<img src=x>" + "A" * 126)[:126]))
    text = notified(guest, "涉密专用U盘")
    for word in "LY-017", "非涉密计算机", "立即拔出", "已记录":
        assert word in text, text
    for word in "<b>", "<img", "\u202e", "A" * 80:
        assert word not in text, text
    # Whoever wants to hear nothing hears this, and nothing else.
    search = "%s xdotool search --onlyvisible --class xfce4-notifyd" % " ".join("%s=%s" % pair for pair in X.items())
    assert "随便说说" in guest.read("/tmp/notified")
    guest.run_until("test $(%s | wc -l) = 1" % search, 60, 0.3)
    for pid in agents(guest):
        size = int(guest.sh("awk '/^VmRSS/{print $2}' /proc/%s/status" % pid))
        assert size <= 20 * 1024, size


@on("desktop-guard", idle=True)
def test_killed_or_hung(guest):
    since = last(guest)
    first, = agents(guest)
    guest.session("clerk").run("kill -9 " + first, check=True)
    wait_presence(guest, agent=False)
    wait_presence(guest, agent=True)
    assert edges(guest, since) == ["agent-gone", "agent-back"], edges(guest, since)
    second, = agents(guest)
    assert "baomi-guard-agent-" in guest.read("/proc/%s/cgroup" % second)
    assert guest.sh("ps -o user= -p " + second) == "clerk"
    # For polkit what guardd starts is in no session; it may ask for its own person's history nevertheless.
    told = "journalctl -b -o cat --no-pager _PID=%s | grep -q '%s'"
    guest.run_until(told % (second, "registered with guardd"), 60)
    guest.session("clerk").run(["guard-notifier", "--history"]).ok()
    guest.run_until("pgrep -u clerk -f 'guard-notifier-window history'", 60)
    assert guest.run(told % (second, "what was missed is not known")).rc != 0
    guest.session("clerk").run("kill -STOP " + second, check=True)
    wait_presence(guest, agent=False, timeout=180)
    wait_presence(guest, agent=True)
    guest.run_until("! kill -0 %s" % second, 60)
    assert edges(guest, since)[2:] == ["agent-gone", "agent-back"], edges(guest, since)


@on("desktop-guard", idle=True)
def test_hidden_autostart(guest):
    since = last(guest)
    guest.session("clerk").run(
        "mkdir -p ~/.config/autostart && printf '[Desktop Entry]\\nHidden=true\\n' > ~/.config/autostart/"
        + AUTOSTART, check=True)
    guest.sh("systemctl restart lightdm")
    wait_presence(guest, timeout=240, active=True, agent=False)
    wait_presence(guest, timeout=240, agent=True)
    assert edges(guest, since)[-2:] == ["agent-gone", "agent-back"], edges(guest, since)
