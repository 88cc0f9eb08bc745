# SPDX-License-Identifier: LGPL-2.1-or-later
"""The level of the machine on its screens, as its sticker has it: on every monitor, over everything or with room
of its own."""
from test_notifier import agents
from test_presence import X, wait_presence
from vmlib.api import on

TWO = """
Section "Device"
        Identifier "two"
        Driver "dummy"
        VideoRam 64000
EndSection
Section "Screen"
        Identifier "screen"
        Device "two"
        DefaultDepth 24
        SubSection "Display"
                Depth 24
                Virtual 2048 768
        EndSubSection
EndSection
"""


def style(guest, name):
    guest.put("/etc/baomi-guard/notifier.conf", "[level-mark]\nstyle=%s\n" % name)


def marks(guest, env, count):
    """(x, y, width, height) of each that is to be seen, from the left to the right; and their windows."""
    env = " ".join("%s=%s" % pair for pair in env.items()) + " "
    search = env + "xdotool search --onlyvisible --class guard-notifier"
    guest.run_until("test \"$(%s | wc -l)\" = %d" % (search, count), 120, 0.3)
    found = []
    for window in guest.sh(search).split():
        shown = dict(line.split("=") for line in guest.sh(env + "xdotool getwindowgeometry --shell " + window).splitlines())
        found.append((tuple(int(shown[key]) for key in ("X", "Y", "WIDTH", "HEIGHT")), window))
    found.sort()
    return [place for place, _ in found], [window for _, window in found]


def desktop(guest, name):
    """guardd starts the agent again, and it reads what the administrator wants."""
    style(guest, name)
    guest.sh("kill " + " ".join(agents(guest)))
    wait_presence(guest, agent=False)
    wait_presence(guest, agent=True)
    return marks(guest, X, 1)[0][0]


@on("desktop-guard")
def test_on_the_desktop(guest):
    clerk = guest.session("clerk")
    size = clerk.run("xdotool getdisplaygeometry", env=X).ok().out.split()
    width, height = (int(n) for n in size)
    x, y, wide, high = desktop(guest, "corner")
    assert (x + wide, y + high) == (width, height) and wide < width, (x, y, wide, high)
    x, y, wide, high = desktop(guest, "banner")
    assert (x, y, wide) == (0, 0, width), (x, y, wide, high)
    # Windows keep clear of it.
    clerk.spawn("xfce4-terminal --disable-server --maximize", env=X)
    guest.run_until("%s xdotool search --onlyvisible --class xfce4-terminal" % " ".join("%s=%s" % pair for pair in X.items()), 90, 0.3)
    area = clerk.run("xprop -root _NET_WORKAREA", env=X).ok().out.split("=")[1].split(",")
    assert int(area[1]) >= high, (area, high)


@on("desktop-guard")
def test_two_monitors(guest):
    """A display with two of them, one beside the other; one goes, and its mark with it."""
    env = {"DISPLAY": ":5"}
    clerk = guest.session("clerk")
    guest.put("/root/two.conf", TWO)
    guest.spawn("Xorg :5 -config /root/two.conf -ac -noreset -novtswitch -sharevts > /tmp/two.log 2>&1")
    guest.run_until("DISPLAY=:5 xrandr --addmode DUMMY1 1024x768", 60, 0.5)
    guest.sh("DISPLAY=:5 xrandr --output DUMMY0 --mode 1024x768 --output DUMMY1 --mode 1024x768 --right-of DUMMY0")
    guest.sh("DISPLAY=:5 xrandr | grep 'DUMMY1 connected'")  # this driver finds out when somebody asks

    style(guest, "corner")
    clerk.spawn("guard-notifier --replace", env=env)
    places, _ = marks(guest, env, 2)
    assert [(x + wide, y + high) for x, y, wide, high in places] == [(1024, 768), (2048, 768)], places

    style(guest, "banner")
    clerk.spawn("guard-notifier --replace", env=env)
    guest.run_until("DISPLAY=:5 xdotool search --onlyvisible --class guard-notifier getwindowgeometry %@ | grep -q 'Position: 0,0'", 120, 0.3)
    places, windows = marks(guest, env, 2)
    assert [place[:3] for place in places] == [(0, 0, 1024), (1024, 0, 1024)], places
    for number, window in enumerate(windows):
        strut = guest.sh("DISPLAY=:5 xprop -id %s _NET_WM_STRUT_PARTIAL" % window).split("=")[1]
        strut = [int(n) for n in strut.split(",")]
        assert strut[2] == places[number][3] and strut[8:10] == [1024 * number, 1024 * number + 1023], strut

    guest.sh("DISPLAY=:5 xrandr --output DUMMY1 --off")
    places, _ = marks(guest, env, 1)
    assert places[0][:3] == (0, 0, 1024), places


def free(guest, wayland):
    """[y, height] of what is left of each output for windows, from the left to the right."""
    return guest.python("""
        out = subprocess.run(["runuser", "-u", "clerk", "--", "swaymsg", "-s", args, "-t", "get_workspaces", "-r"], capture_output=True, text=True)
        result = [[w["rect"]["y"], w["rect"]["height"]] for w in sorted(json.loads(out.stdout), key=lambda w: w["rect"]["x"])]
        """, wayland)


@on("desktop-guard")
def test_wayland(guest):
    """Where the compositor has layers the banner is one of them, on each output, and takes its room."""
    clerk = guest.session("clerk")
    socket = "/run/user/1000/sway.sock"
    env = {"WLR_BACKENDS": "headless", "WLR_HEADLESS_OUTPUTS": "2", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman", "SWAYSOCK": socket}
    guest.put("/home/clerk/sway.conf", "xwayland disable\noutput * mode 1024x768\n")
    style(guest, "banner")
    clerk.spawn("exec sway -c ~/sway.conf > /tmp/sway.log 2>&1", env=env)
    guest.run_until("test -S %s && ls /run/user/1000/wayland-*" % socket, 90, 0.3)
    display = guest.sh("cd /run/user/1000; ls -d wayland-* | grep -v lock | head -1")
    assert free(guest, socket) == [[0, 768], [0, 768]], free(guest, socket)
    clerk.spawn("exec guard-notifier --replace", env={"WAYLAND_DISPLAY": display, "GDK_BACKEND": "wayland", "XDG_SESSION_TYPE": "wayland"})
    guest.run_until("test $(SWAYSOCK=%s runuser -u clerk -- swaymsg -t get_workspaces -r | grep -c '\"height\": 768') = 0" % socket, 120, 0.3)
    (y, high), other = free(guest, socket)
    assert 0 < y < 100 and y + high == 768 and other == [y, high], (y, high, other)
    guest.sh("cd /tmp && runuser -u clerk -- env XDG_RUNTIME_DIR=/run/user/1000 WAYLAND_DISPLAY=%s grim /tmp/mark.png" % display)
