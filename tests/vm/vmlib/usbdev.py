# SPDX-License-Identifier: LGPL-2.1-or-later
"""Descriptions of USB devices that do not exist: descriptors, strings, interfaces, and what each
answers. Everything can be wrong on purpose: strings are any bytes, descriptors can be replaced."""
import struct

CONTROL, ISO, BULK, INTERRUPT = range(4)
GET_STATUS, CLEAR_FEATURE, SET_FEATURE, GET_DESCRIPTOR = 0, 1, 3, 6
DT_DEVICE, DT_CONFIG, DT_STRING, DT_QUALIFIER, DT_HID, DT_REPORT = 1, 2, 3, 6, 0x21, 0x22


class Mark:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


STALL = Mark("STALL")
HANG = Mark("HANG")  # never answered; until reset, cancel or pull


class Endpoint:
    def __init__(self, address, kind, size=512, interval=0):
        self.address, self.kind, self.size, self.interval = address, kind, size, interval

    def descriptor(self):
        return struct.pack("<BBBBHB", 7, 5, self.address, self.kind, self.size, self.interval)


class Interface:
    """A dumb interface of any class: it answers no class request and has no data."""

    def __init__(self, cls=0xFF, sub=0, proto=0, endpoints=(), extra=b"", string=None):
        self.number = 0
        self.cls, self.sub, self.proto = cls, sub, proto
        self.endpoints = list(endpoints)
        self.extra = extra  # class-specific descriptors, after the interface's
        self.string = string
        self.device = None

    def descriptor(self, string_index):
        head = struct.pack("<BBBBBBBBB", 9, 4, self.number, 0, len(self.endpoints), self.cls,
                           self.sub, self.proto, string_index)
        return head + self.extra + b"".join(e.descriptor() for e in self.endpoints)

    def control(self, _kind, _request, _value, _length, _data):
        return STALL

    def bulk_out(self, _ep, _data):
        return b""

    def bulk_in(self, _ep, _length):
        return HANG  # nothing to say: the guest's request waits

    def interrupts_started(self, _ep):
        pass

    def reset(self):
        pass


def string_descriptor(value):
    """str as UTF-16; bytes as they are, whatever they are (at most 252)."""
    data = value.encode("utf-16-le", "surrogatepass") if isinstance(value, str) else bytes(value)
    return struct.pack("<BB", 2 + len(data[:252]), DT_STRING) + data[:252]


