# SPDX-License-Identifier: LGPL-2.1-or-later
"""The harness proves itself on a stock guest: what these cases see without the guard is the control
for every case that must not see it with the guard."""
from vmlib.api import bench, devices, media, on, storage, usbdev, usbredir


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


@on("bare")
def test_redir_stick_mounts(guest):
    disk = storage.Disk(media.partitioned(["vfat"]))
    device = usbdev.Device([storage.Storage([disk])], vendor=0x0781, product=0x5567,
                           serial="4C530001230815117203", manufacturer="SanDisk")
    mark = guest.mark()
    plug = guest.plug(usbredir.Redir(device))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="partition")
    name, = guest.find_usb(vendor="0781", product="5567")
    assert guest.usb_devices()[name]["serial"] == "4C530001230815117203"
    guest.udisks_has("sda1")
    guest.session_run("clerk", "udisksctl mount -b /dev/sda1 && "
                      "echo hello > /media/clerk/BAOMI/file && sync").ok()
    assert disk.writes
    guest.unplug(plug)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")


@on("bare")
def test_redir_composite(guest):
    keyboard = usbdev.Keyboard()
    device = usbdev.Device([storage.Storage([storage.Disk(media.superfloppy())]), keyboard],
                           vendor=0x1209, product=0xBAD0, serial=b"a\0\n\0")
    mark = guest.mark()
    guest.plug(usbredir.Redir(device))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    guest.wait_event(mark, SUBSYSTEM="input", ACTION="add", ID_INPUT_KEYBOARD="1")
    name, = guest.find_usb(product="bad0")
    assert guest.usb_devices()[name]["drivers"] == {"1.0": "usb-storage", "1.1": "usbhid"}


@on("bare")
def test_redir_luns(guest):
    disks = [storage.Disk(media.superfloppy()), storage.Disk(media.blank(), medium_present=False),
             storage.Disk(media.superfloppy("ext4"), read_only=True)]
    mark = guest.mark()
    guest.plug(usbredir.Redir(usbdev.Device([storage.Storage(disks)], serial="READER")))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", count=3)
    assert guest.sh("cat /sys/bus/scsi/devices/*:0:0:2/block/*/ro") == "1"
    assert guest.sh("cat /sys/bus/scsi/devices/*:0:0:1/block/*/size") == "0"


@on("bare")
def test_redir_hang(guest):
    """A disk whose contents never come; another stick is not delayed by it."""
    disk = storage.Disk(media.superfloppy(), on_read=storage.hang_from(1024))
    mark = guest.mark()
    plug = guest.plug(usbredir.Redir(usbdev.Device([storage.Storage([disk])], serial="HANG")))
    guest.wait_event(mark, "kernel", SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    stuck = guest.spawn("dd if=/dev/sda of=/dev/null bs=4096 count=1 skip=512 iflag=direct")
    guest.plug(devices.Stick(media.superfloppy(), serial="SECOND"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", ID_SERIAL_SHORT="SECOND")
    guest.unplug(plug)
    assert stuck.wait(120).rc != 0


@on("bare")
def test_redir_two_faced(guest):
    """Different data on the second read of a sector."""
    first = storage.Disk(media.superfloppy())
    first.on_read = lambda lba, count: (
        b"\xEE" * (512 * count) if first.reads.count((lba, count)) > 1 and lba == 64 else None)
    mark = guest.mark()
    guest.plug(usbredir.Redir(usbdev.Device([storage.Storage([first])], serial="TWO")))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    read = "dd if=/dev/sda bs=512 skip=64 count=8 iflag=direct status=none | sha256sum"
    assert guest.sh(read) != guest.sh(read)


@on("bare")
def test_redir_malformed(guest):
    """A configuration descriptor that lies about its length; the guest lives, and sees no disk."""
    device = usbdev.Device([storage.Storage([storage.Disk(media.superfloppy())])])
    device.config_descriptor = device.config_descriptor[:2] + b"\xff\xff" + bytes(40)
    mark = guest.mark()
    guest.plug(usbredir.Redir(device))
    guest.run_until("dmesg | grep -q 'New USB device\\|no configurations\\|config 1'", 60)
    control = guest.plug(devices.Stick(media.superfloppy(), serial="C"))
    event = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    assert event["ID_SERIAL_SHORT"] == "C", event
    guest.unplug(control)


@on("bare")
def test_bench_helper(guest):
    bench.prepare(guest)
    row = bench.one_plug(guest, bench.stick(0))
    assert 0 < row["disk"] < row["udev"] <= row["udisks"] + 0.2, row


@on("bare")
def test_peer_installs(guest):
    bench.install_peer(guest)
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="PEER"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    assert "PEER" in guest.sh("usbguard list-devices --allowed")
