# SPDX-License-Identifier: LGPL-2.1-or-later
"""Storage waits without guardd: never configured, written down as it comes and as it goes."""
from hold_common import HOLD, assert_held, root_hubs, settle, spooled, usb, without_guardd
from vmlib.api import devices, media, on


def plug_held(guest, plug, **want):
    mark = guest.mark()
    guest.plug(plug)
    guest.wait_event(mark, SUBSYSTEM="usb", DEVTYPE="usb_device", ACTION="add")
    assert_held(guest, mark, **want)


@on("guard")
def test_stick_waits(guest):
    without_guardd(guest)
    stick = devices.Stick(media.superfloppy(), serial="HELD-1")
    plug_held(guest, stick, serial="HELD-1")
    came, = spooled(guest, "add")
    assert came["serial"] == "HELD-1" and came["vendor_id"] == "46f4", came
    assert came["file"].startswith("/var/lib/"), came
    assert came["boot_id"] == guest.boot_id, (came, guest.boot_id)
    guest.unplug(stick)
    guest.run_until("! ls /run/baomi-guard/held/* 2>/dev/null", 60)
    settle(guest)
    went, = spooled(guest, "remove")
    assert [went[k] for k in ("serial", "inode", "devnum")] == \
        [came[k] for k in ("serial", "inode", "devnum")], (came, went)


@on("guard")
def test_uas_waits(guest):
    without_guardd(guest)
    plug_held(guest, devices.Uas([media.superfloppy()], serial="HELD-UAS"), serial="HELD-UAS")


@on("guard")
def test_behind_hub_waits(guest):
    without_guardd(guest)
    guest.plug(devices.hub().at(port="5"))
    guest.run_until("ls -d /sys/bus/usb/devices/*-5", 60)
    settle(guest)
    plug_held(guest, devices.Stick(media.superfloppy(), serial="HELD-H").at(port="5.1"),
              serial="HELD-H")


@on("guard")
def test_full_var_spools_to_run(guest):
    """/var that cannot be written (here: read-only) is no reason to forget."""
    without_guardd(guest)
    guest.sh("mount -t tmpfs -o ro,size=4k none /var/lib/baomi-guard/spool")
    plug_held(guest, devices.Stick(media.blank(), serial="FULL-1"), serial="FULL-1")
    came, = spooled(guest, "add")
    assert came["file"].startswith("/run/"), came


@on("guard")
def test_spool_is_bounded(guest):
    without_guardd(guest)
    guest.sh("cd /var/lib/baomi-guard/spool && for i in $(seq 1100); do : > $i-x-1-1; done;"
             "mkdir -p /run/baomi-guard/spool && cd /run/baomi-guard/spool &&"
             "for i in $(seq 1100); do : > $i-x-1-1; done", timeout=120)
    plug_held(guest, devices.Stick(media.blank(), serial="MANY-1"), serial="MANY-1")
    assert guest.read("/var/lib/baomi-guard/spool/overflow") == "lost=1\n"


@on("guard")
def test_released_by_hand_is_quarantined(guest):
    """Layer 2 alone: root authorises the stick, the disk appears, and nobody but root can use it:
    no superblock parsed, no link, no mount through udisks, raw nodes closed."""
    without_guardd(guest)
    mark = guest.mark()
    guest.plug(devices.Stick(media.partitioned(["vfat"]), serial="QUAR-1"))
    guest.wait_event(mark, SUBSYSTEM="usb", DEVTYPE="usb_device", ACTION="add")
    settle(guest)
    name, = guest.find_usb(serial="QUAR-1")
    guest.sh("echo 1 > /sys/bus/usb/devices/%s/authorized" % name)
    event = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="partition")
    settle(guest)
    assert event["SYSTEMD_READY"] == "0" and event["UDISKS_IGNORE"] == "1", event
    assert not [k for k in event if k.startswith("ID_FS_")], event
    nodes = guest.sh("stat -c '%n %a %U %G' /dev/sda /dev/sda1 $(ls /dev/sg*)").splitlines()
    assert all(line.endswith(" 600 root root") for line in nodes), nodes
    assert guest.run("getfacl -cp /dev/sda | grep clerk").rc == 1
    assert "1234-ABCD" not in guest.sh("ls /dev/disk/by-uuid")
    for mount in (lambda: guest.session_run("clerk", "udisksctl mount -b /dev/sda1"),
                  lambda: guest.run("udisksctl mount -b /dev/sda1")):
        assert mount().rc != 0
    # A write by root re-fires the rules: still closed.
    mark = guest.mark()
    guest.sh(": >> /dev/sda1")
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="change")
    settle(guest)
    assert guest.sh("stat -c '%a %G' /dev/sda1") == "600 root"


def verdict_file(guest, disk, verdict, reason):
    """What guardd would write for `disk`."""
    guest.python("""
        base = "/sys/block/" + args["disk"]
        major, minor = open(base + "/dev").read().strip().split(":")
        seq = open(base + "/diskseq").read().strip()
        os.makedirs("/run/baomi-guard/verdicts", exist_ok=True)
        with open("/run/baomi-guard/verdicts/" + seq, "w") as f:
            f.write("verdict=%s\\nreason=%s\\nname=%s\\nmajor=%s\\nminor=%s\\ninode=%d\\ndiskseq=%s\\n" % (
                args["verdict"], args["reason"], args["disk"], major, minor,
                os.stat(base).st_ino, seq))
        """, {"disk": disk, "verdict": verdict, "reason": reason})


