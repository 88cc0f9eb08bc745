# SPDX-License-Identifier: LGPL-2.1-or-later
"""On a classified machine: the drive's level against the machine's, to whom a drive is bound, and
what has become of it."""
import hashlib

from vmlib import desk
from vmlib.api import devices, media, on

HOST_CONF = "[host]\nlevel=secret\nhost-id=LY-PC-1\nunit=office\n"
HARDWARE = dict(vendor_id="46f4", product_id="0001")
# serial: what the book knows, and what comes of plugging it
REFUSED = {
    "ABOVE": (dict(level="top-secret"), "level-above-host", "critical"),
    "PLAIN": (dict(level="none"), "cross-use", "warning"),
    "OTHERHOST": (dict(host="LY-PC-9"), "bound-elsewhere", "warning"),
    "OTHERUNIT": (dict(unit="archive"), "bound-elsewhere", "warning"),
    "OTHERUSER": (dict(user="other"), "bound-elsewhere", "warning"),
    "LOST": ({}, "drive-lost", "critical"),
    "RETIRED": ({}, "drive-withdrawn", "warning"),
}


def classified_host(guest):
    book = desk.Desk(guest)
    for serial, (entry, _reason, _severity) in REFUSED.items():
        book.enrol(serial, serial=serial, **HARDWARE, **entry)
    book.verb("lost", "LOST", "--reason", "left in a taxi")
    book.verb("retire", "RETIRED", "--reason", "worn out")
    book.enrol("BELOW", level="confidential", serial="BELOW", **HARDWARE)
    book.enrol("SAME", serial="SAME", host="LY-PC-1", unit="office", user="clerk", **HARDWARE)
    book.publish()
    guest.put("/etc/baomi-guard/host.conf", HOST_CONF)
    guest.run_until("guardctl status --json | grep -q LY-PC-1", 60)
    return guest.mark()


def served(guest, mark, medium, serial, verdict, reason):
    """Plugged, and shown to the desktop with that verdict; the disk's name."""
    guest.plug(devices.Stick(medium, serial=serial))
    disk = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk",
                            BAOMI_VERDICT=verdict)["DEVNAME"].split("/")[-1]
    desk.wait_record(guest, "block-decision", serial=serial, verdict=verdict, reason=reason,
                     media_id=serial)
    guest.udisks_has(disk + "1")
    guest.session_run("clerk", "udisksctl mount -b /dev/%s1" % disk).ok()
    return disk


@on("guard")
def test_level_binding_and_fate(guest):
    mark = classified_host(guest)
    for serial in [*REFUSED, "STRANGER"]:
        guest.plug(devices.Stick(media.superfloppy(), serial=serial))
    found = guest.python_until("""
        out = subprocess.run(["guardctl", "log", "--kind", "usb-decision", "--json"],
                             capture_output=True, text=True)
        result = {r["serial"]: [r["verdict"], r["reason"], r["severity"], r["media_id"]]
                  for r in json.loads(out.stdout or "[]")}
        result = len(result) == args and result
        """, 120, interval=0.5, args=len(REFUSED) + 1)
    wanted = {serial: ["refuse", reason, severity, serial]
              for serial, (_entry, reason, severity) in REFUSED.items()}
    wanted["STRANGER"] = ["refuse", "unregistered", "warning", None]
    assert found == wanted, found
    guest.assert_no_block(mark)
    assert all(one["verdict"] == "refuse" and one["blocks"] == []
               for one in guest.guardctl("media", "list"))


@on("guard")
def test_no_write_down(guest):
    """A lower drive can be read and not be written, by anybody; one of the same level is as usual."""
    mark = classified_host(guest)
    medium = media.partitioned(["vfat"])
    before = hashlib.sha256(medium.read()).digest()
    disk = served(guest, mark, medium, "BELOW", "read-only", "no-write-down")
    assert guest.sh("blockdev --getro /dev/%s /dev/%s1" % (disk, disk)).split() == ["1", "1"]
    for try_it in ("mount -o remount,rw /media/clerk/BAOMI", "touch /media/clerk/BAOMI/x",
                   "dd if=/dev/zero of=/dev/%s1 bs=512 count=1 oflag=sync" % disk,
                   "dd if=/dev/zero of=/dev/%s bs=512 count=1 oflag=sync" % disk):
        assert guest.run(try_it).rc != 0, try_it
    result = guest.session_run("clerk", "echo x > /media/clerk/BAOMI/x")
    assert result.rc != 0 and "Read-only file system" in result.err, result
    assert hashlib.sha256(medium.read()).digest() == before

    disk = served(guest, guest.mark(), media.partitioned(["vfat"], label="SAME"), "SAME", "admit",
                  "registered")
    assert guest.sh("blockdev --getro /dev/%s /dev/%s1" % (disk, disk)).split() == ["0", "0"]
    guest.session_run("clerk", "echo x > /media/clerk/SAME/x && sync -f /media/clerk/SAME/x").ok()
