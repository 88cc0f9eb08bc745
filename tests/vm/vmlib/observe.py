# SPDX-License-Identifier: LGPL-2.1-or-later
"""Looking into a guest without disturbing it: uevents, block devices, journal, audit, guardctl."""
import json
import textwrap


class Event(dict):
    """One uevent: ["ACTION"] …; .mono is the guest's clock, .source is kernel or udev."""

    def __init__(self, raw):
        super().__init__(raw["props"])
        self.n = raw["n"]
        self.mono = raw["mono"]
        self.source = raw["source"]


class Observe:
    agent = None

    # --- Python in the agent: the cheap look --------------------------------------------------

    def python(self, code, args=None, timeout=60):
        return self.agent.call("python", timeout=timeout, code=textwrap.dedent(code),
                               args=args)["result"]

    def python_until(self, code, timeout=60, interval=0.05, args=None, files=None):
        """`result` once it is true; fails at the deadline. files (a glob): looks again when one of them has changed, or
        after a second."""
        reply = self.agent.call("python_until", timeout=timeout, code=textwrap.dedent(code),
                                args=args, interval=interval, files=files)
        if not reply["reached"]:
            raise AssertionError("not within %s s:\n%s" % (timeout, textwrap.dedent(code)))
        return reply["result"]

    def exists(self, path):
        return self.python("result = os.path.exists(args)", path)

    def read(self, path):
        return self.get(path).decode("utf-8", "replace")

    # --- uevents ------------------------------------------------------------------------------

    def mark(self):
        """A point in the uevent log; `events(since=mark)` are the later ones."""
        return self.agent.call("uevents", match={"ACTION": "-"})["last"]

    def events(self, since=0, source=None, **match):
        """match: udev/kernel properties, SUBSYSTEM="block"; a value may be a list or end in *."""
        reply = self.agent.call("uevents", since=since, source=source, match=match)
        if reply["overflow"]:
            raise AssertionError("uevents were lost in the guest: %d" % reply["overflow"])
        return [Event(e) for e in reply["events"]]

    def wait_event(self, since=0, source="udev", timeout=90, count=1, **match):
        """Block in the guest until `count` such events came; the last of them. Fails at the
        deadline."""
        reply = self.agent.call("uevent_wait", timeout=timeout, since=since, source=source,
                                match=match, count=count)
        if not reply["reached"]:
            raise AssertionError("no uevent %s (%s) within %s s; there were: %s" % (
                match, source, timeout, self.summary(since)))
        return Event(reply["events"][count - 1])

    def summary(self, since=0):
        return ["%s %s %s" % (e.source, e.get("ACTION"), e.get("DEVPATH"))
                for e in self.events(since)][-60:]

    def assert_no_block(self, since):
        """The kernel made no block device at all since then."""
        found = self.events(since, "kernel", SUBSYSTEM="block", ACTION="add")
        if found:
            raise AssertionError("block devices appeared: %s" % [e["DEVPATH"] for e in found])

    def assert_hidden(self, since):
        """What udev told of block devices since then: each hidden from udisks, with nothing read of it. Of one that was
        gone before udev came to it (its disk was taken away meanwhile) udev tells without having asked any rule."""
        for event in self.events(since, "udev", SUBSYSTEM="block", ACTION=["add", "change"]):
            assert "ID_FS_TYPE" not in event, event
            if event.get("UDEV_WORKER_ERRNO_NAME") in ("ENOENT", "ENODEV"):
                self.wait_event(since, "kernel", ACTION="remove", DEVPATH=event["DEVPATH"])
                assert not self.exists("/sys" + event["DEVPATH"]), event
                continue
            assert event.get("UDISKS_IGNORE") == "1", event

    # --- block devices ------------------------------------------------------------------------

    def disks(self):
        """{name: diskseq} of every whole disk."""
        return self.python("""
            result = {}
            for path in glob.glob("/sys/block/*/diskseq"):
                result[path.split("/")[3]] = int(open(path).read())
            """)

    def next_diskseq(self):
        """What the kernel will give the next disk: makes one (a zram or loop device is enough),
        so it costs one number itself. The control stick is the better proof."""
        return max(self.disks().values()) + 1

    def usb_devices(self):
        """{sysfs name: {vendor, product, serial, authorized, configured, drivers}}."""
        return self.python(r"""
            def text(path):
                try:
                    return open(path, errors="replace").read().strip()
                except OSError:
                    return None
            result = {}
            for dev in glob.glob("/sys/bus/usb/devices/*"):
                name = os.path.basename(dev)
                if ":" in name:
                    continue
                drivers = {}
                for intf in glob.glob(dev + "/" + name + ":*"):
                    link = intf + "/driver"
                    drivers[intf.split(":")[-1]] = (
                        os.path.basename(os.readlink(link)) if os.path.islink(link) else None)
                result[name] = {"vendor": text(dev + "/idVendor"),
                                "product": text(dev + "/idProduct"),
                                "serial": text(dev + "/serial"),
                                "authorized": text(dev + "/authorized"),
                                "configuration": text(dev + "/bConfigurationValue"),
                                "drivers": drivers}
            """)

    def find_usb(self, **want):
        """Names of the devices with these values: find_usb(vendor="0627", serial="X")."""
        return sorted(name for name, dev in self.usb_devices().items()
                      if not name.startswith("usb")
                      and all(dev.get(key) == value for key, value in want.items()))

    # --- udisks -------------------------------------------------------------------------------

    def udisks_has(self, name, timeout=90, what="Filesystem MountPoints"):
        """Wait until udisks shows the block device with a Filesystem interface (or another, and a property of it: of an
        object that is not there `introspect` says nothing, and that all is well)."""
        self.run_until("busctl --timeout=20 get-property org.freedesktop.UDisks2 "
                       "/org/freedesktop/UDisks2/block_devices/%s "
                       "org.freedesktop.UDisks2.%s" % (name.replace("-", "_2d"), what), timeout)

    # --- records ------------------------------------------------------------------------------

    def guardctl(self, *args, timeout=60, as_json=True, check=True, user=None):
        """The parsed answer of `guardctl … --json`; as_json=False gives the Result."""
        argv = ["guardctl", *args] + (["--json"] if as_json else [])
        result = self.session_run(user, argv, timeout) if user else self.run(argv, timeout)
        if not as_json:
            return result
        if check and result.rc != 0:
            raise AssertionError("guardctl %s: %r" % (" ".join(args), result))
        return json.loads(result.raw_out)

    def ausearch(self, *args, since=None):
        """Text of the audit records: by default every USER_DEVICE record, interpreted."""
        argv = ["ausearch", "--input-logs", *(args or ("-m", "USER_DEVICE", "-i"))]
        if since:
            argv += ["-ts", *since.split()]
        result = self.run(argv, timeout=90)
        return "" if "<no matches>" in result.err + result.out else result.out

    def journal(self, *args):
        """Entries of the journal as dicts."""
        result = self.run(["journalctl", "-o", "json", "--no-pager", "-b", *args], timeout=90)
        return [json.loads(line) for line in result.out.splitlines() if line.startswith("{")]
