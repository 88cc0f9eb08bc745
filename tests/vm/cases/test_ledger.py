# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is on record can be proved complete: each plug is told to the audit, any edit of the event log
is found, and where nothing can be recorded nothing is let in."""
from vmlib import desk
from vmlib.api import devices, media, on

from test_media_main import CLASSIFIED

FOLDER = "/var/lib/baomi-guard"
# Each begins with the whole log of the moment and changes it as somebody might who is root.
EDITS = r"""
import sqlite3

def last(folder):
    base = sqlite3.connect(folder + "/ledger.db")
    seq, = base.execute("SELECT max(seq) FROM records").fetchone()
    base.close()
    return seq

def edit(sql, *values):
    base = sqlite3.connect(args + "/ledger.db")
    for name, in base.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        base.execute("DROP TRIGGER " + name)
    base.execute(sql, values)
    base.commit()
    base.close()

def put(folder, *names):
    for name in names:
        subprocess.run("rm -f %s/%s; cp -p /root/%s/%s* %s/" % (
            args, name + "*" if name == "ledger.db" else name, folder, name, args), shell=True)

end, old_end = last("/root/now"), last("/root/old")
middle = end - 2
edits = {
    "field": (middle, lambda: edit("UPDATE records SET serial='INNOCENT' WHERE seq=?", middle)),
    "time": (2, lambda: edit("UPDATE records SET time_us=time_us+1 WHERE seq=2")),
    "deleted": (middle, lambda: edit("DELETE FROM records WHERE seq=?", middle)),
    "tail": (end, lambda: edit("DELETE FROM records WHERE seq=?", end)),
    "old copy": (old_end + 1, lambda: put("old", "ledger.db")),
    "old copy with its head": (old_end + 1, lambda: put("old", "ledger.db", "ledger.head")),
    "no head": (end + 1, lambda: os.unlink(args + "/ledger.head")),
}
result = []
for name, (seq, change) in edits.items():
    put("now", "ledger.db", "ledger.head")
    change()
    for words in [], ["--anchor", "/root/anchor"]:
        done = subprocess.run(["guardctl", "log", "verify", "--json", *words], capture_output=True,
                              text=True)
        result.append([name, bool(words), seq, done.returncode, json.loads(done.stdout or "{}"),
                       done.stderr])
