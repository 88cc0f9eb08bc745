# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is plugged in is called what people call it, in rules, records, `media list` and popups, and judged by it: one table,
kind by kind. Devices that say nothing of themselves are known by the driver that the kernel has for them."""
import json

from vmlib import desk
from vmlib.api import devices, media, on, storage, usbdev, usbredir

from test_notifier import LISTEN, notified
from test_policy import write
from test_presence import wait_presence

# Nothing is connected but what a rule admits; cameras, readers and fixed disks may be read.
OFFICE = """[policy]
unregistered=refuse
registry-absent=refuse

[hold]
classes=01;02;06;07;0a;0b;0e;e0;ef;ff

[rule files-of-phones]
kind=phone;tethering
verdict=refuse

[rule the-air]
kind=wifi-adapter;bluetooth-adapter;modem
verdict=refuse
popup=yes

[rule to-be-read]
kind=camera;card-reader;hard-disk;optical-drive;memory-card
verdict=read-only

[rule paper-and-cards]
kind=printer;smart-card-reader;webcam;audio
verdict=admit
"""
BULK = usbdev.BULK


def interface(cls, sub=0, proto=0, pipes=True):
    ends = [usbdev.Endpoint(0x80, BULK), usbdev.Endpoint(0x00, BULK)] if pipes else []
    return usbdev.Interface(cls, sub, proto, ends)


def disk():
    return storage.Storage([storage.Disk(media.superfloppy())])


# kind, vendor, product, interfaces, verdict, rule; of USB devices as they say it, or as their driver does.
TABLE = [
    ("phone", 0x2717, 0xFF48, lambda: [usbdev.Mtp(), interface(0xFF, 0x42, 1)], "refuse", "files-of-phones"),
    ("phone", 0x04E8, 0x6860, lambda: [usbdev.Mtp()], "refuse", "files-of-phones"),
    ("phone", 0x2A70, 0xF003, lambda: [usbdev.Mtp(vendor_class=True), interface(0xFF, 0x42, 1)], "refuse", "files-of-phones"),
    ("tethering", 0x0525, 0xA4A2, lambda: [interface(0xE0, 1, 3, False), interface(0x0A)], "refuse", "files-of-phones"),
    ("camera", 0x04A9, 0x32BB, lambda: [usbdev.Mtp()], "refuse", "to-be-read"),  # read-only is for disks
    ("printer", 0x03F0, 0x2B17, lambda: [interface(7, 1, 2)], "admit", "paper-and-cards"),
    ("smart-card-reader", 0x076B, 0x3021, lambda: [interface(0x0B)], "admit", "paper-and-cards"),
    ("bluetooth-adapter", 0x0A12, 0x0001, lambda: [interface(0xE0, 1, 1, False)], "refuse", "the-air"),
    ("modem", 0x1199, 0x9071, lambda: [interface(2, 0x0E, 0, False), interface(0x0A, 0, 2)], "refuse", "the-air"),
    ("network-adapter", 0x0BDA, 0x8153, lambda: [interface(2, 6, 0, False), interface(0x0A)], "refuse", None),
    ("serial-adapter", 0x2341, 0x0043, lambda: [interface(2, 2, 0, False), interface(0x0A)], "refuse", None),
    # vendor-specific, each: a driver of the kernel's knows
    ("wifi-adapter", 0x148F, 0x7601, lambda: [interface(0xFF, 0xFF, 0xFF)], "refuse", "the-air"),
    ("wifi-adapter", 0x0BDA, 0x8176, lambda: [interface(0xFF, 0xFF, 0xFF)], "refuse", "the-air"),
    ("network-adapter", 0x0B95, 0x1790, lambda: [interface(0xFF, 0xFF, 0)], "refuse", None),
    ("serial-adapter", 0x067B, 0x2303, lambda: [interface(0xFF)], "refuse", None),
    ("modem", 0x12D1, 0x1001, lambda: [interface(0xFF, 0xFF, 0xFF)], "refuse", "the-air"),
    ("webcam", 0x0AC8, 0x301B, lambda: [interface(0xFF)], "admit", "paper-and-cards"),
    ("unknown", 0x1209, 0x0001, lambda: [interface(0xFF)], "refuse", None),
]


def judged(guest, kind, serial, verdict, rule, stage="usb-decision"):
    record = desk.wait_record(guest, stage, serial=serial, verdict=verdict)
    details = record["details"] if isinstance(record["details"], dict) else json.loads(record["details"])
    assert details["device_kinds"][0] == kind, (serial, kind, details["device_kinds"])
    assert (record.get("rule") or "").endswith(":" + rule) if rule else ":policy/" in record["rule"], (serial, rule, record)
    assert desk.find(guest, serial=serial)["device_kind"] == kind, serial


@on("guard")
def test_by_class_and_driver(guest):
    write(guest, "50-office.conf", OFFICE)
    for number, (kind, vendor, product, parts, verdict, rule) in enumerate(TABLE):
        serial = "KIND%02d" % number
        device = usbredir.Redir(usbdev.Device(parts(), vendor=vendor, product=product, serial=serial))
        guest.plug(device)
        judged(guest, kind, serial, verdict, rule)
        authorized = {guest.usb_devices()[one]["authorized"] for one in guest.find_usb(serial=serial)}
        assert authorized == {"1" if verdict == "admit" else "0"}, (serial, kind, authorized)
        guest.unplug(device)


@on("guard")
def test_by_disk(guest):
    """Which storage it is shows with the disk: a stick is refused by policy, a reader and a hard disk are read."""
    write(guest, "50-office.conf", OFFICE.replace("registry-absent=refuse", "registry-absent=admit"))
    with media.superfloppy() as one, media.superfloppy() as two, media.superfloppy() as three, media.iso_hybrid() as disc:
        guest.plug(devices.Bot([one, two], serial="READER"))
        judged(guest, "card-reader", "READER", "read-only", "to-be-read", "block-decision")
        guest.plug(devices.Stick(three, serial="FIXED", removable=False))
        judged(guest, "hard-disk", "FIXED", "read-only", "to-be-read", "block-decision")
        guest.plug(devices.Optical(disc, serial="DISC"))
        judged(guest, "optical-drive", "DISC", "read-only", "to-be-read", "block-decision")
        guest.plug(devices.Stick(media.superfloppy(), serial="STICK"))
        record = desk.wait_record(guest, "block-decision", serial="STICK", verdict="admit")
        assert record["details"]["device_kinds"] == ["usb-drive"], record
        said = guest.run("LANGUAGE=zh_CN LC_ALL=C.UTF-8 guardctl media list").ok().out
        for word in "读卡器", "移动硬盘", "光驱", "U盘":
            assert word in said, said


@on("desktop-guard")
def test_popup(guest):
    clerk = guest.session("clerk")
    wait_presence(guest, agent=True)
    clerk.spawn(LISTEN)
    guest.run_until("test -e /tmp/notified", 30)
    write(guest, "50-office.conf", OFFICE)
    guest.plug(usbredir.Redir(usbdev.Device([interface(0xFF, 0xFF, 0xFF)], vendor=0x148F, product=0x7601, serial="AIR",
                                            product_name="802.11 n WLAN")))
    text = notified(guest, "无线网卡")
    assert "无线网卡“Acme 802.11 n WLAN”不能在本机使用" in text, text
    guest.plug(usbredir.Redir(usbdev.Device([disk()], vendor=0x0951, product=0x1666, serial="STRANGER")))
    assert "无法核对U盘“Acme" in notified(guest, "无法核对U盘")
