# SPDX-License-Identifier: LGPL-2.1-or-later
"""One desk's key follows another: at no moment is a workstation without a registry, and who has kept the old key can sign
nothing that is taken, whatever number he gives it."""
from vmlib import desk
from vmlib.api import devices, media, on

from test_media_main import CLASSIFIED, classified_refused

KEYS = "/etc/baomi-guard/keys.d/"


def trust(guest, book, name):
    """A workstation is given one more public key."""
    with open("%s/%s.pub" % (book.dir, name), "rb") as f:
        guest.put(KEYS + name + ".pem", f.read())


def withdraw(guest, name):
    guest.sh("rm %s%s.pem && systemctl reload guardd" % (KEYS, name))


def keygen(book, name, algorithm):
    book._station("keygen", "--algorithm", algorithm, "--key", "%s/%s.key" % (book.dir, name),
                  "--public", "%s/%s.pub" % (book.dir, name))


def serves(guest, sequence, algorithm):
    guest.run_until("guardctl registry show --json | grep -qE '\"sequence\" *: *%d,'" % sequence, 60)
    shown = guest.guardctl("registry", "show")
    assert (shown["state"], shown["algorithm"]) == ("good", algorithm), shown


def refused(guest, book, sequence, algorithm, key):
    """A later snapshot by that key is not taken; the one in use goes on."""
    book.snapshot(key=key)
    assert "was signed with key" in book.said, book.said  # the desk is told that the key is another
    said = guest.run(["guardctl", "registry", "install", desk.SNAPSHOT])
    assert said.rc == 1 and "is not trusted here" in said.err, said
    serves(guest, sequence, algorithm)


@on("guard")
def test_roll_over(guest):
    book = desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    serves(guest, 1, "ed25519")
    old, old_file, sequence = "desk", "private.pem", 1
    for name, algorithm in ("next", "ed25519"), ("third", "sm2"), ("fourth", "sm2"):
        keygen(book, name, algorithm)
        refused(guest, book, sequence, guest.guardctl("registry", "show")["algorithm"], name + ".key")  # not known yet
        trust(guest, book, name)
        book.snapshot(key=name + ".key")
        guest.run(["guardctl", "registry", "install", desk.SNAPSHOT], timeout=120, check=True)
        sequence += 2  # one number went to what was refused
        serves(guest, sequence, algorithm)
        withdraw(guest, old)
        serves(guest, sequence, algorithm)
        refused(guest, book, sequence, algorithm, old_file)
        sequence += 1
        old, old_file = name, name + ".key"
        book.snapshot(key=old_file)
        guest.run(["guardctl", "registry", "install", desk.SNAPSHOT], timeout=120, check=True)
        sequence += 1
        serves(guest, sequence, algorithm)
    classified_refused(guest, devices.Stick(media.superfloppy(), serial="CLASSIFIED017"))

    # Removed too early: nothing that is in use is trusted any more, which is told; put back, all is well again.
    withdraw(guest, "fourth")
    guest.run_until("guardctl registry show --json | grep -q lost", 60)
    trust(guest, book, "fourth")
    guest.sh("systemctl reload guardd")
    serves(guest, sequence, "sm2")
