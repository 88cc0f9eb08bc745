# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several people on one machine: each session by itself, and none is touched for another one's sake."""
from test_presence import edges, last, policy, wait_presence
from vmlib import desk
from vmlib.api import devices, media, on


def log_in_by_ssh(guest):
    """A real login over the network; it lasts for as long as the job does."""
    guest.sh("ip link set lo up && ssh-keygen -q -N '' -f /root/key && install -d -m 0700 -o other -g other /home/other/.ssh"
             " && install -m 0600 -o other -g other /root/key.pub /home/other/.ssh/authorized_keys && systemctl start ssh")
    job = guest.spawn("exec ssh -i /root/key -o StrictHostKeyChecking=no -o ConnectTimeout=60 other@127.0.0.1 sleep infinity")
    return job, guest.python_until("""
        for line in subprocess.run(["loginctl", "list-sessions", "--no-legend"], capture_output=True, text=True).stdout.splitlines():
            number = line.split()[0]
            of = subprocess.run(["loginctl", "show-session", number, "-p", "Remote", "-p", "Name", "-p", "Service", "--value"],
                                capture_output=True, text=True).stdout.split()
            if set(of) == {"other", "yes", "sshd"}:
                result = number
        """, 120, interval=0.3)


@on("desktop-guard", idle=True)
def test_two_users(guest):
    """Clerk's desktop in the background, another person's console in front, and a login over the network."""
    _, remote = log_in_by_ssh(guest)
    other = guest.session("other")
    wait_presence(guest, user="other", id=other.id, active=True)
    wait_presence(guest, user="clerk", active=False)
    guest.send_keys("shift")
    since = last(guest)
    policy(guest, "[presence]\nlock-after=10s\nwarning=2s\n")
    locked = wait_presence(guest, user="other", id=other.id, state="locked")
    assert (locked["rung"], locked["proof"]) == ("physlock", "strong"), locked
    behind = wait_presence(guest, user="clerk")
    assert (behind["state"], behind["proof"]) == ("active", "none"), behind
    assert {r["user"] for r in desk.records(guest, "presence") if r["seq"] > since} == {"other"}
    assert not guest.run("loginctl --no-legend | grep lightdm").out
    # There is no screen to it: not locked, not told of, and there still.
    assert guest.sh("loginctl show-session %s -p LockedHint -p State --value" % remote).split() == ["active", "no"]
    assert not [s for s in guest.guardctl("presence")["sessions"] if s["id"] == remote and s["state"] == "locked"]
    guest.type_text("clerk\n")  # somebody else's password opens nothing
    guest.run_until("journalctl -b --no-pager | grep -q 'physlock.*authentication failure'", 60)
    policy(guest, "[presence]\nlock-after=5min\n")
    pid = guest.sh("systemctl show -p MainPID --value baomi-guard-physlock@%s.service" % other.id)
    guest.run_until("grep -qE 'n_tty_read|poll|wait_woken' /proc/%s/wchan" % pid, 60)
    guest.type_text("other\n")
    wait_presence(guest, user="other", id=other.id, state="active", active=True)
    policy(guest, "[presence]\nlock-after=10s\nwarning=2s\n")
    # What opened the other person's console opens nothing of clerk's: it is locked as soon as it is in front.
    guest.sh("chvt 7")
    guest.send_keys("shift")
    wait_presence(guest, user="clerk", state="locked")
    assert "idle-lock" in edges(guest, since)


def screen(guest, vt):
    """What is to be read on a text console."""
    return guest.python("""
        text = open("/dev/vcs%s" % args, "rb").read().decode("latin-1")
        result = " ".join(text.split())
        """, vt)


def wait_screen(guest, vt, words):
    guest.python_until("""
        text = " ".join(open("/dev/vcs%s" % args[0], "rb").read().decode("latin-1").split())
        result = args[1] in text
        """, 120, args=[vt, words])


@on("desktop-guard")
def test_console(guest):
    """Who works at a text console is told there, on his own terminal and no other, for as long as his session lasts."""
    other = guest.session("other")
    wait_presence(guest, user="other", id=other.id, active=True, agent=True)
    unit = guest.sh("systemctl list-units --plain --no-legend 'baomi-guard-agent-%s-*' | cut -d' ' -f1" % other.id)
    agent, = unit.split()
    assert guest.sh("systemctl show -p User --value " + agent) == "other"
    assert not [e for e in edges(guest, 0) if e.startswith("agent-")], "nobody missed it"
    desk.Desk(guest).enrol("LY-017", serial="CLASSIFIED-1").publish()
    guest.plug(devices.Stick(media.superfloppy(), serial="CLASSIFIED-1"))
    desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED-1")
    wait_screen(guest, 9, "*** Blocked: classified drive *** ")
    text = screen(guest, 9)
    assert "LY-017" in text and "recorded" in text, text
    assert "LY-017" not in screen(guest, 1), "another terminal"
    told = guest.run("{ journalctl -b --no-pager; cat /home/clerk/.xsession-errors; } | grep 'shown as popup.*classified'").out
    assert not told, told  # another person
    guest.sh("systemctl kill -s KILL " + agent)
    wait_presence(guest, user="other", agent=False)
    wait_presence(guest, user="other", agent=True)
    guest.sh("loginctl terminate-session " + other.id)
    guest.run_until("! systemctl list-units --plain --no-legend 'baomi-guard-agent-%s-*' | grep -q ." % other.id, 60)
    assert not guest.run("pgrep -u other guard-notifier").out
