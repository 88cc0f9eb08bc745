# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the kernel shield and the record of transfers cost, measured inside guests: both sides in turn, ratios of each pair."""
import statistics
import time

FILES = r'''
import os
result = []
for top, folders, names in os.walk("/usr"):
    result += [os.path.join(top, name) for name in names if os.path.isfile(os.path.join(top, name)) and not os.path.islink(os.path.join(top, name))]
    if len(result) > args:
        break
result = result[:args]
open("/run/bench-files", "w").write("\n".join(result))
result = len(result)
'''
# As a build opens its sources and headers, again and again: only the opens, and a byte of each.
OPENS = r'''
import os, time
names = open("/run/bench-files").read().split("\n")
begun = time.monotonic()
for _again in range(args):
    for name in names:
        fd = os.open(name, os.O_RDONLY)
        os.read(fd, 1)
        os.close(fd)
result = time.monotonic() - begun
'''
FIND = r'''
import subprocess, time
begun = time.monotonic()
subprocess.run("find / -xdev > /dev/null 2>&1", shell=True)
result = time.monotonic() - begun
'''
COPY = r'''
import os, subprocess, time
begun = time.monotonic()
done = subprocess.run(["cp", "/run/bench-large", args + "/large"], capture_output=True, text=True)
if done.returncode:
    raise RuntimeError(done.stderr + subprocess.getoutput("df /run /mnt/b; findmnt /mnt/b; ls -l /run/bench-large"))
subprocess.run(["sync", "-f", args + "/large"], check=True)
result = time.monotonic() - begun
os.unlink(args + "/large")
'''


def shield(count):
    """Ratios with the shield in force and without, in turn in one guest (two of them differ by more than what is looked for):
    of `find /`, and of opens like those of a build."""
    from vmlib.guest import Guest
    switches = {"with": "/usr/lib/baomi-guard/guard-shield && test -e /sys/fs/bpf/baomi-guard/door",
                "without": "rm -rf /sys/fs/bpf/baomi-guard && ! test -e /sys/fs/bpf/baomi-guard/door"}
    guest = Guest.resume("guard")
    try:
        guest.python(FILES, 3000, timeout=120)
        rounds = []
        for number in range(count + 1):
            one = {}
            # whoever is first in a round is second in the next one
            for name in ("with", "without") if number % 2 else ("without", "with"):
                guest.sh(switches[name], 120)
                one[name] = {"find": guest.python(FIND, timeout=300), "opens": guest.python(OPENS, 4, timeout=300)}
            rounds.append(one)
        return {what: statistics.median(r["with"][what] / r["without"][what] for r in rounds[1:]) for what in ("find", "opens")}
    finally:
        guest.close()


def set_transfers(guest, word):
    guest.put("/etc/baomi-guard/policy.d/40-bench.conf", "[policy]\ntransfers=%s\n" % word)
    guest.sh("systemctl reload guardd")
    guest.run_until("guardctl status --json | grep -q '\"transfers\" : \"%s\"'" % word, 60)
    guest.run_until("pgrep -x guard-transfers" if word != "no" else "! pgrep -x guard-transfers", 60)


def transfers(count, mebibytes=64):
    """The ratio of a large copy to a stick, all of it written out, with what is copied on record and without."""
    from vmlib import desk, devices, media
    from vmlib.guest import Guest
    guest = Guest.resume("guard")
    try:
        # room enough: what is deleted while it is digested keeps its place until then
        with media.superfloppy(size=6 * mebibytes * media.MIB) as medium:
            guest.plug(devices.Stick(medium, serial="BENCH"))
            name = desk.wait_record(guest, "block-decision", serial="BENCH", verdict="admit")["block"]
            guest.udisks_has(name)
            guest.sh("mkdir -p /mnt/b; mount /dev/%s /mnt/b; head -c %dM /dev/urandom > /run/bench-large" % (name, mebibytes), 120)
            ratios = []
            for number in range(count + 1):
                times = {}
                for word in ("no", "writes") if number % 2 else ("writes", "no"):
                    set_transfers(guest, word)
                    times[word] = guest.python(COPY, "/mnt/b", timeout=300)
                ratios.append(times["writes"] / times["no"])
            return statistics.median(ratios[1:])
    finally:
        guest.close()


def figures(count):
    begun = time.monotonic()
    pairs = 4 * count  # a dozen of them differ by two in a hundred from the next dozen
    cost = shield(pairs)
    return [("kernel shield: find /, with / without, median of %d pairs" % pairs, cost["find"], 1.01, ""),
            ("kernel shield: opens as of a build, with / without", cost["opens"], 1.01, ""),
            ("record of transfers: a copy of 64 MiB to a stick, written out, with / without", transfers(3 * count), 1.05, ""),
            ("minutes that this took", (time.monotonic() - begun) / 60, None, "")]
