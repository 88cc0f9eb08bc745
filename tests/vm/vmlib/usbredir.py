# SPDX-License-Identifier: LGPL-2.1-or-later
"""A USB device of one's own, for QEMU's usb-redir: the server side of the usbredir protocol.

One thread a device. What the device is and answers is a usbdev.Device; this file only carries it.
Protocol: usbredir-protocol.md of the SPICE project."""
import os
import queue
import socket
import struct
import tempfile
import threading

from . import usbdev
from .devices import Plug

HELLO, CONNECT, DISCONNECT, RESET, INTERFACE_INFO, EP_INFO = range(6)
SET_CONFIG, GET_CONFIG, CONFIG_STATUS, SET_ALT, GET_ALT, ALT_STATUS = range(6, 12)
START_ISO, STOP_ISO, ISO_STATUS = 12, 13, 14
START_INT, STOP_INT, INT_STATUS = 15, 16, 17
CANCEL = 21
CONTROL, BULK, ISO, INTERRUPT = 100, 101, 102, 103
CAP_VERSION, CAP_MAX_PACKET, CAP_64BIT_IDS, CAP_32BIT_BULK = 1, 4, 5, 6
CAPS = sum(1 << cap for cap in (CAP_VERSION, CAP_MAX_PACKET, CAP_64BIT_IDS, CAP_32BIT_BULK))
SUCCESS, CANCELLED, INVALID, IOERROR, STALL = 0, 1, 2, 3, 4
SPEEDS = {"low": 0, "full": 1, "high": 2, "super": 3}
UNUSED_EP = 255


