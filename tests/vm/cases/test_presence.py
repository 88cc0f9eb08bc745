# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whoever leaves is locked out until they are back, whatever the programs in their session say. Silence
is QEMU's keyboard and mouse at rest; a person is QEMU typing."""
from vmlib import desk
from vmlib.api import devices, media, on

X = {"DISPLAY": ":0", "XAUTHORITY": "/home/clerk/.Xauthority"}
# Of each main loop the times that it came back from waiting in poll(2), by the stacks of the kernel's own count: a thread
# that waits for a lock or for a page of its program sleeps too, on a busy machine often, and has not been woken by anything.
TRACED = "/sys/kernel/tracing/events/sched/sched_switch/trigger"
COUNT = """
pids = []
for name in glob.glob("/proc/[0-9]*/comm"):
    try:
        if open(name).read().strip() in ("guardd", "guard-notifier"):
            pids.append(name.split("/")[2])
    except OSError:
        pass
trigger = "hist:keys=prev_pid,stacktrace:size=1024 if prev_state==1 && (%s)" % " || ".join("prev_pid==" + p for p in pids)
open(args, "w").write(trigger)
"""
COUNTED = """
found = open(os.path.dirname(args) + "/hist").read().split("{")[1:]
result = [sum(int(one.split("hitcount:")[1].split()[0]) for one in found if "do_sys_poll" in one or "do_epoll_wait" in one),
          time.clock_gettime(time.CLOCK_BOOTTIME)]
"""
JIGGLE = "while :; do xset s reset; xdotool mousemove_relative 1 1; sleep 1; done"
SESSION = "/org/freedesktop/login1/session/auto org.freedesktop.login1.Session"


def policy(guest, text):
    guest.put("/etc/baomi-guard/policy.d/50-case.conf", text)
    guest.sh("guardctl policy check && systemctl reload guardd")


def presence(guest, user="clerk"):
    """That person's entry in `guardctl presence`."""
    return [s for s in guest.guardctl("presence")["sessions"] if s["user"] == user][0]


def wait_presence(guest, timeout=120, user="clerk", **want):
    """Until that person's session is shown like this; its entry."""
    return guest.python_until("""
        out = subprocess.run(["guardctl", "presence", "--json"], capture_output=True, text=True).stdout
        result = [s for s in json.loads(out or '{"sessions": []}')["sessions"] if s["user"] == args[0]
                  and all(s[k] == v for k, v in args[1].items())]
        result = result and result[0]
        """, timeout, args=[user, want], interval=0.2)


def edges(guest, since=0, user=None):
    """What is on record about presence (of that person alone), oldest first."""
    return [r["details"]["edge"] for r in desk.records(guest, "presence")
            if r["seq"] > since and user in (None, r["user"])]


def last(guest):
    return guest.guardctl("log")[-1]["seq"]


def unlock_greeter(guest, user="clerk"):
    """Types name and password, each when the greeter has asked for it."""
    log = "/var/log/lightdm/lightdm.log"
    guest.run_until("DISPLAY=:1 XAUTHORITY=/run/lightdm/root/:1 xdotool search --onlyvisible --class greeter"
                    " && tac %s | awk '/Prompt greeter/{ok=1} /Greeter connected/{exit !ok}'" % log, 180, 0.3)
    prompts = int(guest.sh("grep -c 'Prompt greeter' " + log))
    guest.type_text(user + "\n")
    guest.run_until("test $(grep -c 'Prompt greeter' %s) -gt %d" % (log, prompts), 60)
    guest.type_text(user + "\n")
    wait_presence(guest, user=user, state="active", proof="none")


@on("desktop-guard", idle=True)
def test_lock_proven(guest):
    since = last(guest)
    clerk = guest.session("clerk")
    jiggler = clerk.spawn(JIGGLE, env=X)
    clerk.spawn("systemd-inhibit --what=idle:sleep:handle-lid-switch --mode=block sleep infinity")
    for setting in "lock-after-screensaver 0", "late-locking true", "lock-on-suspend false":
        clerk.run("gsettings set apps.light-locker " + setting, env=X)
    guest.send_keys("shift")
    policy(guest, "[presence]\nlock-after=80s\nwarning=20s\n")
    guest.run_until("pgrep -u clerk -f 'guard-notifier-window countdown'", 180, 0.3)
    assert presence(guest)["state"] == "warning"
    locked = wait_presence(guest, state="locked")
    assert locked["proof"] == "strong" and "light-locker" in locked["evidence"], locked
    assert edges(guest, since) == ["warned", "idle-lock", "proven"], edges(guest, since)
    faked = desk.wait_record(guest, "presence-faked")
    assert faked["user"] == "clerk", faked
    jiggler.kill(9)
    unlock_greeter(guest)
    assert edges(guest, since)[-1] == "unlocked"


