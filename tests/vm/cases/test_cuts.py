# SPDX-License-Identifier: LGPL-2.1-or-later
"""The power goes in the middle of a plug: what is on the disk then boots, verifies, and shows a
record of every drive that was usable.

All that outlives a power cut is what is on the platter. So a cut is taken as a copy of it: what the
guest had flushed, and of the rest none or a random share; the guest goes on, plugs the next drive,
and is cut again: twenty cuts for the price of two resumed guests. The disk stands still at the moment
of the copy, so that what the guest looks like then and what is on the disk belong together. Whatever
is usable while the disk stands still must be on record in the copy, both its USB device and its disk; that
is more than a real cut can show. (That a USB device is authorised lets nobody read it, its disk waits in
quarantine: it is in the ledger before, and reaches the platter on the way.) Each copy is mounted, by the kernel's own recovery of the journal, as a second disk of the same
guest, and the guard's own `log verify` reads the event log on it. The last cuts are real ones: QEMU
is killed, and a cold boot finds what the copies say.

Random are the moments by writes and flushes since the plug, since between two of them the disk is the
same. `BAOMI_VM_SEED` repeats a run."""
import os
import random

from vmlib.api import devices, media, on
from vmlib.powercut import FLUSH, CutDisk

LOOK = r"""
import re
def read(path):
    try:
        with open(path) as f:
            return f.read().strip()
    except OSError:
        return ""
def raw(path):
    # SQLite, or the time of this access, would write: not while the disk stands still.
    fd = os.open(path, os.O_RDONLY | os.O_NOATIME)
    with open(fd, "rb") as f:
        return f.read()
opened = any(read(os.path.dirname(path) + "/authorized") == "1"
             for path in glob.glob("/sys/bus/usb/devices/*/serial") if read(path) == args)
disks = glob.glob("/sys/block/sd*")
usable = any("verdict=admit" in read("/run/baomi-guard/verdicts/" + read(disk + "/diskseq")) for disk in disks)
# After that: what waits for no flush goes on meanwhile, and a record comes before what it is for.
rows = raw("/var/lib/baomi-guard/ledger.db") + raw("/var/lib/baomi-guard/ledger.db-wal")
result = {
    # Of one row: its kind, and among what follows in it, the serial number.
    "recorded": [kind for kind in ("usb-decision", "block-decision")
                 if re.search(kind.encode() + rb"[^\0]{0,20}admit.{0,300}?" + args.encode(), rows, re.S)],
    "opened": opened, "disk": bool(disks), "usable": usable}
"""
CHECK = """
blockdev --flushbufs /dev/vdb
mount /dev/vdb /mnt
test "$(cat /sys/fs/ext4/vdb/errors_count)" = 0
mount --bind /mnt/var/lib/baomi-guard /var/lib/baomi-guard
guardctl log verify >&2
guardctl log --json
"""


