# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person presses and reads: the buttons of a popup, the windows behind them, an alarm, what came while nobody
was there, and the countdown before the machine is switched off."""
import json
import re

from test_after_hours import clock, wait_shutdown
from test_notifier import LISTEN, notified
from test_presence import X, policy, wait_presence
from vmlib import desk
from vmlib.api import devices, media, on

# Presses a button, as a screen reader does: argv is the program's name, the button's, and more of what must be read there.
PRESS = """
import sys
from accessible import applications, wait, walk

def look():
    for app in applications(sys.argv[1]):
        nodes = [(node, node.get_role_name(), node.get_name() or "") for node in walk(app)]
        text = " ".join(name for _, _, name in nodes)
        found = [node for node, role, name in nodes if role == "push button" and name.startswith(sys.argv[2])]
        if found and all(word in text for word in sys.argv[3:]):
            return found[-1], text
    return None

button, text = wait(" ".join(sys.argv[1:]), look, 150)
button.do_action(0)
print(text)
"""


def press(guest, *what):
    desk.put_accessible(guest, "/tmp")
    guest.put("/tmp/press.py", PRESS)
    return guest.session("clerk").run(["python3", "/tmp/press.py", *what], timeout=200, env=X).ok().out


# What a window says, once all of these words are in it: argv is the program's name and the words.
READ = """
import sys
from accessible import applications, wait, walk

def look():
    for app in applications(sys.argv[1]):
        text = " ".join(node.get_name() or "" for node in walk(app))
        if all(word in text for word in sys.argv[2:]):
            return text
    return None

print(wait(" ".join(sys.argv[1:]), look, 150))
"""
# Fills a field, as an input method does, and presses Enter in it: argv is the program's name, the field's, and the text.
FILL = """
import sys
from accessible import Atspi, applications, wait, walk

def look():
    for app in applications(sys.argv[1]):
        for node in walk(app):
            if node.get_role_name() == "text" and (node.get_name() or "").startswith(sys.argv[2]):
                return node
    return None

