# SPDX-License-Identifier: LGPL-2.1-or-later
"""Snapshots that are not what they should be never replace the one in use; and what happens where the
one in use is gone, damaged or out of date."""
import os
import random
import re
import subprocess
import tempfile

from vmlib import desk
from vmlib.api import devices, media, on

from test_media_main import CLASSIFIED, classified_refused

BLOCK = 4096  # the signed block at the file's beginning
DB = "/var/lib/baomi-guard/registry.db"


def published(guest, book, *words, key="private.pem"):
    """A new snapshot of the book that the guest has not taken."""
    book.snapshot(*words, key=key)
    return guest.get(desk.SNAPSHOT)


def signed_anew(book, snapshot, **lines):
    """The snapshot as the desk itself would have signed it with these lines."""
    text = snapshot[:BLOCK].rstrip(b"\0").decode().split("signature=")[0]
    for key, value in lines.items():
        text = re.sub("(?m)^%s=.*$" % key, "%s=%s" % (key, value), text)
    with tempfile.NamedTemporaryFile() as f:
        f.write(text.encode())
        f.flush()
        signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey",
                                    book.dir + "/private.pem", "-in", f.name],
                                   check=True, capture_output=True).stdout
    block = text + "signature=" + signature.hex() + "\n"
    return block.encode().ljust(BLOCK, b"\0") + snapshot[BLOCK:]


def altered(snapshot, at, chance):
    data = bytearray(snapshot)
    data[at] ^= chance.randrange(1, 256)
    return bytes(data)


def bad_snapshots(guest, book, older):
    """(what, the file, what the refusal has to say) of a snapshot that would be taken as it is."""
    good = published(guest, book)
    seed = int.from_bytes(os.urandom(4), "little")
    print("registry: seed %d" % seed, flush=True)
    chance = random.Random(seed)
    end = len(good[:BLOCK].rstrip(b"\0"))
    begin = good.index(b"signature=")
    spans = {"text": (0, begin), "signature": (begin + 10, end), "padding": (end, BLOCK),
             "payload": (BLOCK, len(good))}
    for what, span in spans.items():
        at = chance.randrange(*span)
        yield ("%s byte %d" % (what, at), altered(good, at, chance),
               "altered|damaged|not signed|not known here|not trusted here")
    yield "truncated", good[:chance.randrange(BLOCK, len(good))], "not copied whole"
    yield "cut in the block", good[:chance.randrange(1, BLOCK)], "cut short"
    yield "empty", b"", r"cut short \(0 bytes\)"
    yield "unsigned", good[:begin].ljust(BLOCK, b"\0") + good[BLOCK:], "is not signed"
    book.keygen("stranger.pem", "stranger.pub")
    yield "stranger", published(guest, book, key="stranger.pem"), "is not trusted here"
    yield "older", older, "was accepted here already"
    yield ("not yet valid", signed_anew(book, good, issued="2099-01-01T00:00:00Z",
                                        expires="2099-02-01T00:00:00Z"), "is valid from 2099")
    yield ("no longer valid", signed_anew(book, good, issued="2020-01-01T00:00:00Z",
                                          expires="2020-02-01T00:00:00Z"), "was valid until 2020")


def refused(guest, what, data, words):
    """Not taken, and told why; the sequence in use and what becomes of a classified drive after it."""
    guest.put(desk.SNAPSHOT, data)
    said = guest.run(["guardctl", "registry", "install", desk.SNAPSHOT])
    assert said.rc == 1 and re.search(words, said.err), (what, said)
    verdict = guest.guardctl("media", "explain", *[word for key, value in CLASSIFIED.items()
                                                   for word in ("--" + key.replace("_", "-"), value)])
    return guest.guardctl("registry", "show"), verdict["reason"]


def serves(guest, sequence):
    guest.run_until("guardctl registry show --json | grep -qE '\"sequence\" *: *%d,'" % sequence, 60)


@on("guard")
def test_bad_snapshots_refused(guest):
    book = desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    older = guest.get(desk.SNAPSHOT)
    in_use = published(guest, book)
    # Whoever installs it by hand sees that it goes on.
    shown = guest.sh("script -qec 'guardctl registry install %s' /dev/null" % desk.SNAPSHOT)
    assert "100 %" in shown, shown
    serves(guest, 2)
    told = guest.guardctl("registry", "show")
    assert told["state"] == "good", told
    bad = list(bad_snapshots(guest, book, older))
    for what, data, words in bad:
        assert refused(guest, what, data, words) == (told, "classified-on-unclassified"), what
    assert len(desk.records(guest, "registry-refused")) == len(bad)

    # The number is kept elsewhere: without the file an older one is no better, and this one is good.
    guest.run(["rm", DB], check=True)
    guest.run_until("guardctl registry show --json | grep -q lost", 60)
    assert refused(guest, "older", older, "but 2 was accepted here already")[0]["state"] == "lost"
    guest.put(desk.SNAPSHOT, in_use)
    guest.run(["guardctl", "registry", "install", desk.SNAPSHOT], check=True)
    serves(guest, 2)
    classified_refused(guest, devices.Stick(media.superfloppy(), serial="CLASSIFIED017"))


def alarm(guest, text):
    """Shown, and on record."""
    for command in "status", "log --kind alarm":
        guest.run_until("guardctl %s --json | grep -q '%s'" % (command, text), 90)


@on("guard")
def test_lost_damaged_out_of_date(guest):
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish("--valid-days", "1")
    in_use = guest.get(desk.SNAPSHOT)
    guest.run(["rm", DB], check=True)
    alarm(guest, "registry.db is gone")
    mark = guest.mark()
    stick = guest.plug(devices.Stick(media.superfloppy(), serial="ORDINARY"))
    desk.wait_record(guest, "usb-decision", serial="ORDINARY", reason="registry-lost",
                     verdict="refuse")
    guest.assert_no_block(mark)
    keyboard, mouse = guest.plug(devices.keyboard()), guest.plug(devices.mouse())
    guest.wait_event(mark, SUBSYSTEM="usb", ACTION="bind", DEVTYPE="usb_interface", DRIVER="usbhid",
                     count=2)
    guest.unplug(keyboard)
    guest.unplug(mouse)
    guest.put(DB, altered(in_use, len(in_use) - 1, random))
    alarm(guest, "its content is not what was signed")
    # The desk's file again, and what waited is served.
    guest.run(["guardctl", "registry", "install", desk.SNAPSHOT], check=True)
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    desk.wait_record(guest, "alarm-cleared")
    guest.unplug(stick)

    # Its day is over while nothing is plugged: it is told all the same, and what it knows it refuses.
    desk.wait_record(guest, "removed", serial="ORDINARY")
    guest.sh("date -s @$(($(date -d %s +%%s) + 1))" % guest.guardctl("registry", "show")["expires"])
    alarm(guest, "The registry has expired")
    assert guest.guardctl("registry", "show")["state"] == "stale"
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="ORDINARY"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    record = desk.wait_record(guest, "block-decision", serial="ORDINARY", reason="registry-stale")
    assert record["severity"] == "warning", record
    classified_refused(guest, devices.Stick(media.superfloppy(), serial="CLASSIFIED017"))