put("now", "ledger.db", "ledger.head")
edits["tail"][1]()
"""


def kinds(guest):
    return [record["kind"] for record in guest.guardctl("log")]


def verified(guest, *words):
    return guest.guardctl("log", "verify", *words, as_json=False)


def wait_alarm(guest, key, raised=True):
    return guest.python_until("""
        out = subprocess.run(["guardctl", "status", "--json"], capture_output=True, text=True)
        alarms = json.loads(out.stdout or "{}").get("alarms")
        result = alarms is not None and (args[0] in [a["key"] for a in alarms]) == args[1]
        """, 90, args=[key, raised], interval=0.3)


def ordinary(guest, serial):
    """Plugged, admitted and on record."""
    mark = guest.mark()
    stick = guest.plug(devices.Stick(media.superfloppy(), serial=serial))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    assert desk.records(guest, "block-decision", serial=serial, verdict="admit")
    return stick


@on("guard")
def test_edits_are_found(guest):
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    guest.unplug(ordinary(guest, "ORDINARY1"))
    guest.run("systemctl stop guardd", check=True)
    guest.run("cp -a %s /root/old && systemctl start guardd" % FOLDER, check=True)
    guest.plug(devices.Stick(media.superfloppy(), serial="CLASSIFIED017"))
    desk.wait_record(guest, "usb-decision", reason="classified-on-unclassified")

    for want in ("op=usb-decision verdict=admit reason=unregistered", "ORDINARY1"), \
            ("op=block-decision verdict=admit reason=unregistered", "ORDINARY1"), \
            ("op=usb-decision verdict=refuse reason=classified-on-unclassified", "CLASSIFIED017"):
        guest.run_until("ausearch --input-logs -m USER_DEVICE -i | grep '%s' | grep -q %s" % want)
    refused = guest.ausearch("-m", "USER_DEVICE", "-i", "--success", "no")
    assert "CLASSIFIED017" in refused and "ORDINARY1" not in refused, refused

    # Restarts and an end without goodbye are on record.
    guest.run("systemctl kill -s KILL guardd", check=True)
    desk.wait_record(guest, "unclean-end")
    wait_alarm(guest, "event-log", False)
    guest.run("guardctl log anchor > /root/anchor", check=True)
    assert verified(guest, "--anchor", "/root/anchor").rc == 0
    guest.run("systemctl stop guardd", check=True)
    life = [kind for kind in kinds(guest) if kind in ("guardd-start", "guardd-stop", "unclean-end")]
    assert life[-5:] == ["guardd-stop", "guardd-start", "unclean-end", "guardd-start",
                         "guardd-stop"], life
    assert verified(guest).rc == 0

    guest.run("cp -a %s /root/now" % FOLDER, check=True)
    for name, anchored, seq, code, answer, told in guest.python(EDITS, FOLDER, 300):
        if name == "old copy with its head" and not anchored:
            assert code == 0, told  # only what is kept elsewhere can tell
            continue
        assert code == 1 and answer["first_bad_seq"] == seq, (name, anchored, seq, answer, told)
        assert str(seq) in told or name == "no head", (name, told)

    # guardd finds the cut tail by itself, and goes on behind it.
    guest.run("systemctl start guardd", check=True)
    gap = desk.wait_record(guest, "ledger-gap")
    assert gap["severity"] == "critical", gap
    wait_alarm(guest, "event-log")
    assert verified(guest).rc == 1


@on("guard")
def test_nowhere_to_write(guest):
    """A full disk: nothing is let in, a refusal still refuses, and what waited gets in when there is
    room. Then a log that is nothing but garbage: kept aside, and a new one begun."""
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    guest.run("systemctl stop guardd", check=True)
    guest.sh("truncate -s 12M /root/small && mke2fs -q -m 0 /root/small && mount /root/small /mnt && "
             "cp -a %s/. /mnt/ && umount /mnt && mount /root/small %s" % (FOLDER, FOLDER))
    guest.run("systemctl start guardd", check=True)
    wait_alarm(guest, "record-failed", False)
    # SQLite's log has no room left in it that could be written to again.
    guest.run("cd %s && sqlite3 ledger.db 'PRAGMA wal_checkpoint(TRUNCATE)'; for size in 4096 512; do "
              "dd if=/dev/zero bs=$size >> fill; sync; done" % FOLDER)
    assert guest.run("head -c 2048 /dev/zero > %s/more" % FOLDER).rc != 0
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="WAITING"))
    wait_alarm(guest, "record-failed")
    guest.plug(devices.Stick(media.superfloppy(), serial="CLASSIFIED017"))
    desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED017")
    assert {dev["authorized"] for dev in guest.usb_devices().values()
            if dev["serial"] in ("WAITING", "CLASSIFIED017")} == {"0"}
    guest.assert_no_block(mark)

    guest.run("rm %s/fill" % FOLDER, check=True)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    desk.wait_record(guest, "block-decision", serial="WAITING", verdict="admit")
    desk.wait_record(guest, "usb-decision", reason="classified-on-unclassified")
    wait_alarm(guest, "record-failed", False)
    assert verified(guest).rc == 0

    guest.run("systemctl stop guardd", check=True)
    guest.sh("cd %s && rm -f ledger.db-* && head -c 65536 /dev/urandom > ledger.db && "
             "cp ledger.db /root/garbage" % FOLDER)
    guest.run("systemctl start guardd", check=True)
    assert desk.wait_record(guest, "ledger-replaced")["severity"] == "critical"
    assert kinds(guest)[0] == "ledger-replaced", kinds(guest)
    guest.sh("cmp /root/garbage %s/ledger.db.damaged-*" % FOLDER)
    wait_alarm(guest, "event-log")
    assert verified(guest).rc == 1
    ordinary(guest, "AFTERWARDS")
