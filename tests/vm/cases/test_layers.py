# SPDX-License-Identifier: LGPL-2.1-or-later
"""What stands on a removable disk (LUKS, LVM, md, a loop device on a file of it) has that disk's verdict: nothing runs from it,
it is as read-only as its carrier, and what is built on a disk that waits or is refused waits too."""
from vmlib import desk
from vmlib.api import devices, media, on

from hold_common import without_guardd
from test_media_kinds import plugged, unlocked
from test_policy import write

STRICT = {"noexec", "nosuid", "nodev"}


def verdict(guest, name):
    said = guest.sh("udevadm info -q property -n /dev/" + name)
    return {line.partition("=")[0]: line.partition("=")[2] for line in said.splitlines() if line.startswith("BAOMI_")}


def mounted(guest, name):
    guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/" + name).ok()
    return set(guest.sh("findmnt -no OPTIONS /dev/" + name).strip().split(","))


@on("guard")
def test_nothing_runs_from_it(guest):
    with media.luks() as medium:
        one = plugged(guest, devices.Stick(medium, serial="LUKS"), "LUKS")
        inside = unlocked(guest, one["blocks"][0]["name"])
        assert verdict(guest, inside)["BAOMI_VERDICT"] == "admit", verdict(guest, inside)
        guest.sh("mkfs.ext4 -q /dev/%s && udevadm settle" % inside)
        guest.udisks_has(inside)
        asked = guest.session_run("clerk", "udisksctl mount --no-user-interaction -o exec -b /dev/" + inside)
        assert asked.rc != 0 and "exec" in asked.err + asked.out, asked
        assert STRICT <= mounted(guest, inside)
        # A file of it as a disk: one more floor.
        where = guest.sh("findmnt -no TARGET /dev/" + inside)
        guest.sh("truncate -s 8M '%s/image' && mkfs.vfat '%s/image' && chown clerk '%s/image'" % (where, where, where))
        made = guest.session_run("clerk", "udisksctl loop-setup --no-user-interaction -f '%s/image'" % where).ok().out
        loop = made.split("/dev/")[1].strip(". \n")
        guest.udisks_has(loop)
        assert verdict(guest, loop)["BAOMI_VERDICT"] == "admit", verdict(guest, loop)
        assert STRICT <= mounted(guest, loop)
    # On a fixed disk it is nobody's business.
    guest.sh("truncate -s 8M /run/image && mkfs.vfat /run/image && losetup /dev/loop7 /run/image && udevadm settle")
    assert verdict(guest, "loop7") == {}, verdict(guest, "loop7")


@on("guard")
def test_as_read_only_as_its_carrier(guest):
    write(guest, "50-read.conf", "[rule all]\nkind=usb-drive\nverdict=read-only\n")
    with media.superfloppy("ext4") as medium:
        guest.plug(devices.Stick(medium, serial="READ"))
        name = desk.wait_record(guest, "block-decision", serial="READ", verdict="read-only")["block"]
        guest.udisks_has(name)
        guest.sh("dmsetup create above --table \"0 $(blockdev --getsz /dev/%s) linear /dev/%s 0\" --readonly && udevadm settle"
                 % (name, name))
        above = guest.sh("basename $(readlink -f /dev/mapper/above)")
        assert verdict(guest, above)["BAOMI_VERDICT"] == "read-only", verdict(guest, above)
        assert guest.sh("blockdev --getro /dev/" + above) == "1"


@on("guard")
def test_what_waits_opens_by_no_other_name(guest):
    """A card while guardd is away is quarantined: what root builds on it is root's alone, and udisks offers it to nobody."""
    without_guardd(guest)
    mark = guest.mark()
    guest.plug(devices.SdCard(media.superfloppy(label="CARD")))
    node = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="hold")["DEVNAME"]
    guest.sh("dmsetup create above --table \"0 $(blockdev --getsz %s) linear %s 0\" && udevadm settle" % (node, node))
    above = guest.sh("basename $(readlink -f /dev/mapper/above)")
    said = verdict(guest, above)
    assert said["BAOMI_VERDICT"] == "hold" and said["BAOMI_QUARANTINE"] == "1", said
    assert guest.sh("stat -c '%%a %%U:%%G' /dev/%s" % above) == "600 root:root"
    assert guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/" + above).rc != 0


ARRAY = """
modprobe raid1 && echo %(array)s > /sys/module/md_mod/parameters/new_array && cd /sys/block/%(array)s/md
echo none > metadata_version && echo raid1 > level && echo 1 > raid_disks
cat /sys/block/%(disk)s/dev > new_dev && echo 0 > dev-%(disk)s/slot
size=$(($(cat /sys/block/%(disk)s/size) / 2))
echo $size > dev-%(disk)s/size && echo $size > component_size && echo active > array_state && udevadm settle
"""


@on("guard")
def test_an_array_of_it(guest):
    """md, by number and by name, put together by the kernel's own files. (mdadm, which is not there, would have udev look at what
    is on it; without, udisks shows no file system.)"""
    one = plugged(guest, devices.Stick(media.superfloppy("ext4"), serial="MIRROR"), "MIRROR")
    guest.sh(ARRAY % {"array": "md7", "disk": one["blocks"][0]["name"]})
    assert verdict(guest, "md7")["BAOMI_VERDICT"] == "admit", verdict(guest, "md7")
    assert "UDISKS_MOUNT_OPTIONS_DEFAULTS=noexec,nosuid,nodev" in guest.sh("udevadm info -q property -n /dev/md7").splitlines()

    without_guardd(guest)
    mark = guest.mark()
    guest.plug(devices.SdCard(media.superfloppy(label="CARD")))
    card = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="hold")["DEVNAME"]
    guest.sh(ARRAY % {"array": "md_card", "disk": card.split("/")[-1]})
    said = verdict(guest, "md_card")
    assert said["BAOMI_VERDICT"] == "hold" and said["BAOMI_QUARANTINE"] == "1", said
    assert guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/md_card").rc != 0
