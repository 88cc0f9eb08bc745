# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel's word is a head start: a drive that nobody but guardd opens is decided while udev is still at
its rules; what the static helper has a part in waits for udev. A rule that does not come to its end stands
for a slow machine."""
from vmlib import desk
from vmlib.api import devices, media, on, storage, usbdev, usbredir

RULE = ('ACTION=="add", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{serial}=="SLOW-*", '
        'PROGRAM="/bin/sh -c \'read x < /run/gate-$attr{serial}\'"\n')


def close_gates(guest, *serials):
    for serial in serials:
        guest.sh("mkfifo /run/gate-" + serial)
    guest.sh("mkdir -p /run/udev/rules.d")
    guest.put("/run/udev/rules.d/01-slow.rules", RULE.encode())
    guest.sh("udevadm control --reload")


def open_gate(guest, serial):
    """Returns when udev was waiting and goes on."""
    guest.sh("echo > /run/gate-" + serial, 90)


def wait_authorized(guest, serial):
    guest.run_until("grep -lx %s /sys/bus/usb/devices/*/serial | while read f; do "
                    "cat ${f%%/serial}/authorized; done | grep -qx 1" % serial, 60)


@on("guard")
def test_decided_before_udev_is_done(guest):
    close_gates(guest, "SLOW-MIXED", "SLOW-STICK")
    guest.sh("modprobe -a usb-storage sd_mod")  # which udev would load
    mark = guest.mark()
    mixed = usbredir.Redir(usbdev.Device(
        [usbdev.Interface(0xFF, 1, 1), storage.Storage([storage.Disk(media.superfloppy())])],
        vendor=0x1209, product=0x0042, serial="SLOW-MIXED"))
    guest.plug(mixed)
    guest.wait_event(mark, source="kernel", SUBSYSTEM="usb", ACTION="add", PRODUCT="1209/42/*")
    guest.plug(devices.Stick(media.superfloppy(), serial="SLOW-STICK"))
    wait_authorized(guest, "SLOW-STICK")
    desk.wait_record(guest, "usb-decision", serial="SLOW-STICK", verdict="admit")
    # Its disk is decided too, beside udev; the helper's device, which came first, still waits.
    desk.wait_record(guest, "block-decision", serial="SLOW-STICK", verdict="admit")
    name, = guest.find_usb(serial="SLOW-MIXED")
    assert guest.usb_devices()[name]["authorized"] == "0"
    assert not guest.events(mark, source="udev", ACTION="add", DEVTYPE="usb_device")
    open_gate(guest, "SLOW-STICK")
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    guest.udisks_has("sda")
    open_gate(guest, "SLOW-MIXED")
    wait_authorized(guest, "SLOW-MIXED")
    desk.wait_record(guest, "usb-decision", serial="SLOW-MIXED", verdict="admit")
    desk.wait_record(guest, "block-decision", serial="SLOW-MIXED", verdict="admit")
    # What the helper has written down of both is forgotten with their records.
    guest.run_until("test -z \"$(find /var/lib/baomi-guard/spool /run/baomi-guard/spool -type f)\"",
                    30)
    kinds = [(r["serial"], r["kind"]) for r in guest.guardctl("log") if r["serial"]]
    assert sorted(kinds) == sorted((serial, kind) for serial in ("SLOW-MIXED", "SLOW-STICK")
                                   for kind in ("usb-decision", "block-decision")), kinds
