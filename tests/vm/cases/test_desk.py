# SPDX-License-Identifier: LGPL-2.1-or-later
"""A newcomer at the desk, from an empty machine, by the command line: the spreadsheet of today, a drive that is
plugged in, and what a workstation makes of both. The desk stands in the guest, since the drive is plugged there."""
import json

from vmlib import desk
from vmlib.api import devices, media, on

SERIAL = "DESK60A44C413F"
ROWS, BAD = 500, 7
SHEET = desk.DIR + "/today.csv"
DEFAULT_DIR = ("--dir", desk.DIR + "/register")


def spreadsheet():
    """500 rows in GB18030, as an older spreadsheet program writes it; row and column of the 7 that are wrong."""
    rows = [["LY-%04d" % n, "专用盘%d" % n, ("秘密", "机密", "绝密")[n % 3], "张三", "2025/3/1", "0951", "1666",
             "60A4%08X" % (n * 2654435761 % 2**32), "在用"] for n in range(1, ROWS + 1)]
    wrong = {10: (2, "内部"), 77: (0, ""), 123: (4, "2025/2/30"), 200: (5, "951"), 301: (0, "LY-0300"),
             400: (8, "不知道"), 499: (7, rows[97][7])}
    for n, (column, value) in wrong.items():
        rows[n][column] = value
    header = ["介质编号", "名称", "密级", "责任人", "启用时间", "VID", "PID", "序列号", "状态"]
    text = "".join(",".join('"%s"' % cell if "盘" in cell else cell for cell in row) + "\r\n" for row in [header, *rows])
    return text.encode("gb18030"), [(n + 2, header[column]) for n, (column, _value) in sorted(wrong.items())]


def station(guest, *words, status=0):
    """A verb's document; it must end with that status."""
    done = guest.run(["guardctl", "station", *words, *DEFAULT_DIR, "--json"], timeout=180)
    assert done.rc == status, (words, done)
    return json.loads(done.out)


def import_sheet(guest):
    data, wrong = spreadsheet()
    guest.put(SHEET, data)
    preview = station(guest, "import-csv", SHEET, status=1)
    assert (preview["rows"], preview["good"], preview["bad"]) == (ROWS, ROWS - BAD, BAD), preview
    assert preview["encoding"] == "GB18030" and preview["imported"] == 0, preview
    assert [(f["row"], f["column"]) for f in preview["faults"]] == wrong, preview["faults"]
    assert station(guest, "list", "--limit", "1") == []
    people = guest.run(["guardctl", "station", "import-csv", SHEET, *DEFAULT_DIR])
    assert "--skip-bad" in people.out and "内部" in people.out, people
    assert station(guest, "import-csv", SHEET, "--confirm", status=1)["imported"] == 0
    assert station(guest, "import-csv", SHEET, "--confirm", "--skip-bad")["imported"] == ROWS - BAD
    found = station(guest, "list", "--text", "专用盘5", "--level", "secret", "--limit", "3", "--sort", "name")
    assert len(found) == 3 and all(one["custodian"] == "张三" for one in found), found


def enrol_plugged(guest):
    stick = devices.Stick(media.superfloppy(), serial=SERIAL)
    guest.plug(stick)
    desk.wait_record(guest, "usb-decision", serial=SERIAL, verdict="admit")
    device = desk.find(guest, serial=SERIAL)["device"]
    entry = station(guest, "enrol", "--media-id", "LY-9001", "--level", "secret", "--device", device,
                    "--custodian", "李四", "--department", "办公室")
    assert "46f4:0001:%s" % SERIAL in [one["value"].replace("46F4", "46f4") for one in entry["identifiers"]], entry
    issued = station(guest, "issue", "LY-9001", "--holder", "王五", "--due", "2020-01-31", "--reason", "出差")
    assert (issued["status"], issued["holder"]) == ("issued", "王五"), issued
    assert [one["media_id"] for one in station(guest, "overdue")] == ["LY-9001"]
    refused = guest.run(["guardctl", "station", "issue", "LY-9001", "--reason", "x", *DEFAULT_DIR])
    assert refused.rc == 1 and "LY-9001" in refused.err and "return" in refused.err, refused
    guest.unplug(stick)
    guest.run_until("! guardctl media list --json | grep -q " + SERIAL, 90)


def plugged_and_refused(guest, reason):
    """As a critical record with when, which drive, and the reason; and the kernel never configured it."""
    mark = guest.mark()
    stick = devices.Stick(media.superfloppy(), serial=SERIAL)
    guest.plug(stick)
    record = desk.wait_record(guest, "usb-decision", serial=SERIAL, verdict="refuse", media_id="LY-9001",
                              reason=reason)
    assert record["severity"] == "critical" and record["time"], record
    assert record["host_id"] == guest.guardctl("status")["host"]["host_id"], record
    guest.assert_no_block(mark)
    guest.unplug(stick)
    guest.run_until("! guardctl media list --json | grep -q " + SERIAL, 90)
    return record


@on("guard")
def test_newcomer_at_the_desk(guest):
    book = desk.Desk(guest, in_guest=True)
    import_sheet(guest)
    enrol_plugged(guest)
    assert station(guest, "pending", status=1)["added"] == ROWS - BAD + 1
    book.publish()
    assert station(guest, "pending")["sequence"] == 1
    assert guest.guardctl("registry", "show")["entries"] == ROWS - BAD + 1
    plugged_and_refused(guest, "classified-on-unclassified")

    station(guest, "lost", "LY-9001", "--reason", "落在出租车上")
    book.publish()
    record = plugged_and_refused(guest, "classified-on-unclassified")
    found, = desk.records(guest, "lost-drive")  # the first time it was not lost yet
    assert (found["media_id"], found["severity"], found["user"]) == ("LY-9001", "critical", "clerk"), found
    assert found["seq"] > record["seq"] and found["serial"] == SERIAL, found

    # and the desk hears of it
    guest.run("guardctl log --json > %s/events.json" % desk.DIR, check=True)
    people = guest.run(["guardctl", "station", "import-events", desk.DIR + "/events.json", *DEFAULT_DIR])
    assert people.rc == 1 and "LY-9001" in people.out and record["host_id"] in people.out, people
    again = station(guest, "import-events", desk.DIR + "/events.json", status=1)
    assert [(one["media_id"], one["severity"], one["new"]) for one in again["lost_seen"]] == [
        ("LY-9001", "critical", False)], again
    assert station(guest, "show", "LY-9001")["last_seen_host"] == record["host_id"]
    history = [one["action"] for one in station(guest, "history", "LY-9001")]
    assert history == ["enrol", "issue", "lost", "seen-lost"], history
    assert station(guest, "verify")["good"]


@on("guard")
def test_lost_drive_on_a_classified_host(guest):
    """Where its level would be allowed, being lost is the reason, and the record says who was there."""
    book = desk.Desk(guest, in_guest=True)
    book.enrol("LY-9001", level="secret", vendor_id="46f4", product_id="0001", serial=SERIAL)
    book.verb("lost", "LY-9001", "--reason", "taxi")
    book.publish()
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=secret\nhost-id=LY-PC-1\nunit=office\n")
    guest.run_until("guardctl status --json | grep -q LY-PC-1", 60)
    record = plugged_and_refused(guest, "drive-lost")
    assert record["host_id"] == "LY-PC-1" and record["user"] == "clerk", record
