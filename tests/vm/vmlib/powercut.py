# SPDX-License-Identifier: LGPL-2.1-or-later
"""A disk that loses at a power cut what the guest had not flushed: an NBD server with a write
cache. Writes wait in memory; FLUSH (and FUA) commits them to a sparse file; a cut drops them."""
import os
import random
import socket
import struct
import subprocess
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
        self.base = open(raw_base(disk), "rb")  # pylint: disable=consider-using-with
        self.size = os.fstat(self.base.fileno()).st_size
        self.file = open(os.path.join(folder, "committed"), "w+b")  # pylint: disable=R1732
        self.file.truncate(self.size)
        self.committed = set()  # blocks that the file has, not the base
        self.pending = {}       # blocks written, not flushed
        self.lock = threading.Lock()
        self.random = random.Random(seed)
        self.lost = 0
        self.flushes = 0
        self.power = True
        self.path = os.path.join(folder, "nbd")
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(self.path)
        self.server.listen(4)
        threading.Thread(target=self.accept, daemon=True).start()

    def blockdev(self):
        return {"node-name": "disk0", "driver": "raw",
                "file": {"driver": "nbd", "export": "disk",
                         "server": {"type": "unix", "path": self.path}}}

    def cut(self, keep=0.0):
        """Drop what was not flushed. keep: the share of it that reaches the platter all the same,
        in any order, as on a real disk. The number of blocks lost."""
        with self.lock:
            kept = [n for n in self.pending if self.random.random() < keep]
            for number in kept:
                self.store(number, self.pending[number])
            self.lost = len(self.pending) - len(kept)
            self.pending.clear()
            self.power = False
        return self.lost

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
            source = self.file if number in self.committed else self.base
            data = os.pread(source.fileno(), BLOCK, number * BLOCK)
        return data

    def store(self, number, data):
        os.pwrite(self.file.fileno(), data, number * BLOCK)
        self.committed.add(number)

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
                    self.store(number, piece)
                else:
                    self.pending[number] = piece
                done += BLOCK - inside

    def flush(self):
        with self.lock:
            if not self.power:
                return
            self.flushes += 1
            for number, data in self.pending.items():
                self.store(number, data)
            self.pending.clear()

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
        while True:
            magic, flags, kind, handle, offset, length = struct.unpack(
                ">IHHQQI", receive(conn, 28))
            if magic != REQUEST_MAGIC or kind == DISCONNECT:
                return
            data, error = b"", 0
            if kind == READ:
                data = self.read(offset, length)
            elif kind == WRITE:
                self.write(offset, receive(conn, length), flags & FLAG_FUA_COMMAND)
            elif kind == FLUSH:
                self.flush()
            else:
                error = 22
            conn.sendall(struct.pack(">IIQ", SIMPLE_MAGIC, error, handle) + data)

    def close(self):
        self.server.close()
        self.file.close()
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
