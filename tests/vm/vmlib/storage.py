# SPDX-License-Identifier: LGPL-2.1-or-later
"""A mass storage interface (SCSI over Bulk-Only Transport) for usbdev, honest or not: disks that
hang on a read, answer differently the second time, or vanish in the middle."""
import os
import struct
import threading

from .usbdev import BULK, HANG, STALL, Endpoint, Interface

SECTOR = 512
FAULT = object()  # said by on_read: that place cannot be read
GOOD, CHECK = 0, 1
NO_SENSE, NOT_READY, MEDIUM_ERROR, ILLEGAL, PROTECT = 0, 2, 3, 5, 7
CBW_SIGN, CSW_SIGN = 0x43425355, 0x53425355


class Disk:
    """One LUN over a file. Hooks for tests: on_read(lba, count) may return bytes (said instead),
    HANG (never answered), FAULT (a bad sector), or None; reads lists what was read."""

    def __init__(self, medium, removable=True, read_only=False, vendor=b"ACME", model=b"Flash",
                 revision=b"1.0", on_read=None, medium_present=True):
        self.path = getattr(medium, "path", medium)
        self.medium = medium
        self.removable, self.read_only = removable, read_only
        self.vendor, self.model, self.revision = vendor, model, revision
        self.on_read = on_read
        self.present = medium_present
        self.reads, self.writes = [], []
        self.sense = (NO_SENSE, 0, 0)
        self.file = open(self.path, "rb" if read_only else "r+b")  # pylint: disable=R1732
        self.sectors = os.fstat(self.file.fileno()).st_size // SECTOR
        self.lock = threading.Lock()

    def fail(self, key, asc, ascq=0):
        self.sense = (key, asc, ascq)
        return CHECK, b""

    def execute(self, cdb, data):
        """(status, data for the host or HANG)."""
        handler = self.COMMANDS.get(cdb[0])
        if handler is None:
            return self.fail(ILLEGAL, 0x20)
        if not self.present and cdb[0] not in (0x03, 0x12, 0xA0, 0x1E):
            return self.fail(NOT_READY, 0x3A)
        return handler(self, cdb, data)

    def inquiry(self, cdb, _data):
        if cdb[1] & 1:
            page = {0: b"\0\x80", 0x80: b"BAOMI"}.get(cdb[2])
            if page is None:
                return self.fail(ILLEGAL, 0x24)
            return GOOD, bytes([0, cdb[2], 0, len(page)]) + page
        return GOOD, (bytes([0, 0x80 if self.removable else 0, 4, 2, 31, 0, 0, 0])
                      + self.vendor[:8].ljust(8) + self.model[:16].ljust(16)
                      + self.revision[:4].ljust(4))

    def request_sense(self, _cdb, _data):
        key, asc, ascq = self.sense
        self.sense = (NO_SENSE, 0, 0)
        return GOOD, bytes([0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq, 0, 0, 0, 0])

    def nothing(self, _cdb, _data):
        return GOOD, b""

    def capacity10(self, _cdb, _data):
        return GOOD, struct.pack(">II", min(self.sectors - 1, 0xFFFFFFFF), SECTOR)

    def capacity16(self, cdb, _data):
        if cdb[1] & 0x1F != 0x10:
            return self.fail(ILLEGAL, 0x20)
        return GOOD, struct.pack(">QI", self.sectors - 1, SECTOR) + bytes(20)

    def mode_sense6(self, _cdb, _data):
        return GOOD, bytes([3, 0, 0x80 if self.read_only else 0, 0])

    def mode_sense10(self, _cdb, _data):
        return GOOD, bytes([0, 6, 0, 0x80 if self.read_only else 0, 0, 0, 0, 0])

    def read(self, cdb, _data):
        lba, count = extent(cdb)
        if lba + count > self.sectors:
            return self.fail(ILLEGAL, 0x21)
        self.reads.append((lba, count))
        if self.on_read:
            answer = self.on_read(lba, count)
            if answer is FAULT:
                return self.fail(MEDIUM_ERROR, 0x11)
            if answer is HANG or answer is not None:
                return GOOD, answer
        return GOOD, os.pread(self.file.fileno(), count * SECTOR, lba * SECTOR)

    def write(self, cdb, data):
        lba, count = extent(cdb)
        if self.read_only:
            return self.fail(PROTECT, 0x27)
        if lba + count > self.sectors:
            return self.fail(ILLEGAL, 0x21)
        self.writes.append((lba, count))
        os.pwrite(self.file.fileno(), data[:count * SECTOR], lba * SECTOR)
        return GOOD, b""

    COMMANDS = {0x00: nothing, 0x03: request_sense, 0x12: inquiry, 0x1A: mode_sense6,
                0x1B: nothing, 0x1E: nothing, 0x25: capacity10, 0x28: read, 0x2A: write,
                0x2F: nothing, 0x35: nothing, 0x5A: mode_sense10, 0x88: read, 0x8A: write,
                0x91: nothing, 0x9E: capacity16, 0x08: read, 0x0A: write}


