# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small client of QEMU's monitor (QMP): commands, and events kept until somebody asks."""
import json
import socket
import time


class QmpError(Exception):
    pass


class Qmp:
    def __init__(self, path, deadline=30):
        self.sock = connect_unix(path, deadline)
        self.buffer = b""
        self.events = []
        self.read_message(deadline)  # the greeting
        self.cmd("qmp_capabilities")

    def read_message(self, timeout):
        end = time.monotonic() + timeout
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("QMP: no answer in %s s" % timeout)
            self.sock.settimeout(left)
            try:
                data = self.sock.recv(65536)
            except socket.timeout:
                continue
            if not data:
                raise QmpError("QEMU closed its monitor")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def cmd(self, name, timeout=120, **args):
        request = {"execute": name}
        if args:
            request["arguments"] = args
        self.sock.sendall(json.dumps(request).encode() + b"\n")
        end = time.monotonic() + timeout
        while True:
            message = self.read_message(max(0.1, end - time.monotonic()))
            if "event" in message:
                self.events.append(message)
            elif "error" in message:
                raise QmpError("%s %s: %s" % (name, args, message["error"]["desc"]))
            elif "return" in message:
                return message["return"]

    def wait_event(self, name, timeout=60, **data):
        """Take the first event of that name whose data carries all of `data`; older ones stay."""
        end = time.monotonic() + timeout
        while True:
            for event in self.events:
                have = event.get("data", {})
                if event["event"] == name and all(have.get(k) == v for k, v in data.items()):
                    self.events.remove(event)
                    return event
            message = self.read_message(max(0.01, end - time.monotonic()))
            if "event" in message:
                self.events.append(message)

    def close(self):
        self.sock.close()


def connect_unix(path, deadline):
    """Connect as soon as the other side listens."""
    end = time.monotonic() + deadline
    while True:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(path)
            return sock
        except (FileNotFoundError, ConnectionRefusedError):
            sock.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
