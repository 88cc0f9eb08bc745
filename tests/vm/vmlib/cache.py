# SPDX-License-Identifier: LGPL-2.1-or-later
"""The image cache: a folder per digest of what went in, a lock per folder, complete or absent."""
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCE = os.path.dirname(os.path.dirname(HERE))
IMAGE = os.path.join(HERE, "image")
COMMON = ["build", "finish", "customize", "agent.py", "agent_uevents.py", "baomi-agent.service",
          "packages-minimal.txt"]
IMAGE_FILES = {
    "minimal": COMMON,
    "desktop": COMMON + ["customize-desktop", "packages-desktop.txt"],
}


def root():
    path = os.environ.get("BAOMI_VM_CACHE") or os.path.join(SOURCE, "build", "vm-cache")
    os.makedirs(path, exist_ok=True)
    return os.path.abspath(path)


def digest(*parts):
    total = hashlib.sha256()
    for part in parts:
        total.update(str(part).encode() + b"\0")
    return total.hexdigest()[:16]


def file_digest(*paths):
    total = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as f:
            total.update(hashlib.sha256(f.read()).digest())
    return total.hexdigest()[:16]


def say(text):
    print("vm: " + text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def locked(path):
    with open(path, "w", encoding="ascii") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


def ensure(key, make, what):
    """The folder `key`; if it is not there yet, make(temporary folder) fills it, once."""
    final = os.path.join(root(), key)
    if os.path.isdir(final):
        touch(final)
        return final
    with locked(final + ".lock"):
        if os.path.isdir(final):
            return final
        say("making %s (%s)" % (what, key))
        started = time.monotonic()
        work = final + ".tmp"
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        try:
            make(work)
            os.rename(work, final)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        say("made %s in %.0f s" % (what, time.monotonic() - started))
    return final


def touch(path):
    with contextlib.suppress(OSError):
        os.utime(path)


def prune(hours=72):
    """Drop what was not used for so long: every new package makes a layer of a gigabyte."""
    for name in os.listdir(root()):
        path = os.path.join(root(), name)
        with contextlib.suppress(OSError):
            if os.path.isdir(path) and time.time() - os.stat(path).st_mtime > hours * 3600:
                shutil.rmtree(path, ignore_errors=True)


def script(name, work, *args):
    """Run one of the image scripts; its output is kept and shown if it fails."""
    log_path = work + ".log"
    with open(log_path, "wb") as log:
        done = subprocess.run([os.path.join(IMAGE, name), *args], stdout=log, stderr=log,
                              stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        with open(log_path, encoding="utf-8", errors="replace") as log:
            raise RuntimeError("%s failed:\n%s" % (name, log.read()[-4000:]))


def image(flavour):
    """The folder with root.tar, root.raw, vmlinuz and initrd.img of that flavour."""
    files = [os.path.join(IMAGE, name) for name in IMAGE_FILES[flavour]]
    return ensure("image-%s-%s" % (flavour, file_digest(*files)),
                  lambda work: script("build", work, flavour, work), "the %s image" % flavour)
