# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel shield: what waits or is refused is opened by nobody, root included, by none of the ways there are, guardd alive
or dead; what is admitted, and the machine's own disks, are opened as ever."""
from hold_common import without_guardd
from vmlib import desk
from vmlib.api import devices, media, on

from test_import import CLAMD, ask, classified, refused, with_files
from test_media_kinds import unlocked
from test_media_main import CLASSIFIED
from test_policy import write

SECRET = b"nobody but the desk may read this line\n"
# Each prints how many bytes it got; what is opened in the kernel (dm, mount) is read afterwards.
WAYS = {
    "dd": "dd if=%(node)s bs=4096 count=8 2>/dev/null | wc -c",
    "a node of one's own": "mknod /run/own b $(stat -c '0x%%t 0x%%T' %(node)s) && dd if=/run/own bs=4096 count=8 2>/dev/null | wc -c",
    "mount": "mkdir -p /run/m; mount -o ro %(node)s /run/m 2>/dev/null && ls /run/m | wc -c || echo 0",
    "losetup": "losetup -r /dev/loop6 %(node)s 2>/dev/null; dd if=/dev/loop6 bs=4096 count=8 2>/dev/null | wc -c",
    "device mapper": "dmsetup create way --table '0 64 linear %(node)s 0' 2>/dev/null; udevadm settle; "
                     "dd if=/dev/mapper/way bs=4096 count=8 2>/dev/null | wc -c; dmsetup remove way 2>/dev/null",
    "blkid": "blkid -p %(node)s 2>/dev/null | wc -c",
    "the partition table read anew": "blockdev --rereadpt %(node)s 2>/dev/null; partx -a %(node)s 2>/dev/null; udevadm settle; "
                                     "cat %(node)s?* 2>/dev/null | wc -c",
}


# Speaks SCSI to the drive by itself, by any node of it: who made it (INQUIRY), or a block of its own making at sector 40.
SCSI = r"""
import ctypes, fcntl, struct
node, flags, writes = args
command = bytes([0x2a, 0, 0, 0, 0, 40, 0, 0, 1, 0]) if writes else bytes([0x12, 0, 0, 0, 36, 0])
data = ctypes.create_string_buffer(b"x" * 512 if writes else 36, 512 if writes else 36)
raw, sense = ctypes.create_string_buffer(command, len(command)), ctypes.create_string_buffer(32)
header = bytearray(struct.pack("iiBBHIPPPIIiPBBBBHHiII", ord("S"), -2 if writes else -3, len(command), 32, 0, len(data),
                               ctypes.addressof(data), ctypes.addressof(raw), ctypes.addressof(sense), 20000, 0, 0, 0, 0, 0, 0, 0,
                               0, 0, 0, 0, 0))
try:
    fd = os.open(node, flags)
    fcntl.ioctl(fd, 0x2285, header)
    result = "written" if writes else data.raw[8:36].decode("ascii")
    os.close(fd)
except OSError as error:
    result = error.strerror
"""
READ, BOTH = 0, 2 # of open(2)


def raw_node(guest, name):
    return "/dev/" + guest.sh("ls /sys/block/%s/device/scsi_generic" % name)


def shielded(guest):
    guest.sh("systemctl start baomi-guard-shield")
    layers = guest.guardctl("status")["layers"]
    assert layers["shield"]["state"] == "active", layers
    assert "shield" not in {one["key"] for one in guest.guardctl("doctor", check=False)}


def nobody_reads(guest, node):
    for way, command in WAYS.items():
        got = guest.run(["sh", "-c", command % {"node": node}]).out.split()
        assert set(got) <= {"0"}, (way, got)
    # The kernel itself opens it for nobody either: by its number, where no node is opened.
    number = guest.sh("stat -c '%%Hr:%%Lr' %s" % node)
    assert guest.run("dmsetup create number --table '0 64 linear %s 0'" % number).rc != 0
    assert guest.run("dmsetup info number").rc != 0