field = wait(" ".join(sys.argv[1:3]), look, 150)
Atspi.EditableText.set_text_contents(field, sys.argv[3])
field.do_action(0)
"""


def at_the_window(guest, script, *words):
    desk.put_accessible(guest, "/tmp")
    guest.put("/tmp/window.py", script)
    return guest.session("clerk").run(["python3", "/tmp/window.py", "guard-notifier", *words], timeout=200, env=X).ok().out


def ejected(guest, times):
    """It is told, and so it is."""
    guest.run_until("test $(grep -c '现在可以拔出U盘' /tmp/notified) = %d" % times, 90)
    assert "/media/clerk/LOOK" not in guest.read("/proc/mounts")
    assert [r["user"] for r in desk.records(guest, "ejected")] == ["clerk"] * times


@on("desktop-guard")
def test_pressed(guest):
    """The popup of a drive that is read-only: its buttons, the windows that they open, and the eject."""
    clerk = guest.session("clerk")
    wait_presence(guest, agent=True)
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=none\n[contact]\nname=王老师\nphone=8203\n")
    policy(guest, "[rule look]\nserial=LOOK\nverdict=read-only\npopup=yes\n")
    clerk.run("xfconf-query -c xfce4-notifyd -p /expire-timeout -n -t int -s 120", env=X, check=True)
    clerk.spawn(LISTEN)
    guest.run_until("test -e /tmp/notified", 30)
    stick = devices.Stick(media.superfloppy(label="LOOK"), serial="LOOK")
    guest.plug(stick)
    text = notified(guest, "只读：不能向U盘写入")
    assert "王老师（电话 8203）" in text, text
    guest.run_until("grep -q /media/clerk/LOOK /proc/mounts", 120)

    press(guest, "notifyd", "详情")
    shown = press(guest, "guard-notifier", "我的记录", "LOOK", "王老师")
    assert "只读" in shown and "read-only" not in shown, shown
    shown = press(guest, "guard-notifier", "关闭", "在本机接入过的介质")
    assert "只读" in shown, shown
    press(guest, "guard-notifier", "弹出")
    ejected(guest, 1)
    press(guest, "guard-notifier", "关闭")
    guest.run_until("! pgrep guard-notifier-window", 60)

    guest.unplug(stick)
    guest.plug(stick)
    press(guest, "notifyd", "弹出")
    ejected(guest, 2)

    guest.put("/etc/baomi-guard/policy.d/50-case.conf", "[policy]\nunregistered=perhaps\n")
    guest.run("systemctl reload guardd")
    notified(guest, "卫士的规则已损坏")


@on("desktop-guard")
def test_missed(guest):
    """Nobody is logged in, and what is refused meanwhile is told at the next login."""
    desk.Desk(guest).enrol("LY-017", serial="CLASSIFIED", vendor_id="46f4", product_id="0001").publish()
    guest.sh("systemctl stop lightdm")
    guest.run_until("! loginctl --no-legend | grep -q clerk", 60)
    stick = devices.Stick(media.superfloppy(), serial="CLASSIFIED")
    guest.plug(stick)
    desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED")
    guest.unplug(stick)
    desk.wait_record(guest, "removed")
    guest.sessions.pop("clerk", None)
    guest.sh("systemctl start lightdm", timeout=240)
    wait_presence(guest, timeout=300, agent=True)
    press(guest, "notifyd", "详情", "涉密专用U盘", "LY-017")


@on("desktop-guard")
def test_postponed(guest):
    """The countdown comes with the cursor where the reason goes; Enter puts the shutdown off."""
    wait_presence(guest, agent=True)
    policy(guest, "[after-hours]\nshutdown=yes\nhours=%s-%s\ncountdown=5min\ngrace=1min\npostpone-minutes=30\n"
                  "postpone-times=2\n" % (clock(guest, 2), clock(guest, 3)))
    wait_shutdown(guest, "countdown")
    guest.run_until("%s xdotool search --onlyvisible --class guard-notifier" % " ".join("%s=%s" % p for p in X.items()), 90, 0.3)
    guest.type_text("papers\n")
    record = desk.wait_record(guest, "postponed")
    assert (record["user"], record["details"]["reason"]) == ("clerk", "papers"), record
    put_off = guest.guardctl("presence")["shutdown"]
    assert (put_off["postponed"], put_off["postponements_left"]) == (1, 1), put_off


@on("desktop-guard")
def test_ask_for_permission(guest):
    """clerk asks for an exception in the window behind the popup, and the desk answers on the telephone."""
    clerk = guest.session("clerk")
    wait_presence(guest, agent=True)
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=none\nhost-id=PC-0042\n[contact]\nname=王老师\nphone=8203\n")
    policy(guest, "[policy]\nunregistered=refuse\nregistry-absent=refuse\n")
    station = "guardctl station %s --dir /srv/book"
    guest.sh("; ".join(station % words for words in ("init", "host add PC-0042 --level none",
                                                     "host secret PC-0042 --output /etc/baomi-guard/host.secret")))
    clerk.run("xfconf-query -c xfce4-notifyd -p /expire-timeout -n -t int -s 120", env=X, check=True)
    clerk.spawn(LISTEN)
    guest.run_until("test -e /tmp/notified", 30)
    guest.plug(devices.Stick(media.superfloppy(label="ASKED"), serial="ASKED"))
    notified(guest, "无法核对U盘")
    press(guest, "notifyd", "详情")
    press(guest, "guard-notifier", "申请临时许可")
    guest.run_until("pgrep -u clerk -f 'guard-notifier-window ask'", 60)
    at_the_window(guest, FILL, "原因", "法院材料")
    text = at_the_window(guest, READ, "请读出", "王老师（电话 8203）", "PC-0042")
    code = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}\b", text).group()
    answer = guest.sh(station % ("answer PC-0042 %s --reason telephone --json" % code))
    at_the_window(guest, FILL, "对方的答复码", json.loads(answer)["code"].lower())
    at_the_window(guest, READ, "已获临时许可")
    guest.run_until("grep -q '/media/clerk/ASKED vfat ro,' /proc/mounts", 120)
    granted = desk.wait_record(guest, "exception-granted")
    assert granted["user"] == "clerk" and granted["details"]["reason"] == "法院材料", granted
