# SPDX-License-Identifier: LGPL-2.1-or-later
"""From power-on: what is plugged before the machine starts waits from the initramfs on, and nobody is
locked out (boots:stick_at_boot is the control). Initramfs made with MODULES=most but where told."""
from hold_common import HOLD, settle, spooled, usb, wait_drivers
from test_media_main import CLASSIFIED
from vmlib import desk
from vmlib.api import devices, media, on

NO_GUARDD = "systemd.mask=guardd.service"
ROOT = "root=UUID=0b0b0b0b-0000-4000-8000-000000000001"
HOME_UUID = "bbbbbbbb-1111-4222-8333-444444444444"
PINS = "/var/lib/baomi-guard/system-disks"
OPTION = "/usr/lib/modprobe.d/baomi-guard.conf"
RULES = "/usr/lib/udev/rules.d/59-baomi-guard-usb.rules"
HOOK = "/usr/share/initramfs-tools/hooks/baomi-guard"


def made_disks(guest, number):
    """So many USB disks were made since power-on, by the kernel's own log."""
    found = guest.run("dmesg | grep -c 'Attached SCSI .*disk'").out.strip()
    assert int(found) == number, (found, guest.run("dmesg | grep -E 'usb|scsi|sd '").out)


def held(guest, **want):
    settle(guest)
    device = usb(guest, **want)
    assert device["authorized"] == "0", device
    assert not device["configuration"] and not device["drivers"], device


def keyboard_works(guest):
    wait_drivers(guest, guest.find_usb(vendor="0627")[0], {"1.0": "usbhid"})


def written_down(guest, serial):
    event, = [e for e in spooled(guest, "add") if e.get("serial") == serial]
    assert event["boot_id"] == guest.boot_id, (event, guest.boot_id)


def weaknesses(guest):
    """What doctor finds about the start: it opens the initramfs."""
    return {f["key"] for f in guest.guardctl("doctor", timeout=300, check=False)
            if f["severity"] != "notice"} & {"escape-hatch", "initramfs", "boot-loader"}


@on("guard", cold=True, saved=True)
def test_sticks_at_power_on(lab):
    """guardd in force: the classified one never is a block device, the ordinary one is mounted."""
    guest = lab.resume()
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    guest.poweroff()
    sticks = [devices.Stick(media.superfloppy(label="SECRETS"), serial="CLASSIFIED017"),
              devices.Stick(media.partitioned(["vfat"]), serial="ORDINARY1")]
    guest = lab.boot(usb_at_boot=sticks + [devices.keyboard()])
    one = desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED017")
    assert one["verdict"] == "refuse" and one["blocks"] == [], one
    held(guest, serial="CLASSIFIED017")
    desk.wait_verdict(guest, "nobody-present", "ORDINARY1")
    guest.session("clerk")
    guest.udisks_has("sda1")
    guest.session_run("clerk", "udisksctl mount -b /dev/sda1").ok()
    guest.session_run("clerk", "echo hello > /media/clerk/BAOMI/file && sync").ok()
    made_disks(guest, 1)
    for serial, verdict in ("CLASSIFIED017", "refuse"), ("ORDINARY1", "admit"):
        record = desk.wait_record(guest, "usb-decision", serial=serial, boot_id=guest.boot_id)
        assert record["verdict"] == verdict, record
    before = max(guest.disks().values())
    control = devices.Stick(media.superfloppy(), serial="CONTROL")
    assert desk.control_diskseq(guest, control) == before + 1
    keyboard_works(guest)
    assert guest.guardctl("log", "verify", as_json=False).rc == 0


@on("guard", cold=True, variant="luks")
def test_passphrase_by_usb_keyboard(lab):
    """No PS/2 keyboard: the passphrase of the root disk can only come over USB. The stick beside
    it waits, without guardd too."""
    stick = devices.Stick(media.superfloppy(), serial="STRANGER")
    guest = lab.boot(usb_at_boot=[devices.keyboard(), stick], i8042=False,
                     cmdline_extra="console=tty0 " + NO_GUARDD)
    lab.unlock(guest)
    assert "/dev/mapper/root" in guest.sh("findmnt -no SOURCE /")
    held(guest, serial="STRANGER")
    made_disks(guest, 0)
    written_down(guest, "STRANGER")


def pins(text):
    return sorted(line for line in text.splitlines() if not line.startswith("#"))


