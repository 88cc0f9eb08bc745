# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every kind of device, on every level of computer, under every sample of policy.d: what is said of it, that it is on record,
and whether the kernel configured it. One column a sample, one row a device."""
import json

from vmlib import desk
from vmlib.api import media, on, storage, usbdev, usbredir

from test_device_kinds import interface

SAMPLES = "/usr/share/baomi-guard/samples"
R, A, FREE = "refuse", "admit", None  # FREE: not held, so nobody is asked
#   kind, interfaces, ids;                                          ordinary, registered-only, exam-room, classified
TABLE = [
    ("phone", 0x04E8, 0x6860, lambda: [usbdev.Mtp()],                                      R, R, R, R),
    ("camera", 0x04A9, 0x32BB, lambda: [usbdev.Mtp()],                                     R, R, R, R),
    ("tethering", 0x0525, 0xA4A2, lambda: [interface(0xE0, 1, 3, False), interface(0x0A)], R, R, R, R),
    ("modem", 0x1199, 0x9071, lambda: [interface(2, 0x0E, 0, False), interface(0x0A)],     R, R, R, R),
    ("wifi-adapter", 0x148F, 0x7601, lambda: [interface(0xFF, 0xFF, 0xFF)],                R, FREE, R, R),
    ("bluetooth-adapter", 0x0A12, 0x0001, lambda: [interface(0xE0, 1, 1, False)],          A, R, R, R),
    ("network-adapter", 0x0B95, 0x1790, lambda: [interface(0xFF, 0xFF, 0)],                A, FREE, R, R),
    ("serial-adapter", 0x067B, 0x2303, lambda: [interface(0xFF)],                          A, FREE, R, R),
    ("webcam", 0x0AC8, 0x301B, lambda: [interface(0xFF)],                                  A, FREE, R, R),
    ("printer", 0x03F0, 0x2B17, lambda: [interface(7, 1, 2)],                              FREE, FREE, FREE, FREE),
    ("smart-card-reader", 0x076B, 0x3021, lambda: [interface(0x0B)],                       FREE, FREE, FREE, FREE),
    ("keyboard", 0x046D, 0xC31C, lambda: [usbdev.Keyboard()],                              FREE, FREE, FREE, FREE),
    ("usb-drive", 0x0951, 0x1666, lambda: [storage.Storage([storage.Disk(media.superfloppy())])], A, R, R, R),
]
ORDER = ["ordinary-office", "registered-only", "exam-room", "classified-host"]
COLUMNS = [("ordinary-office", "none"), ("registered-only", "none"), ("exam-room", "none"), ("classified-host", "confidential"),
           ("classified-host", "secret"), ("classified-host", "top-secret")]


def look(guest, sample, level):
    """All devices at once under one sample; what each became."""
    guest.sh("rm -f /etc/baomi-guard/policy.d/*; cp %s/%s/* /etc/baomi-guard/policy.d/" % (SAMPLES, sample))
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=%s\nhost-id=PC-%s\n" % (level, level))
    guest.sh("systemctl reload guardd")
    guest.run_until("guardctl status --json | grep -q PC-" + level, 60)
    plugged = {}
    for kind, vendor, product, parts, *verdicts in TABLE:
        serial = "%s-%s-%s" % (sample[:4], level[:4], kind)
        device = usbredir.Redir(usbdev.Device(parts(), vendor=vendor, product=product, serial=serial))
        guest.plug(device)
        plugged[serial] = (device, kind, verdicts[ORDER.index(sample)])
    for serial, (device, kind, verdict) in plugged.items():
        if verdict is FREE:
            guest.run_until("grep -qx 1 $(dirname $(grep -lx '%s' /sys/bus/usb/devices/*/serial))/authorized" % serial, 60)
            assert not desk.records(guest, serial=serial), (serial, desk.records(guest, serial=serial))
        else:
            stage = "block-decision" if kind == "usb-drive" and verdict == A else "usb-decision"
            record = desk.wait_record(guest, stage, serial=serial, verdict=verdict)
            assert record["details"]["device_kinds"][0] == kind and record["details"]["host_level"] == level, (serial, record)
            # of a device with an interface that is not held only the others stay closed
            shut = {"0"} if verdict == R and len(device.device.interfaces) == 1 else {"0", "1"} if verdict == R else {"1"}
            assert {guest.usb_devices()[one]["authorized"] for one in guest.find_usb(serial=serial)} <= shut, serial
        guest.unplug(device)


@on("guard", timeout=1500)
def test_table(guest):
    guest.sh("date -s '2026-11-30 10:00:00'")  # a Monday, in working hours
    for sample, level in COLUMNS:
        look(guest, sample, level)
    assert json.loads(guest.run("guardctl log verify --json").ok().out)
