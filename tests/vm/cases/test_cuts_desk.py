# SPDX-License-Identifier: LGPL-2.1-or-later
"""The power goes while the desk enrols and publishes and a workstation installs: the book has the drive whole or not at all,
a published file is good or not there, and the registry in use is the old one or the new one. (How a cut is taken: test_cuts.)"""
import json

from vmlib.api import on

from test_cuts import Cuts

DESK = "/root/desk"
ROUNDS = 10
START = """
mkdir -p {0} && cd {0}
guardctl station init --dir register
guardctl station keygen --algorithm ed25519 --key private.pem --public public.pem
install -m 0644 public.pem /etc/baomi-guard/keys.d/desk.pem
guardctl station enrol --dir register --media-id LY-0 --level secret --vendor-id 0951 --product-id 1666 --serial CUTDESK000
guardctl station publish --dir register --key private.pem --valid-days 90 --output 0.snapshot
guardctl registry install 0.snapshot
sync
""".format(DESK)
WORK = """
cd {0}
guardctl station enrol --dir register --media-id LY-$1 --level secret --vendor-id 0951 --product-id 1666 --serial CUTDESK00$1
guardctl station publish --dir register --key private.pem --valid-days 90 --output $1.snapshot
guardctl registry install $1.snapshot
""".format(DESK)
LEFT = """
blockdev --flushbufs /dev/vdb
mount /dev/vdb /mnt
test "$(cat /sys/fs/ext4/vdb/errors_count)" = 0
cd /mnt{0}
guardctl station verify --dir register >&2
# What is there under its name is whole: that it is no newer than what this machine has is all that may be said of it.
if test -e $1.snapshot; then guardctl registry verify $1.snapshot >&2 || guardctl registry verify $1.snapshot 2>&1 | grep -q older; fi
cmp -s $1.snapshot /mnt/var/lib/baomi-guard/registry.db || cmp -s $2.snapshot /mnt/var/lib/baomi-guard/registry.db
guardctl station list --dir register --json
""".format(DESK)


@on("guard", cold=True, saved=True, timeout=1800)
def test_enrol_publish_install(lab):
    cuts = Cuts(lab, "desk")
    cuts.guest.sh(START, 120)
    seen = set()
    for number in range(1, ROUNDS):
        # The first two surely before and behind the drive's commit.
        moment = cuts.random.randint(*{1: (1, 6), 2: (28, 45)}.get(number, (1, 45)))
        keep = cuts.random.choice([0, 0.3, 0.7])
        cuts.disk.stand_after(moment)
        work = cuts.guest.spawn(["sh", "-ec", WORK, "work", str(number)])
        done = None
        while not cuts.disk.standing.wait(0.2) and done is None:
            done = work.wait(0.1)
        platter = cuts.disk.platter(keep)
        cuts.disk.stand_when(None)
        done = done or work.wait(120)
        assert done.rc == 0, done
        cuts.second.load(platter)
        left = cuts.guest.run(["unshare", "-m", "sh", "-ec", LEFT, "left", str(number), str(number - 1)], 120)
        assert left.rc == 0, (number, moment, keep, left)
        drives = {one["media_id"] for one in json.loads(left.raw_out)}
        before = {"LY-%d" % n for n in range(number)}
        assert drives in (before, before | {"LY-%d" % number}), (number, drives)
        seen.add(drives == before)
        print("    round %d at %d: %d drives" % (number, moment, len(drives)))
    assert seen == {True, False}, seen
