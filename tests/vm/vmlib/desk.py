# SPDX-License-Identifier: LGPL-2.1-or-later
"""A coordination group's desk in the guest: enrols drives, publishes, and the guest takes the
registry; and the questions that most media cases ask afterwards."""

import os
import subprocess
import tempfile

from . import cache, layers

DIR = "/root/desk"
SNAPSHOT = DIR + "/registry.snapshot"
LEDGER = "/var/lib/baomi-guard/ledger.*"


def put_accessible(guest, folder):
    """tests/accessible.py, for a script in that folder of the guest which works at windows."""
    with open(os.path.join(cache.HERE, "..", "accessible.py"), "rb") as source:
        guest.put(folder + "/accessible.py", source.read())


def host_guardctl():
    """The guardctl of the packages under test, unpacked on the host."""
    package = layers.debs("guard")[0]
    folder = cache.ensure("host-" + cache.file_digest(package), lambda work: subprocess.run(
        ["dpkg-deb", "-x", package, work], check=True), "guardctl for the host")
    return os.path.join(folder, "usr", "bin", "guardctl")


class Desk:
    """The desk stands on the host, as a real one is another machine too: an emulated guest needs seconds
    for each verb. in_guest=True puts it into the guest, under DIR."""

    def __init__(self, guest, in_guest=False):
        self.guest = guest
        self.in_guest = in_guest
        self.said = ""  # by the last verb, to the person at the desk
        self.dir = DIR if in_guest else tempfile.mkdtemp(prefix="bmdesk.")
        if in_guest:
            guest.run(["mkdir", "-p", self.dir], check=True)
        self.verb("init")
        self.keygen("private.pem", "public.pem")
        self._give("public.pem", DIR + "/public.pem")
        guest.run(["install", "-m", "0644", DIR + "/public.pem", "/etc/baomi-guard/keys.d/desk.pem"],
                  check=True)

    def _station(self, *words):
        if self.in_guest:
            self.said = self.guest.run(["guardctl", "station", *words], timeout=120, check=True).err
            return
        done = subprocess.run([host_guardctl(), "station", *words], capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        self.said = done.stderr

    def _give(self, name, path):
        if not self.in_guest:
            self.guest.run(["mkdir", "-p", DIR], check=True)
            with open(os.path.join(self.dir, name), "rb") as f:
                self.guest.put(path, f.read())

    def keygen(self, private, public):
        self._station("keygen", "--algorithm", "ed25519", "--key", self.dir + "/" + private,
                      "--public", self.dir + "/" + public)

    def verb(self, verb, *words):
        self._station(verb, "--dir", self.dir + "/register", *words)
        return self

    def enrol(self, media_id, level="secret", **identifiers):
        words = ["--media-id", media_id, "--level", level]
        for key, value in identifiers.items():
            words += ["--" + key.replace("_", "-"), value]
        return self.verb("enrol", *words)

    def snapshot(self, *words, key="private.pem"):
        """Publishes; the file is SNAPSHOT in the guest, and nothing takes it yet."""
        self._station("publish", "--dir", self.dir + "/register", "--key", self.dir + "/" + key,
                      *(words or ("--valid-days", "90")), "--output", self.dir + "/new.snapshot")
        self._give("new.snapshot", SNAPSHOT)
        if self.in_guest:
            self.guest.run(["mv", DIR + "/new.snapshot", SNAPSHOT], check=True)
        else:
            os.unlink(self.dir + "/new.snapshot")
        return self

    def publish(self, *words):
        self.snapshot(*words)
        self.guest.run(["guardctl", "registry", "install", SNAPSHOT], timeout=120,
                       check=True)
        return self


def find(guest, **want):
    """The first present medium with these values in `media list`, or None."""
    for one in guest.guardctl("media", "list"):
        if all(str(one.get(key)) == value for key, value in want.items()):
            return one
    return None


def wait_verdict(guest, reason, serial=None, timeout=90):
    """Until `media list` shows that reason (and serial); the medium."""
    return guest.python_until("""
        out = subprocess.run(["guardctl", "media", "list", "--json"], capture_output=True, text=True)
        result = [m for m in json.loads(out.stdout or "[]") if m.get("reason") == args[0]
                  and (args[1] is None or m.get("serial") == args[1])]
        result = result and result[0]
        """, timeout, args=[reason, serial], files=LEDGER)


def records(guest, kind=None, **want):
    """Ledger records with these values, oldest first."""
    words = ["log"] + (["--kind", kind] if kind else [])
    return [r for r in guest.guardctl(*words)
            if all(r.get(key) == value for key, value in want.items())]


def wait_record(guest, kind, timeout=90, **want):
    """Until the ledger has such a record; the newest."""
    return guest.python_until("""
        out = subprocess.run(["guardctl", "log", "--kind", args[0], "--json"], capture_output=True,
                             text=True)
        found = [r for r in json.loads(out.stdout or "[]")
                 if all(r.get(k) == v for k, v in args[1].items())]
        result = found and found[-1]
        """, timeout, args=[kind, want], files=LEDGER)


def control_diskseq(guest, stick):
    """Plugs the ordinary stick; the diskseq that its disk got."""
    mark = guest.mark()
    guest.plug(stick)
    return int(guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")["DISKSEQ"])
