# SPDX-License-Identifier: LGPL-2.1-or-later
"""Descriptors of real devices from what people publish of them: `lsusb -v`, the kernel's list (usb/devices, usb-devices), and
lists of smart card readers. Mail quoting is looked through. What is not understood is left out."""
import quopri
import re

QUOTE = re.compile(r"^[>|\s]*(?:[>|]\s?)")
SECTIONS = {"Device Descriptor:": "device", "Configuration Descriptor:": "configuration", "Interface Descriptor:": "interface",
            "Endpoint Descriptor:": "endpoint"}
FIELD = re.compile(r"^(?:b|bm|bcd|id|i|w|Max)[A-Z]\w*$")
LISTED = re.compile(r"(\S+?)=\s*([^\s=]+(?:\([^)]*\))?)")


class Device:
    def __init__(self):
        self.fields, self.names, self.configurations, self.drivers = {}, {}, [], []

    def interfaces(self):
        return [one for configuration in self.configurations for one in configuration["interfaces"]]

    def triples(self):
        return [(i.get("bInterfaceClass", 0), i.get("bInterfaceSubClass", 0), i.get("bInterfaceProtocol", 0)) for i in self.interfaces()]

    def key(self):
        return (self.fields.get("idVendor", 0), self.fields.get("idProduct", 0), self.fields.get("bDeviceClass", 0), tuple(self.triples()))

    def is_whole(self):
        return "idVendor" in self.fields and "idProduct" in self.fields and bool(self.interfaces())

    def name(self):
        return " ".join(self.names[n] for n in ("iManufacturer", "iProduct") if self.names.get(n))

    def blob(self):
        """The bytes that the kernel would show in `descriptors`."""
        def word(number):
            return bytes([number & 0xff, number >> 8 & 0xff])
        get = self.fields.get
        out = bytes([18, 1]) + word(get("bcdUSB", 0x200)) + bytes([get("bDeviceClass", 0) & 0xff, get("bDeviceSubClass", 0) & 0xff,
                                                                  get("bDeviceProtocol", 0) & 0xff, 64])
        out += word(get("idVendor", 0)) + word(get("idProduct", 0)) + word(get("bcdDevice", 0))
        out += bytes([get("iManufacturer", 0) & 0xff, get("iProduct", 0) & 0xff, get("iSerial", 0) & 0xff, len(self.configurations)])
        for number, configuration in enumerate(self.configurations, 1):
            body = b""
            for one in configuration["interfaces"]:
                body += bytes([9, 4] + [one.get(name, 0) & 0xff for name in (
                    "bInterfaceNumber", "bAlternateSetting")] + [len(one["endpoints"]) or one.get("bNumEndpoints", 0) & 0xff] + [
                    one.get(name, 0) & 0xff for name in ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol", "iInterface")])
                for end in one["endpoints"]:
                    body += bytes([7, 5, end.get("bEndpointAddress", 0) & 0xff, end.get("bmAttributes", 0) & 0xff]) + word(
                        end.get("wMaxPacketSize", 0)) + bytes([end.get("bInterval", 0) & 0xff])
            count = len({one.get("bInterfaceNumber", 0) for one in configuration["interfaces"]})
            out += bytes([9, 2]) + word(9 + len(body)) + bytes([count, configuration.get("bConfigurationValue", number) & 0xff, 0, 0x80, 50]) + body
        return out


def number_of(text):
    """"0x0781", "2.00" (BCD), "6": as lsusb writes them; None where it is no number."""
    try:
        if re.fullmatch(r"[0-9a-fA-F]{1,2}\.[0-9a-fA-F]{1,2}", text):
            major, minor = text.split(".")
            return int(major, 16) << 8 | int(minor.ljust(2, "0"), 16)
        return int(text, 16) if text.lower().startswith("0x") else int(text)
    except ValueError:
        return None


class Reader:
    """One text, line by line; `found` gets each whole device."""

    def __init__(self):
        self.found, self.device, self.section = [], None, None

    def begin(self):
        self.finish()
        self.device, self.section = Device(), None

    def finish(self):
        if self.device and self.device.is_whole():
            self.found.append(self.device)
        self.device = None

    def interface(self):
        self.device.configurations = self.device.configurations or [{"interfaces": []}]
        self.device.configurations[-1]["interfaces"].append({"endpoints": []})
        return self.device.configurations[-1]["interfaces"][-1]

    def open_section(self, kind):
        if kind == "device":
            self.begin()
        elif kind == "configuration" and self.device:
            self.device.configurations.append({"interfaces": []})
        elif kind == "interface" and self.device:
            self.interface()
        elif kind == "endpoint" and self.device and self.device.interfaces():
            self.device.interfaces()[-1]["endpoints"].append({})
        self.section = kind

    def into(self):
        if self.section == "device":
            return self.device.fields
        if self.section == "configuration":
            return self.device.configurations[-1]
        interfaces = self.device.interfaces()
        if self.section == "interface" and interfaces:
            return interfaces[-1]
        if self.section == "endpoint" and interfaces and interfaces[-1]["endpoints"]:
            return interfaces[-1]["endpoints"][-1]
        return None

    def lsusb(self, line):
        words = line.split(None, 2)
        target = self.into() if self.device and self.section else None
        if target is None or len(words) < 2 or not FIELD.match(words[0]):
            return
        number = number_of(words[1])
        if number is not None and words[0] not in target:
            target[words[0]] = number
            if words[0] in ("iManufacturer", "iProduct") and len(words) > 2:
                self.device.names[words[0]] = words[2].strip()

    def listed(self, line):
        letter, values = line[0], dict(LISTED.findall(line[2:].replace("#=", "=").replace("#", "N")))
        def hexed(name):
            return int(re.match(r"(?:0x)?([0-9a-fA-F]+)", values.get(name, "0")).group(1), 16)
        if letter in "TP" and (letter == "T" or (self.device and "idVendor" in self.device.fields) or not self.device):
            self.begin()
        if letter == "D":
            self.device = self.device or Device()
            self.device.fields.update(bDeviceClass=hexed("Cls"), bDeviceSubClass=hexed("Sub"), bDeviceProtocol=hexed("Prot"))
        elif letter == "P" and "Vendor" in values and "ProdID" in values:
            self.device.fields.update(idVendor=hexed("Vendor"), idProduct=hexed("ProdID"))
        elif letter == "S" and self.device:
            found = re.match(r"S:\s*(Manufacturer|Product)=(.*)", line)
            if found:
                self.device.names["i" + found.group(1)] = found.group(2).strip()
        elif letter == "C" and self.device:
            self.device.configurations.append({"interfaces": []})
        elif letter == "I" and self.device and "Cls" in values:
            self.interface().update(bInterfaceNumber=hexed("If"), bAlternateSetting=hexed("Alt"), bNumEndpoints=hexed("NEPs"),
                                    bInterfaceClass=hexed("Cls"), bInterfaceSubClass=hexed("Sub"), bInterfaceProtocol=hexed("Prot"))
            self.device.drivers.append(values.get("Driver", ""))
        elif letter == "E" and self.device and self.device.interfaces() and "Ad" in values:
            self.device.interfaces()[-1]["endpoints"].append({"bEndpointAddress": hexed("Ad"), "bmAttributes": hexed("Atr")})

    def reader_list(self, line):
        """A smart card reader's own list: "idVendor: 0x072F", an interface of it and no more."""
        name, _colon, value = line.partition(":")
        number = number_of(value.split()[0]) if value.split() else None
        if name == "idVendor":
            self.begin()
        if not self.device or number is None and name not in ("iManufacturer", "iProduct"):
            return
        if name in ("idVendor", "idProduct"):
            self.device.fields[name] = number
        elif name in ("iManufacturer", "iProduct"):
            self.device.names[name] = value.strip()
        elif name.startswith("bInterface") or name == "bAlternateSetting" or name == "bNumEndpoints":
            one = self.interface() if name == "bInterfaceNumber" or not self.device.interfaces() else self.device.interfaces()[-1]
            one[name] = number

    def line(self, text):
        line = QUOTE.sub("", text).strip()
        if line in SECTIONS:
            self.open_section(SECTIONS[line])
        elif line.endswith(":") and not line.startswith("**"):
            self.section = None
        elif re.match(r"[TDPSCIE]:[ *]", line):
            self.listed(line)
        elif re.match(r"(?:id|i|b)[A-Z]\w+: ", line):
            self.reader_list(line)
        else:
            self.lsusb(line)


def read(text):
    """Every device that is described in @text."""
    reader = Reader()
    if re.search(r"^Content-Transfer-Encoding: quoted-printable", text, re.M | re.I) or "Vendor=3D" in text:
        text = quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    for line in text.splitlines():
        reader.line(line)
    reader.finish()
    return reader.found
