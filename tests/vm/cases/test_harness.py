# SPDX-License-Identifier: LGPL-2.1-or-later
"""The harness proves itself on a stock guest: what these cases see without the guard is the control
for every case that must not see it with the guard."""
from vmlib.api import devices, media, on


@on("bare")
def test_control_stick(guest):
    before = guest.disks()
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="CONTROL1"))
    event = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    assert int(event["DISKSEQ"]) == max(before.values()) + 1, (event, before)
    assert event["ID_SERIAL_SHORT"] == "CONTROL1", event
    assert guest.find_usb(vendor="46f4", serial="CONTROL1") == ["2-1"], guest.usb_devices()


@on("bare")
def test_keyboard(guest):
    mark = guest.mark()
    guest.plug(devices.keyboard())
    guest.wait_event(mark, SUBSYSTEM="input", ACTION="add", ID_INPUT_KEYBOARD="1")
    name, = guest.find_usb(vendor="0627")
    assert guest.usb_devices()[name]["drivers"] == {"1.0": "usbhid"}
    guest.assert_no_block(mark)


@on("bare")
def test_seat_user_mounts(guest):
    mark = guest.mark()
    stick = guest.plug(devices.Stick(media.partitioned(["vfat"]), serial="MOUNTME"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="partition")
    guest.udisks_has("sda1")
    result = guest.session_run("clerk", "udisksctl mount -b /dev/sda1").ok()
    assert "/media/clerk/BAOMI" in result.out, result
    guest.session_run("clerk", "echo hello > /media/clerk/BAOMI/file && sync").ok()
    assert guest.run("udisksctl unmount -b /dev/sda1 && udisksctl power-off -b /dev/sda").ok()
    guest.unplug(stick)


@on("bare")
def test_uas(guest):
    mark = guest.mark()
    stick = guest.plug(devices.Uas([media.superfloppy()], serial="UAS1"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add")
    name, = guest.find_usb(vendor="46f4")
    assert guest.usb_devices()[name]["drivers"] == {"1.0": "uas"}
    guest.unplug(stick)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove")
