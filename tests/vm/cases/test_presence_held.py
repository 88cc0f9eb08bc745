# SPDX-License-Identifier: LGPL-2.1-or-later
"""A new drive waits at the kernel's door while nobody is there to answer for it, and is decided when
somebody is back; what is refused anyway is refused at once, and what was in use stays."""
from test_presence import unlock_greeter, wait_presence
from vmlib import desk
from vmlib.api import devices, media, on, usbdev, usbredir


@on("desktop-guard")
def test_waits_for_unlock(guest):
    desk.Desk(guest).enrol("LY-017", serial="CLASSIFIED", vendor_id="46f4", product_id="0001").publish()
    before = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(label="BEFORE"), serial="BEFORE"))
    guest.wait_event(before, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    guest.run_until("grep -q /media/clerk/BEFORE /proc/mounts", 120)
    guest.session_run("clerk", "guardctl lock", timeout=120).ok()
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(label="LATER"), serial="LATER"))
    guest.plug(devices.Stick(media.superfloppy(label="SECRET"), serial="CLASSIFIED"))
    desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED")
    held = desk.wait_verdict(guest, "nobody-present", "LATER")
    assert held["verdict"] == "hold", held
    told = guest.guardctl("media", "explain", held["device"])
    assert (told["verdict"], told["reason"]) == ("hold", "nobody-present"), told
    guest.assert_no_block(mark)
    assert guest.sh("cat /sys/bus/usb/devices/%s/authorized" % held["device"]) == "0"
    assert "/media/clerk/BEFORE" in guest.read("/proc/mounts")
    unlock_greeter(guest)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    guest.run_until("grep -q /media/clerk/LATER /proc/mounts", 120)
    found = [r["verdict"] for r in desk.records(guest, "usb-decision", serial="LATER")]
    assert found == ["hold", "admit"], found
    found = [r["verdict"] for r in desk.records(guest, "usb-decision", serial="BEFORE")]
    assert found == ["admit"], found


@on("guard")
def test_nobody_logged_in(guest):
    guest.session("clerk").close()
    guest.run_until("! loginctl --no-legend | grep -q clerk", 60)
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="EARLY"))
    desk.wait_verdict(guest, "nobody-present", "EARLY")
    guest.sh("systemctl restart guardd")
    desk.wait_verdict(guest, "nobody-present", "EARLY")
    guest.assert_no_block(mark)
    guest.session("clerk")
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    desk.wait_verdict(guest, "registry-absent", "EARLY")
    wait_presence(guest, state="active")


@on("guard")
def test_card_waits(guest):
    """A carrier without a USB hold: the card is a block device, in quarantine."""
    guest.session("clerk").close()
    guest.run_until("! loginctl --no-legend | grep -q clerk", 60)
    mark = guest.mark()
    guest.plug(devices.SdCard(media.partitioned(["vfat"])))
    name = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")["DEVNAME"][5:]
    held = desk.wait_verdict(guest, "nobody-present")
    assert [b["verdict"] for b in held["blocks"]] == ["hold"], held
    assert guest.run("mount -r /dev/%sp1 /mnt" % name).rc != 0
    guest.session("clerk")
    guest.udisks_has(name + "p1")
    guest.session_run("clerk", "udisksctl mount -b /dev/%sp1" % name).ok()


@on("guard")
def test_mixed_waits(guest):
    """What is not guarded of it works at once, as always; that is no way in for the rest."""
    guest.session("clerk").close()
    guest.run_until("! loginctl --no-legend | grep -q clerk", 60)
    guest.plug(usbredir.Redir(usbdev.Device([usbdev.Interface(0xFF, 1, 1), usbdev.Mtp()], vendor=0x1209,
                                            product=0x0043, serial="MIXED")))
    desk.wait_verdict(guest, "nobody-present", "MIXED")
    name, = guest.find_usb(serial="MIXED")
    state = "cat /sys/bus/usb/devices/{0}/{0}:1.*/authorized".format(name)
    assert guest.sh(state).split() == ["1", "0"]
    guest.session("clerk")
    guest.run_until("[ $(%s | tr -d '\\n') = 11 ]" % state, 60)
    desk.wait_verdict(guest, "registry-absent", "MIXED")


@on("guard")
def test_as_usual(guest):
    guest.session("clerk").close()
    guest.put("/etc/baomi-guard/policy.d/50-case.conf", "[presence]\nmedia-while-locked=as-usual\n")
    guest.sh("systemctl reload guardd")
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="SERVER"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    desk.wait_verdict(guest, "registry-absent", "SERVER")
