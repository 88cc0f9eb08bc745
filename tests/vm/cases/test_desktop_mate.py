# SPDX-License-Identifier: LGPL-2.1-or-later
"""A second desktop: MATE tells logind nothing of its lock, the session's agent asks it."""
from test_presence import X, edges, last, policy, presence, wait_presence
from vmlib import desk
from vmlib.api import devices, media, on


def log_in(guest):
    """Clerk chooses MATE. What belongs to Xfce's way of locking stays away, as on a machine that has MATE only."""
    guest.sh("install -d -o clerk -g clerk /home/clerk/.config/autostart && sed -i '$a Hidden=true' "
             "/etc/xdg/autostart/light-locker.desktop && sed -i '/^Hidden=/d' /etc/xdg/autostart/mate-screensaver.desktop"
             " && chmod 0755 /usr/bin/mate-screensaver")
    guest.sh("sed -i 's/session=xfce/session=mate/' /etc/lightdm/lightdm.conf.d/50-clerk.conf && systemctl restart lightdm",
             timeout=240)
    guest.run_until("pgrep -x mate-session && pgrep -x mate-screensave", 240, 2)
    guest.sessions.pop("clerk", None)
    wait_presence(guest, timeout=240, agent=True, state="active", active=True)
    return guest.session("clerk")


@on("desktop-guard", idle=True, timeout=1200)
def test_lock_and_lockdown(guest):
    clerk = log_in(guest)
    assert not guest.run("pgrep light-locker").out

    desk.Desk(guest).enrol("LY-017", serial="CLASSIFIED-1").publish()
    guest.plug(devices.Stick(media.superfloppy(), serial="CLASSIFIED-1"))
    desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED-1")
    guest.run_until("DISPLAY=:0 XAUTHORITY=/var/run/lightdm/root/:0 xdotool search --onlyvisible --class notifyd", 90)

    since = last(guest)
    guest.send_keys("shift")
    policy(guest, "[presence]\nlock-after=10s\nwarning=2s\n")
    locked = wait_presence(guest, state="locked")
    assert (locked["rung"], locked["proof"]) == ("logind", "corroborated"), locked
    assert locked["evidence"].startswith("the desktop says so, mate-screensaver"), locked
    assert edges(guest, since) == ["warned", "idle-lock", "proven"], edges(guest, since)
    policy(guest, "[presence]\nlock-after=10min\n")
    guest.send_keys("shift")
    guest.run_until("pgrep -f mate-screensaver-dialog", 90, 0.3)
    guest.run_until("DISPLAY=:0 XAUTHORITY=/var/run/lightdm/root/:0 xdotool search --onlyvisible --class mate-screensaver-dialog", 90)
    guest.type_text("clerk\n")
    wait_presence(guest, state="active", proof="none")
    assert edges(guest, since)[-1] == "unlocked", edges(guest, since)

    # What a clerk may set for himself: the saver covers, and does not lock. That is no lock, and the ladder goes on.
    for key in "org.mate.lockdown disable-lock-screen true", "org.mate.screensaver lock-enabled false":
        clerk.run("gsettings set " + key, env=X, check=True)
    clerk.run("mate-screensaver-command --activate", env=X, check=True)
    clerk.spawn("sh -c 'until mate-screensaver-command -t | grep -q [0-9]; do :; done'", env=X).wait(60)
    assert presence(guest)["state"] == "active", presence(guest)
    since = last(guest)
    clerk.run("guardctl lock", timeout=180).ok()
    locked = presence(guest)
    assert (locked["state"], locked["rung"], locked["proof"]) == ("locked", "physlock", "strong"), locked
    assert edges(guest, since)[0] == "asked-lock" and "rung-failed" in edges(guest, since), edges(guest, since)
    guest.type_text("clerk\n")
    wait_presence(guest, state="active", proof="none")
