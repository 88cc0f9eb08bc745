# SPDX-License-Identifier: LGPL-2.1-or-later
"""A newcomer at the desk, from an empty machine, by the real window in a real desktop: the spreadsheet of today, a
drive that is plugged in, and what the machine makes of it afterwards. test_desk.py has the same by the command line.
What was done is read in the book.

BAOMI_VM_SCREENSHOTS: a folder that gets a picture of each step.
"""
import os
import time

from test_desk import BAD, ROWS, SERIAL, spreadsheet
from test_presence import X
from vmlib import desk
from vmlib.api import devices, media, on

HOME = "/home/clerk/desk"
HERE = os.path.dirname(os.path.abspath(__file__))
GOOD = ROWS - BAD


def picture(guest, name):
    folder = os.environ.get("BAOMI_VM_SCREENSHOTS")
    if folder:
        guest.screenshot(os.path.join(folder, name + ".png"))


class Clerk:
    """Does at the window what he is told, and tells how it went."""

    def __init__(self, guest):
        self.guest = guest
        self.session = guest.session("clerk")
        guest.run(["install", "-d", "-o", "clerk", HOME], check=True)
        guest.put(HOME + "/台账.csv", spreadsheet()[0])
        desk.put_accessible(guest, HOME)
        with open(os.path.join(HERE, "desk_clerk.py"), "rb") as source:
            guest.put(HOME + "/desk_clerk.py", source.read())
        self.session.run("mkfifo desk/todo && touch desk/did && guardctl station keygen --key desk/desk.pem "
                         "--public desk/desk.pub", check=True)
        guest.run("install -m 0644 %s/desk.pub /etc/baomi-guard/keys.d/desk.pem" % HOME, check=True)
        self.session.spawn("exec python3 desk/desk_clerk.py > desk/log 2>&1", dict(X, GSK_RENDERER="cairo"))
        self.taken = time.monotonic()

    def does(self, step):
        self.guest.send_keys("shift")   # to the presence guard, what xdotool does is nobody at the keyboard
        self.guest.run("echo %s > %s/todo" % (step, HOME), timeout=60, check=True)
        self.guest.run_until("grep -q '^%s ' %s/did" % (step, HOME), 200, 0.3)
        said = [line for line in self.guest.read(HOME + "/did").splitlines() if line.startswith(step + " ")][-1]
        picture(self.guest, step)
        print("%6.1f s  %s" % (time.monotonic() - self.taken, step))
        assert said == step + " good", (said, self.guest.read(HOME + "/log")[-2000:])

    def book(self, *words):
        return self.session.run(["guardctl", "station", *words, "--json"], timeout=120).json


def plug(guest, kind="usb-decision", **record):
    stick = devices.Stick(media.superfloppy(), serial=SERIAL)
    guest.plug(stick)
    return stick, desk.wait_record(guest, kind, serial=SERIAL, **record)


def unplug(guest, stick):
    guest.unplug(stick)
    guest.run_until("! guardctl media list --json | grep -q " + SERIAL, 90)


def refused(guest, name, **record):
    """As a critical record of that person; the kernel never configured it."""
    mark = guest.mark()
    stick, found = plug(guest, media_id="LY-9001", severity="critical", user="clerk", **record)
    assert found["time"], found
    guest.assert_no_block(mark)
    picture(guest, name)
    unplug(guest, stick)


def install(guest, sequence):
    guest.run(["guardctl", "registry", "install", HOME + "/registry.bgreg"], timeout=120, check=True)
    shown = guest.guardctl("registry", "show")
    assert (shown["sequence"], shown["entries"]) == (sequence, GOOD + 1), shown


def enrol(guest, clerk):
    stick, _record = plug(guest, verdict="admit")
    clerk.does("looks_at_the_plugged_drive")
    clerk.does("enrols")
    unplug(guest, stick)
    entry = clerk.book("show", "LY-9001")
    assert (entry["level"], entry["custodian"], entry["department"]) == ("secret", "李四", "办公室"), entry
    assert SERIAL in str(entry["identifiers"]), entry


@on("desktop-guard")
def test_newcomer_at_the_window(guest):
    clerk = Clerk(guest)
    clerk.does("opens")
    assert clerk.book("list", "--limit", "1") == []   # so far it was only looked at
    clerk.does("imports")
    assert clerk.book("pending")["added"] == GOOD
    enrol(guest, clerk)
    clerk.does("issues")
    clerk.does("searches")
    issued = clerk.book("show", "LY-9001")
    assert (issued["status"], issued["holder"], issued["due_date"]) == ("issued", "王五", "2026-12-31"), issued
    clerk.does("fills_in_the_publication")
    clerk.does("publishes")
    install(guest, 1)
    refused(guest, "refused", verdict="refuse", reason="classified-on-unclassified")
    assert desk.records(guest, "lost-drive") == []

    clerk.does("reports_lost")
    clerk.does("looks_at_the_change")
    clerk.does("publishes_again")
    install(guest, 2)
    refused(guest, "lost", kind="lost-drive")
    history = clerk.book("history", "LY-9001")
    assert [one["action"] for one in history] == ["enrol", "issue", "lost"], history
    assert clerk.book("verify")["good"]
