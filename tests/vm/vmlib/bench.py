# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times in the guest, by the guest's clock: from the kernel's USB uevent to udev's and udisks' word.
Compare ratios of two guests measured in one run; absolute times of an emulated guest mean nothing."""
import statistics

from . import devices, media

# Watches udisks for a Filesystem interface of the serial's block device; D-Bus signals, no polling.
WATCHER = r'''
import sys, time
import gi
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
loop = GLib.MainLoop()
def added(_bus, _sender, _path, _iface, _signal, params):
    path, interfaces = params.unpack()
    if "block_devices" in path and "org.freedesktop.UDisks2.Filesystem" in interfaces:
        print("%.6f %s" % (time.monotonic(), path), flush=True)
        loop.quit()
bus.signal_subscribe("org.freedesktop.UDisks2", "org.freedesktop.DBus.ObjectManager",
                     "InterfacesAdded", "/org/freedesktop/UDisks2", None, 0, added)
open(sys.argv[1], "w").close()
GLib.timeout_add_seconds(int(sys.argv[2]), loop.quit)
loop.run()
'''


def prepare(guest):
    guest.put("/run/bench-watch.py", WATCHER)
    guest.sh("systemctl start udisks2")


def stick(number):
    """An ordinary one; serials are in the order of plugging."""
    return devices.Stick(media.superfloppy(), serial="BENCH%04d" % number)


def one_plug(guest, device, timeout=120):
    """{usb, usb_udev, disk, udev, udisks} in seconds after the kernel's uevent of the USB device ("usb" is that
    moment itself, 0), and plug_udisks: from the moment at which QEMU was told to plug it. The guest is prepared."""
    ready = "/run/bench-ready"
    guest.sh("rm -f " + ready)
    watch = guest.spawn(["python3", "/run/bench-watch.py", ready, str(timeout)])
    guest.python_until("result = os.path.exists(args)", timeout, args=ready)
    mark = guest.mark()
    plugged = guest.python("import time; result = time.monotonic()")
    guest.plug(device)
    said = watch.wait(timeout + 10)
    if said is None or not said.out.strip():
        raise AssertionError("udisks never showed it: %r; %s" % (said, guest.summary(mark)))
    events = guest.events(mark)
    usb = next(e.mono for e in events if e.source == "kernel" and e["ACTION"] == "add"
               and e.get("DEVTYPE") == "usb_device")
    disk = next(e.mono for e in events if e.source == "kernel" and e["ACTION"] == "add"
                and e.get("SUBSYSTEM") == "block" and e.get("DEVTYPE") == "disk")
    udev = next(e.mono for e in events if e.source == "udev" and e["ACTION"] == "add"
                and e.get("SUBSYSTEM") == "block" and e.get("DEVTYPE") == "disk")
    usb_udev = next(e.mono for e in events if e.source == "udev" and e["ACTION"] == "add"
                    and e.get("DEVTYPE") == "usb_device")
    shown = float(said.out.split()[0])
    row = {"usb": 0.0, "usb_udev": usb_udev - usb, "disk": disk - usb, "udev": udev - usb,
           "udisks": shown - usb, "plug_udisks": shown - plugged}
    guest.unplug(device)
    guest.wait_event(mark, SUBSYSTEM="usb", ACTION="remove", DEVTYPE="usb_device",
                     timeout=timeout)
    guest.sh("udevadm settle")
    return row


def install_peer(guest, allow_all=True):
    """usbguard from the image's own packages, set to allow: what the guard is compared with."""
    guest.run("DEBIAN_FRONTEND=noninteractive dpkg -i /var/cache/baomi-peers/*.deb", timeout=300,
              check=True)
    if allow_all:
        guest.sh("usbguard generate-policy > /etc/usbguard/rules.conf; "
                 "sed -i 's/^ImplicitPolicyTarget=.*/ImplicitPolicyTarget=allow/' "
                 "/etc/usbguard/usbguard-daemon.conf; systemctl restart usbguard", 120)
