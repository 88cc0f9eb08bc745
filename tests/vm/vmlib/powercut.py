# SPDX-License-Identifier: LGPL-2.1-or-later
"""A disk that loses at a power cut what the guest had not flushed: an NBD server with a write
cache. Writes wait in memory; FLUSH (and FUA) commits them to the platter; a cut drops them.

The disk can stand still at a write or a flush of the test's choice, so that the moment of a cut
needs no luck: what was asked is done, and nobody is told until go_on()."""
import contextlib
import functools
import os
import random
import socket
import struct
import subprocess
import tempfile
import threading

from . import cache

BLOCK = 4096
NBD_MAGIC, OPT_MAGIC, REPLY_MAGIC = 0x4E42444D41474943, 0x49484156454F5054, 0x0003E889045565A9
REQUEST_MAGIC, SIMPLE_MAGIC = 0x25609513, 0x67446698
OPT_EXPORT_NAME, OPT_ABORT, OPT_INFO, OPT_GO = 1, 2, 6, 7
REP_ACK, REP_INFO, REP_ERR_UNSUP = 1, 3, (1 << 31) + 1
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
FLAG_FUA_COMMAND = 1
EXPORT_FLAGS = 1 | 4 | 8  # has flags, FLUSH, FUA


class CutDisk:
    """Over a layer's disk; lives through several boots of one lab."""

    def __init__(self, disk, folder, seed=None):
        self.disk = disk
        self.base = open(raw_base(disk), "rb")  # pylint: disable=consider-using-with
        self.size = os.fstat(self.base.fileno()).st_size
        self.committed = {}     # blocks on the platter that differ from the base
        self.pending = {}       # blocks written, not flushed
        self.lock = threading.RLock()
        self.random = random.Random(seed)
        self.lost = 0
        self.flushes = 0
        self.changes = 0        # writes and flushes
        self.power = True
        self.rule = None        # asked after each change, with its kind: stand still now?
        self.standing = threading.Event()
        self.held = []          # what waits meanwhile
        self.path = os.path.join(tempfile.mkdtemp(prefix="cut.", dir=folder), "nbd")
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(self.path)
        self.server.listen(4)
        threading.Thread(target=self.accept, daemon=True).start()

    def blockdev(self, node="disk0"):
        return {"node-name": node, "driver": "raw",
                "file": {"driver": "nbd", "export": "disk",
                         "server": {"type": "unix", "path": self.path}}}

    def platter(self, keep=0.0):
        """What a power cut in this moment leaves, for load(). keep: the share of what was not
        flushed that reaches the platter all the same, in any order, as on a real disk."""
        with self.lock:
            kept = {n: data for n, data in self.pending.items() if self.random.random() < keep}
            return {**self.committed, **kept}

    def cut(self, keep=0.0):
        """The power goes: what was not flushed is gone. The number of blocks lost."""
        with self.lock:
            before = len(self.pending)
            self.committed = self.platter(keep)
            self.lost = before - sum(self.committed.get(n) is data
                                     for n, data in self.pending.items())
            self.pending.clear()
            self.power = False
        return self.lost

    def load(self, platter):
        """Another disk in this one's place; nobody may be using it."""
        with self.lock:
            self.committed = dict(platter)
            self.pending.clear()

    def stand_when(self, rule):
        """Stand still as soon as rule(WRITE or FLUSH) is true; None: go on for good."""
        with self.lock:
            self.rule = rule
        if rule is None:
            self.go_on()

    def stand_after(self, changes):
        """Stand still at that write or flush from now on, once."""
        end = self.changes + changes
        self.stand_when(lambda kind: self.changes == end)

    def go_on(self):
        with self.lock:
            self.standing.clear()
            held, self.held = self.held, []
        for request in held:
            self.change(*request)

    def accept(self):
        while True:
            try:
                conn, _ = self.server.accept()
            except OSError:
                return
            with self.lock:
                self.power = True
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    # --- blocks -----------------------------------------------------------------------------

    def block(self, number):
        data = self.pending.get(number)
        if data is None:
            data = self.committed.get(number)
        if data is None:
            data = os.pread(self.base.fileno(), BLOCK, number * BLOCK)
        return data

    def read(self, offset, length):
        first, last = offset // BLOCK, (offset + length - 1) // BLOCK
        with self.lock:
            if not any(n in self.pending or n in self.committed for n in range(first, last + 1)):
                return os.pread(self.base.fileno(), length, offset)
            whole = b"".join(self.block(n) for n in range(first, last + 1))
        start = offset - first * BLOCK
        return whole[start:start + length]

    def write(self, offset, data, through):
        with self.lock:
            if not self.power:
                return
            done = 0
            while done < len(data):
                number, inside = divmod(offset + done, BLOCK)
                piece = data[done:done + BLOCK - inside]
                if len(piece) < BLOCK:
                    old = self.block(number)
                    piece = old[:inside] + piece + old[inside + len(piece):]
                if through:
                    self.pending.pop(number, None)
                    self.committed[number] = piece
                else:
                    self.pending[number] = piece
                done += BLOCK - inside

    def flush(self):
        with self.lock:
            if not self.power:
                return
            self.flushes += 1
            self.committed.update(self.pending)
            self.pending.clear()

    def change(self, kind, apply, answer):
        """A write or a flush: done and answered; neither while the disk stands still."""
        with self.lock:
            if self.standing.is_set():
                self.held.append((kind, apply, answer))
                return
            if apply:
                apply()
                self.changes += 1
                if self.rule and self.rule(kind):
                    self.held.append((kind, None, answer))
                    self.standing.set()
                    return
        answer()

    # --- the protocol -----------------------------------------------------------------------

    def serve(self, conn):
        try:
            if self.handshake(conn):
                self.transmit(conn)
        except (OSError, EOFError):
            pass
        finally:
            conn.close()

    def handshake(self, conn):
        conn.sendall(struct.pack(">QQH", NBD_MAGIC, OPT_MAGIC, 1))  # fixed newstyle
        flags = struct.unpack(">I", receive(conn, 4))[0]
        while True:
            _magic, option, length = struct.unpack(">QII", receive(conn, 16))
            receive(conn, length)
            if option == OPT_EXPORT_NAME:
                conn.sendall(struct.pack(">QH", self.size, EXPORT_FLAGS))
                if not flags & 2:
                    conn.sendall(bytes(124))
                return True
            if option in (OPT_INFO, OPT_GO):
                info = struct.pack(">HQH", 0, self.size, EXPORT_FLAGS)
                option_reply(conn, option, REP_INFO, info)
                option_reply(conn, option, REP_ACK, b"")
                if option == OPT_GO:
                    return True
            elif option == OPT_ABORT:
                option_reply(conn, option, REP_ACK, b"")
                return False
            else:
                option_reply(conn, option, REP_ERR_UNSUP, b"")

    def transmit(self, conn):
        sending = threading.Lock()

        def answer(handle, data=b"", error=0):
            with sending, contextlib.suppress(OSError):  # a machine that ended hears nothing
                conn.sendall(struct.pack(">IIQ", SIMPLE_MAGIC, error, handle) + data)

        while True:
            magic, flags, kind, handle, offset, length = struct.unpack(
                ">IHHQQI", receive(conn, 28))
            if magic != REQUEST_MAGIC or kind == DISCONNECT:
                return
            if kind == READ:
                answer(handle, self.read(offset, length))
            elif kind == WRITE:
                write = functools.partial(self.write, offset, receive(conn, length),
                                          flags & FLAG_FUA_COMMAND)
                self.change(WRITE, write, functools.partial(answer, handle))
            elif kind == FLUSH:
                self.change(FLUSH, self.flush, functools.partial(answer, handle))
            else:
                answer(handle, error=22)

    def close(self):
        self.server.close()
        self.base.close()


def option_reply(conn, option, kind, data):
    conn.sendall(struct.pack(">QIII", REPLY_MAGIC, option, kind, len(data)) + data)


def receive(conn, length):
    parts = []
    while length:
        data = conn.recv(min(length, 1 << 20))
        if not data:
            raise EOFError
        parts.append(data)
        length -= len(data)
    return b"".join(parts)


def raw_base(disk):
    """The layer's disk as one raw file, made once."""
    if disk.format == "raw":
        return disk.path
    raw = os.path.join(os.path.dirname(disk.path), "root.raw")
    with cache.locked(raw + ".lock"):
        if not os.path.exists(raw):
            subprocess.run(["qemu-img", "convert", "-O", "raw", disk.path, raw + ".tmp"], check=True)
            os.rename(raw + ".tmp", raw)
    return raw