def system_disks_serve(guest):
    """Root and /home are there, on disks that the initramfs has pinned; they are nobody's guests."""
    root = guest.sh("findmnt -no SOURCE /")
    assert root.startswith("/dev/sd") and guest.sh("findmnt -no SOURCE /home").startswith("/dev/sd")
    for serial in "ROOT-DISK", "HOME-DISK":
        assert usb(guest, serial=serial)["drivers"] == {"1.0": "usb-storage"}
    made_disks(guest, 2)
    assert guest.sh("stat -c '%a %G' " + root) == "660 disk"
    here = pins(guest.sh(HOLD + " pins"))
    assert len(here) == 2 and here == pins(guest.read(PINS)), (here, guest.read(PINS))


@on("guard", cold=True, variant="usbroot", timeout=2400)
def test_system_on_usb_and_hatch(lab):
    """MODULES=dep, without guardd: the system's own disks are pinned in the initramfs; a stranger of
    the same make is held, and the network adapter that policy names. Then with baomi-guard=off: the
    adapter is free, the stick is not; guardd, started late, has it on record and raises an alarm."""
    root = media.Medium(0)
    media.tool("cp", "--sparse=always", lab.disk.path, root.path)
    media.tool("qemu-img", "create", "-q", "-f", "qcow2", lab.path, "16M")  # no second copy of it
    home = media.superfloppy("ext4", uuid=HOME_UUID)
    plugs = [devices.Stick(root, serial="ROOT-DISK", removable=False).at(port="1"),
             devices.Stick(home, serial="HOME-DISK", removable=False).at(port="2"),
             devices.keyboard().at(port="3"),
             devices.Stick(media.superfloppy(), serial="STRANGER").at(port="4"),
             devices.Network().at(port="5")]
    guest = lab.boot(usb_at_boot=plugs, cmdline_extra=ROOT + " " + NO_GUARDD)
    held(guest, serial="STRANGER")
    held(guest, vendor="0525")
    written_down(guest, "STRANGER")
    assert not [e for e in spooled(guest) if e.get("serial") in ("ROOT-DISK", "HOME-DISK")]
    system_disks_serve(guest)
    keyboard_works(guest)
    guest.sh("ln -s /dev/null /etc/systemd/system/guardd.service && sync")
    guest.poweroff(timeout=600)

    guest = lab.boot(usb_at_boot=plugs, cmdline_extra=ROOT + " baomi-guard=off")
    held(guest, serial="STRANGER")
    system_disks_serve(guest)
    network_is_free(guest)
    off, = [e for e in spooled(guest, "off") if e["boot_id"] == guest.boot_id]
    assert off["file"].endswith("-off-0-0"), off
    guest.sh("systemctl unmask guardd.service && systemctl start guardd.service", timeout=120)
    desk.wait_record(guest, "escape-hatch", boot_id=guest.boot_id)
    guest.session("clerk")
    desk.wait_verdict(guest, "registry-absent", "STRANGER")
    network_is_free(guest)
    assert "escape-hatch" in [a["key"] for a in guest.guardctl("status")["alarms"]]
    assert weaknesses(guest) == {"escape-hatch"}


def network_is_free(guest):
    name, = guest.find_usb(vendor="0525")
    guest.run_until("ls -d /sys/bus/usb/devices/%s:*/driver" % name, 90)


@on("guard")
def test_initramfs_all_or_nothing(guest):
    """Option, rules and helper go into the initramfs together; with one of them missing none does."""
    make = ("rm -rf /root/tree && mkdir -p /root/tree/lib/modprobe.d /root/tree/scripts/init-top &&"
            "cp /lib/modprobe.d/*.conf /root/tree/lib/modprobe.d/ && DESTDIR=/root/tree sh %s" % HOOK)
    look = "cd /root/tree && find . -type f | grep -E 'baomi|hold' | sort"
    assert guest.run(make).rc == 0
    whole = guest.sh(look)
    assert all(part in whole for part in (OPTION[4:], RULES[4:], HOLD, PINS)), whole
    for part in OPTION, RULES, HOLD:
        guest.sh("mv %s /root/away" % part)
        result = guest.run(make)
        assert result.rc == 0 and "the USB hold begins after the initramfs" in result.err, result
        assert guest.run(look).out.strip() == "", part
        guest.sh("mv /root/away %s" % part)
