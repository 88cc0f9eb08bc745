# SPDX-License-Identifier: LGPL-2.1-or-later
"""A coordination group's desk in the guest: enrols drives, publishes, and the guest takes the
registry; and the questions that most media cases ask afterwards."""

DIR = "/root/desk"


class Desk:
    def __init__(self, guest):
        self.guest = guest
        guest.run("""set -e
            mkdir -p {d}
            guardctl station init --dir {d}/register
            guardctl station keygen --algorithm ed25519 --key {d}/private.pem --public {d}/public.pem
            install -m 0644 {d}/public.pem /etc/baomi-guard/keys.d/desk.pem""".format(d=DIR),
                  timeout=120, check=True)

    def enrol(self, media_id, level="secret", **identifiers):
        words = ["guardctl", "station", "enrol", "--dir", DIR + "/register", "--media-id", media_id,
                 "--level", level]
        for key, value in identifiers.items():
            words += ["--" + key.replace("_", "-"), value]
        self.guest.run(words, timeout=60, check=True)
        return self

    def verb(self, *words):
        self.guest.run(["guardctl", "station", words[0], "--dir", DIR + "/register", *words[1:]],
                       timeout=60, check=True)
        return self

    def publish(self):
        self.guest.run("""set -e
            rm -f {d}/registry.snapshot
            guardctl station publish --dir {d}/register --key {d}/private.pem --valid-days 90 \
                    --output {d}/registry.snapshot
            guardctl registry install {d}/registry.snapshot""".format(d=DIR), timeout=120,
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
        """, timeout, args=[reason, serial], interval=0.2)


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
        """, timeout, args=[kind, want], interval=0.3)


def control_diskseq(guest, stick):
    """Plugs the ordinary stick; the diskseq that its disk got."""
    mark = guest.mark()
    guest.plug(stick)
    return int(guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")["DISKSEQ"])