@on("guard")
def test_what_waits_is_read_by_nobody(guest):
    """A card in a slot, which layer 1 cannot hold: with guardd dead it waits, and so does root."""
    shielded(guest)
    without_guardd(guest)
    with media.partitioned(["vfat"]) as card:
        card.write(media.MIB // 2, SECRET)
        mark = guest.mark()
        guest.plug(devices.SdCard(card))
        node = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="hold")["DEVNAME"]
        nobody_reads(guest, node)
        assert int(guest.sh("cat /proc/partitions | grep -c ' %s$'" % node[5:])) == 1
        # Stopping its unit takes nothing away.
        guest.run("systemctl stop baomi-guard-shield")
        nobody_reads(guest, node)
        # by whom, when guardd is back: the kernel has kept it
        guest.sh("systemctl unmask guardd; systemctl start guardd")
        tried = desk.wait_record(guest, "shield-refused", block=node[5:])
        assert tried["details"]["uid"] == 0 and tried["details"]["times"] >= len(WAYS) - 1, tried


@on("guard")
def test_released_by_hand(guest):
    """Root authorises a stick itself, with guardd dead: the disk is there, and nobody reads it or writes to it, by its raw nodes
    neither."""
    shielded(guest)
    without_guardd(guest)
    with media.partitioned(["vfat"]) as medium:
        before = medium.read()
        mark = guest.mark()
        guest.plug(devices.Stick(medium, serial="BYHAND"))
        guest.wait_event(mark, SUBSYSTEM="usb", DEVTYPE="usb_device", ACTION="add")
        guest.sh("udevadm settle; echo 1 > /sys/bus/usb/devices/%s/authorized" % guest.find_usb(serial="BYHAND")[0])
        guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="partition", BAOMI_VERDICT="hold")
        guest.sh("udevadm settle")
        name, = guest.run("ls /sys/block | grep ^sd").out.split()
        for node in "/dev/" + name, "/dev/%s1" % name:
            nobody_reads(guest, node)
        raws = [raw_node(guest, name)] + guest.sh("ls -d /dev/bsg/*:*:*:*").split()
        assert len(raws) == 2, raws
        for node in raws + ["/dev/" + name]:
            for flags, writes in (READ, False), (BOTH, False), (BOTH, True):
                assert guest.python(SCSI, [node, flags, writes]) == "Operation not permitted", (node, flags)
        assert medium.read() == before


@on("guard")
def test_admitted_is_used_as_ever(guest):
    shielded(guest)
    guest.sh("dd if=$(findmnt -no SOURCE /) of=/dev/null bs=4096 count=1; lsblk >/dev/null; blkid -p $(findmnt -no SOURCE /)")
    with media.partitioned(["vfat"]) as medium:
        mark = guest.mark()
        guest.plug(devices.Stick(medium, serial="FREE"))
        name = desk.wait_record(guest, "block-decision", serial="FREE", verdict="admit")["block"]
        guest.udisks_has(name + "1")
        guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/%s1" % name).ok()
        where = guest.sh("findmnt -no TARGET /dev/%s1" % name)
        guest.session_run("clerk", ["touch", where + "/letter"]).ok()
        guest.sh("umount '%s'; dd if=/dev/zero of=/dev/%s bs=512 count=1 seek=40 conv=fsync" % (where, name))
        node = raw_node(guest, name)
        guest.wait_event(mark, SUBSYSTEM="scsi_generic", ACTION="add", BAOMI_VERDICT="admit", DEVNAME=node)
        assert guest.sh("stat -c '%%a %%G' %s" % node) == "660 disk"
        assert guest.python(SCSI, [node, BOTH, False])[:4] == "QEMU"
        assert guest.python(SCSI, ["/dev/" + name, READ, True]) == "written"
    with media.luks() as medium:
        guest.plug(devices.Stick(medium, serial="LUKS"))
        name = desk.wait_record(guest, "block-decision", serial="LUKS", verdict="admit")["block"]
        guest.udisks_has(name, what="Encrypted CleartextDevice")
        inside = unlocked(guest, name)
        guest.sh("mkfs.vfat -n SAFE /dev/%s && udevadm settle" % inside)
        guest.udisks_has(inside)


