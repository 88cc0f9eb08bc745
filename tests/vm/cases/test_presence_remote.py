# SPDX-License-Identifier: LGPL-2.1-or-later
"""A remote desktop has neither console nor input devices: its silence is told by the session's agent, its lock is a
locker's, and where none locks it is ended if the policy says so. Nobody else is touched."""
from test_presence import edges, last, policy, presence, wait_presence
from vmlib import desk
from vmlib.api import on

# xrdp's session manager listens on ::1, and a name is looked up only where there is a network.
NETWORK = ("echo '::1 localhost' >> /etc/hosts; ip link add office0 type dummy; ip addr add 10.1.1.1/24 dev office0;"
           " ip link set office0 up; ip link set lo up")
REMOTE = "DISPLAY=:10 XAUTHORITY=/home/other/.Xauthority "


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
    policy(guest, "[presence]\nlock-after=60s\nwarning=10s\nlast-resort=terminate\n")
    wait_presence(guest, user="other", state="warning")
    locked = wait_presence(guest, user="other", state="locked")
    assert (locked["rung"], locked["proof"]) == ("locker", "corroborated"), locked
    assert locked["evidence"].startswith("the desktop says so, mate-screensaver"), locked
    assert edges(guest, since, "other") == ["warned", "idle-lock", "rung-failed", "proven"], edges(guest, since, "other")

    guest.sh(REMOTE + "xdotool key shift")
    guest.run_until(REMOTE + "xdotool search --onlyvisible --class mate-screensaver-dialog", 90, 0.3)
    guest.sh(REMOTE + "xdotool key --delay 200 o t h e r Return")
    wait_presence(guest, user="other", state="active", proof="none")
    assert edges(guest, since, "other")[-1] == "unlocked", edges(guest, since, "other")

    # What locked it is gone, and there is no other: the policy has the session ended.
    guest.sh("chmod 0644 /usr/bin/mate-screensaver; pkill -u other mate-screensave")
    guest.run_until("! loginctl --no-legend | grep -qw other", 240, 1)
    assert edges(guest, since, "other")[-2:] == ["idle-lock", "rung-failed"], edges(guest, since, "other")
    assert [r["details"]["rung"] for r in desk.records(guest, "presence") if r["user"] == "other"][-1] == "terminate"
    wait_presence(guest, user="clerk", active=False, state="locked")  # he was away as well: his own greeter is in front