@on("desktop-guard", idle=True)
def test_back_in_time(guest):
    guest.send_keys("shift")
    since = last(guest)
    policy(guest, "[presence]\nlock-after=30s\nwarning=10s\n")
    wait_presence(guest, state="warning")
    guest.send_keys("shift")
    wait_presence(guest, state="active")
    assert edges(guest, since)[-2:] == ["warned", "returned"], edges(guest, since)


@on("desktop-guard", idle=True)
def test_exemption_ends(guest):
    """A program of the person's own puts the lock off, by what the policy allows and no longer."""
    guest.session("clerk").spawn("systemd-inhibit --what=idle --mode=block sleep infinity")
    guest.run_until("systemd-inhibit --list --no-pager | grep -q 'clerk.*idle'", 60)
    guest.send_keys("shift")
    policy(guest, "[presence]\nlock-after=20s\nwarning=4s\nexempt-for=1min\n")
    guest.send_keys("shift")
    begin = float(guest.read("/proc/uptime").split()[0])
    locked = wait_presence(guest, timeout=180, state="locked")
    assert locked["proof"] == "strong", locked
    took = float(guest.read("/proc/uptime").split()[0]) - begin
    assert took > 70, took


@on("desktop-guard", idle=True)
def test_locker_killed(guest):
    """The locker is dead and the hint is a lie: the consoles are locked, and nothing leads back to the
    desktop but the person's own password."""
    since = last(guest)
    clerk = guest.session("clerk")
    clerk.run("pkill -9 light-locker", check=True)
    clerk.run("busctl call org.freedesktop.login1 %s SetLockedHint b true" % SESSION, check=True)
    guest.send_keys("shift")
    policy(guest, "[presence]\nlock-after=10s\nwarning=2s\n")
    locked = wait_presence(guest, state="locked")
    assert (locked["rung"], locked["proof"]) == ("physlock", "strong"), locked
    assert edges(guest, since) == ["warned", "idle-lock", "rung-failed", "proven"], edges(guest, since)
    front = guest.sh("cat /sys/class/tty/tty0/active")
    assert front != "tty7"
    guest.send_keys("ctrl+alt+f7")
    unit = "baomi-guard-physlock@%s.service" % clerk.id
    pid = guest.sh("systemctl show -p MainPID --value " + unit)
    for attack in ("chvt 7", "kill -9 " + pid, "loginctl unlock-sessions", "loginctl activate 1",
                   "systemctl --no-ask-password stop " + unit,
                   "dbus-send --system --print-reply --dest=org.freedesktop.systemd1 "
                   "/org/freedesktop/systemd1 org.freedesktop.systemd1.Manager.StopUnit "
                   "string:%s string:replace" % unit):
        clerk.run(attack, timeout=90)
        assert guest.sh("cat /sys/class/tty/tty0/active") == front, attack
    assert guest.run("systemctl stop " + unit).rc != 0  # root by mistake, too
    guest.sh("systemctl restart guardd")
    again = wait_presence(guest, state="locked")
    assert again["proof"] == "strong" and guest.sh("cat /sys/class/tty/tty0/active") == front
    guest.type_text("wrong\n")
    guest.run_until("journalctl -b --no-pager | grep -q 'physlock.*authentication failure'", 60)
    assert presence(guest)["state"] == "locked"
    # It thinks for a while after a wrong password, and throws away what is typed meanwhile.
    guest.run_until("test \"$(cat /proc/%s/wchan)\" = n_tty_read || grep -q poll /proc/%s/wchan ||"
                    " grep -q wait_woken /proc/%s/wchan" % (pid, pid, pid), 60)
    guest.type_text("clerk\n")
    wait_presence(guest, state="active", proof="none")
    assert guest.sh("cat /sys/class/tty/tty0/active") == "tty7"


