# SPDX-License-Identifier: LGPL-2.1-or-later
"""The host's end of the guest agent: one request at a time, a nonce in every id."""
import base64
import json
import os
import socket
import time

from .qmp import connect_unix

GRACE = 60  # beyond a command's own deadline: the guest is emulated and the machine shared


class AgentError(Exception):
    pass


class Result:
    """What a command gave: rc, out and err (text), raw bytes, and the guest's clock after it."""

    def __init__(self, reply):
        self.rc = reply["rc"]
        self.timed_out = reply.get("timed_out", False)
        self.raw_out = base64.b64decode(reply["out"])
        self.raw_err = base64.b64decode(reply["err"])
        self.time = reply["time"]

    @property
    def out(self):
        return self.raw_out.decode("utf-8", "replace")

    @property
    def err(self):
        return self.raw_err.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.raw_out)

    def ok(self):
        if self.rc != 0:
            raise AssertionError("rc %s\n%s\n%s" % (self.rc, self.out[-2000:], self.err[-2000:]))
        return self

    def __repr__(self):
        return "Result(rc=%s, out=%r, err=%r)" % (self.rc, self.out[-500:], self.err[-500:])


class Agent:
    def __init__(self, path, alive):
        """`alive()` raises when QEMU is gone, so that no wait outlives it."""
        self.path = path
        self.alive = alive
        self.nonce = os.urandom(6).hex()
        self.count = 0
        self.sock = connect_unix(path, 30)
        self.buffer = b""

    def hello(self, timeout, set_clock=True):
        """Until the guest answers: repeated, for a guest that boots hears nothing at first."""
        end = time.monotonic() + timeout
        self.sock.sendall(b"\n")
        while True:
            try:
                ident = self.send("hello", {"time": time.time()} if set_clock else {})
                reply = self.receive(ident, min(2, max(0.1, end - time.monotonic())))
            except socket.timeout:  # a guest still booting reads nothing: the buffer is full
                reply = None
            if reply is not None:
                return reply
            if time.monotonic() > end:
                raise TimeoutError("the guest's agent did not answer in %s s" % timeout)

    def send(self, op, args):
        self.count += 1
        ident = "%s.%d" % (self.nonce, self.count)
        line = json.dumps(dict(args, op=op, id=ident)).encode() + b"\n"
        self.sock.settimeout(GRACE)
        self.sock.sendall(line)
        return ident

    def receive(self, ident, timeout):
        """The reply of that id; anything else is left over and dropped. None at the deadline."""
        end = time.monotonic() + timeout
        while True:
            while b"\n" in self.buffer:
                line, self.buffer = self.buffer.split(b"\n", 1)
                try:
                    reply = json.loads(line)
                except ValueError:
                    continue
                if isinstance(reply, dict) and reply.get("id") == ident:
                    return reply
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.alive()
            self.sock.settimeout(min(left, 2))
            try:
                data = self.sock.recv(1 << 20)
            except socket.timeout:
                continue
            if not data:
                self.alive()
                raise AgentError("QEMU closed the agent's channel")
            self.buffer += data

    def call(self, op, timeout=60, **args):
        ident = self.send(op, dict(args, timeout=timeout))
        reply = self.receive(ident, timeout + GRACE)
        if reply is None:
            raise TimeoutError("agent: %s: no answer in %d s: %r" % (op, timeout + GRACE, args))
        if "error" in reply:
            raise AgentError("agent: %s: %s" % (op, reply["error"]))
        return reply

    def put(self, path, data, mode=None):
        """Small files whole; large ones in pieces."""
        for start in range(0, max(len(data), 1), 1 << 18):
            args = {"path": path, "append": start > 0,
                    "data": base64.b64encode(data[start:start + (1 << 18)]).decode()}
            if mode is not None:
                args["mode"] = mode
            self.call("put", **args)

    def get(self, path):
        parts = []
        offset = 0
        while True:
            data = base64.b64decode(self.call("get", path=path, offset=offset)["data"])
            if not data:
                return b"".join(parts)
            parts.append(data)
            offset += len(data)

    def close(self):
        self.sock.close()
