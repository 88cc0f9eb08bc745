# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ordinary drive in every kind: clerk mounts it with no password, writes, ejects, and the medium
itself, looked at on the host, has every byte."""
import json
import subprocess

from vmlib import desk
from vmlib.api import devices, media, on

LETTER = b"".join(b"%05d an ordinary letter\n" % n for n in range(4000))
ERRORS = {"vfat": ("fsck.vfat", "-n"), "exfat": ("fsck.exfat", "-n"), "ntfs": ("ntfsfix", "-n"),
          "ext4": ("e2fsck", "-fn")}
NAME = {"vfat": b"REPORT  TXT", "exfat": "report.txt".encode("utf-16-le"),
        "ntfs": "report.txt".encode("utf-16-le"), "ext4": b"report.txt"}


def plugged(guest, plug, serial, *volumes):
    """Its entry in `media list`, once it is admitted and udisks offers these file systems of it."""
    mark = guest.mark()
    guest.plug(plug)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    one = desk.find(guest, serial=serial)
    assert one["verdict"] == "admit" and one["blocks"][0]["verdict"] == "admit", one
    for volume in volumes:
        guest.udisks_has(one["blocks"][0]["name"] + volume)
    return one


def mount(guest, name):
    """clerk mounts it, and nobody is there to give a password; where it is."""
    guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/" + name).ok()
    return guest.sh("findmnt -no TARGET /dev/" + name)


def write(guest, *names):
    """Nothing is synced here: that is for the eject to do."""
    guest.put("/tmp/letter", LETTER, 0o644)
    for name in names:
        guest.session_run("clerk", ["cp", "/tmp/letter", mount(guest, name) + "/report.txt"]).ok()


def eject(guest, plug, one):
    mark = guest.mark()
    guest.session_run("clerk", ["guardctl", "media", "eject", one["device"]]).ok()
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")
    guest.unplug(plug)


def assert_whole(kind, medium, offset=0, size=None):
    """As it lies on the medium: unmounted cleanly, without an error, the letter and its name there."""
    with media.blank(size or medium.size) as volume:
        volume.write(0, medium.read(offset, size or medium.size))
        media.tool(*ERRORS[kind], volume.path)
        data = volume.read()
        assert LETTER in data and NAME[kind] in data, (kind, LETTER in data, NAME[kind] in data)


def assert_partitions_whole(kinds, medium):
    table = json.loads(subprocess.run(["sfdisk", "--json", medium.path], capture_output=True,
                                      check=True).stdout)["partitiontable"]["partitions"]
    for kind, part in zip(kinds, table):
        assert_whole(kind, medium, part["start"] * 512, part["size"] * 512)


@on("guard")
def test_partitions(guest):
    for table, kinds in ("gpt", ["vfat", "exfat", "ntfs", "ext4"]), ("mbr", ["exfat", "vfat"]):
        with media.partitioned(kinds, table, 96 * media.MIB) as medium:
            stick = devices.Stick(medium, serial=table.upper())
            numbers = [str(n + 1) for n in range(len(kinds))]
            one = plugged(guest, stick, table.upper(), *numbers)
            block, = one["blocks"]
            assert [f["type"] for f in block["filesystems"]] == kinds, block
            write(guest, *[block["name"] + n for n in numbers])
            eject(guest, stick, one)
            assert_partitions_whole(kinds, medium)


def unlocked(guest, name):
    """clerk opens the LUKS container; the name of the cleartext device."""
    # not by udisksctl, which now and then asks for the new device before it has heard of it, and crashes
    guest.session_run("clerk", ["busctl", "--timeout=60", "call", "org.freedesktop.UDisks2", "/org/freedesktop/UDisks2/block_devices/" + name,
                                "org.freedesktop.UDisks2.Encrypted", "Unlock", "sa{sv}", "baomi", "0"]).ok()
    return guest.sh("lsblk -nro KNAME,TYPE /dev/%s | awk '$2 == \"crypt\" {print $1}'" % name)


@on("guard")
def test_encrypted(guest):
    with media.luks() as medium:
        stick = devices.Stick(medium, serial="LUKS")
        one = plugged(guest, stick, "LUKS")
        assert [f["type"] for f in one["blocks"][0]["filesystems"]] == ["crypto_LUKS"], one
        inside = unlocked(guest, one["blocks"][0]["name"])
        guest.sh("mkfs.vfat -n SAFE /dev/%s && udevadm settle" % inside)
        guest.udisks_has(inside)
        write(guest, inside)
        eject(guest, stick, one)
        assert LETTER[:24] not in medium.read()
        stick = devices.Stick(medium, serial="LUKS")
        one = plugged(guest, stick, "LUKS")
        inside = unlocked(guest, one["blocks"][0]["name"])
        guest.udisks_has(inside)
        guest.session_run("clerk", ["cmp", "/tmp/letter", mount(guest, inside) + "/report.txt"]).ok()


@on("guard")
def test_whole_disks(guest):
    """No partition table; a system image; write-protected; nothing on it at all."""
    with media.superfloppy("exfat") as medium:
        stick = devices.Stick(medium, serial="SUPERFLOPPY")
        one = plugged(guest, stick, "SUPERFLOPPY", "")
        write(guest, one["blocks"][0]["name"])
        eject(guest, stick, one)
        assert_whole("exfat", medium)
    for medium, serial, file in ((media.iso_hybrid(), "ISO", "readme.txt"),
                                 (media.partitioned(["vfat"]), "PROTECTED", "")):
        with medium:
            before = medium.read()
            stick = devices.Stick(medium, serial=serial, read_only=serial == "PROTECTED")
            one = plugged(guest, stick, serial, "1")
            where = mount(guest, one["blocks"][0]["name"] + "1")
            guest.session_run("clerk", ["ls", where + "/" + file]).ok()
            assert guest.session_run("clerk", ["touch", where + "/new"]).rc != 0
            eject(guest, stick, one)
            assert medium.read() == before
    with media.blank() as medium:
        stick = devices.Stick(medium, serial="BLANK")
        one = plugged(guest, stick, "BLANK")
        assert one["blocks"][0]["filesystems"] == [], one
        said = guest.session_run("clerk", "udisksctl info -b /dev/" + one["blocks"][0]["name"]).ok()
        assert "/org/freedesktop/UDisks2/drives/" in said.out, said
        eject(guest, stick, one)


@on("guard")
def test_luns(guest):
    """Two disks in one device, each with a verdict of its own: the policy lets nobody write on ext4."""
    guest.put("/etc/baomi-guard/policy.d/50-archive.conf",
              "[rule archive]\nfilesystem=ext4\nverdict=read-only\n")
    guest.run("systemctl reload guardd", check=True)
    with media.superfloppy("vfat", label="FREE") as free, \
            media.superfloppy("ext4", label="ARCHIVE") as archive:
        before = archive.read()
        reader = devices.Bot([free, archive], serial="TWOLUNS")
        mark = guest.mark()
        guest.plug(reader)
        guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", count=2)
        one = desk.find(guest, serial="TWOLUNS")
        assert one["verdict"] == "read-only" and one["rule"].endswith(":archive"), one
        blocks = {b["filesystems"][0]["label"]: b for b in one["blocks"]}
        assert blocks["FREE"]["verdict"] == "admit", blocks
        assert blocks["ARCHIVE"]["verdict"] == "read-only", blocks
        for block in one["blocks"]:
            guest.udisks_has(block["name"])
        write(guest, blocks["FREE"]["name"])
        name = blocks["ARCHIVE"]["name"]
        where = mount(guest, name)
        assert guest.run(["touch", where + "/new"]).rc != 0
        assert guest.run("mount -o remount,rw %s || dd if=/dev/zero of=/dev/%s count=1 conv=fsync"
                         % (where, name)).rc != 0
        eject(guest, reader, one)
        assert_whole("vfat", free)
        assert archive.read() == before
