# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exceptions: a refused stick that somebody lets in for a time is used as clerk uses any, and is taken away to the second,
whatever the clock says; a second person; and a code of the desk's where there is no network."""
import json

from vmlib import desk
from vmlib.api import devices, media, on

from test_policy import write

STRICT = """[policy]
unregistered=refuse
registry-absent=refuse
busy-seconds=1
"""
SECRET = "/etc/baomi-guard/host.secret"
SECOND_PERSON = """polkit.addRule(function(action, subject) {
    if (action.id == "org.baomiguard.guard1.approve-exception" && subject.user == "clerk")
        return polkit.Result.YES;
});
"""


def refused_stick(guest, serial):
    write(guest, "50-strict.conf", STRICT)
    guest.plug(devices.Stick(media.partitioned(["vfat"]), serial=serial))
    desk.wait_record(guest, "usb-decision", serial=serial, verdict="refuse")
    return desk.find(guest, serial=serial)["device"]


def allow(guest, device, *words):
    return guest.run(["guardctl", "exception", "allow", device, "--reason", "papers for the court", *words, "--json"])


def in_use(guest, serial, verdict="admit"):
    """udisks offers its file system to clerk."""
    record = desk.wait_record(guest, "block-decision", serial=serial, verdict=verdict)
    assert record["rule"].startswith("exception:"), record
    guest.udisks_has(record["block"] + "1")
    return record["block"] + "1"


@on("guard", idle=True)
def test_ends(guest):
    """Let in for a minute, with the clock set back by a day and guardd started anew meanwhile."""
    device = refused_stick(guest, "COURT")
    assert allow(guest, "9-9").rc == 1
    mark = guest.mark()
    made = json.loads(allow(guest, device, "--for", "60s").ok().out)
    assert made["state"] == "in-force" and made["asked_by"] == "root", made
    name = in_use(guest, "COURT")
    guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/" + name).ok()
    where = guest.sh("findmnt -no TARGET /dev/" + name)
    guest.session_run("clerk", ["touch", where + "/report.txt"]).ok()
    guest.sh("systemctl restart guardd")
    left = json.loads(guest.run("guardctl exception list --json").ok().out)
    assert [e["id"] for e in left] == [made["id"]] and 0 < left[0]["seconds_left"] < 60, left
    guest.sh("date -s '-1 day'")
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")
    assert guest.run("findmnt /dev/" + name).rc != 0
    desk.wait_record(guest, "exception-ended")
    up = [r for r in desk.records(guest) if r["kind"] in ("exception-granted", "exception-ended")]
    assert [r["kind"] for r in up] == ["exception-granted", "exception-ended"], up
    assert up[0]["user"] == "root" and up[0]["details"]["reason"] == "papers for the court", up[0]
    assert desk.find(guest, serial="COURT")["verdict"] == "refuse"
    assert json.loads(guest.run("guardctl exception list --json").ok().out) == []


@on("guard")
def test_for_reading(guest):
    device = refused_stick(guest, "READ")
    made = json.loads(allow(guest, device, "--read-only").ok().out)
    name = in_use(guest, "READ", "read-only")
    guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/" + name).ok()
    where = guest.sh("findmnt -no TARGET /dev/" + name)
    assert guest.run(["touch", where + "/new"]).rc != 0
    mark = guest.mark()
    guest.run(["guardctl", "exception", "revoke", made["id"]]).ok()
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")


@on("guard")
def test_two_people(guest):
    write(guest, "40-two.conf", "[exceptions]\napprovals=2\n")
    device = refused_stick(guest, "TWO")
    made = json.loads(allow(guest, device).ok().out)
    assert made["state"] == "waiting", made
    same = guest.run(["guardctl", "exception", "approve", made["id"]])
    assert same.rc == 1 and "somebody else than root" in same.err, same
    assert desk.find(guest, serial="TWO")["verdict"] == "refuse"
    assert guest.session_run("clerk", ["guardctl", "exception", "approve", made["id"]]).rc == 1
    guest.put("/etc/polkit-1/rules.d/10-second.rules", SECOND_PERSON, 0o644)
    guest.run_until("pkcheck --action-id org.baomiguard.guard1.approve-exception --process $(pgrep -u clerk -x sleep | head -1)", 30)
    guest.session_run("clerk", ["guardctl", "exception", "approve", made["id"]]).ok()
    in_use(guest, "TWO")
    granted = desk.wait_record(guest, "exception-granted")
    assert granted["user"] == "clerk" and granted["details"]["asked_by"] == "root", granted


@on("guard")
def test_no_exception_opens_the_core(guest):
    desk.Desk(guest).enrol("LY-017", serial="CLASSIFIED", vendor_id="46f4", product_id="0001").publish()
    guest.plug(devices.Stick(media.superfloppy(), serial="CLASSIFIED"))
    desk.wait_record(guest, "usb-decision", serial="CLASSIFIED", verdict="refuse")
    said = allow(guest, desk.find(guest, serial="CLASSIFIED")["device"])
    assert said.rc == 1 and "No exception can be made" in said.err, said


@on("guard")
def test_code_of_the_desk(guest):
    """clerk asks, the desk answers by telephone; nobody here is an administrator."""
    device = refused_stick(guest, "PHONE")
    host_id = json.loads(guest.run("guardctl status --json").ok().out)["host"]["host_id"]
    book = ["guardctl", "station"]
    guest.run(book + ["init", "--dir", "/srv/book"]).ok()
    guest.run(book + ["host", "add", host_id, "--level", "none", "--dir", "/srv/book"]).ok()
    guest.run(book + ["host", "secret", host_id, "--output", SECRET, "--dir", "/srv/book"]).ok()
    assert guest.sh("stat -c %a " + SECRET) == "600"

    def ask():
        said = guest.session_run("clerk", ["guardctl", "exception", "request", device, "--read-only", "--for", "30min", "--reason",
                                           "no network here", "--json"]).ok()
        return json.loads(said.out)["code"]

    def answer(code):
        said = guest.run(book + ["answer", host_id, code, "--reason", "asked by telephone", "--dir", "/srv/book", "--json"]).ok()
        return json.loads(said.out)

    def enter(code):
        return guest.session_run("clerk", ["guardctl", "exception", "enter", *code.lower().split("-"), "--json"])

    old = answer(ask())
    assert old["direction"] == "read-only" and old["seconds"] == 1800, old
    code = ask()
    wrong = enter(old["code"])
    assert wrong.rc == 1 and "not the answer" in wrong.err, wrong
    desk.wait_record(guest, "exception-refused")
    right = answer(code)["code"]
    made = json.loads(enter(right).ok().out)
    assert made["by_code"] and made["direction"] == "read-only", made
    in_use(guest, "PHONE", "read-only")
    assert enter(right).rc == 1
    history = guest.run(book + ["history", "--dir", "/srv/book", "--json"]).ok().out
    assert "asked by telephone" in history and right not in history, history
