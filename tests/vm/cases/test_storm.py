# SPDX-License-Identifier: LGPL-2.1-or-later
"""Much at once, and things that change while nobody looks: nothing is missing in the event log, and nothing gets in."""
from vmlib import desk
from vmlib.api import devices, media, on

from test_media_identity import redir

ROUNDS, AT_ONCE = 20, 10
CONTENT = "5EC2-0001"


def seen(guest, kind, serials, timeout=180):
    """A record of that kind for each of them."""
    guest.python_until("""
        out = subprocess.run(["guardctl", "log", "--kind", args[0], "--json"], capture_output=True, text=True)
        result = set(args[1]) <= {one["serial"] for one in json.loads(out.stdout or "[]")}
        """, timeout, args=[kind, serials], interval=0.5)


@on("guard", timeout=1800)
def test_two_hundred_devices(guest):
    """Ten at a time, twenty times; every second one is classified, by its serial number."""
    book = desk.Desk(guest)
    serials = [["STORM%03d" % (n * AT_ONCE + k) for k in range(AT_ONCE)] for n in range(ROUNDS)]
    for number in range(0, ROUNDS * AT_ONCE, 2):
        book.enrol("LY-S%03d" % number, vendor_id="0781", product_id="5567", serial="STORM%03d" % number)
    book.publish()
    medium = media.superfloppy()
    for batch in serials:
        plugs = [redir(serial, medium=medium) for serial in batch]
        for one in plugs:
            guest.plug(one)
        seen(guest, "usb-decision", batch)
        for one in plugs:
            guest.unplug(one)
        seen(guest, "removed", batch)
    told = desk.records(guest, "usb-decision")
    for number, serial in enumerate(sum(serials, [])):
        verdicts = {one["verdict"] for one in told if one["serial"] == serial}
        assert verdicts == ({"admit"} if number % 2 else {"refuse"}), (serial, verdicts)
    read = [one for one in desk.records(guest, "block-decision") if int(one["serial"][5:]) % 2 == 0]
    assert not read, read
    assert guest.guardctl("log", "verify", as_json=False).rc == 0
    assert guest.guardctl("media", "list") == []


@on("guard", timeout=900)
def test_events_lost(guest):
    """More events than its buffers hold, while guardd stands still: it looks at everything again."""
    desk.Desk(guest).enrol("LY-017", vendor_id="46f4", product_id="0001", serial="CLASSIFIED").publish()
    guest.sh("mkdir -p /run/systemd/system/guardd.socket.d /run/systemd/system/guardd.service.d")
    guest.put("/run/systemd/system/guardd.socket.d/small.conf", "[Socket]\nReceiveBuffer=32K\n")
    # On a busy machine it stands still for longer than the watchdog has patience; that is another case's (hang).
    guest.put("/run/systemd/system/guardd.service.d/patient.conf", "[Service]\nWatchdogSec=0\n")
    guest.sh("systemctl daemon-reload && systemctl stop guardd guardd.socket && systemctl start guardd.socket guardd", 120)
    guest.sh("systemctl kill -s STOP guardd")
    mark = guest.mark()
    guest.sh("for n in $(seq 30); do udevadm trigger --subsystem-match=block --action=change; udevadm settle; done", 180)
    for serial in "CLASSIFIED", "ORDINARY":
        guest.plug(devices.Stick(media.superfloppy(), serial=serial))
    guest.wait_event(mark, source="kernel", SUBSYSTEM="usb", ACTION="add", DEVTYPE="usb_device", count=2)
    guest.sh("systemctl kill -s CONT guardd")
    desk.wait_record(guest, "usb-decision", serial="CLASSIFIED", verdict="refuse", timeout=180)
    desk.wait_record(guest, "block-decision", serial="ORDINARY", verdict="admit", timeout=180)
    lost = [entry for entry in guest.journal("-u", "guardd") if "events were lost" in entry["MESSAGE"]]
    assert lost, guest.sh("journalctl -b -u guardd -o cat --no-pager | tail -20")


def swap_asleep(guest, removable):
    """The record of what came back. The kernel takes a drive that says the same of itself for the same one, also where another
    was put in while the machine slept."""
    desk.Desk(guest).enrol("LY-051", fs_uuid=CONTENT).publish()
    first = devices.Stick(media.superfloppy(), serial="SAME", removable=removable).at("2")
    guest.plug(first)
    desk.wait_record(guest, "block-decision", serial="SAME", verdict="admit")
    guest.udisks_has("sda")
    before = guest.disks()["sda"]
    guest.spawn("systemctl suspend")
    guest.machine.wait_status("suspended", 180)
    guest.unplug(first)
    guest.plug(devices.Stick(media.superfloppy(uuid=CONTENT.replace("-", "")), serial="SAME", removable=removable).at("2"))
    guest.machine.qmp.cmd("system_wakeup")
    record = desk.wait_record(guest, "block-decision", serial="SAME", verdict="refuse",
                              reason="classified-on-unclassified", timeout=180)
    assert (record["media_id"], record["severity"]) == ("LY-051", "critical"), record
    guest.run_until("! test -e /sys/block/sda", 90)
    assert guest.session_run("clerk", "udisksctl mount -b /dev/sda").rc != 0
    return record["diskseq"] - before


@on("guard", idle=True)
def test_swapped_while_asleep(guest):
    """Of a disk that does not call itself removable even the sequence number stays: what is on it is read again."""
    assert swap_asleep(guest, False) == 0


@on("guard", idle=True)
def test_stick_swapped_while_asleep(guest):
    assert swap_asleep(guest, True) == 1