def quarantined_stick(guest, serial):
    mark = guest.mark()
    stick = guest.plug(devices.Stick(media.partitioned(["vfat"]), serial=serial))
    guest.wait_event(mark, SUBSYSTEM="usb", DEVTYPE="usb_device", ACTION="add")
    settle(guest)
    name, = guest.find_usb(serial=serial)
    guest.sh("echo 1 > /sys/bus/usb/devices/%s/authorized" % name)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="partition")
    settle(guest)
    return stick


def replay(guest):
    for path in ("/sys/block/sda", "/sys/block/sda/sda1"):
        mark = guest.mark()
        guest.sh("echo add > %s/uevent" % path)
        guest.wait_event(mark, SUBSYSTEM="block", ACTION="add")
    settle(guest)


@on("guard")
def test_verdict_file_releases(guest):
    """The slow path by hand: a verdict file, an add on the disk, then on its partition; the person
    at the seat mounts it without a password and keeps it after a change event."""
    without_guardd(guest)
    quarantined_stick(guest, "REL-1")
    verdict_file(guest, "sda", "admit", "policy")
    replay(guest)
    guest.udisks_has("sda1")
    guest.session_run("clerk", "udisksctl mount -b /dev/sda1").ok()
    guest.session_run("clerk", "echo x > /media/clerk/BAOMI/file && sync").ok()
    guest.run("udisksctl unmount -b /dev/sda1").ok()
    settle(guest)
    assert guest.sh("stat -c '%a %G' /dev/sda1") == "660 disk"


@on("guard")
def test_read_only_verdict(guest):
    """Read-only is the kernel's, on the disk and on the partition, and is set again on change."""
    without_guardd(guest)
    quarantined_stick(guest, "RO-1")
    verdict_file(guest, "sda", "read-only", "no-write-down")
    replay(guest)
    assert guest.sh("cat /sys/block/sda/ro /sys/block/sda/sda1/ro") == "1\n1"
    guest.udisks_has("sda1")
    guest.session_run("clerk", "udisksctl mount -b /dev/sda1").ok()
    assert guest.session_run("clerk", "touch /media/clerk/BAOMI/x").rc != 0
    guest.run("udisksctl unmount -b /dev/sda1").ok()
    assert guest.sh("stat -c %a $(ls /dev/sg*)") == "600"


@on("guard")
def test_verdict_of_another_disk(guest):
    """A verdict file left by the disk that had this name before admits nothing."""
    without_guardd(guest)
    stick = quarantined_stick(guest, "OLD-1")
    verdict_file(guest, "sda", "admit", "policy")
    guest.unplug(stick)
    guest.run_until("! test -e /sys/block/sda", 60)
    quarantined_stick(guest, "NEW-1")
    assert guest.sh("stat -c '%a %G' /dev/sda1") == "600 root"
    # Also under the new disk's name, with the old one's inside.
    guest.sh("cd /run/baomi-guard/verdicts && mv * $(cat /sys/block/sda/diskseq)")
    replay(guest)
    assert guest.sh("stat -c '%a %G' /dev/sda1") == "600 root"


@on("guard")
def test_sd_card_is_quarantined(guest):
    without_guardd(guest)
    mark = guest.mark()
    guest.plug(devices.SdCard(media.superfloppy(size=64 << 20)))
    event = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    assert event["DEVNAME"].startswith("/dev/mmcblk"), event
    assert event["SYSTEMD_READY"] == "0", event
    settle(guest)
    assert guest.sh("stat -c '%a %G' " + event["DEVNAME"]) == "600 root"


@on("guard")
def test_release_all(guest):
    """Removal of the package: what was held comes up, what comes later is as the kernel has it."""
    without_guardd(guest)
    plug_held(guest, devices.Stick(media.superfloppy(), serial="GO-1"), serial="GO-1")
    mark = guest.mark()
    guest.sh(HOLD + " release-all")
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    assert usb(guest, serial="GO-1")["drivers"] == {"1.0": "usb-storage"}
    assert set(root_hubs(guest, "authorized_default").values()) == {"1"}
    guest.sh(HOLD + " coldplug")
    assert set(root_hubs(guest, "authorized_default").values()) == {"0"}
    assert usb(guest, serial="GO-1")["authorized"] == "1", "what is there stays"


@on("guard")
def test_half_open_is_mended(guest):
    """A holder of the bus's lock that was killed leaves the interfaces' default at 0."""
    without_guardd(guest)
    guest.sh("for f in /sys/bus/usb/devices/usb*/interface_authorized_default; do echo 0 > $f; done")
    guest.plug(devices.keyboard())
    guest.run_until("ls /dev/input/by-id/usb-*-event-kbd", 60)
    settle(guest)
    assert usb(guest, vendor="0627")["drivers"] == {"1.0": "usbhid"}
    name, = guest.find_usb(vendor="0627")
    hub = "usb" + name.split("-")[0]
    assert root_hubs(guest, "interface_authorized_default")[hub] == "1"
