# SPDX-License-Identifier: LGPL-2.1-or-later
"""Keeps every uevent, the kernel's and udev's, from the agent's start on, so that a test can say
what did appear, what never appeared, and when. In memory: it lives through a saved state.
"""
import collections
import socket
import struct
import threading
import time

NETLINK_KOBJECT_UEVENT = 15
KERNEL, UDEV = 1, 2
UDEV_MAGIC = 0xFEEDCAFE
SO_RCVBUFFORCE = 33
KEEP = 50000


def parse_kernel(data):
    parts = data.split(b"\0")
    return properties(parts[1:])


def parse_udev(data):
    """struct monitor_netlink_header of libudev: "libudev", magic, header and property offsets."""
    if not data.startswith(b"libudev\0"):
        return None
    magic, _size, offset, length = struct.unpack_from("!I", data, 8) + struct.unpack_from("=III", data, 12)
    if magic != UDEV_MAGIC:
        return None
    return properties(data[offset:offset + length].split(b"\0"))


def properties(parts):
    found = {}
    for part in parts:
        key, eq, value = part.partition(b"=")
        if eq:
            found[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    return found


class Listener:
    """Numbers events from 1. `overflow` counts what the kernel had to drop (must stay 0)."""

    def __init__(self):
        self.events = collections.deque(maxlen=KEEP)
        self.count = 0
        self.overflow = 0
        self.changed = threading.Condition()

    def start(self):
        for group, source in ((KERNEL, "kernel"), (UDEV, "udev")):
            sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_KOBJECT_UEVENT)
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
            sock.bind((0, group))
            threading.Thread(target=self.listen, args=(sock, source), daemon=True).start()

    def listen(self, sock, source):
        while True:
            try:
                data, sender = sock.recvfrom(65536)
            except OSError:  # ENOBUFS
                self.overflow += 1
                continue
            stamp = time.monotonic()
            if source == "kernel" and sender[0] != 0:
                continue
            props = parse_kernel(data) if source == "kernel" else parse_udev(data)
            if props is None:
                continue
            with self.changed:
                self.count += 1
                self.events.append({"n": self.count, "mono": stamp, "source": source,
                                    "props": props})
                self.changed.notify_all()

    def last(self):
        with self.changed:
            return self.count

    def since(self, number, match=None, source=None):
        return [e for e in self.events if e["n"] > number
                and (source is None or e["source"] == source) and matches(e, match)]

    def op_get(self, req):
        with self.changed:
            return {"events": self.since(req.get("since", 0), req.get("match"),
                                         req.get("source")),
                    "last": self.count, "overflow": self.overflow}

    def op_wait(self, req):
        """Block until `count` events after `since` match, or the deadline."""
        deadline = time.monotonic() + req.get("timeout", 60)
        with self.changed:
            while True:
                found = self.since(req.get("since", 0), req.get("match"), req.get("source"))
                left = deadline - time.monotonic()
                if len(found) >= req.get("count", 1) or left <= 0:
                    return {"events": found, "reached": len(found) >= req.get("count", 1),
                            "last": self.count, "overflow": self.overflow}
                self.changed.wait(left)


def matches(event, match):
    """match: {KEY: value, or list of values, or None for "absent"}; * at the end is a prefix."""
    for key, want in (match or {}).items():
        have = event["props"].get(key)
        wants = want if isinstance(want, list) else [want]
        if not any(have == w or (isinstance(w, str) and w.endswith("*") and have is not None
                                 and have.startswith(w[:-1])) for w in wants):
            return False
    return True
