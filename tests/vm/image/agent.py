#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The agent inside a test guest: JSON lines over a virtio-serial port, one thread a request.

Every request carries an id that the host made up; the reply repeats it, so that what is left over
in the channel from before a saved state is never taken for an answer. Test equipment only.
"""
import base64
import glob
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import agent_uevents  # noqa: E402

PORT_NAME = "baomi.agent"
CHUNK_LIMIT = 32 << 20
WRITE_PIECE = 2048


def now():
    return {"mono": time.monotonic(), "real": time.time()}


class Jobs:
    """Commands that run in the background, by number."""

    def __init__(self):
        self.lock = threading.Lock()
        self.next = 1
        self.jobs = {}

    def add(self, proc, out, err):
        with self.lock:
            number = self.next
            self.next += 1
            self.jobs[number] = (proc, out, err)
        return number

    def get(self, number):
        with self.lock:
            return self.jobs[number]

    def drop(self, number):
        with self.lock:
            self.jobs.pop(number, None)


JOBS = Jobs()
UEVENTS = agent_uevents.Listener()


def command_of(req):
    """The argv to start, and its environment: plain root, a user, or inside a user's session."""
    argv = req.get("argv") or ["/bin/sh", "-c", req["sh"]]
    env = dict(os.environ)
    env.pop("INVOCATION_ID", None)
    env.pop("JOURNAL_STREAM", None)
    env.update(req.get("env") or {})
    prefix = []
    if req.get("cgroup"):
        # a member of the session's scope is what logind and polkit take for the session
        script = 'echo $$ > "$0/cgroup.procs" || exit 126; '
        if req.get("uid") is not None:
            script += "echo %d > /proc/self/loginuid 2>/dev/null; " % req["uid"]
        prefix = ["/bin/sh", "-c", script + 'exec "$@"', req["cgroup"]]
    if req.get("uid") is not None:
        prefix += ["setpriv", "--reuid=%d" % req["uid"], "--regid=%d" % req["uid"],
                   "--init-groups", "--"]
    return prefix + argv, env


def start(req, stdout, stderr):
    argv, env = command_of(req)
    return subprocess.Popen(argv, env=env, cwd=req.get("cwd") or "/", stdin=subprocess.PIPE,
                            stdout=stdout, stderr=stderr, start_new_session=True)


def kill_group(proc, sig=signal.SIGKILL):
    try:
        os.killpg(proc.pid, sig)
    except ProcessLookupError:
        pass


def op_run(req):
    proc = start(req, subprocess.PIPE, subprocess.PIPE)
    stdin = base64.b64decode(req.get("stdin") or "")
    timed_out = False
    try:
        out, err = proc.communicate(stdin, timeout=req.get("timeout", 60))
    except subprocess.TimeoutExpired:
        timed_out = True
        kill_group(proc)
        try:
            out, err = proc.communicate(timeout=5)
        except subprocess.TimeoutExpired:  # stuck in D state: leave it, keep what was said
            out, err = b"", b"(the command did not die)"
    return {"rc": proc.returncode if not timed_out else 124, "timed_out": timed_out,
            "out": base64.b64encode(out[-CHUNK_LIMIT:]).decode(),
            "err": base64.b64encode(err[-CHUNK_LIMIT:]).decode()}


def op_spawn(req):
    base = "/run/baomi-agent.%d.%d" % (os.getpid(), time.monotonic_ns())
    out, err = base + ".out", base + ".err"
    with open(out, "wb") as o, open(err, "wb") as e:
        proc = start(req, o, e)
    if not req.get("keep_stdin"):
        proc.stdin.close()
    return {"job": JOBS.add(proc, out, err), "pid": proc.pid}


def op_job_wait(req):
    proc, out, err = JOBS.get(req["job"])
    if req.get("close_stdin") and proc.stdin:
        proc.stdin.close()
    try:
        rc = proc.wait(timeout=req.get("timeout", 60))
    except subprocess.TimeoutExpired:
        rc = None
    with open(out, "rb") as o, open(err, "rb") as e:
        reply = {"rc": rc, "out": base64.b64encode(o.read()).decode(),
                 "err": base64.b64encode(e.read()).decode()}
    if rc is not None:
        JOBS.drop(req["job"])
        os.unlink(out)
        os.unlink(err)
    return reply


def op_job_kill(req):
    kill_group(JOBS.get(req["job"])[0], req.get("signal", signal.SIGTERM))
    return {}


def op_put(req):
    data = base64.b64decode(req["data"])
    with open(req["path"], "ab" if req.get("append") else "wb") as f:
        f.write(data)
    if "mode" in req:
        os.chmod(req["path"], req["mode"])
    return {}


