# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job: a classified drive never becomes a block device on a non-classified machine, an
ordinary drive mounts from the desktop without a password, and both are on record."""
from vmlib import desk
from vmlib.api import devices, media, on

CLASSIFIED = dict(vendor_id="46f4", product_id="0001", serial="CLASSIFIED017")


def classified_refused(guest, plug, serial="CLASSIFIED017", media_id="LY-017"):
    """Plugged, refused and on record; by the uevents and by diskseq no disk came of it."""
    before = max(guest.disks().values())
    mark = guest.mark()
    guest.plug(plug)
    record = desk.wait_record(guest, "usb-decision", reason="classified-on-unclassified",
                              media_id=media_id)
    assert record["verdict"] == "refuse" and record["severity"] == "critical", record
    one = desk.wait_verdict(guest, "classified-on-unclassified", serial)
    assert one["verdict"] == "refuse" and one["blocks"] == [], one
    assert guest.usb_devices()[one["device"]]["authorized"] == "0"
    guest.assert_no_block(mark)
    control = devices.Stick(media.superfloppy(), serial="CONTROL")
    assert desk.control_diskseq(guest, control) == before + 1
    guest.unplug(control)
    return record


@on("guard")
def test_classified_bot_refused(guest):
    desk.Desk(guest, in_guest=True).enrol("LY-017", **CLASSIFIED).publish()
    classified_refused(guest, devices.Stick(media.superfloppy(label="SECRETS"),
                                            serial="CLASSIFIED017"))
    text = guest.ausearch()
    assert "classified-on-unclassified" in text and "refuse" in text, text
    assert guest.guardctl("log", "verify", as_json=False).rc == 0


@on("guard")
def test_ordinary_admitted(guest):
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    mark = guest.mark()
    guest.plug(devices.Stick(media.partitioned(["vfat"]), serial="ORDINARY1"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="partition")
    guest.udisks_has("sda1")
    result = guest.session_run("clerk", "udisksctl mount -b /dev/sda1").ok()
    assert "/media/clerk/BAOMI" in result.out, result
    guest.session_run("clerk", "echo hello > /media/clerk/BAOMI/file").ok()
    one = desk.find(guest, serial="ORDINARY1")
    assert one["verdict"] == "admit" and one["blocks"][0]["verdict"] == "admit", one
    for kind in "usb-decision", "block-decision":
        assert desk.records(guest, kind, serial="ORDINARY1", verdict="admit"), kind
    # The one add went through as on any machine: the fast path answered it.
    adds = guest.events(mark, "udev", SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    assert len(adds) == 1 and adds[0].get("BAOMI_VERDICT") == "admit", adds
    guest.session_run("clerk", ["guardctl", "media", "eject", one["device"]]).ok()
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")
