# SPDX-License-Identifier: LGPL-2.1-or-later
"""An admitted drive that is no longer allowed: flushed, unmounted through udisks, taken away."""
from vmlib import desk
from vmlib.api import devices, media, on


def mounted(guest, serial):
    mark = guest.mark()
    medium = media.superfloppy()
    guest.plug(devices.Stick(medium, serial=serial))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    guest.udisks_has("sda")
    guest.session_run("clerk", "udisksctl mount -b /dev/sda").ok()
    return medium


@on("guard")
def test_registry_comes(guest):
    medium = mounted(guest, "LATE021")
    guest.session_run("clerk", "echo precious-data > /media/clerk/BAOMI/file").ok()
    mark = guest.mark()
    desk.Desk(guest).enrol("LY-021", vendor_id="46f4", product_id="0001", serial="LATE021").publish()
    desk.wait_record(guest, "usb-decision", reason="classified-on-unclassified", media_id="LY-021")
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")
    assert guest.run("mountpoint -q /media/clerk/BAOMI").rc != 0
    assert b"precious-data" in medium.read()
    assert not desk.records(guest, "forced-removal")


@on("guard")
def test_host_level_unknown(guest):
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=sometimes\n")
    guest.run_until("guardctl status --json | grep -q host-level-unknown", 30)
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="ANY"))
    desk.wait_record(guest, "usb-decision", reason="host-level-unknown", verdict="refuse")
    guest.assert_no_block(mark)
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=none\n")
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
