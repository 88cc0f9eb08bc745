# SPDX-License-Identifier: LGPL-2.1-or-later
"""A running guest as a test sees it: start, commands, devices, end. Looking is in observe.py."""
import contextlib
import os
import shutil
import tempfile
import time

from . import cache, layers
from .agent import Agent, AgentError
from .machine import Machine, create_overlay, file_disk
from .observe import Observe
from .session import Session

BOOT_DEADLINE = 1200  # a loaded machine has needed 400 s


class Guest(Observe):
    def __init__(self, machine, disk, overlay):
        self.machine = machine
        self.disk = disk
        self.overlay = overlay
        self.agent = None
        self.scratch = None
        self.helpers = []  # servers that end with the guest
        self.sessions = {}
        self.boot_id = None
        self.cut_disk = None
        self.resumed = False
        self.reader_works = False

    # --- starting ---------------------------------------------------------------------------

    @classmethod
    def cold(cls, disk, overlay, usb_at_boot=(), cmdline_extra="", vcpus=2, i8042=True, memory=1024,
             extra=()):
        """Power on. `disk` gives kernel and initrd, `overlay` is the blockdev to write to."""
        extra = list(extra)
        for plug in usb_at_boot:
            extra += plug.arguments()
        # On a host that is busy enough the kernel finds its timer dead at the first look, and panics.
        machine = Machine(overlay, disk.kernel, disk.initrd, extra=extra, i8042=i8042, memory=memory,
                          vcpus=vcpus, append=("no_timer_check " + cmdline_extra).strip())
        guest = cls(machine, disk, overlay)
        guest.helpers += [p.server for p in usb_at_boot if getattr(p, "server", None)]
        return guest

    @classmethod
    def resume(cls, layer, cut_disk=None):
        """A copy of the layer's saved, booted machine, in well under two seconds. cut_disk: over
        the saved disk, in the place of an overlay."""
        folder, disk = layers.state(layer)
        scratch = tempfile.mkdtemp(prefix="bmov.")
        path = os.path.join(scratch, "root.qcow2")
        if cut_disk:
            overlay = cut_disk.blockdev()
        else:
            create_overlay(path, os.path.join(folder, "root.qcow2"))
            overlay = file_disk(path)
        try:
            machine = Machine(overlay, disk.kernel, disk.initrd, incoming=True)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        guest = cls(machine, disk, overlay)
        guest.scratch = scratch
        guest.cut_disk = cut_disk
        guest.resumed = True
        try:
            machine.resume(os.path.join(folder, "ram"))
            guest.connect(60)
        except BaseException:
            guest.close()
            raise
        return guest

    def connect(self, timeout):
        if self.agent:
            self.agent.close()
        self.agent = Agent(os.path.join(self.machine.dir, "agent"), self.machine.check)
        self.boot_id = self.agent.hello(timeout)["boot_id"]

    def wait_agent(self, timeout=BOOT_DEADLINE):
        """From the first moment that userland answers, long before the boot is over."""
        if not self.agent:
            self.connect(timeout)

    def wait_booted(self, timeout=BOOT_DEADLINE):
        """Until systemd has nothing left to start (a failed unit is the test's to judge)."""
        self.wait_agent(timeout)
        self.python_until("""
            out = subprocess.run(["systemctl", "is-system-running"], capture_output=True, text=True)
            result = out.stdout.strip() in ("running", "degraded") and out.stdout.strip()
            """, timeout, interval=0.3)

    def wait_console(self, text, timeout=BOOT_DEADLINE):
        """Until the kernel says so on the serial line: for what is before any userland."""
        end = time.monotonic() + timeout
        while text not in self.machine.console():
            self.machine.check()
            if time.monotonic() > end:
                raise AssertionError("the console never said %r:\n%s" % (
                    text, self.machine.console()[-2000:]))
            time.sleep(0.2)

    def settle(self, layer):
        """Quiet, as a machine that has been on for a while, ready to be saved."""
        self.run("udevadm settle --timeout=120", timeout=150)
        self.run("systemctl start udisks2.service polkit.service", timeout=120)
        if not layer.startswith("desktop"):
            self.session("clerk")
        if layer.startswith("desktop"):
            self.run_until("pgrep -u clerk xfdesktop && pgrep -u clerk -if thunar", 1200)
            self.quiet()
        self.run("journalctl --flush; journalctl --sync; sync; echo 3 > /proc/sys/vm/drop_caches",
                 timeout=120)

    def quiet(self, timeout=300):
        """Until the guest does next to nothing: a desktop does not say when it has started. On a loaded
        host an emulated one never gets there; what is saved then is only busier, so it goes on."""
        try:
            self.wait_idle(timeout)
        except AssertionError:
            cache.say("the desktop is not quiet after %d s; saved as it is" % timeout)

    def wait_idle(self, timeout):
        self.python_until("""
            def idle():
                with open("/proc/stat") as f:
                    return int(f.readline().split()[4]), time.monotonic()
            before, began = idle()
            time.sleep(3)
            after, ended = idle()
            result = (after - before) / os.sysconf("SC_CLK_TCK") / (ended - began) > \\
                0.85 * os.cpu_count()
            """, timeout, 0.1)

    # --- commands ---------------------------------------------------------------------------

    def run(self, cmd, timeout=60, check=False, **options):
        """cmd: a list, or text for sh. As root, outside of any session, unless options say so."""
        from .agent import Result  # pylint: disable=import-outside-toplevel
        if isinstance(cmd, str):
            options["sh"] = cmd
        else:
            options["argv"] = [str(c) for c in cmd]
        result = Result(self.agent.call("run", timeout=timeout, **options))
        return result.ok() if check else result

    def sh(self, cmd, timeout=60):
        """Text for sh that must succeed; its output, stripped."""
        return self.run(cmd, timeout, check=True).out.strip()

    def run_until(self, cmd, timeout=60, interval=0.1, **options):
        """Again and again in the guest until it says 0; fails at the deadline."""
        reply = self.agent.call("until", timeout=timeout, sh=cmd, interval=interval, **options)
        from .agent import Result  # pylint: disable=import-outside-toplevel
        result = Result(reply)
        if not reply["reached"]:
            raise AssertionError("not within %s s: %s\n%s" % (timeout, cmd, result))
        return result

    def spawn(self, cmd, **options):
        key = "sh" if isinstance(cmd, str) else "argv"
        return Job(self, self.agent.call("spawn", **{key: cmd}, **options)["job"])

    def put(self, path, data, mode=None):
        self.agent.put(path, data.encode() if isinstance(data, str) else data, mode)

    def get(self, path):
        return self.agent.get(path)

    def session(self, user="clerk"):
        """The user at the seat, as after a login on the first free console: active and local."""
        if user not in self.sessions:
            self.sessions[user] = Session(self, user)
        return self.sessions[user]

    def session_run(self, user, cmd, timeout=60, **options):
        return self.session(user).run(cmd, timeout, **options)

    # --- devices ----------------------------------------------------------------------------

    def plug(self, device):
        return device.plug(self)

    def unplug(self, device):
        device.unplug(self)

    def screenshot(self, path):
        self.machine.qmp.cmd("screendump", filename=os.path.abspath(path), format="png")

    def send_keys(self, *chords):
        """Each chord is a QEMU key name or several joined by +: "ctrl+alt+f2", "a", "ret"."""
        for chord in chords:
            keys = [{"type": "qcode", "data": key} for key in chord.split("+")]
            self.machine.qmp.cmd("send-key", keys=keys, **{"hold-time": 60})
            time.sleep(0.15)  # QEMU has no event for "keys are up again"

    def type_text(self, text):
        names = {" ": "spc", "-": "minus", ".": "dot", "\n": "ret", "/": "slash"}
        for char in text:
            key = names.get(char, char.lower())
            self.send_keys("shift+" + key if char.isupper() else key)

    # --- packages, power --------------------------------------------------------------------

    def install_debs(self, paths, timeout=600):
        self.run("mkdir -p /root/debs", check=True)
        names = []
        for path in paths:
            name = "/root/debs/" + os.path.basename(path)
            with open(path, "rb") as f:
                self.put(name, f.read())
            names.append(name)
        # dpkg, not apt: apt with --no-download refuses local files, and the image has what they need.
        result = self.run("DEBIAN_FRONTEND=noninteractive dpkg -i " + " ".join(names),
                          timeout=timeout)
        if result.rc:
            raise AssertionError("installing failed:\n" + result.out[-3000:] + result.err[-2000:])
        return result

    def poweroff(self, timeout=180):
        # On a quick guest the power is off before the agent has answered.
        with contextlib.suppress(AgentError):
            self.run("systemctl poweroff --no-block")
        if not self.machine.wait_end(timeout):
            raise AssertionError("the guest did not power off:\n" + self.machine.console()[-2000:])

    def power_cut(self, keep=0.0):
        """The plug is pulled now. With a cut disk (lab.boot(power_cut=True)) what the guest had not
        flushed is gone, but for the share `keep` of it; the number of blocks lost."""
        lost = self.cut_disk.cut(keep) if self.cut_disk else 0
        self.machine.kill()
        return lost

    def close(self):
        for helper in self.helpers:
            helper.close()
        self.helpers = []
        if self.agent:
            self.agent.close()
            self.agent = None
        self.machine.close()
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)


class Job:
    """A command running in the guest's background."""

    def __init__(self, guest, number):
        self.guest = guest
        self.number = number

    def wait(self, timeout=60, close_stdin=False):
        """Its Result, or None if it still runs at the deadline."""
        from .agent import Result  # pylint: disable=import-outside-toplevel
        reply = self.guest.agent.call("job_wait", timeout=timeout, job=self.number,
                                      close_stdin=close_stdin)
        return None if reply["rc"] is None else Result(reply)

    def kill(self, sig=15):
        self.guest.agent.call("job_kill", job=self.number, signal=sig)
