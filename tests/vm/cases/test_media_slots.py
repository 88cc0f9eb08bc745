# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several disks in one device: one of them is classified, and the device goes, whichever was looked at first and
whatever of it is in use; it is back when the register sees it otherwise."""
import subprocess

from vmlib import desk
from vmlib.api import media, on, storage, usbdev, usbredir

FS_UUID = "5EC2-E702"


def ordinary():
    return storage.Disk(media.superfloppy(label="PLAIN"))


def classified(**more):
    return storage.Disk(media.superfloppy(label="SECRET", uuid=FS_UUID.replace("-", "")), **more)


def reader(disks):
    return usbredir.Redir(usbdev.Device([storage.Storage(disks)], vendor=0x0781, product=0x5567, serial="READER1"))


def gone(guest, mark):
    """Refused as a whole, and no disk of it is left."""
    desk.wait_record(guest, "block-decision", verdict="refuse", reason="classified-on-unclassified", media_id="LY-020")
    one = desk.wait_verdict(guest, "classified-on-unclassified", "READER1")
    assert one["verdict"] == "refuse", one
    guest.run_until("! ls /sys/block | grep -q '^sd'", 90)
    assert guest.usb_devices()[one["device"]]["authorized"] == "0"
    for event in guest.events(mark, "udev", SUBSYSTEM="block", ACTION="add"):
        assert event.get("ID_FS_UUID") != FS_UUID, event


def both_at_once(guest, disks):
    book = desk.Desk(guest).enrol("LY-020", fs_uuid=FS_UUID).publish()
    mark = guest.mark()
    guest.plug(reader(disks))
    gone(guest, mark)
    return book


@on("guard")
def test_first_is_classified(guest):
    book = both_at_once(guest, [classified(), ordinary()])
    mark = guest.mark()
    book.verb("set-level", "LY-020", "none", "--reason", "declassified").publish()
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit", count=2)


@on("guard")
def test_second_is_classified(guest):
    both_at_once(guest, [ordinary(), classified()])


@on("guard")
def test_card_comes_beside_one_in_use(guest):
    """The other card is flushed and unmounted before the reader goes."""
    desk.Desk(guest).enrol("LY-020", fs_uuid=FS_UUID).publish()
    card = classified(medium_present=False)
    plain = ordinary()
    mark = guest.mark()
    guest.plug(reader([plain, card]))
    name = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")["DEVNAME"][5:]
    guest.udisks_has(name)
    guest.session_run("clerk", "udisksctl mount -b /dev/%s && echo precious-data > /media/clerk/PLAIN/file" % name).ok()
    mark = guest.mark()
    card.present = True
    gone(guest, mark)
    assert not guest.run("grep /media/clerk /proc/mounts").out
    assert not desk.records(guest, "forced-removal")
    assert subprocess.run(["mtype", "-i", plain.path, "::file"], check=True, capture_output=True,
                          text=True).stdout == "precious-data\n"
