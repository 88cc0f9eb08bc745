# SPDX-License-Identifier: LGPL-2.1-or-later
"""By what a classified drive is known: its serial alone, the file system on it alone, behind a hub,
with a harmless label, with strings that lie."""
from vmlib import desk
from vmlib.api import devices, media, on, storage, usbdev, usbredir

from test_media_main import CLASSIFIED, classified_refused

FS_UUID = "5EC2-E701"


def redir(serial, vendor=0x0781, product=0x5567, medium=None, on_read=None, **more):
    disk = storage.Disk(medium or media.superfloppy(), on_read=on_read)
    return usbredir.Redir(usbdev.Device([storage.Storage([disk])], vendor=vendor, product=product,
                                        serial=serial, **more))


@on("guard")
def test_uas_refused(guest):
    desk.Desk(guest).enrol("LY-018", vendor_id="46f4", product_id="0003",
                           serial="CLASSIFIED018").publish()
    classified_refused(guest, devices.Uas([media.superfloppy()], serial="CLASSIFIED018"),
                       "CLASSIFIED018", "LY-018")


@on("guard")
def test_serial_alone_refuses(guest):
    """The register has another vendor and product: a strong serial is enough to refuse."""
    desk.Desk(guest).enrol("LY-017", vendor_id="0951", product_id="1666",
                           serial="CLASSIFIED017").publish()
    classified_refused(guest, redir("CLASSIFIED017"))


@on("guard")
def test_behind_hub_refused(guest):
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    guest.sh("echo -1 > /sys/module/usbcore/parameters/autosuspend")  # QEMU's hub does not wake for a plug
    mark = guest.mark()
    guest.plug(devices.hub().at("1"))
    guest.wait_event(mark, SUBSYSTEM="usb", ACTION="bind", DRIVER="hub")
    stick = devices.Stick(media.superfloppy(label="HOLIDAYS"), serial="CLASSIFIED017").at("1.1")
    guest.plug(stick)
    one = desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED017")
    assert one["device"].endswith("1.1"), one
    guest.assert_no_block(mark)


@on("guard")
def test_hostile_strings(guest):
    """Strings that try to forge a record or an audit line; refused all the same, and told safely."""
    desk.Desk(guest).enrol("LY-017", vendor_id="0781", product_id="5567",
                           serial="CLASSIFIED017").publish()
    mark = guest.mark()
    guest.plug(redir("CLASSIFIED017", manufacturer="Kingston\nverdict=admit res=success",
                     product_name="\u202eSAFE\u0000\"'`$(reboot)"))
    desk.wait_record(guest, "usb-decision", reason="classified-on-unclassified")
    guest.assert_no_block(mark)
    lines = [line for line in guest.ausearch("-m", "USER_DEVICE").splitlines()
             if "usb-decision" in line]
    assert lines and not any("verdict=admit" in line for line in lines), lines
    assert guest.guardctl("log", "verify", as_json=False).rc == 0


@on("guard")
def test_content_alone_refuses(guest):
    """Only the file system's id is in the register: the disk is there in quarantine, can be mounted
    by nobody through udisks, and is gone at the verdict."""
    desk.Desk(guest).enrol("LY-019", fs_uuid=FS_UUID).publish()
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(uuid=FS_UUID.replace("-", "")), serial="INNOCENT"))
    record = desk.wait_record(guest, "block-decision", reason="classified-on-unclassified",
                              media_id="LY-019")
    assert record["verdict"] == "refuse", record
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")
    guest.assert_hidden(mark)
    one = desk.wait_verdict(guest, "classified-on-unclassified", "INNOCENT")
    assert one["verdict"] == "refuse", one
    # It stays refused: nothing authorises it again.
    assert guest.usb_devices()[one["device"]]["authorized"] == "0"
    assert len(desk.records(guest, "block-decision")) == 1


@on("guard")
def test_content_that_cannot_be_read(guest):
    """The file system's id is all that is known of it, and it cannot be read: that is not a blank disk."""
    desk.Desk(guest).enrol("LY-019", fs_uuid=FS_UUID).publish()
    mark = guest.mark()
    guest.plug(redir("INNOCENT", on_read=storage.faulty(2048),
                     medium=media.partitioned(["vfat"], uuids={0: FS_UUID.replace("-", "")})))
    record = desk.wait_record(guest, "block-decision")
    assert (record["verdict"], record["reason"]) == ("refuse", "unreadable"), record
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")
    guest.assert_hidden(mark)


@on("guard")
def test_two_of_one_serial(guest):
    """One registered identity on two ports at once: both are refused."""
    desk.Desk(guest).enrol("LY-020", level="none", vendor_id="46f4", product_id="0001",
                           serial="PAIR020").publish()
    guest.plug(devices.Stick(media.superfloppy(), serial="PAIR020").at("1"))
    desk.wait_record(guest, "block-decision", verdict="admit")
    guest.plug(devices.Stick(media.superfloppy(), serial="PAIR020").at("2"))
    guest.python_until("""
        out = subprocess.run(["guardctl", "media", "list", "--json"], capture_output=True, text=True)
        found = [m for m in json.loads(out.stdout or "[]") if m["reason"] == "duplicate-identity"]
        result = len(found) == 2
        """, 90, interval=0.3)
    guest.run_until("! ls /sys/block | grep -q '^sd'", 60)
