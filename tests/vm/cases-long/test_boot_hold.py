# SPDX-License-Identifier: LGPL-2.1-or-later
"""Layer 1 from the first moment: sticks present at power-on, the keyboard of the passphrase, system
disks on USB (boots:stick_at_boot is the control). guardd is masked throughout: none of this may depend on it."""
from hold_common import HOLD, assert_held, root_hubs, settle, spooled, usb, wait_drivers
from vmlib import layers
from vmlib.api import devices, media, on

NO_GUARDD = "systemd.mask=guardd.service"
HOME_UUID = "bbbbbbbb-1111-4222-8333-444444444444"
VAULT_UUID = "cccccccc-1111-4222-8333-444444444444"
# On the serial console too, so that the case knows when the passphrase is asked for.
ASK = """#!/bin/sh
echo '<1>baomi-test: asking for the passphrase' > /dev/kmsg
exec /lib/cryptsetup/askpass 'Passphrase: '
"""


def no_disk_was_made(guest):
    """Neither now nor earlier in this boot, by the kernel's own log."""
    assert not [d for d in guest.disks() if d.startswith("sd")], guest.disks()
    found = guest.run("dmesg | grep -E 'Direct-Access|Attached SCSI|Mass Storage device detected'")
    assert found.rc == 1, found


def quick_initramfs(guest):
    """An emulated machine spends minutes on a better compression."""
    guest.sh("printf 'COMPRESS=gzip\\nCOMPRESSLEVEL=1\\n' > /etc/initramfs-tools/conf.d/zz-quick")


@on("guard", cold=True, timeout=3000)
def test_stick_at_boot_and_hatch(lab):
    stick = devices.Stick(media.superfloppy(), serial="BOOT-1")
    guest = lab.boot(usb_at_boot=[stick, devices.keyboard()], cmdline_extra=NO_GUARDD)
    assert_held(guest, 0, serial="BOOT-1")
    no_disk_was_made(guest)
    wait_drivers(guest, guest.find_usb(vendor="0627")[0], {"1.0": "usbhid"})
    event, = spooled(guest, "add")
    assert event["serial"] == "BOOT-1" and event["boot_id"] == guest.boot_id, event
    quick_initramfs(guest)
    # Policy's classes are kept from boot to boot, in the initramfs as well.
    guest.sh("echo '02 0a' > /var/lib/baomi-guard/hold-classes && update-initramfs -u", 1500)
    lab.take_initrd(guest)
    guest.poweroff()

    # The escape hatch: the network adapter that policy holds is free, the stick is not.
    guest = lab.boot(usb_at_boot=[stick, devices.keyboard(), devices.Network()],
                     cmdline_extra=NO_GUARDD + " baomi-guard=off")
    assert_held(guest, 0, serial="BOOT-1")
    no_disk_was_made(guest)
    wait_drivers(guest, guest.find_usb(vendor="0525")[0], {"2.0": "cdc_ether", "2.1": "cdc_ether"})
    off, = [e for e in spooled(guest, "off") if e["boot_id"] == guest.boot_id]
    assert off["file"].endswith("-off-0-0"), off
    guest.poweroff()

    guest = lab.boot(usb_at_boot=[devices.Network()], cmdline_extra=NO_GUARDD)
    assert_held(guest, 0, vendor="0525")


