# SPDX-License-Identifier: LGPL-2.1-or-later
"""Things to plug: each knows its QEMU devices, hot (QMP) and present at boot (command line)."""
import itertools
import json
import os

COUNTER = itertools.count(1)


def fresh(prefix):
    return "%s%d" % (prefix, next(COUNTER))


class Plug:
    """nodes: blockdevs; devices: QEMU devices, the first is the USB device itself."""

    attach_later = False

    def __init__(self, kind):
        self.id = fresh(kind)
        self.nodes = []
        self.devices = []
        self.netdevs = []

    def at(self, port=None, bus=None):
        """On that port of the controller ("2", or "1.3" behind a hub)."""
        if port is not None:
            self.devices[0]["port"] = str(port)
        if bus is not None:
            self.devices[0]["bus"] = bus
        return self

    def plug(self, guest):
        qmp = guest.machine.qmp
        for node in self.nodes:
            qmp.cmd("blockdev-add", **node)
        for net in self.netdevs:
            qmp.cmd("netdev_add", **net)
        for number, device in enumerate(self.devices):
            args = dict(device)
            if number == 0 and self.attach_later:
                args["attached"] = False
            qmp.cmd("device_add", **args)
        if self.attach_later:
            qmp.cmd("qom-set", path="/machine/peripheral/" + self.id, property="attached",
                    value=True)
        return self

    def unplug(self, guest, timeout=120):
        qmp = guest.machine.qmp
        qmp.cmd("device_del", id=self.id)
        qmp.wait_event("DEVICE_DELETED", timeout, device=self.id)
        self.forget(guest)

    def forget(self, guest):
        for net in self.netdevs:
            guest.machine.qmp.cmd("netdev_del", id=net["id"])
        for node in reversed(self.nodes):
            guest.machine.qmp.cmd("blockdev-del", **{"node-name": node["node-name"]})

    def arguments(self):
        """The same on the command line, for what is there before the machine starts."""
        args = []
        for node in self.nodes:
            args += ["-blockdev", json.dumps(node)]
        for net in self.netdevs:
            args += ["-netdev", json.dumps(net)]
        for device in self.devices:
            args += ["-device", json.dumps(device)]
        return args

    def add_medium(self, medium, read_only=False):
        """A blockdev for a media.Medium or a path; writes go to the file itself."""
        path = os.path.abspath(getattr(medium, "path", medium))
        node = {"node-name": fresh("node"), "driver": "raw", "read-only": read_only,
                "file": {"driver": "file", "filename": path, "read-only": read_only,
                         "locking": "off", "cache": {"no-flush": True}}}
        self.nodes.append(node)
        return node["node-name"]


class Stick(Plug):
    """usb-storage (46f4:0001), one LUN. serial=None leaves QEMU's own; "" is not possible here:
    use usbredir for ids and strings of one's own."""

    def __init__(self, medium, serial=None, removable=True, read_only=False):
        super().__init__("stick")
        device = {"driver": "usb-storage", "id": self.id, "bus": "xhci.0",
                  "drive": self.add_medium(medium, read_only), "removable": removable}
        if serial is not None:
            device["serial"] = serial
        self.devices.append(device)


class Bot(Plug):
    """usb-bot with several LUNs: media is a list, an entry ("cd", medium) is an optical drive."""

    attach_later = True
    driver = "usb-bot"

    def __init__(self, media, serial=None, removable=True):
        super().__init__("bot")
        device = {"driver": self.driver, "id": self.id, "bus": "xhci.0"}
        if serial is not None:
            device["serial"] = serial
        self.devices.append(device)
        for lun, medium in enumerate(media):
            optical = isinstance(medium, tuple)
            node = self.add_medium(medium[1] if optical else medium, optical)
            entry = {"driver": "scsi-cd" if optical else "scsi-hd", "id": "%s-lun%d" % (self.id, lun),
                     "bus": self.id + ".0", "scsi-id": 0, "lun": lun, "drive": node}
            if not optical:
                entry["removable"] = removable
            self.devices.append(entry)


class Uas(Bot):
    """usb-uas (46f4:0003); the disk follows the USB uevent by some 60 ms."""

    driver = "usb-uas"


class Optical(Bot):
    """A USB optical drive with a disc in it."""

    def __init__(self, medium, serial=None):
        super().__init__([("cd", medium)], serial)


