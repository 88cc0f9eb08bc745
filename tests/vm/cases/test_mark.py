# SPDX-License-Identifier: LGPL-2.1-or-later
"""The on-media mark: a machine that has no registry knows a classified drive by it; forged or copied it is no use,
and formatting a partition does not take it away."""
from vmlib import desk
from vmlib.api import devices, media, on

PLACE = 262144


def marked(guest, work, table="mbr"):
    """A stick of the book with its mark, written by the desk's verb in this guest; nobody has a registry."""
    medium = media.partitioned(["vfat"], table=table)
    work.enrol("LY-017", vendor_id="46f4", product_id="0001", serial="MARKED017")
    stick = devices.Stick(medium, serial="MARKED017")
    guest.plug(stick)
    one = desk.wait_verdict(guest, "registry-absent", "MARKED017")
    assert one["verdict"] == "admit", one
    guest.run_until("test -b /dev/sda1", 60)
    verb = "guardctl station mark --dir %s/register --media-id LY-017 --key %s/private.pem " % (desk.DIR, desk.DIR)
    guest.run_until(verb + "--device " + one["device"], 60, 2)  # until nobody has the disk open
    assert media_mark(medium).startswith(b"baomi-guard-mark 1\nmedia-id=LY-017\nlevel=secret\n")
    again = guest.run(verb.replace("LY-017", "LY-018") + "--node /dev/sda")
    assert again.rc == 1 and "LY-018" in again.err, again
    guest.unplug(stick)
    guest.run_until("! test -e /sys/block/sda", 60)
    return medium


def media_mark(medium):
    return medium.read(PLACE, 1024)


def plugged(guest, medium, serial, reason):
    """What becomes of it; a refused one never was more than a disk in quarantine."""
    mark = guest.mark()
    stick = devices.Stick(medium, serial=serial)
    guest.plug(stick)
    one = desk.wait_verdict(guest, reason, serial)
    if one["verdict"] == "refuse":
        guest.run_until("! test -e /sys/block/sda", 90)
        # By its own number: on a busy machine udev is still telling of the stick that was here before.
        disk, = {e["DISKSEQ"] for e in guest.events(mark, "kernel", SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")}
        shown = [e for e in guest.events(mark, "udev", SUBSYSTEM="block", ACTION="add", DISKSEQ=disk)
                 if e.get("ID_FS_TYPE") or e.get("BAOMI_VERDICT") == "admit"]
        assert not shown, shown
    guest.unplug(stick)
    guest.run_until("! test -e /sys/block/sda", 60)
    return one


@on("guard", timeout=1200)
def test_known_without_registry(guest):
    work = desk.Desk(guest, in_guest=True)
    medium = marked(guest, work)
    one = plugged(guest, medium, "MARKED017", "classified-on-unclassified")
    assert (one["verdict"], one["media_id"], one["level"]) == ("refuse", "LY-017", "secret"), one
    record = desk.wait_record(guest, "block-decision", reason="classified-on-unclassified")
    assert (record["severity"], record["media_id"]) == ("critical", "LY-017"), record

    # The partition formatted anew: nothing that the book could know is left, the mark is.
    fresh = media.partitioned(["ext4"])
    medium.write(1 << 20, fresh.read(1 << 20))
    assert plugged(guest, medium, "MARKED017", "classified-on-unclassified")["media_id"] == "LY-017"

    # Copied, byte for byte, to another stick of the same make and size; and one that somebody made up.
    assert plugged(guest, medium.copy(), "OTHER018", "identity-mismatch")["verdict"] == "refuse"
    forged = medium.copy()
    forged.write(PLACE, media_mark(medium).replace(b"level=secret", b"level=none\n\n"))
    assert plugged(guest, forged, "MARKED017", "identity-mismatch")["verdict"] == "refuse"

    # Without a mark it is an ordinary stick; one whose key is trusted nowhere here is not believed.
    assert plugged(guest, media.partitioned(["vfat"]), "PLAIN019", "registry-absent")["verdict"] == "admit"
    guest.sh("rm /etc/baomi-guard/keys.d/desk.pem && systemctl reload guardd")
    assert plugged(guest, medium, "MARKED017", "identity-mismatch")["verdict"] == "refuse"


@on("guard")
def test_never_over_anything(guest):
    """Without partitions, and where something lies in the gap, nothing is written, and the desk is told what to do."""
    work = desk.Desk(guest, in_guest=True)
    work.enrol("LY-020", vendor_id="46f4", product_id="0001", serial="NOGAP020")
    taken = media.partitioned(["vfat"])
    for place in PLACE, 24576:
        taken.write(place + 100, b"GRUB")
    for medium, why in (media.superfloppy(), "no partitions"), (taken, "boot loader"):
        before = medium.read(0, 1 << 20)
        stick = devices.Stick(medium, serial="NOGAP020")
        guest.plug(stick)
        desk.wait_verdict(guest, "registry-absent", "NOGAP020")
        guest.run_until("test -b /dev/sda", 60)
        said = guest.python_until("""
            out = subprocess.run(args, capture_output=True, text=True)
            result = "in use" not in out.stderr and (out.returncode, out.stderr)
            """, 60, args=["guardctl", "station", "mark", "--dir", desk.DIR + "/register", "--media-id", "LY-020",
                           "--key", desk.DIR + "/private.pem", "--node", "/dev/sda"], interval=1)
        assert said[0] == 1 and why in said[1], said
        guest.unplug(stick)
        guest.run_until("! test -e /sys/block/sda", 60)
        assert medium.read(0, 1 << 20) == before


@on("guard", timeout=1200)
def test_gpt_and_taken_away(guest):
    """A GPT keeps its entries beside the mark. Taken away again on a machine of the drive's own level, which a registry
    lets it into, nothing of the mark is left, and the book has both."""
    work = desk.Desk(guest, in_guest=True)
    medium = marked(guest, work, "gpt")
    assert plugged(guest, medium, "MARKED017", "classified-on-unclassified")["media_id"] == "LY-017"
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=secret\n")
    guest.run_until("guardctl status --json | grep -q '\"level\" *: *\"secret\"'", 60)
    work.publish()
    stick = devices.Stick(medium, serial="MARKED017")
    guest.plug(stick)
    one = desk.wait_verdict(guest, "registered", "MARKED017")
    assert (one["verdict"], one["media_id"]) == ("admit", "LY-017"), one
    guest.run_until("test -b /dev/sda1", 60)
    verb = "guardctl station mark --remove --dir %s/register --media-id LY-017 --device %s" % (desk.DIR, one["device"])
    said = guest.run(verb)
    assert said.rc == 1 and "reason" in said.err, said
    guest.run_until(verb + " --reason 改密", 60, 2)  # until nobody has the disk open
    guest.unplug(stick)
    guest.run_until("! test -e /sys/block/sda", 60)
    assert media_mark(medium) == bytes(1024)
    history = guest.run(["guardctl", "station", "history", "LY-017", "--dir", desk.DIR + "/register"], check=True).out
    assert "改密" in history, history
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=none\n")
    guest.run_until("guardctl status --json | grep -q '\"level\" *: *\"none\"'", 60)
    assert plugged(guest, medium, "ORDINARY019", "unregistered")["verdict"] == "admit"
