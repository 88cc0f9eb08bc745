# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is copied to and from an admitted drive is on record where policy says so: by whom, with which program, which file, and its
digest; nothing where policy is silent; LUKS on a stick as well."""
import hashlib
import json

from vmlib import desk
from vmlib.api import devices, media, on

from test_media_kinds import plugged, unlocked
from test_policy import write


def mounted(guest, serial):
    record = desk.wait_record(guest, "block-decision", serial=serial, verdict="admit")
    name = record["block"] + "1"
    guest.udisks_has(name)
    guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/" + name).ok()
    return guest.sh("findmnt -no TARGET /dev/" + name), name


def transfer(guest, path, **want):
    """Until the ledger has it; its details."""
    return guest.python_until("""
        out = subprocess.run(["guardctl", "log", "--kind", "transfer", "--json"], capture_output=True, text=True)
        found = [r for r in json.loads(out.stdout or "[]") if r["details"]["path"] == args[0]
                 and all(r["details"].get(k) == v for k, v in args[1].items())]
        result = found and found[-1]
        """, 60, args=[path, want], interval=0.3)


@on("guard")
def test_what_is_copied(guest):
    write(guest, "40-transfers.conf", "[policy]\ntransfers=all\ntransfers-digest=1M\n")
    assert json.loads(guest.run("guardctl status --json").ok().out)["policy"]["transfers"] == "all"
    with media.partitioned(["vfat"]) as medium:
        stick = devices.Stick(medium, serial="WATCHED")
        guest.plug(stick)
        where, name = mounted(guest, "WATCHED")
        guest.session_run("clerk", ["sh", "-c", "printf report > '%s/报告 1.txt'" % where]).ok()
        one = transfer(guest, "报告 1.txt", direction="write")
        assert one["user"] == "clerk" and one["details"]["program"] == "sh", one
        assert one["details"]["digest"] == "sha256:" + hashlib.sha256(b"report").hexdigest() and one["details"]["size"] == 6, one
        guest.session_run("clerk", ["sh", "-c", "mkdir '%s/dir'; head -c 2000000 /dev/zero > '%s/dir/large'; cp '%s/报告 1.txt' /tmp/x" %
                                    (where, where, where)]).ok()
        large = transfer(guest, "dir/large", direction="write")
        assert "digest" not in large["details"] and large["details"]["size"] == 2000000, large
        read = transfer(guest, "报告 1.txt", direction="read")
        assert read["details"]["program"] == "cp", read
        # nothing of it keeps the drive from being let go
        guest.session_run("clerk", "udisksctl unmount --no-user-interaction -b /dev/" + name).ok()
        guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/" + name).ok()
        guest.session_run("clerk", ["rm", where + "/dir/large"]).ok()
        guest.session_run("clerk", ["sh", "-c", "printf again > '%s/second.txt'" % where]).ok()
        transfer(guest, "second.txt")
        # by another name of the same file system, by root
        guest.sh("mkdir -p /mnt/b && mount --bind '%s' /mnt/b && printf x > /mnt/b/third.txt" % where)
        transfer(guest, "third.txt")
        guest.sh("umount /mnt/b")
        # a helper that dies is no secret
        guest.sh("pkill -KILL -x guard-transfers")
        desk.wait_record(guest, "transfers-missed")
        guest.run_until("date > '%s/tick'; guardctl log --kind transfer --json | grep -q '\"tick\"'" % where, 60)
        # off again: nothing more
        guest.sh("rm /etc/baomi-guard/policy.d/40-transfers.conf; systemctl reload guardd")
        guest.run_until("guardctl status --json | grep -q '\"transfers\" : \"no\"'", 60)
        n = len(desk.records(guest, kind="transfer"))
        guest.session_run("clerk", ["sh", "-c", "printf x > '%s/fourth.txt'" % where]).ok()
        guest.run("guardctl media eject %s" % desk.find(guest, serial="WATCHED")["device"]).ok()
        desk.wait_record(guest, "ejected")
        assert len(desk.records(guest, kind="transfer")) == n


@on("guard")
def test_off_where_nothing_is_said(guest):
    with media.partitioned(["vfat"]) as medium:
        guest.plug(devices.Stick(medium, serial="PLAIN"))
        where, _name = mounted(guest, "PLAIN")
        guest.session_run("clerk", ["sh", "-c", "printf report > '%s/report.txt'" % where]).ok()
        assert guest.run("pgrep -x guard-transfers").rc == 1
        assert desk.records(guest, kind="transfer") == []


@on("guard")
def test_on_an_encrypted_stick(guest):
    """What is mounted stands on the stick, and is no part of it."""
    write(guest, "40-transfers.conf", "[policy]\ntransfers=all\n")
    with media.luks() as medium:
        one = plugged(guest, devices.Stick(medium, serial="LUKS"), "LUKS")
        inside = unlocked(guest, one["blocks"][0]["name"])
        guest.sh("mkfs.vfat /dev/%s && udevadm settle" % inside)
        guest.udisks_has(inside)
        guest.session_run("clerk", "udisksctl mount --no-user-interaction -b /dev/" + inside).ok()
        where = guest.sh("findmnt -no TARGET /dev/" + inside)
        guest.session_run("clerk", ["sh", "-c", "printf report > '%s/report.txt'" % where]).ok()
        one = transfer(guest, "report.txt", direction="write")
        assert (one["user"], one["serial"]) == ("clerk", "LUKS"), one
        assert one["details"]["digest"] == "sha256:" + hashlib.sha256(b"report").hexdigest(), one
