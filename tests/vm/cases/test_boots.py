# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cold boots of the stock guest: a stick that is there before power-on, and power cuts that lose
what was not flushed. The controls for the guard's own cases."""
from vmlib.api import devices, media, on


@on("bare", cold=True)
def test_stick_at_boot(lab):
    """Without the guard a stick plugged before power-on is a disk by the end of the boot."""
    guest = lab.boot(usb_at_boot=[devices.Stick(media.partitioned(["vfat"]), serial="ATBOOT")])
    assert guest.find_usb(serial="ATBOOT")
    guest.run_until("test -b /dev/sda1")
    guest.put("/root/kept", b"kept")
    guest.poweroff()
    guest = lab.boot(vcpus=1)
    assert guest.get("/root/kept") == b"kept"


@on("bare", cold=True)
def test_power_cut_loses_what_was_not_flushed(lab):
    guest = lab.boot(power_cut=True)
    guest.sh("echo flushed > /root/flushed; sync; sysctl -q vm.dirty_writeback_centisecs=100000")
    flushes = guest.cut_disk.flushes
    # direct writes reach the disk's cache, and nothing flushes them
    guest.put("/root/pattern", b"L" * 262144)
    guest.put("/root/cached", bytes(262144))
    guest.sh("sync")
    guest.sh("dd if=/root/pattern of=/root/cached bs=4096 oflag=direct conv=notrunc status=none")
    guest.sh("echo later > /root/later")
    assert guest.get("/root/cached")[:1] == b"L"
    assert guest.cut_disk.flushes > flushes
    assert guest.power_cut() >= 64
    guest = lab.boot()
    assert guest.get("/root/flushed") == b"flushed\n"
    assert b"L" not in guest.get("/root/cached"), "a write that was never flushed survived"
    assert guest.get("/root/pattern")[:1] == b"L"
