# SPDX-License-Identifier: LGPL-2.1-or-later
"""After work the machine is switched off: guardd's own deadline, which nobody at the desk can cancel, that
is counted down whole, and that no broken calendar or clock brings by surprise."""
from vmlib import desk
from vmlib.api import on

POLICY = "/etc/baomi-guard/policy.d/50-case.conf"


def clock(guest, shift):
    """Time of day @shift hours from now."""
    return guest.sh("date -d '%d hours' +%%H:%%M" % shift)


def hours(guest, begin, end, more=""):
    """A calendar whose working time is from @begin to @end, in hours from now, every day."""
    guest.put(POLICY, "[after-hours]\nshutdown=yes\nhours=%s-%s\ncountdown=30s\ngrace=1min\n%s" % (
        clock(guest, begin), clock(guest, end), more))
    guest.sh("guardctl policy check && systemctl reload guardd")


def shutdown(guest):
    return guest.guardctl("presence")["shutdown"]


def wait_shutdown(guest, state, timeout=120):
    return guest.python_until("""
        out = subprocess.run(["guardctl", "presence", "--json"], capture_output=True, text=True).stdout
        result = json.loads(out or '{"shutdown": {"state": ""}}')["shutdown"]
        result = result["state"] == args and result
        """, timeout, args=state, interval=0.2)


def edges(guest):
    return [r["details"]["edge"] for r in desk.records(guest, "after-hours")]


@on("guard", idle=True)
def test_switched_off(guest):
    clerk = guest.session("clerk")
    clerk.spawn("systemd-inhibit --what=shutdown:sleep --mode=block sleep infinity")
    guest.run_until("systemd-inhibit --list --no-pager | grep -q clerk", 60)
    hours(guest, 2, 3, "postpone-minutes=1\npostpone-times=1\n")
    wait_shutdown(guest, "countdown")
    refused = clerk.run(["guardctl", "postpone", "1", "--reason", " "])
    assert refused.rc != 0 and shutdown(guest)["postponements_left"] == 1, refused
    refused = clerk.run(["guardctl", "postpone", "2", "--reason", "minutes"])
    assert refused.rc != 0 and refused.err.strip(), refused
    clerk.run(["guardctl", "postpone", "1", "--reason", "赶会议材料"], check=True)
    put_off = shutdown(guest)
    assert (put_off["postponed"], put_off["postponements_left"]) == (1, 0), put_off
    assert put_off["seconds"] > 30, put_off
    record, = desk.records(guest, "postponed")
    assert record["user"] == "clerk" and record["details"]["reason"] == "赶会议材料", record
    assert clerk.run(["guardctl", "postpone", "1", "--reason", "again"]).rc != 0
    for attack in ("shutdown -c", "busctl call org.freedesktop.login1 /org/freedesktop/login1"
                   " org.freedesktop.login1.Manager CancelScheduledShutdown",
                   "shutdown -P +600", "systemctl --user stop '*'",
                   "systemctl --no-ask-password stop guardd"):
        clerk.run(attack)
    wait_shutdown(guest, "countdown")
    assert guest.machine.wait_end(240), edges(guest)


@on("guard")
def test_clock_set(guest):
    hours(guest, -1, 2)
    wait_shutdown(guest, "working")
    guest.sh("date -s '3 hours'")
    counted = wait_shutdown(guest, "countdown")
    assert counted["seconds"] > 15, counted
    guest.sh("date -s '3 hours ago'")
    wait_shutdown(guest, "working")
    assert "cancelled" in edges(guest), edges(guest)
    guest.sh("date -s '2 years ago'; systemctl restart guardd")
    wait_shutdown(guest, "doubtful")
    alarm = desk.wait_record(guest, "alarm")
    assert alarm["message"].startswith("The clock is behind"), alarm


@on("guard")
def test_broken_calendar(guest):
    """Nothing is switched off by a calendar that cannot be read; the last good one stays."""
    guest.put(POLICY, "[after-hours]\nshutdown=yes\nhours=mon-fri 25:00-26:00\n")
    check = guest.run("guardctl policy check")
    assert check.rc != 0 and "50-case.conf:3" in check.out + check.err, check
    guest.sh("systemctl reload guardd")
    desk.wait_record(guest, "alarm")
    assert shutdown(guest)["state"] == "off"
    hours(guest, -1, 2)
    wait_shutdown(guest, "working")
    guest.put(POLICY, "[after-hours]\nshutdown=yes\nhours=\n")
    guest.sh("systemctl reload guardd")
    guest.run_until("guardctl status --json | grep -q 50-case.conf", 60)
    assert shutdown(guest)["state"] == "working"
    guest.sh("systemctl restart guardd")
    assert shutdown(guest)["state"] == "off"