class Simple(Plug):
    """Any QEMU USB device without a backend: usb-kbd, usb-mouse, usb-tablet, usb-hub …"""

    def __init__(self, driver, **props):
        super().__init__(driver.replace("usb-", ""))
        self.devices.append(dict({"driver": driver, "id": self.id, "bus": "xhci.0"}, **props))


def keyboard():
    return Simple("usb-kbd")


def mouse():
    return Simple("usb-mouse")


def tablet():
    return Simple("usb-tablet")


def hub():
    return Simple("usb-hub")


class Audio(Simple):
    def __init__(self):
        super().__init__("usb-audio")


class Network(Plug):
    """usb-net (0525:a4a2): RNDIS first, CDC Ethernet as its second configuration."""

    def __init__(self, mac="52:54:00:ba:0b:01"):
        super().__init__("net")
        self.netdevs.append({"type": "hubport", "id": self.id + "n", "hubid": 0})
        self.devices.append({"driver": "usb-net", "id": self.id, "bus": "xhci.0",
                             "netdev": self.id + "n", "mac": mac})


class Phone(Plug):
    """usb-mtp (46f4:0004) showing a folder of the host."""

    def __init__(self, folder):
        super().__init__("mtp")
        self.devices.append({"driver": "usb-mtp", "id": self.id, "bus": "xhci.0",
                             "rootdir": os.path.abspath(folder), "readonly": True})


class Controller(Plug):
    """A new xHCI controller in a PCIe slot (port: rp1, rp2, rp3)."""

    def __init__(self, port="rp1"):
        super().__init__("hc")
        self.devices.append({"driver": "qemu-xhci", "id": self.id, "bus": port})

    @property
    def bus(self):
        return self.id + ".0"


class FixedDisk(Plug):
    """Another fixed disk in a PCIe slot (port: rp1, rp2, rp3), over a powercut.CutDisk."""

    def __init__(self, cut_disk, port="rp1"):
        super().__init__("disk")
        self.nodes.append(cut_disk.blockdev(fresh("node")))
        self.devices.append({"driver": "virtio-blk-pci", "id": self.id, "bus": port,
                             "drive": self.nodes[0]["node-name"]})


class Nvme(Plug):
    """An NVMe disk in a PCIe slot (port: rp1, rp2, rp3). above: it says that its subsystem may have more controllers than this
    one, and the kernel puts the disk above them (at boot only: QEMU plugs no subsystem)."""

    def __init__(self, medium, serial, port="rp1", above=False):
        super().__init__("nvme")
        controller = {"driver": "nvme", "id": self.id, "bus": port, "serial": serial}
        node = self.add_medium(medium)
        self.above = above
        if above:
            subsystem = self.id + "-subsystem"
            self.devices = [{"driver": "nvme-subsys", "id": subsystem}, dict(controller, subsys=subsystem),
                            {"driver": "nvme-ns", "bus": self.id, "drive": node, "shared": True}]
        else:
            self.devices = [dict(controller, drive=node)]

    def forget(self, guest):
        """The disk of a subsystem stays with it, when its controller is gone."""
        if not self.above:
            super().forget(guest)


class SdCard(Plug):
    """A card put into the machine's own reader (sdhci, there from the start)."""

    def __init__(self, medium, read_only=False):
        super().__init__("sd")
        self.node = self.add_medium(medium, read_only)

    def plug(self, guest):
        qmp = guest.machine.qmp
        qmp.cmd("blockdev-add", **self.nodes[0])
        # QEMU does not save the reader's PCI registers: a resumed guest has to find it afresh,
        # with the card in it
        revive = guest.resumed and not guest.reader_works
        if revive:
            guest.sh("for d in /sys/bus/pci/drivers/sdhci-pci/0000:*; do echo 1 > $d/remove; done")
        qmp.cmd("blockdev-insert-medium", id="sdcard", **{"node-name": self.node})
        if revive:
            guest.sh("echo 1 > /sys/bus/pci/rescan")
            guest.reader_works = True
        return self

    def unplug(self, guest, timeout=120):
        guest.machine.qmp.cmd("blockdev-remove-medium", id="sdcard")
        self.forget(guest)

    def arguments(self):
        raise NotImplementedError("a card at boot: plug it right after the start")
