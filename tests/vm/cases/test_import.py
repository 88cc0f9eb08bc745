# SPDX-License-Identifier: LGPL-2.1-or-later
"""One-way import on a classified computer: what is on a refused drive is copied in while nobody sees the drive, file by file on
record, through the real clamd; nothing is handed over of which there is no record, and nothing that the scanner objects to."""
import hashlib
import json
import subprocess
import tempfile

from vmlib import desk
from vmlib.api import devices, media, on

from test_policy import write

LEVEL = "[host]\nlevel=secret\nhost-id=PC-1\n"
IMPORT = "[policy classified]\nunregistered=refuse\nregistry-absent=refuse\n[exceptions classified]\nimport=yes\napprovals=1\n"
# Unpacked and not configured, which takes minutes: the daemon alone, with one signature of ours.
CLAMD = r"""
dpkg --unpack --no-triggers /var/cache/baomi-clamav/*.deb >/dev/null 2>&1
mkdir -p /run/clamav /run/clamdb
printf 'Baomi.Evil:0:*:%s\n' $(printf BAOMI-EVIL-FILE | od -An -tx1 | tr -d ' \n') > /run/clamdb/test.ndb
printf 'DatabaseDirectory /run/clamdb\nLocalSocket /run/clamav/clamd.ctl\nLocalSocketMode 666\nUser root\nStreamMaxLength 1M\n' > /run/clamd.conf
aa-teardown 2>/dev/null || true
systemd-run --quiet --unit=clamd-test --property=Type=forking clamd -c /run/clamd.conf
"""
# What the notifier is told, seen by a watcher in its place.
WATCHER = r"""
import json
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
loop = GLib.MainLoop()
def told(_bus, _sender, _path, _interface, _signal, parameters):
    event = parameters.unpack()[0]
    if event["kind"].startswith("import"):
        print(json.dumps(event), flush=True)
        loop.quit()
bus.signal_subscribe("org.baomiguard.Guard1", "org.baomiguard.Guard1.Manager", "Decided", None, None, 0, told)
bus.call_sync("org.baomiguard.Guard1", "/org/baomiguard/Guard1", "org.baomiguard.Guard1.Manager", "Watch",
              GLib.Variant("(a{sv})", ({},)), None, 0, -1, None)
open("/run/watching", "w").close()
GLib.timeout_add_seconds(300, loop.quit)
loop.run()
"""
FILES = {"文件/报告.txt": "三季度报告\n".encode(), "notes.txt": b"notes\n" * 1000, "bad.exe": b"MZ BAOMI-EVIL-FILE\n"}
DROP = "/var/lib/baomi-guard-import"


def with_files(files, size=64 * media.MIB):
    """A stick with one FAT partition that holds them."""
    medium = media.partitioned(["vfat"], size=size)
    at = "%s@@1M" % medium.path
    for name, content in files.items():
        with tempfile.NamedTemporaryFile() as one:
            one.write(content)
            one.flush()
            if "/" in name:
                subprocess.run(["mmd", "-D", "s", "-i", at, "::" + name.split("/", maxsplit=1)[0]], env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
                               capture_output=True, check=False)
            subprocess.run(["mcopy", "-i", at, one.name, "::" + name], env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}, capture_output=True,
                           check=True)
    return medium


def classified(guest, policy=IMPORT):
    guest.put("/etc/baomi-guard/host.conf", LEVEL)
    write(guest, "40-import.conf", policy)
    guest.run_until("guardctl status --json | grep -q PC-1", 60)


def refused(guest, medium, serial):
    guest.plug(devices.Stick(medium, serial=serial))
    desk.wait_record(guest, "usb-decision", serial=serial, verdict="refuse")
    return desk.find(guest, serial=serial)["device"]


def ask(guest, device, *words):
    return guest.run(["guardctl", "import", device, "--reason", "papers of the other office", "--user", "clerk", *words, "--json"])


@on("guard", timeout=900)
def test_what_is_on_it(guest):
    guest.sh(CLAMD, timeout=300)
    classified(guest)
    with with_files(FILES) as medium:
        before = hashlib.sha256(medium.read()).hexdigest()
        device = refused(guest, medium, "OUTSIDE")
        assert guest.run(["guardctl", "exception", "allow", device, "--reason", "x"]).rc == 1
        guest.put("/run/watch.py", WATCHER)
        watcher = guest.spawn(["python3", "/run/watch.py"])
        guest.run_until("test -e /run/watching", 60)
        made = json.loads(ask(guest, device, "--for", "5min").ok().out)
        assert made["direction"] == "import" and made["user"] == "clerk", made
        done = desk.wait_record(guest, "imported", timeout=180)
        told = done["details"]
        assert (told["files"], told["withheld"], told["user"]) == (2, 1, "clerk"), told
        event = json.loads(watcher.wait(120).out)
        assert event["popup"] and event["import"]["folder"] == told["folder"] and event["import"]["withheld"] == 1, event
        held = desk.records(guest, kind="block-decision", serial="OUTSIDE")[-1]
        assert (held["verdict"], held["reason"], held["rule"]) == ("hold", "import", "exception:" + made["id"]), held
        # hidden from everybody, and still is
        node = "/dev/" + held["block"]
        assert guest.sh("stat -c '%a %U' " + node) == "600 root"
        assert guest.session_run("clerk", "udisksctl mount --no-user-interaction -b %s1" % node).rc != 0
        assert guest.sh("blockdev --getro %s %s1" % (node, node)).split() == ["1", "1"]
        assert guest.run("grep -l %s /proc/*/mountinfo" % held["block"]).out == ""
        # each on record as it is
        files = {r["details"]["path"]: r["details"] for r in desk.records(guest, kind="import-file")}
        assert set(files) == set(FILES), files
        for name, content in FILES.items():
            assert files[name]["digest"] == "sha256:" + hashlib.sha256(content).hexdigest(), files[name]
            assert files[name]["size"] == len(content), files[name]
        assert (files["bad.exe"]["scan"], files["bad.exe"]["found"], files["bad.exe"]["kept"]) == ("found", "Baomi.Evil.UNOFFICIAL", False), files
        assert files["notes.txt"]["scan"] == "clean" and files["notes.txt"]["kept"], files
        # the person's own, and nobody else's
        folder = told["folder"]
        assert folder.startswith(DROP + "/clerk/"), folder
        assert guest.session_run("clerk", ["cat", folder + "/文件/报告.txt"]).ok().out == FILES["文件/报告.txt"].decode()
        guest.session_run("clerk", ["rm", folder + "/notes.txt"]).ok()
        assert guest.run("find %s -name bad.exe" % DROP).out == ""
        assert guest.sh("stat -c '%a %U' " + folder) == "700 clerk"
        assert guest.run("ls -A %s/.staging" % DROP).out == ""
        # good once
        assert [e["state"] for e in json.loads(guest.run("guardctl exception list --json").ok().out)] == ["used"]
        guest.sh("systemctl restart guardd")
        desk.wait_record(guest, "usb-decision", serial="OUTSIDE", verdict="refuse")
        assert len(desk.records(guest, kind="imported")) == 1
        assert hashlib.sha256(medium.read()).hexdigest() == before