def extent(cdb):
    if cdb[0] in (0x08, 0x0A):
        return ((cdb[1] & 0x1F) << 16) | cdb[2] << 8 | cdb[3], cdb[4] or 256
    if cdb[0] in (0x28, 0x2A):
        lba, _group, count = struct.unpack(">IBH", cdb[2:9])
        return lba, count
    return struct.unpack(">QI", cdb[2:14])


def hang_from(sector):
    """An on_read hook: sectors below are answered, so that the kernel's look at the partition
    table ends and the disk appears; a read that reaches `sector` never comes back."""
    return lambda lba, count: HANG if lba + count > sector else None


def faulty(sector):
    """An on_read hook: that sector cannot be read."""
    return lambda lba, count: FAULT if lba <= sector < lba + count else None


class Storage(Interface):
    """Class 08. protocol 0x50 is BOT; 0x62 only claims to be UAS. luns: Disks."""

    def __init__(self, luns, sub=6, proto=0x50, string=None):
        super().__init__(8, sub, proto, [Endpoint(0x80, BULK), Endpoint(0x00, BULK)], b"", string)
        self.luns = list(luns)
        self.commands = []  # opcodes, as they came: none at all means it was never configured
        self.reset()

    def reset(self):
        self.cbw = None     # (tag, length, lun, cdb) while data is expected from the host
        self.received = b""
        self.answer = []    # pieces for the host's next IN transfers
        self.hanging = False

    def control(self, kind, request, value, length, data):
        if kind == 0xA1 and request == 0xFE:
            return bytes([len(self.luns) - 1])
        if kind == 0x21 and request == 0xFF:
            self.reset()
            return b""
        return STALL

    def bulk_out(self, _ep, data):
        if self.cbw is None:
            if len(data) != 31 or struct.unpack_from("<I", data)[0] != CBW_SIGN:
                return STALL
            _sign, tag, length, flags, lun, size = struct.unpack_from("<IIIBBB", data)
            command = (tag, length, lun & 15, data[15:15 + size].ljust(16, b"\0"))
            if length and not flags & 0x80:
                self.cbw, self.received = command, b""
            else:
                self.finish(command, b"", bool(flags & 0x80) and length)
            return b""
        self.received += data
        if len(self.received) >= self.cbw[1]:
            command, self.cbw = self.cbw, None
            self.finish(command, self.received, 0)
        return b""

    def finish(self, command, data, wanted):
        tag, length, lun, cdb = command
        self.commands.append(cdb[0])
        if lun >= len(self.luns):
            status, answer = CHECK, b""
        elif cdb[0] == 0xA0:
            ids = b"".join(struct.pack(">BB6x", 0, n) for n in range(len(self.luns)))
            status, answer = GOOD, struct.pack(">II", len(ids), 0) + ids
        else:
            status, answer = self.luns[lun].execute(cdb, data)
        if answer is HANG:
            self.hanging = True
            return
        moved = min(len(answer), length) if wanted else (len(data) if status == GOOD else 0)
        if wanted:
            self.answer.append(answer[:length])
        self.answer.append(struct.pack("<IIIB", CSW_SIGN, tag, length - moved, status))

    def bulk_in(self, _ep, length):
        if self.hanging or not self.answer:
            return HANG
        piece = self.answer.pop(0)
        if len(piece) > length:
            self.answer.insert(0, piece[length:])
        return piece[:length]