@on("desktop-guard")
def test_lock_by_hand(guest):
    done = guest.session_run("clerk", "guardctl lock --json", timeout=120).ok().json
    assert done["state"] == "locked" and done["proof"] == "strong", done
    unlock_greeter(guest)
    assert "unlocked" in edges(guest)


@on("desktop-guard", idle=True)
def test_sleep(guest):
    """The lock is proven before the machine sleeps, also where the desktop has none, and still there when it
    wakes. What was plugged in meanwhile is found then, and one that was pulled out is gone."""
    desk.Desk(guest).enrol("LY-017", serial="CLASSIFIED", vendor_id="46f4", product_id="0001").publish()
    before = devices.Stick(media.superfloppy(), serial="BEFORE")
    guest.plug(before)
    desk.wait_record(guest, "block-decision", serial="BEFORE", verdict="admit")
    guest.udisks_has("sda")
    guest.session("clerk").run("pkill -9 light-locker", check=True)
    since = last(guest)
    mark = guest.mark()
    guest.spawn("systemctl suspend")
    guest.machine.wait_status("suspended", 180)
    guest.unplug(before)
    guest.plug(devices.Stick(media.superfloppy(), serial="CLASSIFIED"))
    guest.plug(devices.Stick(media.superfloppy(), serial="LATER"))
    guest.machine.qmp.cmd("system_wakeup")
    wait_presence(guest, state="locked", proof="strong")
    assert edges(guest, since) == ["asked-lock", "rung-failed", "proven"], edges(guest, since)
    told = guest.sh("journalctl -b -o cat --no-pager -t guardd -t systemd-sleep").splitlines()
    asleep, = [n for n, line in enumerate(told) if line.startswith("Entering sleep")]
    assert "The screen is locked, and that is proven" in told[:asleep], told
    desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED")
    desk.wait_verdict(guest, "nobody-present", "LATER")
    desk.wait_record(guest, "removed", serial="BEFORE")
    assert not desk.find(guest, serial="BEFORE")
    guest.assert_no_block(mark)


@on("desktop-guard", idle=True)
def test_suspend_after_lock(guest):
    """Locked for long enough the machine sleeps, and not before the lock is proven; who wakes it finds the lock."""
    since = last(guest)
    guest.send_keys("shift")
    policy(guest, "[presence]\nlock-after=10s\nwarning=2s\nsuspend-after=1min\n")
    guest.machine.wait_status("suspended", 300)
    guest.machine.qmp.cmd("system_wakeup")
    guest.run_until("journalctl -b -o cat --no-pager -t systemd-sleep | grep -q 'System returned from sleep'", 120)
    locked = wait_presence(guest, state="locked", proof="strong")
    assert locked["rung"] == "logind", locked
    told = edges(guest, since)
    assert told[:4] == ["warned", "idle-lock", "proven", "suspends"], told
    assert "unlocked" not in told and "tampered" not in told, told


def woken_in_a_minute(guest):
    """By what happened in a minute or somewhat longer: a guest under load is asked late."""
    before, begin = guest.python(COUNTED, TRACED)
    guest.run_until("test $(cut -d. -f1 /proc/uptime) -ge %d" % (begin + 60), 120, interval=5)
    after, end = guest.python(COUNTED, TRACED)
    return (after - before) * 60 / (end - begin)


@on("desktop-guard", idle=True)
def test_idle_cost(guest):
    """Wake-ups of the main loops of guardd and the agent together: under one a second, when locked one in 5 s."""
    wait_presence(guest, agent=True, state="active")
    guest.sh("mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing")
    guest.python(COUNT, TRACED)
    woken = woken_in_a_minute(guest)
    print("    active: %.1f wake-ups in a minute" % woken)
    assert woken < 60, woken
    guest.session_run("clerk", "guardctl lock", timeout=120).ok()
    guest.run_until("tac /var/log/lightdm/lightdm.log | awk '/Prompt greeter/{ok=1} /Greeter connected/{exit !ok}'",
                    180, 5)
    woken = min(woken_in_a_minute(guest) for _ in range(2))
    print("    locked: %.1f wake-ups in a minute" % woken)
    assert woken <= 12, woken
