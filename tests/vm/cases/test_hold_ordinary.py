# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices without a guarded interface come up as on any machine, with guardd masked: each is tried
on the bare guest and on the guarded one, against the same table."""
from hold_common import root_hubs, settle, usb, wait_drivers, without_guardd
from vmlib.api import devices, on

MAC = "52:54:00:ba:0b:01"  # as usb-net tells it
ORDINARY = [
    (devices.keyboard, "0627", {"1.0": "usbhid"}),
    (devices.mouse, "0627", {"1.0": "usbhid"}),
    (devices.tablet, "0627", {"1.0": "usbhid"}),
    (devices.Audio, "46f4", {"1.0": "snd-usb-audio", "1.1": "snd-usb-audio"}),
    (devices.Network, "0525", {"1.0": "cdc_ether", "1.1": "cdc_ether"}),
]


def load_network_drivers(guest):
    """Which of two drivers gets this adapter depends on which module is loaded first, guard or not;
    loaded beforehand it is the same one every time."""
    guest.sh("modprobe cdc_ether && modprobe rndis_host && modprobe cdc_subset", 120)


def ordinary_devices(guest):
    load_network_drivers(guest)
    for make, vendor, drivers in ORDINARY:
        plugged = guest.plug(make())
        guest.run_until("grep -l %s /sys/bus/usb/devices/*/idVendor" % vendor, 60)
        name, = guest.find_usb(vendor=vendor)
        wait_drivers(guest, name, drivers)
        guest.unplug(plugged)
        guest.run_until("! grep -l %s /sys/bus/usb/devices/*/idVendor" % vendor, 60)


def network(guest):
    """The same driver and MAC; then the other configuration, RNDIS, which needs the bus's default
    for interfaces to be as the kernel has it."""
    load_network_drivers(guest)
    guest.plug(devices.Network())
    guest.run_until("grep -h . /sys/class/net/*/address | grep -q %s" % MAC, 90)
    name, = guest.find_usb(vendor="0525")
    wait_drivers(guest, name, {"1.0": "cdc_ether", "1.1": "cdc_ether"})
    guest.sh("echo 2 > /sys/bus/usb/devices/%s/bConfigurationValue" % name)
    wait_drivers(guest, name, {"2.0": "rndis_host", "2.1": "rndis_host"})
    guest.run_until("grep -h . /sys/class/net/*/address | grep -q %s" % MAC, 90)


def hubs_behind_hubs(guest):
    """Each hub is plugged when the one before it works, and stays awake: QEMU's forgets what comes while it is
    being set up or falls asleep."""
    for port in "5", "5.2":
        guest.plug(devices.hub().at(port=port))
        guest.run_until("ls -d /sys/bus/usb/devices/*-%s:1.0/driver" % port, 60)
        guest.sh("echo on > $(echo /sys/bus/usb/devices/*-%s)/power/control" % port)
    guest.plug(devices.keyboard().at(port="5.2.3"))
    guest.run_until("ls -d /sys/bus/usb/devices/*-5.2.3", 60)
    name, = guest.find_usb(vendor="0627")
    assert name.endswith("-5.2.3"), name
    wait_drivers(guest, name, {"1.0": "usbhid"})


@on("bare")
def test_ordinary_control(guest):
    ordinary_devices(guest)


@on("guard")
def test_ordinary(guest):
    without_guardd(guest)
    assert set(root_hubs(guest, "authorized_default").values()) == {"0"}
    ordinary_devices(guest)
    settle(guest)
    assert set(root_hubs(guest, "interface_authorized_default").values()) == {"1"}


@on("bare")
def test_network_control(guest):
    network(guest)


@on("guard")
def test_network(guest):
    network(without_guardd(guest))


@on("bare")
def test_hubs_control(guest):
    hubs_behind_hubs(guest)


@on("guard")
def test_hubs(guest):
    hubs_behind_hubs(without_guardd(guest))


@on("guard")
def test_keyboard_types(guest):
    """Not only a driver: a key that is pressed arrives."""
    without_guardd(guest)
    guest.plug(devices.keyboard())
    guest.run_until("grep -l 0627 /sys/bus/usb/devices/*/idVendor", 60)
    settle(guest)
    job = guest.spawn("dd if=$(ls /dev/input/by-id/usb-*-event-kbd) bs=24 count=1 2>/dev/null"
                      " | wc -c")
    guest.run_until("pgrep -x dd", 30)
    guest.send_keys("a")
    result = job.wait(60)
    assert result is not None and result.out.strip() == "24", result


@on("guard")
def test_new_controller(guest):
    """A controller plugged later: its root hubs hold, its keyboard works."""
    without_guardd(guest)
    controller = guest.plug(devices.Controller("rp1"))
    guest.run_until("test $(ls -d /sys/bus/usb/devices/usb* | wc -l) -ge 4", 90)
    settle(guest)
    assert set(root_hubs(guest, "authorized_default").values()) == {"0"}
    guest.plug(devices.keyboard().at(bus=controller.bus))
    guest.run_until("grep -l 0627 /sys/bus/usb/devices/*/idVendor", 60)
    name, = guest.find_usb(vendor="0627")
    wait_drivers(guest, name, {"1.0": "usbhid"})
    assert usb(guest, vendor="0627")["authorized"] == "1"
