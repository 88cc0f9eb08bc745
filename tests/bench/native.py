# SPDX-License-Identifier: LGPL-2.1-or-later
"""guardd on the build machine, in a folder and on a bus of its own: how long from exec to READY=1, what it keeps
resident with nothing plugged, with an empty registry and with a big one, and how often it wakes in an idle minute."""
import contextlib
import glob
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

WATCHDOG_SECONDS = 20       # as in systemd/guardd.service; guardd speaks twice as often
SLIM_SECONDS = 17           # its memory is given back, 15 seconds after start and registry
SETTLED_SECONDS = 25        # its start is over: the ledger is tidied too, and helping threads have ended


def counters(pid):
    """{rss_kib, pss_kib, peak_kib, threads}: memory, and voluntary context switches by thread."""
    text, threads = "", {}
    for name in ("smaps_rollup", "status"):
        with open("/proc/%d/%s" % (pid, name)) as f:
            text += f.read()
    for path in glob.glob("/proc/%d/task/*/status" % pid):
        with open(path) as f:
            threads[path.split("/")[4]] = int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", f.read(), re.M).group(1))
    return {"rss_kib": int(re.search(r"^Rss:\s+(\d+)", text, re.M).group(1)),
            "pss_kib": int(re.search(r"^Pss:\s+(\d+)", text, re.M).group(1)),
            "peak_kib": int(re.search(r"^VmHWM:\s+(\d+)", text, re.M).group(1)), "threads": threads}


def wakes_between(before, after):
    """How often any thread woke; one that ended meanwhile woke once at least."""
    return (sum(count - before.get(thread, 0) for thread, count in after.items()) +
            sum(thread not in after for thread in before))


def make_root(folder, probe, registry=None):
    """The files of a machine with level none; registry: (a folder that bench-registry has left, how many drives)."""
    def put(path, text):
        full = folder + path
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(text)
    put("/usr/share/baomi-guard/host.conf", "[host]\nlevel=none\n")
    put("/usr/share/baomi-guard/policy.d/90-baomi-guard.conf", "[policy]\nunregistered=admit\nregistry-absent=admit\n")
    os.makedirs(folder + "/usr/lib/baomi-guard")
    os.symlink(probe, folder + "/usr/lib/baomi-guard/guard-probe")
    os.makedirs(folder + "/var/lib/baomi-guard")
    if registry:
        left, drives = registry
        shutil.copytree(left + "/keys.d", folder + "/etc/baomi-guard/keys.d")
        os.link("%s/registry.db.%d" % (left, drives), folder + "/var/lib/baomi-guard/registry.db")
        shutil.copy("%s/sequence.%d" % (left, drives), folder + "/var/lib/baomi-guard/registry.sequence")


@contextlib.contextmanager
def private_bus():
    bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True)
    try:
        yield bus.stdout.readline().strip()
    finally:
        bus.terminate()
        bus.wait()


class Guardd:
    """Started and ready; `ready_ms` is how long that took, `queued_ms` what of it the main thread could have run
    and had no processor, since others had it."""
    def __init__(self, program, root, bus):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = root + "/notify"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        listener.bind(path)
        listener.settimeout(60)
        # A shell that execs has the pid that the watchdog is for.
        command = ["sh", "-c", 'WATCHDOG_PID=$$ exec "$@"', "guardd", program, "--root=" + root, "--bus-address=" + bus,
                   "--no-audit"]
        environment = dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC=str(WATCHDOG_SECONDS * 1000000))
        with open(root + "/log", "ab") as log:
            start = time.monotonic()
            self.process = subprocess.Popen(command, env=environment, stderr=log, stdout=log)
        try:
            while b"READY=1" not in listener.recv(4096):
                pass
        except BaseException:
            self.process.kill()
            raise
        self.ready_ms = (time.monotonic() - start) * 1000
        with open("/proc/%d/schedstat" % self.process.pid) as f:
            self.queued_ms = int(f.read().split()[1]) / 1e6
        self.listener = listener    # kept: guardd goes on talking to it

    def end(self):
        self.process.terminate()
        self.process.wait(60)
        self.listener.close()


def ready_times(program, probe, count):
    """[(ready_ms, queued_ms)]; the first start makes the ledger and is left out."""
    times = []
    with tempfile.TemporaryDirectory(prefix="bench-guardd.") as root, private_bus() as bus:
        make_root(root, probe)
        for _ in range(count + 1):
            guardd = Guardd(program, root, bus)
            times.append((guardd.ready_ms, guardd.queued_ms))
            guardd.end()
    return times[1:]


def at_rest(program, probe, registry=None, idle_seconds=0):
    """Without an idle time only memory is of interest, and that is given back earlier. Counters once the start is over, `wakes` of the idle time after it."""
    with tempfile.TemporaryDirectory(prefix="bench-guardd.", dir=registry[0] if registry else None) as root, private_bus() as bus:
        make_root(root, probe, registry)
        guardd = Guardd(program, root, bus)
        try:
            time.sleep(SETTLED_SECONDS if idle_seconds else SLIM_SECONDS)
            before = counters(guardd.process.pid)
            time.sleep(idle_seconds)
            after = counters(guardd.process.pid)
        finally:
            guardd.end()
    return dict(after, wakes=wakes_between(before["threads"], after["threads"]))


def measure(program, probe, registry_folder, drives, starts, idle_seconds):
    times = ready_times(program, probe, starts)
    return {"starts": len(times), "ready_ms": statistics.median(ready for ready, _ in times),
            "undisturbed_ms": statistics.median(ready - queued for ready, queued in times),
            "none": at_rest(program, probe, idle_seconds=idle_seconds),
            "empty": at_rest(program, probe, (registry_folder, 0)),
            "big": at_rest(program, probe, (registry_folder, drives))}