@on("guard", timeout=900)
def test_cut_short(guest):
    """guardd is killed in the middle, and begins anew; the drive is pulled out in the middle, and nothing is handed over."""
    guest.sh(CLAMD, timeout=300)
    classified(guest)
    guest.sh("pkill -STOP -x clamd")
    with with_files({"a.txt": b"a\n", "b.txt": b"b\n"}) as medium:
        device = refused(guest, medium, "CUT")
        ask(guest, device).ok()
        guest.run_until("ls %s/.staging/*/*" % DROP, 120)
        first = guest.sh("ls %s/.staging" % DROP)
        guest.sh("systemctl kill -s KILL guardd")
        guest.run_until("ls %s/.staging/*/* && ! ls -d %s/.staging/%s" % (DROP, DROP, first), 120)
        assert guest.run("ls -A %s/clerk" % DROP).out == ""
        guest.sh("pkill -CONT -x clamd")
        told = desk.wait_record(guest, "imported", timeout=180)["details"]
        assert told["files"] == 2, told
        assert len(guest.sh("ls %s/clerk" % DROP).split()) == 1
    guest.sh("pkill -STOP -x clamd")
    with with_files({"c.txt": b"c\n"}) as medium:
        plugged = devices.Stick(medium, serial="PULLED")
        guest.plug(plugged)
        desk.wait_record(guest, "usb-decision", serial="PULLED", verdict="refuse")
        ask(guest, desk.find(guest, serial="PULLED")["device"]).ok()
        guest.run_until("ls %s/.staging/*/c.txt" % DROP, 120)
        guest.unplug(plugged)
        failed = desk.wait_record(guest, "import-failed")
        assert "pulled out" in failed["details"]["why"], failed
        guest.run_until("! ls -A %s/.staging/* 2>/dev/null" % DROP, 60)
        assert len(guest.sh("ls %s/clerk" % DROP).split()) == 1


@on("guard")
def test_who_may(guest):
    """Not where the policy is silent; a second person; a drive for other computers; what the core refuses; too much; no scanner."""
    classified(guest, "[policy classified]\nunregistered=refuse\n")
    desk.Desk(guest).enrol("PLAIN", level="none", serial="PLAIN", vendor_id="46f4", product_id="0001").enrol(
        "ABOVE", level="top-secret", serial="ABOVE", vendor_id="46f4", product_id="0001").publish()
    with with_files({"a.txt": b"a" * 5000}) as medium, media.superfloppy() as other:
        device = refused(guest, medium, "PLAIN")
        said = ask(guest, device)
        assert said.rc == 1 and "allows no one-way import" in said.err, said
        write(guest, "40-import.conf", "[exceptions classified]\nimport=yes\nimport-size=4K\n")
        waits = json.loads(ask(guest, device).ok().out)
        assert waits["state"] == "waiting", waits
        assert guest.run(["guardctl", "exception", "approve", waits["id"]]).rc == 1
        guest.run(["guardctl", "exception", "revoke", waits["id"]]).ok()
        write(guest, "40-import.conf", "[exceptions classified]\nimport=yes\nimport-size=4K\napprovals=1\nimport-scan=required\n")
        ask(guest, device).ok()
        failed = desk.wait_record(guest, "import-failed")
        assert "more on the drive than may be imported" in failed["details"]["why"], failed
        write(guest, "40-import.conf", "[exceptions classified]\nimport=yes\napprovals=1\nimport-scan=required\nimport-digest=sm3\n")
        ask(guest, device).ok()
        told = desk.wait_record(guest, "imported")["details"]
        assert (told["files"], told["withheld"]) == (0, 1), told
        file = desk.records(guest, kind="import-file")[-1]["details"]
        assert file["digest"].startswith("sm3:") and file["scan"] == "not-scanned" and not file["kept"], file
        # by telephone: nobody here is an administrator
        write(guest, "40-import.conf", "[exceptions classified]\nimport=yes\noffline=yes\n")
        by_hand = guest.session_run("clerk", ["guardctl", "import", device, "--reason", "papers", "--by-code", "--json"])
        assert json.loads(by_hand.ok().out)["code"], by_hand
        said = ask(guest, refused(guest, other, "ABOVE"))
        assert said.rc == 1 and "No exception can be made" in said.err, said