class Server:
    """Serves one device to one QEMU; a new connection is a new plug."""

    def __init__(self, device):
        self.device = device
        self.folder = tempfile.mkdtemp(prefix="bmredir.")
        self.path = os.path.join(self.folder, "s")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen(1)
        self.conn = None
        self.send_lock = threading.Lock()
        self.waiting = {}     # bulk IN packets that have no data yet: (ep, id) in order
        self.interrupts = set()
        self.wide_ids = self.wide_bulk = False
        self.errors = queue.Queue()
        device.server = self
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            self.conn = conn
            self.waiting, self.interrupts = {}, set()
            self.wide_ids = self.wide_bulk = False
            try:
                self.serve(conn)
            except (OSError, EOFError):
                pass
            except Exception as error:  # pylint: disable=broad-except  # shown by the test's end
                self.errors.put(error)
                raise
            finally:
                conn.close()

    # --- packets ----------------------------------------------------------------------------

    def read(self, length):
        parts = []
        while length:
            data = self.conn.recv(min(length, 1 << 20))
            if not data:
                raise EOFError
            parts.append(data)
            length -= len(data)
        return b"".join(parts)

    def send(self, kind, ident, data=b""):
        head = struct.pack("<IIQ" if self.wide_ids else "<III", kind, len(data), ident)
        with self.send_lock:
            try:
                self.conn.sendall(head + data)
            except OSError:
                pass  # QEMU has gone, or the device was pulled

    def serve(self, _conn):
        # both hellos have narrow ids: nothing is agreed yet
        self.send(HELLO, 0, b"baomi-test".ljust(64, b"\0") + struct.pack("<I", CAPS))
        _kind, length, _ident = struct.unpack("<III", self.read(12))
        hello = self.read(length)
        theirs = struct.unpack_from("<I", hello, 64)[0] if length >= 68 else 0
        both = theirs & CAPS
        self.wide_ids = bool(both >> CAP_64BIT_IDS & 1)
        self.wide_bulk = bool(both >> CAP_32BIT_BULK & 1)
        self.introduce(both)
        while True:
            if self.wide_ids:
                kind, length, ident = struct.unpack("<IIQ", self.read(16))
            else:
                kind, length, ident = struct.unpack("<III", self.read(12))
            self.handle(kind, ident, self.read(length))

    def introduce(self, caps):
        dev = self.device
        interfaces = dev.interfaces[:32]
        columns = [bytes(getattr(i, key) & 0xFF for i in interfaces).ljust(32, b"\0")
                   for key in ("number", "cls", "sub", "proto")]
        self.send(INTERFACE_INFO, 0, struct.pack("<I", len(interfaces)) + b"".join(columns))
        kinds, intervals = bytearray([UNUSED_EP] * 32), bytearray(32)
        owners, sizes = bytearray(32), [0] * 32
        kinds[0] = kinds[16] = 0
        sizes[0] = sizes[16] = 64
        for interface in interfaces:
            for ep in interface.endpoints:
                index = (ep.address & 0x80) >> 3 | ep.address & 0x0F
                kinds[index], intervals[index] = ep.kind, ep.interval
                owners[index], sizes[index] = interface.number & 0xFF, ep.size
        info = bytes(kinds) + bytes(intervals) + bytes(owners)
        if caps >> CAP_MAX_PACKET & 1:
            info += struct.pack("<32H", *sizes)
        self.send(EP_INFO, 0, info)
        connect = struct.pack("<BBBBHH", SPEEDS[dev.speed], dev.cls, dev.sub, dev.proto,
                              dev.vendor, dev.product)
        if caps >> CAP_VERSION & 1:
            connect += struct.pack("<H", dev.bcd_device)
        self.send(CONNECT, 0, connect)

    def handle(self, kind, ident, data):
        if kind == CONTROL:
            self.control(ident, data)
        elif kind == BULK:
            self.bulk(ident, data)
        elif kind == INTERRUPT:
            ep, _status, length = struct.unpack_from("<BBH", data)
            self.device.interrupt_out(ep, data[4:])
            self.send(INTERRUPT, ident, struct.pack("<BBH", ep, SUCCESS, length))
        elif kind == START_INT:
            self.interrupts.add(data[0])
            self.send(INT_STATUS, ident, bytes([SUCCESS, data[0]]))
            self.device.interrupts_started(data[0])
        elif kind == STOP_INT:
            self.interrupts.discard(data[0])
            self.send(INT_STATUS, ident, bytes([SUCCESS, data[0]]))
        elif kind in (START_ISO, STOP_ISO):
            self.send(ISO_STATUS, ident, bytes([STALL, data[0]]))
        elif kind == SET_CONFIG:
            self.device.configuration = data[0]
            self.send(CONFIG_STATUS, ident, bytes([SUCCESS, data[0]]))
        elif kind == GET_CONFIG:
            self.send(CONFIG_STATUS, ident, bytes([SUCCESS, self.device.configuration]))
        elif kind == SET_ALT:
            self.send(ALT_STATUS, ident, bytes([SUCCESS, data[0], data[1]]))
        elif kind == GET_ALT:
            self.send(ALT_STATUS, ident, bytes([SUCCESS, data[0], 0]))
        elif kind == RESET:
            self.waiting.clear()
            self.device.reset()
        elif kind == CANCEL:
            self.cancel(ident)

    def control(self, ident, data):
        ep, request, kind, _status, value, index, length = struct.unpack_from("<BBBBHHH", data)
        answer = self.device.control(kind, request, value, index, length, data[10:])
        status = STALL if answer is usbdev.STALL else SUCCESS
        if answer is usbdev.HANG:
            return
        back = answer[:length] if status == SUCCESS and kind & 0x80 else b""
        done = len(back) if kind & 0x80 else (length if status == SUCCESS else 0)
        self.send(CONTROL, ident, struct.pack("<BBBBHHH", ep, request, kind, status, value, index,
                                              done) + back)

    def bulk(self, ident, data):
        ep, _status, low, stream = struct.unpack_from("<BBHI", data)
        size = 10 if self.wide_bulk else 8
        length = low | (struct.unpack_from("<H", data, 8)[0] << 16 if self.wide_bulk else 0)
        if ep & 0x80:
            answer = self.device.bulk_in(ep, length)
            if answer is usbdev.HANG:
                self.waiting[ident] = (ep, stream)
                return
            status = STALL if answer is usbdev.STALL else SUCCESS
            self.bulk_reply(ident, ep, stream, status, b"" if status else answer[:length])
        else:
            answer = self.device.bulk_out(ep, data[size:])
            if answer is usbdev.HANG:
                self.waiting[ident] = (ep, stream)
                return
            status = STALL if answer is usbdev.STALL else SUCCESS
            self.bulk_reply(ident, ep, stream, status, b"", length if status == SUCCESS else 0)

    def bulk_reply(self, ident, ep, stream, status, data, length=None):
        length = len(data) if length is None else length
        head = struct.pack("<BBHI", ep, status, length & 0xFFFF, stream)
        if self.wide_bulk:
            head += struct.pack("<H", length >> 16)
        self.send(BULK, ident, head + data)

    def cancel(self, ident):
        waiting = self.waiting.pop(ident, None)
        if waiting:
            self.bulk_reply(ident, waiting[0], waiting[1], CANCELLED, b"")

    # --- for the device and the test --------------------------------------------------------

    def interrupt(self, ep, data):
        """Send a report on an interrupt IN endpoint, if the guest listens there."""
        if ep in self.interrupts:
            self.send(INTERRUPT, 0, struct.pack("<BBH", ep, SUCCESS, len(data)) + data)
        return ep in self.interrupts

    def disconnect(self):
        if self.conn:
            self.send(DISCONNECT, 0)

    def close(self):
        self.listener.close()
        if self.conn:
            try:
                self.conn.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        if os.path.exists(self.path):
            os.unlink(self.path)
            os.rmdir(self.folder)


class Redir(Plug):
    """Something to plug: a usbdev.Device by way of usb-redir."""

    def __init__(self, device):
        super().__init__("redir")
        self.device = device
        self.server = None
        self.devices.append({"driver": "usb-redir", "id": self.id, "bus": "xhci.0",
                             "chardev": self.id + "c"})

    def start(self):
        if self.server is None:
            self.server = Server(self.device)
        return self.server.path

    def plug(self, guest):
        path = self.start()
        if self.server not in guest.helpers:
            guest.helpers.append(self.server)
        guest.machine.qmp.cmd("chardev-add", id=self.id + "c", backend={
            "type": "socket", "data": {"server": False, "addr": {
                "type": "unix", "data": {"path": path}}}})
        return super().plug(guest)

    def unplug(self, guest, timeout=120):
        """Pulled: the device is gone for the guest at once, whatever it was doing."""
        self.server.disconnect()
        super().unplug(guest, timeout)  # QEMU removes the chardev with the device

    def arguments(self):
        return ["-chardev", "socket,id=%sc,path=%s,server=off" % (self.id, self.start())] \
            + super().arguments()
