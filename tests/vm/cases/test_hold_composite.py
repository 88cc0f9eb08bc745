# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several functions in one device, with guardd masked: what is not guarded comes up, what is guarded
waits, and storage that brings its own keyboard gets neither while there is another keyboard."""
from hold_common import root_hubs, settle, spooled, usb, wait_drivers, without_guardd
from vmlib.api import devices, media, on, storage, usbdev, usbredir


def composite(*interfaces, serial):
    return usbredir.Redir(usbdev.Device(list(interfaces), vendor=0x1209, product=0x0042,
                                        serial=serial))


def stick_part():
    return storage.Storage([storage.Disk(media.superfloppy())])


def plugged(guest, device):
    mark = guest.mark()
    guest.plug(device)
    guest.wait_event(mark, SUBSYSTEM="usb", DEVTYPE="usb_device", ACTION="add", PRODUCT="1209/42/*")
    settle(guest)
    return mark


@on("guard")
def test_reader_beside_vendor_interface(guest):
    """A multi-function device: the other interface opens, the card reader waits, and the bus's
    default is what it was."""
    without_guardd(guest)
    mark = plugged(guest, composite(usbdev.Interface(0xFF, 1, 1), stick_part(), serial="MIXED-1"))
    device = usb(guest, serial="MIXED-1")
    assert device["authorized"] == "1", device
    name, = guest.find_usb(serial="MIXED-1")
    folder = "/sys/bus/usb/devices/%s/%s" % (name, name)
    assert guest.sh("cat %s:1.0/authorized %s:1.1/authorized" % (folder, folder)) == "1\n0"
    guest.assert_no_block(mark)
    assert set(root_hubs(guest, "interface_authorized_default").values()) == {"1"}
    assert [e["serial"] for e in spooled(guest, "add")] == ["MIXED-1"]
    # The module for storage is loaded by now; even a probe by hand binds nothing.
    guest.run("modprobe usb-storage; echo %s:1.1 > /sys/bus/usb/drivers_probe" % name)
    settle(guest)
    guest.assert_no_block(mark)


@on("guard")
def test_storage_with_keyboard(guest):
    """The machine has a PS/2 keyboard: all of the device waits."""
    without_guardd(guest)
    mark = plugged(guest, composite(usbdev.Keyboard(), stick_part(), serial="BADUSB-1"))
    device = usb(guest, serial="BADUSB-1")
    assert device["authorized"] == "0" and not device["drivers"], device
    guest.assert_no_block(mark)
    assert [e["serial"] for e in spooled(guest, "add")] == ["BADUSB-1"]


@on("guard")
def test_storage_with_the_only_keyboard(guest):
    """The PS/2 keyboard is taken away: the keyboard passes, the storage does not."""
    without_guardd(guest)
    guest.sh("for d in /sys/bus/serio/devices/serio*; do echo -n none > $d/drvctl; done")
    mark = plugged(guest, composite(stick_part(), usbdev.Keyboard(), serial="ONLY-1"))
    name, = guest.find_usb(serial="ONLY-1")
    wait_drivers(guest, name, {"1.0": None, "1.1": "usbhid"})
    guest.assert_no_block(mark)


@on("guard")
def test_keyboard_beside_network(guest):
    """No storage in it: as on any machine, without asking anybody."""
    without_guardd(guest)
    plugged(guest, composite(usbdev.Keyboard(), usbdev.Interface(0xFF, 0, 0), serial="DONGLE-1"))
    name, = guest.find_usb(serial="DONGLE-1")
    wait_drivers(guest, name, {"1.0": "usbhid", "1.1": None})
    assert not spooled(guest)


@on("guard")
def test_hostile_device(guest):
    """Descriptors that lie wait; the next keyboard comes up."""
    without_guardd(guest)
    good = usbdev.Device([usbdev.Keyboard()], vendor=0x1209, product=0x0042, serial="LIAR")
    cut = good.config_descriptor[:9] + good.config_descriptor[9:18] + b"\x09\x04\x01"
    cut = cut[:2] + len(cut).to_bytes(2, "little") + cut[4:]
    liar = usbdev.Device([usbdev.Keyboard()], vendor=0x1209, product=0x0042,
                         serial="A\nres=success \"'", config_descriptor=cut)
    guest.plug(usbredir.Redir(liar))
    guest.plug(devices.keyboard())
    guest.run_until("ls /dev/input/by-id/usb-QEMU*-event-kbd", 90)
    settle(guest)
    assert set(root_hubs(guest, "interface_authorized_default").values()) == {"1"}