class Cuts:
    """One guest, its disk, and a second one for what a cut left."""

    def __init__(self, lab, salt):
        seed = os.environ.get("BAOMI_VM_SEED") or random.SystemRandom().randrange(1 << 32)
        print("    seed: BAOMI_VM_SEED=%s" % seed)
        self.random = random.Random("%s %s" % (seed, salt))
        self.lab = lab
        self.guest = lab.resume()
        self.disk = lab.cut_disk
        self.disk.random = self.random
        self.second = CutDisk(self.disk.disk, lab.dir)
        self.guest.plug(devices.FixedDisk(self.second))
        self.guest.run_until("test -b /dev/vdb")
        self.count = 0
        self.guest.python(LOOK, "none yet")  # from now on nothing that a look needs is read from the disk

    def plug(self):
        self.count += 1
        self.serial = "POWERCUT%03d" % self.count
        self.mark = self.guest.mark()
        self.stick = devices.Stick(media.superfloppy(), serial=self.serial)
        self.guest.plug(self.stick)

    def look(self):
        """What can be seen of the drive while the disk stands still. It is opened, and usable, only after a record."""
        seen = self.guest.python(LOOK, self.serial)
        assert not seen["opened"] or "usb-decision" in seen["recorded"], seen
        assert not seen["usable"] or "block-decision" in seen["recorded"], seen
        return seen

    def is_over(self):
        return bool(self.guest.events(self.mark, "udev", SUBSYSTEM="block", ACTION="add",
                                      DEVTYPE="disk", BAOMI_VERDICT="admit"))

    def stands(self):
        """True as soon as the disk stands still, False if the drive is usable first and all is told."""
        while not self.disk.standing.wait(0.1):
            if self.is_over():
                return False
        return True

    def end(self):
        self.disk.stand_when(None)
        self.guest.wait_event(self.mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk",
                              BAOMI_VERDICT="admit")
        self.guest.unplug(self.stick)
        self.guest.wait_event(self.mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")

    def admitted(self, platter):
        """The kinds of record that let this drive in, in what a cut left."""
        self.second.load(platter)
        result = self.guest.run(["unshare", "-m", "sh", "-ec", CHECK], 120)
        assert result.rc == 0, (self.serial, result)
        return {record["kind"] for record in result.json
                if record["serial"] == self.serial and record["verdict"] == "admit"}

    def boots(self, platter):
        """A cold boot of what is left, the drive still plugged: it is let in anew, on record."""
        self.lab.cut_disk.load(platter)
        guest = self.lab.boot(usb_at_boot=[self.stick])
        guest.session("clerk")  # for whom it waits
        guest.wait_event(0, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
        assert guest.guardctl("log", "verify", as_json=False).rc == 0
        log = guest.guardctl("log")
        unclean = [r["seq"] for r in log if r["kind"] == "unclean-end"]
        assert unclean, log
        for kind in "usb-decision", "block-decision":
            assert [r for r in log if r["kind"] == kind and r["serial"] == self.serial
                    and r["verdict"] == "admit" and r["seq"] > unclean[-1]], (kind, log)
        assert "EXT4-fs error" not in guest.sh("dmesg")
        assert guest.sh("systemctl is-active guardd") == "active"
        guest.power_cut()


@on("guard", cold=True, saved=True)
def test_between_record_and_release(lab):
    """The disk stands still at each flush, done and not told: the last time that the drive is not
    usable yet is between its record and its release. Before that, once, with the record on its way to
    a disk that stands still: the drive waits."""
    cuts = Cuts(lab, "between")
    for number in range(8):
        between = None
        cuts.disk.stand_when(lambda request: request == FLUSH)
        cuts.plug()
        while cuts.stands():
            look = cuts.look()
            if look["usable"]:
                break
            between = cuts.disk.platter()
            if number == 1 and look["disk"]:
                waits_in_quarantine(cuts)
            cuts.disk.go_on()
        cuts.end()
        assert between is not None, cuts.serial
        assert cuts.admitted(between) == {"usb-decision", "block-decision"}, cuts.serial
    cuts.guest.power_cut()
    cuts.boots(between)


def waits_in_quarantine(cuts):
    """udev has given up asking, and is told nothing while the record is not written."""
    event = cuts.guest.wait_event(cuts.mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    assert event["BAOMI_VERDICT"] == "hold" and event["UDISKS_IGNORE"] == "1", event
    assert not cuts.look()["usable"]


@on("guard", cold=True, saved=True)
def test_at_random_moments(lab):
    """A plug makes a dozen writes and flushes or some more. A moment that does not come any more is
    the end: the drive is usable, and udev has told everybody."""
    cuts = Cuts(lab, "random")
    left = []
    for number in range(12):
        moment, keep = cuts.random.randint(1, 18), cuts.random.choice([0, 0.3, 0.7])
        cuts.disk.stand_after(moment)
        cuts.plug()
        cuts.stands()
        look = cuts.look()
        if number == 11:
            cuts.guest.power_cut(keep)
            cuts.disk.stand_when(None)
            left.append(cuts.disk.committed)
            break
        left.append(cuts.disk.platter(keep))
        cuts.end()
        kinds = cuts.admitted(left[-1])
        print("    %s at %d: %s, %s" % (cuts.serial, moment, look, sorted(kinds)))
        assert not look["usable"] or {"usb-decision", "block-decision"} <= kinds, (look, kinds)
    cuts.boots(left[-1])
    cuts.boots(cuts.random.choice(left[:-1]))
