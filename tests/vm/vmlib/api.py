# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a case file imports: the decorators, the lab for cold boots, and the things to plug.

    from vmlib.api import on, devices, media

    @on("bare")
    def test_something(guest): ...          # a resumed guest, ended afterwards

    @on("guard", cold=True)
    def test_boot(lab): guest = lab.boot(usb_at_boot=[...]) ...
"""
import os
import shutil
import tempfile
import time

from . import bench, devices, layers, media, storage, usbdev, usbredir  # noqa: F401  # for the cases
from .guest import Guest
from .powercut import CutDisk


class Skip(Exception):
    """Raised by a case that cannot run here; the runner counts it, and fails for it."""


def on(layer, cold=False, timeout=None, memory=1024, variant=None, saved=False, idle=False):
    """The layer that a case runs on. cold: it gets a Lab and boots machines itself; variant="luks"
    puts its root on LUKS (unlock it with lab.unlock), "usbroot" is a disk to plug by USB; saved: it also uses lab.resume();
    idle: it mostly waits for time to pass, and may run beside as many others as there are jobs."""
    if layer not in layers.LAYERS:
        raise ValueError("no layer " + layer)

    def mark(function):
        function.case = {"layer": layer, "cold": cold, "memory": memory,
                         "variant": variant, "saved": saved or not cold, "idle": idle,
                         "timeout": timeout or (1800 if cold else 600)}
        return function

    return mark


class Lab:
    """Cold boots that share one disk: what a boot left there, the next one finds."""

    def __init__(self, layer, memory=1024, variant=None):
        self.layer = layer
        self.memory = memory
        self.variant = variant
        self.disk = layers.disk(layer, variant)
        self.dir = tempfile.mkdtemp(prefix="bmlab.")
        self.path = os.path.join(self.dir, "root.qcow2")
        self.guests = []
        self.cut_disk = None

    def boot(self, usb_at_boot=(), cmdline_extra="", vcpus=2, i8042=True, power_cut=False,
             wait=True, extra=()):
        """power_cut: the disk keeps only what the guest flushed; end such a boot by
        guest.power_cut() and boot again. Once used, every later boot of this lab uses it.
        extra: more QEMU arguments."""
        if self.variant == "luks":
            cmdline_extra = ("root=/dev/mapper/root " + cmdline_extra).strip()
            wait = False
        if power_cut and self.cut_disk is None:
            self.cut_disk = CutDisk(self.disk, self.dir)
        if self.cut_disk:
            overlay = self.cut_disk.blockdev()
        elif os.path.exists(self.path):
            overlay = layers.file_disk(self.path)
        else:
            overlay = self.disk.overlay(self.path)
        guest = Guest.cold(self.disk, overlay, usb_at_boot, cmdline_extra, vcpus, i8042,
                           self.memory, extra)
        guest.cut_disk = self.cut_disk
        self.guests.append(guest)
        if wait:
            guest.wait_booted()
        return guest

    def resume(self):
        """The layer's saved, booted machine on a disk that keeps only what the guest flushed; every
        later boot of this lab uses that disk. Needs @on(…, saved=True)."""
        folder, _disk = layers.state(self.layer)
        saved = layers.Disk(os.path.join(folder, "root.qcow2"), "qcow2", self.disk.kernel,
                            self.disk.initrd)
        self.cut_disk = CutDisk(saved, self.dir)
        guest = Guest.resume(self.layer, self.cut_disk)
        self.guests.append(guest)
        return guest

    @staticmethod
    def unlock(guest, passphrase="baomi", timeout=600, typed_after="USB HID"):
        """Type the passphrase of a LUKS root until the machine goes on. typed_after: what the kernel
        says on the console once the keyboard works (boot with cmdline_extra="console=tty0", so that
        the question is on the screen, not on the serial line)."""
        guest.wait_console(typed_after, timeout)
        end = time.monotonic() + timeout
        while True:
            guest.type_text(passphrase + "\n")
            try:
                guest.connect(30)
                break
            except TimeoutError:
                if time.monotonic() > end:
                    raise
        guest.wait_booted(timeout)

    def close(self):
        for guest in self.guests:
            guest.close()
        if self.cut_disk:
            self.cut_disk.close()
        shutil.rmtree(self.dir, ignore_errors=True)