class Device:
    """strings: manufacturer, product_name, serial may be None (absent), str or raw bytes."""

    def __init__(self, interfaces, vendor=0x1209, product=0x0001, serial=None, manufacturer="Acme",
                 product_name="Gadget", cls=0, sub=0, proto=0, bcd_device=0x0100, bcd_usb=0x0200,
                 speed="high", config_descriptor=None, device_descriptor=None):
        self.interfaces = list(interfaces)
        self.vendor, self.product = vendor, product
        self.cls, self.sub, self.proto = cls, sub, proto
        self.bcd_device, self.bcd_usb, self.speed = bcd_device, bcd_usb, speed
        self.configuration = 0
        self.server = None
        self.strings = [None]
        self.control_log = []  # (kind, request, value, index, length): what the host asked
        self.owner = {}
        addresses = {True: 1, False: 1}
        for number, interface in enumerate(self.interfaces):
            interface.number, interface.device = number, self
            for ep in interface.endpoints:
                inward = bool(ep.address & 0x80)
                if not ep.address & 0x0F:
                    ep.address |= addresses[inward]
                addresses[inward] = max(addresses[inward], (ep.address & 0x0F) + 1)
                self.owner[ep.address] = interface
        indexes = [self.add_string(s) for s in (manufacturer, product_name, serial)]
        self.device_descriptor = device_descriptor or struct.pack(
            "<BBHBBBBHHHBBBB", 18, DT_DEVICE, bcd_usb, cls, sub, proto, 64, vendor, product,
            bcd_device, *indexes, 1)
        self.config_descriptor = config_descriptor or self.make_config()

    def add_string(self, value):
        if value is None:
            return 0
        self.strings.append(value)
        return len(self.strings) - 1

    def make_config(self):
        body = b"".join(i.descriptor(self.add_string(i.string)) for i in self.interfaces)
        return struct.pack("<BBHBBBBB", 9, DT_CONFIG, 9 + len(body), len(self.interfaces), 1, 0,
                           0x80, 50) + body

    # --- what the host asks -----------------------------------------------------------------

    def control(self, kind, request, value, index, length, data):
        self.control_log.append((kind, request, value, index, length))
        recipient = kind & 0x1F
        if kind & 0x60 == 0 and recipient == 0 and request == GET_DESCRIPTOR:
            return self.get_descriptor(value >> 8, value & 0xFF)
        if kind & 0x60 == 0 and request == GET_STATUS and recipient != 1:
            return b"\0\0"
        if kind & 0x60 == 0 and request in (CLEAR_FEATURE, SET_FEATURE):
            return b""
        if recipient == 1:
            for interface in self.interfaces:
                if interface.number == index & 0xFF:
                    return interface.control(kind, request, value, length, data)
        return STALL

    def get_descriptor(self, kind, index):
        if kind == DT_DEVICE:
            return self.device_descriptor
        if kind == DT_CONFIG and index == 0:
            return self.config_descriptor
        if kind == DT_STRING and index == 0:
            return struct.pack("<BBH", 4, DT_STRING, 0x0409)
        if kind == DT_STRING and 0 < index < len(self.strings):
            return string_descriptor(self.strings[index])
        if kind == DT_QUALIFIER and self.speed == "high":
            return struct.pack("<BBHBBBBBB", 10, DT_QUALIFIER, self.bcd_usb, self.cls, self.sub,
                               self.proto, 64, 1, 0)
        return STALL

    def bulk_out(self, ep, data):
        return self.owner[ep].bulk_out(ep, data) if ep in self.owner else STALL

    def bulk_in(self, ep, length):
        return self.owner[ep].bulk_in(ep, length) if ep in self.owner else STALL

    def interrupt_out(self, ep, data):
        if ep in self.owner:
            self.owner[ep].bulk_out(ep, data)

    def interrupts_started(self, ep):
        if ep in self.owner:
            self.owner[ep].interrupts_started(ep)

    def reset(self):
        self.configuration = 0
        for interface in self.interfaces:
            interface.reset()


KEYBOARD_REPORT = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503"
    "9103950675081500256505071900296581 00c0")


class Keyboard(Interface):
    """A boot keyboard that can type: press(usage code of the HID table)."""

    def __init__(self, string=None):
        hid = struct.pack("<BBHBBBH", 9, DT_HID, 0x0111, 0, 1, DT_REPORT, len(KEYBOARD_REPORT))
        super().__init__(3, 1, 1, [Endpoint(0x80, INTERRUPT, 8, 8)], hid, string)
        self.reports = []

    def control(self, kind, request, value, length, data):
        if kind == 0x81 and request == GET_DESCRIPTOR and value >> 8 == DT_REPORT:
            return KEYBOARD_REPORT
        if kind == 0xA1:
            return bytes(8)
        return b"" if kind == 0x21 else STALL

    def press(self, usage, modifiers=0):
        """True if the guest listens to this keyboard."""
        ep = self.endpoints[0].address
        heard = self.device.server.interrupt(ep, bytes([modifiers, 0, usage, 0, 0, 0, 0, 0]))
        return self.device.server.interrupt(ep, bytes(8)) and heard


class Mtp(Interface):
    """Still image class (06), or a vendor class that is MTP by its interface string."""

    def __init__(self, vendor_class=False, string="MTP"):
        cls = (0xFF, 0xFF, 0) if vendor_class else (6, 1, 1)
        super().__init__(*cls, [Endpoint(0x80, BULK), Endpoint(0x00, BULK),
                                Endpoint(0x80, INTERRUPT, 28, 6)], b"", string)
