# SPDX-License-Identifier: LGPL-2.1-or-later
"""One QEMU process: its command line, its end. Every QEMU dies with its parent, whatever happens."""
import atexit
import ctypes
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from .qmp import Qmp

QEMU = os.environ.get("BAOMI_VM_QEMU", "qemu-system-x86_64")
ACCEL = os.environ.get("BAOMI_VM_ACCEL", "tcg,thread=multi")
# What costs an emulator most and no case is about: a clock that is a device (hpet, which the kernel takes where it finds the
# processors' counters not in step), memory wiped at each allocation, copies checked once more, grace periods.
CMDLINE = ("root=/dev/vda rw console=tty0 console=ttyS0 net.ifnames=0 systemd.show_status=0 mitigations=off "
           "init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off rcupdate.rcu_expedited=1" +
           (" tsc=reliable" if ACCEL.startswith("tcg") else ""))
# The same of the processor: five levels of page tables, checks at each copy from user space, copies of a byte at a time
# (erms: what real processors are quick at is a loop here), wide registers that have to be saved at each switch.
CPU = ("max,la57=off,smap=off,smep=off,umip=off,pku=off,erms=off,avx2=off,avx=off,xsave=off"
       if ACCEL.startswith("tcg") else "max")
PR_SET_PDEATHSIG = 1
ALIVE = set()
LIBC = ctypes.CDLL(None)


class MachineDied(Exception):
    pass


def config_digest_text():
    """What a saved state depends on besides the disk: QEMU itself and the machine's shape."""
    version = subprocess.run([QEMU, "--version"], capture_output=True, text=True, check=True)
    return version.stdout.splitlines()[0] + " ".join(shape(2, 1024)) + ACCEL + CMDLINE


def shape(vcpus, memory, i8042=True):
    """The part of the command line that a saved state and its resume must share."""
    args = ["-accel", ACCEL, "-cpu", CPU, "-smp", str(vcpus), "-m", str(memory),
            "-machine", "q35" + ("" if i8042 else ",i8042=off"),
            "-nodefaults", "-no-user-config", "-display", "none", "-nic", "none",
            "-rtc", "base=utc", "-device", "VGA",
            "-device", "virtio-serial-pci,id=vser",
            "-device", "virtserialport,bus=vser.0,chardev=agent,name=baomi.agent",
            "-device", "qemu-xhci,id=xhci,p2=15,p3=15",
            "-device", "sdhci-pci,id=sdhci",
            "-drive", "if=none,id=sdslot",
            "-device", "sd-card,id=sdcard,drive=sdslot"]
    for number in range(1, 4):
        args += ["-device", "pcie-root-port,id=rp%d,chassis=%d,slot=%d" % (number, number, number)]
    return args


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Machine:
    """disk: a blockdev as a dict (node-name disk0). extra: more arguments. incoming: resume."""

    def __init__(self, disk, kernel=None, initrd=None, append="", vcpus=2, memory=1024,
                 incoming=False, extra=(), i8042=True, name="guest"):
        self.dir = tempfile.mkdtemp(prefix="bmvm.")
        self.qmp = None
        self.log_path = os.path.join(self.dir, "qemu.log")
        self.console_path = os.path.join(self.dir, "console.log")
        args = [QEMU, "-name", name] + [
            "-chardev", "socket,id=agent,path=%s/agent,server=on,wait=off" % self.dir,
            "-chardev", "file,id=console,path=" + self.console_path,
            "-serial", "chardev:console",
            "-qmp", "unix:%s/qmp,server=on,wait=off" % self.dir]
        args += shape(vcpus, memory, i8042)
        args += ["-blockdev", json.dumps(disk),
                 "-device", "virtio-blk-pci,drive=disk0,id=vda,write-cache=on"]
        if kernel:
            args += ["-kernel", kernel, "-initrd", initrd, "-append", (CMDLINE + " " + append).strip()]
        if incoming:
            args += ["-incoming", "defer"]
        args += list(extra)
        self.args = args
        with open(self.log_path, "wb") as log:
            self.proc = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                         preexec_fn=die_with_parent)
        ALIVE.add(self)
        try:
            self.qmp = Qmp(os.path.join(self.dir, "qmp"))
        except Exception as error:
            self.check()
            raise MachineDied("QEMU did not start: " + self.log()) from error

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()[-3000:]

    def console(self):
        with open(self.console_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def check(self):
        if self.proc.poll() is not None:
            raise MachineDied("QEMU ended (%s): %s" % (self.proc.returncode, self.log()))

    def kill(self):
        """The plug is pulled: nothing is flushed."""
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait()

    def wait_status(self, status, timeout):
        """Until QEMU says that the machine is so: "suspended" …"""
        end = time.monotonic() + timeout
        while self.qmp.cmd("query-status")["status"] != status:
            self.check()
            if time.monotonic() > end:
                raise AssertionError("the machine was never %s" % status)
            time.sleep(0.1)

    def wait_end(self, timeout):
        try:
            self.proc.wait(timeout)
            return True
        except subprocess.TimeoutExpired:
            return False

    def close(self):
        self.kill()
        if self.qmp:
            self.qmp.close()
        ALIVE.discard(self)
        shutil.rmtree(self.dir, ignore_errors=True)

    def save(self, path):
        """Stop and write the machine's state to `path`; the disk's overlay stays where it is."""
        self.qmp.cmd("stop")
        self.qmp.cmd("migrate-set-parameters", **{"max-bandwidth": 100 << 30})
        self.qmp.cmd("migrate", uri="exec:cat > '%s'" % path)
        self.wait_migration()
        self.qmp.cmd("quit")
        self.proc.wait(60)

    def resume(self, path):
        self.qmp.cmd("migrate-incoming", uri="exec:cat '%s'" % path)
        self.wait_migration()
        self.qmp.cmd("cont")

    def wait_migration(self, timeout=300):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            self.check()
            info = self.qmp.cmd("query-migrate")
            if info.get("status") == "completed":
                return
            if info.get("status") in ("failed", "cancelled"):
                raise MachineDied("migration failed: %s %s" % (info, self.log()))
            time.sleep(0.02)
        raise TimeoutError("migration did not end")


def end_all():
    for machine in list(ALIVE):
        machine.close()


def file_disk(path, fmt="qcow2", node="disk0", read_only=False):
    """A disk in a file; what the guest has flushed is in the host's cache, fast and enough."""
    return {"node-name": node, "driver": fmt, "read-only": read_only,
            "file": {"driver": "file", "filename": path, "read-only": read_only,
                     "cache": {"no-flush": True}}}


def create_overlay(path, backing, backing_format="qcow2"):
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", backing_format,
                    "-b", os.path.abspath(backing), path], check=True)


def on_signal(number, _frame):
    end_all()
    os._exit(128 + number)


def install_cleanup():
    atexit.register(end_all)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
