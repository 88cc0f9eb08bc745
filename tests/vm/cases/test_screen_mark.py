# SPDX-License-Identifier: LGPL-2.1-or-later
"""The level of the machine on its screens, as its sticker has it: on every monitor, over everything or with
room of its own. Two monitors are what X makes of one screen's halves."""
import os

from test_notifier import agents
from test_presence import X, wait_presence
from vmlib.api import on

SEARCH = "xdotool search --onlyvisible --class guard-notifier"


def style(guest, name):
    """A new agent reads the setting; its mark has settled when there are two of it."""
    guest.put("/etc/baomi-guard/notifier.conf", "[level-mark]\nstyle=%s\n" % name)
    before = agents(guest)
    guest.sh("kill " + " ".join(before))
    wait_presence(guest, agent=False)
    wait_presence(guest, agent=True)


def marks(guest, count=2):
    """(x, y, width, height) of each, from the left to the right."""
    env = " ".join("%s=%s" % pair for pair in X.items()) + " "
    guest.run_until("test \"$(%s%s | wc -l)\" = %d" % (env, SEARCH, count), 90, 0.3)
    found = []
    for window in guest.sh(env + SEARCH).split():
        shown = dict(line.split("=") for line in guest.sh(env + "xdotool getwindowgeometry --shell " + window).splitlines())
        found.append(tuple(int(shown[key]) for key in ("X", "Y", "WIDTH", "HEIGHT")))
    return sorted(found)


@on("desktop-guard")
def test_every_monitor(guest):
    clerk = guest.session("clerk")
    size = clerk.run("xrandr --current | sed -nE 's/.*current ([0-9]+) x ([0-9]+).*/\\1 \\2/p'", env=X).ok().out.split()
    width, height = (int(n) for n in size)
    output = clerk.run("xrandr --current | sed -n 's/ connected.*//p'", env=X).ok().out.strip()
    half = width // 2
    for name, left, of in ("left", 0, output), ("right", half, "none"):
        clerk.run("xrandr --setmonitor %s %d/200x%d/150+%d+0 %s" % (name, half, height, left, of), env=X, check=True)

    style(guest, "corner")
    left, right = marks(guest)
    for mark, edge in (left, half), (right, width):
        assert mark[0] + mark[2] == edge and mark[1] + mark[3] == height, (left, right)
    guest.screenshot(os.path.join(guest.machine.dir, "corner.png"))

    style(guest, "banner")
    left, right = marks(guest)
    assert [mark[:3] for mark in (left, right)] == [(0, 0, half), (half, 0, half)], (left, right)
    area = clerk.run("xprop -root _NET_WORKAREA", env=X).ok().out.split("=")[1].split(",")
    assert int(area[1]) >= left[3], (area, left)  # windows keep clear of it
    # The machine has one monitor again.
    clerk.run("xrandr --delmonitor right; xrandr --delmonitor left", env=X, check=True)
    (whole,) = marks(guest, 1)
    assert whole[:3] == (0, 0, width), whole
