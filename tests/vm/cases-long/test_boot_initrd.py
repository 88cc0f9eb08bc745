# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small initrd that the guest makes itself (MODULES=dep)."""
from vmlib.api import devices, media, on


@on("bare", cold=True)
def test_modules_dep(lab):
    guest = lab.boot()
    lab.make_initrd(guest, "dep")
    guest.poweroff()
    guest = lab.boot(usb_at_boot=[devices.keyboard()])
    assert "MODULES=dep" in guest.read("/etc/initramfs-tools/conf.d/modules")
    guest.run_until("readlink /sys/bus/usb/devices/*:1.0/driver | grep usbhid")