@on("guard")
def test_read_only_is_read_only_for_root(guest):
    """BLKROSET is undone by root at once; the door is not."""
    shielded(guest)
    write(guest, "50-read.conf", "[rule all]\nkind=usb-drive\nverdict=read-only\n")
    with media.partitioned(["vfat"]) as medium:
        before = medium.read()
        guest.plug(devices.Stick(medium, serial="READ"))
        name = desk.wait_record(guest, "block-decision", serial="READ", verdict="read-only")["block"]
        guest.udisks_has(name + "1")
        guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/%s1" % name).ok()
        guest.sh("umount /dev/%s1" % name)
        for node in name, name + "1":
            assert guest.run("blockdev --setrw /dev/" + node).rc != 0, node
            assert guest.run("dd if=/dev/zero of=/dev/%s bs=512 count=1 conv=fsync" % node).rc != 0, node
        assert guest.run(": < " + raw_node(guest, name)).rc != 0
        # mount(8) is told as of any medium that is write-protected, and takes what it may have
        guest.sh("mount /dev/%s1 /mnt && findmnt -no OPTIONS /mnt | grep -qw ro" % name)
        assert guest.run("mount -o remount,rw /mnt || touch /mnt/new").rc != 0
        guest.sh("umount /mnt")
        # nor by SCSI, and what asks the drive goes on
        assert guest.python(SCSI, ["/dev/" + name, READ, True]) == "Permission denied"
        assert guest.python(SCSI, ["/dev/" + name, READ, False])[:4] == "QEMU"
        assert medium.read() == before
        # Admitted after all, by the policy: everything opens, and closes again with anything less.
        node = raw_node(guest, name)
        for verdict, udev, ro in ("admit", "admit", "0"), ("read-only", "hold", "1"):
            mark = guest.mark()
            write(guest, "50-read.conf", "[rule all]\nkind=usb-drive\nverdict=%s\n" % verdict)
            guest.wait_event(mark, SUBSYSTEM="scsi_generic", ACTION="add", BAOMI_VERDICT=udev, DEVNAME=node)
            guest.run_until("test $(cat /sys/block/%s/ro /sys/block/%s/%s1/ro | sort -u) = %s" % (name, name, name, ro))
            assert guest.python(SCSI, ["/dev/" + name, READ, True]) == ("written" if ro == "0" else "Permission denied")
            assert (guest.run(": < " + node).rc == 0) == (ro == "0")


@on("guard", timeout=900)
def test_one_way_import(guest):
    """The one process that reads a drive in is let in, its mount too, and nobody else meanwhile or afterwards."""
    shielded(guest)
    guest.sh(CLAMD, timeout=300)
    classified(guest)
    guest.sh("pkill -STOP -x clamd")
    with with_files({"notes.txt": b"notes\n" * 1000}) as medium:
        device = refused(guest, medium, "OUTSIDE")
        ask(guest, device).ok()
        guest.run_until("ls /var/lib/baomi-guard-import/.staging/*/*", 120)
        name = desk.records(guest, kind="block-decision", serial="OUTSIDE")[-1]["block"]
        for node in name, name + "1":
            nobody_reads(guest, "/dev/" + node)
        guest.sh("pkill -CONT -x clamd")
        told = desk.wait_record(guest, "imported", timeout=180)["details"]
        assert (told["files"], told["withheld"]) == (1, 0), told
        nobody_reads(guest, "/dev/" + name)


@on("guard", cold=True, saved=True)
def test_from_power_on(lab):
    """Enabled, and the machine started anew: nothing of the machine's own is refused, and drives go as everywhere."""
    guest = lab.resume()
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    guest.sh("systemctl enable baomi-guard-shield && head -c 8M /dev/zero > /var/swap && chmod 600 /var/swap && mkswap /var/swap")
    guest.poweroff()
    with media.partitioned(["vfat"]) as medium:
        sticks = [devices.Stick(media.superfloppy(label="SECRETS"), serial="CLASSIFIED017"), devices.Stick(medium, serial="ORDINARY1")]
        guest = lab.boot(usb_at_boot=sticks + [devices.keyboard()])
        assert guest.guardctl("status")["layers"]["shield"]["state"] == "active"
        assert desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED017")["blocks"] == []
        desk.wait_verdict(guest, "nobody-present", "ORDINARY1")
        guest.session("clerk")
        guest.udisks_has("sda1")
        guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/sda1").ok()
        guest.sh("touch $(findmnt -no TARGET /dev/sda1)/letter && swapon /var/swap")
        guest.sh("truncate -s 64M /var/disk && losetup /dev/loop5 /var/disk && mkfs.vfat /dev/loop5 && mount /dev/loop5 /mnt && umount /mnt")
        # who was refused on the way here: nobody but those who tried the stick before anybody had logged in
        tried = [one for one in desk.records(guest, kind="shield-refused") if not one["block"].startswith("sd")]
        assert not tried, tried
