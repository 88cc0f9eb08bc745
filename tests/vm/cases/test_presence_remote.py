# SPDX-License-Identifier: LGPL-2.1-or-later
"""A remote desktop has neither console nor input devices: its silence is told by the session's agent, its lock is a
locker's, and where none locks it is ended if the policy says so. Nobody else is touched."""
from test_presence import last, policy, presence, wait_presence
from vmlib import desk
from vmlib.api import on

# xrdp's session manager listens on ::1, and a name is looked up only where there is a network.
NETWORK = ("echo '::1 localhost' >> /etc/hosts; ip link add office0 type dummy; ip addr add 10.1.1.1/24 dev office0;"
           " ip link set office0 up; ip link set lo up")
# The agent tells of that key with its next heartbeat.
KNOWS = """
out = subprocess.run(["guardctl", "presence", "--json"], capture_output=True, text=True).stdout
result = [s for s in json.loads(out or '{"sessions": []}')["sessions"] if s["user"] == "other" and s["idle_seconds"] < 30]
"""
REMOTE = "DISPLAY=:10 XAUTHORITY=/home/other/.Xauthority "


def steps(guest, since):
    """What happened to the remote person's lock. That a slow machine's agent is missed for a while is another matter."""
    return [r["details"] for r in desk.records(guest, "presence")
            if r["seq"] > since and r["user"] == "other" and not r["details"]["edge"].startswith("agent-")]


def told(guest, since):
    return [step["edge"] for step in steps(guest, since)]


@on("desktop-guard", idle=True, timeout=1200)
def test_xrdp(guest):
    guest.sh(NETWORK)
    guest.sh("chmod 0755 /usr/bin/mate-screensaver && systemctl start xrdp-sesman")
    guest.run_until("xrdp-sesrun -t Xorg -g 1024x768 -p other other", 60, 1)
    wait_presence(guest, timeout=300, user="other", agent=True, active=True)
    assert not presence(guest, "other").get("seat"), presence(guest, "other")
    guest.quiet()
    since = last(guest)
    guest.sh(REMOTE + "xdotool key shift")
    guest.python_until(KNOWS, 120, interval=0.5)
    policy(guest, "[presence]\nlock-after=60s\nwarning=10s\nlast-resort=terminate\n")
    wait_presence(guest, user="other", state="warning")
    locked = wait_presence(guest, user="other", state="locked")
    assert (locked["rung"], locked["proof"]) == ("locker", "corroborated"), locked
    assert locked["evidence"].startswith("the desktop says so, mate-screensaver"), locked
    assert told(guest, since) == ["warned", "idle-lock", "rung-failed", "proven"], told(guest, since)

    guest.sh(REMOTE + "xdotool key shift")
    guest.run_until(REMOTE + "xdotool search --onlyvisible --class mate-screensaver-dialog", 90, 0.3)
    guest.sh(REMOTE + "xdotool key --delay 200 o t h e r Return")
    wait_presence(guest, user="other", state="active", proof="none")
    assert told(guest, since)[-1] == "unlocked", told(guest, since)

    # What locked it is gone, and there is no other: the policy has the session ended.
    guest.sh("chmod 0644 /usr/bin/mate-screensaver; pkill -u other mate-screensave")
    guest.run_until("! loginctl --no-legend | grep -qw other", 240, 1)
    assert told(guest, since)[-2:] == ["idle-lock", "rung-failed"], told(guest, since)
    assert steps(guest, since)[-1]["rung"] == "terminate", steps(guest, since)
    wait_presence(guest, user="clerk", active=False, state="locked")  # he was away as well: his own greeter is in front