@on("bare", cold=True, timeout=3000)
def test_luks_keyboard_and_home(lab):
    """The guard is installed on a machine whose /home and whose encrypted disk are on USB. Next
    boot: the passphrase is typed on a USB keyboard in the initramfs, both disks are there, and a
    stick that was plugged too is held."""
    vault = devices.Stick(media.luks(uuid=VAULT_UUID), serial="VAULT-DISK")
    home = devices.Stick(media.superfloppy("ext4", uuid=HOME_UUID), serial="HOME-DISK")
    guest = lab.boot(usb_at_boot=[vault, home])
    guest.put("/etc/baomi-ask", ASK, 0o755)
    guest.sh("echo 'vault UUID=%s none luks,initramfs,keyscript=/etc/baomi-ask' >> /etc/crypttab"
             % VAULT_UUID)
    guest.sh("echo 'UUID=%s /home ext4 defaults 0 2' >> /etc/fstab" % HOME_UUID)
    quick_initramfs(guest)
    guest.install_debs(layers.debs("guard"), timeout=1500)
    pins = guest.read("/var/lib/baomi-guard/system-disks")
    assert "VAULT-DISK".encode().hex() in pins and "HOME-DISK".encode().hex() in pins, pins
    lab.take_initrd(guest)
    guest.poweroff()

    stranger = devices.Stick(media.superfloppy(), serial="STRANGER")
    guest = lab.boot(usb_at_boot=[devices.keyboard(), vault, home, stranger], i8042=False,
                     cmdline_extra=NO_GUARDD + " console=tty0", wait=False)
    guest.wait_console("baomi-test: asking for the passphrase", 400)
    guest.type_text("baomi\n")
    guest.wait_booted()
    assert guest.exists("/dev/mapper/vault")
    assert guest.sh("findmnt -no SOURCE /home").startswith("/dev/sd")
    assert_held_beside(guest, "STRANGER", 2)
    for serial in ("VAULT-DISK", "HOME-DISK"):
        assert usb(guest, serial=serial)["drivers"] == {"1.0": "usb-storage"}
    assert not [e for e in spooled(guest) if e["serial"] != "STRANGER"], spooled(guest)


def assert_held_beside(guest, serial, disks):
    settle(guest)
    assert usb(guest, serial=serial)["authorized"] == "0"
    assert len([d for d in guest.disks() if d.startswith("sd")]) == disks, guest.disks()


@on("bare", cold=True, timeout=3000)
def test_root_on_usb(lab):
    """The root file system on a USB disk, MODULES=dep: pinned at installation, there at boot, hidden
    from nobody, while a second stick is held. Its pin does not follow to another disk."""
    root = media.Medium(0)
    media.tool("cp", "--sparse=always", lab.disk.path, root.path)
    disk = devices.Stick(root, serial="ROOT-DISK", removable=False)
    guest = lab.boot(usb_at_boot=[disk], cmdline_extra="root=/dev/sda rootdelay=5")
    assert guest.sh("findmnt -no SOURCE /") == "/dev/sda"
    guest.sh("echo MODULES=dep > /etc/initramfs-tools/conf.d/zz-modules")
    quick_initramfs(guest)
    guest.install_debs(layers.debs("guard"), timeout=1500)
    assert "ROOT-DISK".encode().hex() in guest.read("/var/lib/baomi-guard/system-disks")
    lab.take_initrd(guest)
    guest.poweroff()

    stranger = devices.Stick(media.superfloppy(), serial="STRANGER")
    guest = lab.boot(usb_at_boot=[disk, devices.keyboard(), stranger],
                     cmdline_extra="root=/dev/sda " + NO_GUARDD)
    assert guest.sh("findmnt -no SOURCE /") == "/dev/sda"
    assert set(root_hubs(guest, "authorized_default").values()) == {"0"}
    assert_held_beside(guest, "STRANGER", 1)
    wait_drivers(guest, guest.find_usb(vendor="0627")[0], {"1.0": "usbhid"})
    # Layer 2 knows it as well.
    assert guest.sh("stat -c '%a %G' /dev/sda") == "660 disk"
    assert guest.run("udevadm info -q property /dev/sda | grep -q BAOMI_REASON=system-disk").rc == 0
    assert guest.sh(HOLD + " pins | grep -c ROOT-DISK; " + HOLD + " pins").startswith("0")


@on("guard")
def test_initramfs_all_or_nothing(guest):
    """The image has option, rules and helper; with one of them missing, none."""
    listing = "lsinitramfs $(ls /boot/initrd.img-*) | grep -o -E %s | sort | uniq"
    names = "'baomi-guard.conf|59-baomi-guard-usb.rules|guard-hold|init-top/baomi-guard|system-disks'"
    whole = guest.sh(listing % names, 300).split()
    assert whole == ["59-baomi-guard-usb.rules", "baomi-guard.conf", "guard-hold",
                     "init-top/baomi-guard", "system-disks"], whole
    guest.sh("mv %s /root/" % HOLD)
    result = guest.run("mkinitramfs -o /root/half.img", 600)
    assert "guard-hold is missing" in result.err, result
    half = guest.sh("lsinitramfs /root/half.img | grep -o -E %s | sort | uniq" % names, 300).split()
    assert "baomi-guard.conf" not in half and "guard-hold" not in half, half
    assert "59-baomi-guard-usb.rules" not in half, half
