# SPDX-License-Identifier: LGPL-2.1-or-later
"""A newcomer at the desk, from an empty machine, by the real window in a real desktop: the spreadsheet of today, a
drive that is plugged in, and what the machine makes of it afterwards. test_desk.py has the same by the command line.

BAOMI_VM_SCREENSHOTS: a folder that gets a picture of each step.
"""
import os
import time

from test_desk import SERIAL, spreadsheet
from test_presence import X
from vmlib import desk
from vmlib.api import devices, media, on

HOME = "/home/clerk/desk"
HERE = os.path.dirname(os.path.abspath(__file__))
DRIVER = os.path.join(HERE, "..", "..", "integration", "station", "deskwindow.py")


class Clerk:
    """Does at the window what he is told, and tells how it went."""

    def __init__(self, guest):
        self.guest = guest
        self.session = guest.session("clerk")
        self.env = dict(X, GSK_RENDERER="cairo", PYTHONPATH=HOME)
        guest.run(["install", "-d", "-o", "clerk", HOME], check=True)
        data, _wrong = spreadsheet()
        guest.put(HOME + "/台账.csv", data)
        for path in (DRIVER, os.path.join(HERE, "desk_clerk.py")):
            with open(path, "rb") as source:
                guest.put(HOME + "/" + os.path.basename(path), source.read())
        self.session.run("mkfifo desk/todo && touch desk/did && guardctl station keygen --key desk/desk.pem "
                         "--public desk/desk.pub", check=True)
        guest.run("install -m 0644 %s/desk.pub /etc/baomi-guard/keys.d/desk.pem" % HOME, check=True)
        self.session.spawn("exec python3 desk/desk_clerk.py > desk/log 2>&1", self.env)
        self.taken = time.monotonic()

    def does(self, step):
        self.guest.run("echo %s > %s/todo" % (step, HOME), timeout=60, check=True)
        self.guest.run_until("grep -q '^%s ' %s/did" % (step, HOME), 200, 0.3)
        said = [line for line in self.guest.read(HOME + "/did").splitlines() if line.startswith(step + " ")][-1]
        folder = os.environ.get("BAOMI_VM_SCREENSHOTS")
        if folder:
            self.guest.screenshot(os.path.join(folder, step + ".png"))
        print("%6.1f s  %s" % (time.monotonic() - self.taken, step))
        assert said == step + " good", (said, self.guest.read(HOME + "/log")[-2000:])


def plug(guest):
    stick = devices.Stick(media.superfloppy(), serial=SERIAL)
    guest.plug(stick)
    return stick


def install(guest):
    guest.run(["guardctl", "registry", "install", HOME + "/registry.bgreg"], timeout=120, check=True)


def refused(guest, picture):
    mark = guest.mark()
    stick = plug(guest)
    record = desk.wait_record(guest, "usb-decision", serial=SERIAL, verdict="refuse", media_id="LY-9001")
    assert record["severity"] == "critical" and record["time"] and record["user"] == "clerk", record
    guest.assert_no_block(mark)
    folder = os.environ.get("BAOMI_VM_SCREENSHOTS")
    if folder:
        guest.run_until("%s xdotool search --onlyvisible --class xfce4-notifyd" % " ".join(
            "%s=%s" % pair for pair in X.items()), 60, 0.3)
        guest.screenshot(os.path.join(folder, picture + ".png"))
    guest.unplug(stick)
    guest.run_until("! guardctl media list --json | grep -q " + SERIAL, 90)
    return record


@on("desktop-guard")
def test_newcomer_at_the_window(guest):
    clerk = Clerk(guest)
    clerk.does("opens")
    clerk.does("imports")
    stick = plug(guest)
    desk.wait_record(guest, "usb-decision", serial=SERIAL, verdict="admit")
    clerk.does("enrols")
    clerk.does("enters")
    guest.unplug(stick)
    clerk.does("issues")
    clerk.does("fills_in_the_publication")
    clerk.does("publishes")
    install(guest)
    assert guest.guardctl("registry", "show")["entries"] == 494
    assert refused(guest, "refused")["reason"] == "classified-on-unclassified"

    clerk.does("reports_lost")
    clerk.does("publishes")
    install(guest)
    assert guest.guardctl("registry", "show")["sequence"] == 2
    refused(guest, "lost")
    history = clerk.session.run("guardctl station history LY-9001 --json", check=True).json
    assert [one["action"] for one in history] == ["enrol", "issue", "lost"], history
    assert clerk.session.run("guardctl station verify", check=True).rc == 0