def op_get(req):
    with open(req["path"], "rb") as f:
        f.seek(req.get("offset", 0))
        data = f.read(req.get("size", 1 << 18))
    return {"data": base64.b64encode(data).decode()}


class Looks:
    """The time between one look and the next: as long as a look takes at least, so that looking never takes more than
    half a processor from what is waited for. With "files" (a glob) the next is when one of them has changed, or after a
    second: a stat is cheap where a look starts a program."""

    def __init__(self, req, interval):
        self.interval = req.get("interval", interval)
        self.files = req.get("files")
        self.began = self.seen = None

    def begin(self):
        self.began = time.monotonic()
        self.seen = self.state()

    def state(self):
        return [(name, os.stat(name).st_mtime_ns) for name in glob.glob(self.files)] if self.files else None

    def wait(self):
        now_is = time.monotonic()
        time.sleep(max(self.interval, now_is - self.began))
        while self.files and self.state() == self.seen and time.monotonic() < now_is + 1:
            time.sleep(0.02)


def op_until(req):
    """Run a command again and again until it says 0, or the deadline."""
    deadline = time.monotonic() + req.get("timeout", 60)
    looks = Looks(req, 0.1)
    while True:
        left = deadline - time.monotonic()
        looks.begin()
        reply = op_run(dict(req, timeout=max(left, 1)))
        if reply["rc"] == 0 or left <= 0:
            return dict(reply, reached=reply["rc"] == 0)
        looks.wait()


def op_python(req):
    """Run Python text in the agent: `result` is the answer. Cheap looks without a new process."""
    space = {"os": os, "glob": glob, "time": time, "json": json, "subprocess": subprocess,
             "uevents": UEVENTS, "args": req.get("args"), "result": None}
    exec(compile(req["code"], "<host>", "exec"), space)  # pylint: disable=exec-used
    return {"result": space["result"]}


def op_python_until(req):
    """The same, until `result` is true or the deadline."""
    code = compile(req["code"], "<host>", "exec")
    deadline = time.monotonic() + req.get("timeout", 60)
    space = {"os": os, "glob": glob, "time": time, "json": json, "subprocess": subprocess,
             "uevents": UEVENTS, "args": req.get("args")}
    looks = Looks(req, 0.05)
    while True:
        looks.begin()
        space["result"] = None
        exec(code, space)  # pylint: disable=exec-used
        if space["result"] or time.monotonic() >= deadline:
            return {"result": space["result"], "reached": bool(space["result"])}
        looks.wait()


def op_hello(req):
    if req.get("time") and abs(req["time"] - time.time()) > 2:
        time.clock_settime(time.CLOCK_REALTIME, req["time"])
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as f:
        boot_id = f.read().strip()
    return {"boot_id": boot_id, "pid": os.getpid(), "uevents": UEVENTS.last()}


OPS = {"hello": op_hello, "run": op_run, "spawn": op_spawn, "job_wait": op_job_wait,
       "job_kill": op_job_kill, "put": op_put, "get": op_get, "until": op_until,
       "python": op_python, "python_until": op_python_until,
       "uevents": UEVENTS.op_get, "uevent_wait": UEVENTS.op_wait}


class Port:
    def __init__(self):
        self.fd = os.open(self.find(), os.O_RDWR | os.O_CLOEXEC)
        self.lock = threading.Lock()

    @staticmethod
    def find():
        while True:
            for name in glob.glob("/sys/class/virtio-ports/*/name"):
                with open(name, encoding="ascii") as f:
                    found = f.read().strip() == PORT_NAME
                node = "/dev/" + name.split("/")[-2]
                if found and os.path.exists(node):
                    return node
            time.sleep(0.02)

    def lines(self):
        pending = b""
        while True:
            data = os.read(self.fd, 65536)
            if not data:  # nobody at the other end: before, or after, a saved state
                pending = b""
                time.sleep(0.01)
                continue
            pending += data
            *whole, pending = pending.split(b"\n")
            yield from whole

    def send(self, reply):
        data = json.dumps(reply).encode() + b"\n"
        with self.lock:
            while data:
                data = data[os.write(self.fd, data[:WRITE_PIECE * 16]):]


def answer(port, line):
    try:
        req = json.loads(line)
        ident = req["id"]
    except (ValueError, KeyError, TypeError):
        return  # the rest of a line that was cut by a saved state
    try:
        reply = OPS[req["op"]](req)
    except Exception:  # pylint: disable=broad-except  # every failure is the host's to see
        reply = {"error": traceback.format_exc()}
    reply.update(id=ident, time=now())
    port.send(reply)


def main():
    UEVENTS.start()
    port = Port()
    for line in port.lines():
        if line.strip():
            threading.Thread(target=answer, args=(port, line), daemon=True).start()


if __name__ == "__main__":
    main()
