# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drives in use that are no longer allowed when a new register comes: the idle one goes quietly, the
busy one after a warning and a while, by force; what was written is on both."""
import subprocess

from vmlib import desk
from vmlib.api import devices, media, on

HARDWARE = dict(vendor_id="46f4", product_id="0001")
BUSY_SECONDS = 6
# Holds its file open and writes what time it is, until it is no longer let.
WRITER = """
exec 9> /media/clerk/BUSY/held || exit 1
while date +%s.%N >&9; do sleep 0.2; done
"""


def mounted(guest, serial):
    mark = guest.mark()
    medium = media.superfloppy(label=serial)
    guest.plug(devices.Stick(medium, serial=serial))
    disk = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk",
                            BAOMI_VERDICT="admit")["DEVNAME"].split("/")[-1]
    guest.udisks_has(disk)
    guest.session_run("clerk", "udisksctl mount -b /dev/" + disk).ok()
    return medium


def content(medium, name):
    return subprocess.run(["mtype", "-i", medium.path, "::" + name], check=True,
                          capture_output=True, text=True).stdout


@on("guard")
def test_busy_drive_taken_away(guest):
    guest.put("/etc/baomi-guard/policy.d/50-office.conf", "[policy]\nbusy-seconds=%d\n" % BUSY_SECONDS)
    desk.wait_record(guest, "config-changed")
    book = desk.Desk(guest)
    for serial in "BUSY", "IDLE":
        book.enrol(serial, level="none", serial=serial, **HARDWARE)
    book.publish()
    busy, idle = mounted(guest, "BUSY"), mounted(guest, "IDLE")
    guest.session_run("clerk", "echo precious-data > /media/clerk/IDLE/file").ok()
    writer = guest.session("clerk").spawn(WRITER)
    guest.run_until("test -s /media/clerk/BUSY/held", 30)

    mark = guest.mark()
    book.verb("lost", "BUSY", "--reason", "left in a taxi")
    book.verb("set-level", "IDLE", "secret", "--reason", "used for secret papers from now on")
    book.publish()
    for media_id, reason in ("BUSY", "drive-lost"), ("IDLE", "classified-on-unclassified"):
        record = desk.wait_record(guest, "usb-decision", media_id=media_id, reason=reason)
        assert (record["verdict"], record["severity"]) == ("refuse", "critical"), record
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk", count=2)
    assert not guest.run("grep /media/clerk /proc/mounts").out
    assert {one["authorized"] for one in guest.usb_devices().values()
            if one["serial"] in ("BUSY", "IDLE")} == {"0"}

    warned = desk.wait_record(guest, "removal-pending", media_id="BUSY")
    forced = desk.wait_record(guest, "forced-removal")
    assert warned["details"]["seconds"] == BUSY_SECONDS, warned
    assert forced["media_id"] == "BUSY" and "data may be lost" in forced["message"], forced
    assert len(desk.records(guest, "forced-removal")) == 1  # the idle one was let go in peace
    waited = guest.sh("echo $(date -d %s +%%s.%%N) $(date -d %s +%%s.%%N)" % (
        warned["time"], forced["time"])).split()
    assert float(waited[1]) - float(waited[0]) >= BUSY_SECONDS - 1, waited
    writer.kill()
    assert content(idle, "file") == "precious-data\n"
    # Of the busy one also what was written while it was waited for.
    stamps = content(busy, "held").split()
    assert float(stamps[0]) < float(waited[0]) < float(stamps[-1]), (waited, stamps)
