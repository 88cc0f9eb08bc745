# SPDX-License-Identifier: LGPL-2.1-or-later
"""Finds cases, runs each in a process of its own with a deadline, tells, and keeps the evidence."""
import argparse
import importlib.util
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from concurrent import futures

from . import cache, layers, machine
from .api import Lab, Skip
from .guest import Guest

PASS, FAIL, SKIP = 0, 1, 77
CASES = os.path.join(cache.HERE, "cases")


def parse(argv):
    parser = argparse.ArgumentParser(prog="tests/vm/run", description="Run the real-guest tests.")
    parser.add_argument("--layer", action="append", help="only cases of this layer (repeatable)")
    parser.add_argument("--case", default="", help="only cases whose file:name matches this regex")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--debs", help="folder with the guard's packages (or BAOMI_VM_DEBS)")
    parser.add_argument("--shard", help="I/N: every Nth case, starting at the Ith (1-based)")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--prepare", action="store_true", help="only make images and states")
    parser.add_argument("--logs", default=None, help="where logs of failed cases go")
    parser.add_argument("--cases", default=CASES, help="folder of the case files")
    return parser.parse_args(argv)


def discover(folder):
    """[(name, function)] in the order of the files and of the lines in them."""
    found = []
    sys.path.insert(0, folder)
    for name in sorted(os.listdir(folder)):
        if not re.fullmatch(r"test_\w+\.py", name):
            continue
        spec = importlib.util.spec_from_file_location(name[:-3], os.path.join(folder, name))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name[:-3]] = module
        spec.loader.exec_module(module)
        functions = [f for n, f in vars(module).items()
                     if n.startswith("test_") and hasattr(f, "case")]
        functions.sort(key=lambda f: f.__code__.co_firstlineno)
        found += [("%s:%s" % (name[5:-3], getattr(f, "case_name", f.__name__)[5:]), f)
                  for f in functions]
    return found


def select(cases, options):
    chosen = [(name, f) for name, f in cases
              if (not options.layer or f.case["layer"] in options.layer)
              and re.search(options.case, name)]
    if options.shard:
        index, total = (int(x) for x in options.shard.split("/"))
        chosen = chosen[index - 1::total]
    return chosen


def evidence(guest, folder):
    """What a person needs to see why: the journal, the kernel's log, uevents, the console."""
    def save(name, data):
        with open(os.path.join(folder, name), "w", encoding="utf-8", errors="replace") as f:
            f.write(data)
    tail = ""
    try:
        save("console.log", guest.machine.console())
        save("qemu.log", " ".join(guest.machine.args) + "\n" + guest.machine.log())
        if guest.agent and guest.machine.proc.poll() is None:
            journal = guest.run("journalctl -b -o short-monotonic --no-pager | tail -3000", 60).out
            save("journal.log", journal)
            tail = "\n".join([line for line in journal.splitlines()
                              if " audit" not in line][-40:])
            save("uevents.log", "\n".join(
                "%d %.3f %s %s" % (e.n, e.mono, e.source, dict(e)) for e in guest.events()))
            guest.screenshot(os.path.join(folder, "screen.png"))
        else:
            tail = "\n".join(guest.machine.console().splitlines()[-40:])
    except Exception as error:  # pylint: disable=broad-except  # evidence must not hide the failure
        tail += "\n(collecting evidence: %r)" % error
    return tail


def run_case(function, folder):
    """In the child: 0 passed, 1 failed, 77 skipped; text for people goes to the folder's report."""
    case = function.case
    guests, lab = [], None
    report = open(os.path.join(folder, "report"), "w", encoding="utf-8")  # pylint: disable=R1732
    try:
        if case["cold"]:
            lab = Lab(case["layer"], case["memory"], case["variant"])
            guests = lab.guests
            function(lab)
        else:
            guests = [Guest.resume(case["layer"])]
            function(guests[0])
        return PASS
    except (Skip, layers.NoPackages) as error:
        report.write("skipped: %s\n" % error)
        return SKIP
    except BaseException:  # pylint: disable=broad-except
        report.write(traceback.format_exc())
        for guest in guests[-1:]:
            report.write("--- the guest's last words ---\n" + evidence(guest, folder) + "\n")
        return FAIL
    finally:
        report.close()
        for thing in [lab] if lab else guests:
            thing.close()
        machine.end_all()


class Child:
    def __init__(self, name, function, logs):
        self.name = name
        self.function = function
        self.folder = os.path.join(logs, name.replace(":", "."))
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.started = time.monotonic()
        self.deadline = self.started + function.case["timeout"]
        self.timed_out = False
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.setpgid(0, 0)
            machine.die_with_parent()
            machine.install_cleanup()
            os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="bmcase.")
            tempfile.tempdir = None
            code = FAIL
            try:
                code = run_case(function, self.folder)
            except BaseException:  # pylint: disable=broad-except
                traceback.print_exc()
            finally:
                machine.end_all()
                shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
                sys.stdout.flush()
                os._exit(code)

    def poll(self):
        """None while it runs; then PASS, FAIL or SKIP."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status) if not self.timed_out else FAIL
        if time.monotonic() > self.deadline and not self.timed_out:
            self.timed_out = True
            with open(os.path.join(self.folder, "report"), "a", encoding="utf-8") as f:
                f.write("not done after %.0f s\n" % (time.monotonic() - self.started))
            os.kill(self.pid, signal.SIGALRM)  # raises Timeout in the case, evidence is kept
            self.deadline = time.monotonic() + 150
        elif time.monotonic() > self.deadline:
            self.end()
        return None

    def end(self):
        try:
            os.killpg(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass

    def report(self):
        with open(os.path.join(self.folder, "report"), encoding="utf-8", errors="replace") as f:
            return f.read()


def on_alarm(_number, _frame):
    raise TimeoutError("the case's deadline has passed")


def cause(report):
    """Of a report the line that says why, and where in the case: what is left of it at the end of a long log."""
    said = report.split("--- the guest's last words ---")[0].strip().splitlines()
    where = [line.strip().split("/")[-1] for line in said if "/cases/" in line]
    why = [line for line in said if re.match(r"[\w.]+(Error|Exception|Expired|Exit)\b|not done", line)]
    return " | ".join(where[-1:] + why[-1:])[:600]


def tell(child, code, totals):
    word = {PASS: "ok", SKIP: "SKIPPED"}.get(code, "FAILED")
    totals[word] = totals.get(word, 0) + 1
    print("%-8s %6.1f s  %s" % (word, time.monotonic() - child.started, child.name), flush=True)
    if code != PASS:
        print("    " + child.report().strip().replace("\n", "\n    "))
    if code not in (PASS, SKIP):
        totals.setdefault("why", []).append("%s: %s" % (child.name, cause(child.report())))
        print("    logs: " + child.folder, flush=True)
    else:
        shutil.rmtree(child.folder, ignore_errors=True)


def prepare_layer(layer, functions):
    """What the cases of one layer need; why it cannot be, or None. Missing packages are the case's to report."""
    try:
        if any(f.case["saved"] for f in functions):
            layers.state(layer)
        for variant in {f.case["variant"] for f in functions if f.case["cold"]}:
            layers.disk(layer, variant)
    except layers.NoPackages as error:
        cache.say("layer %s: %s" % (layer, error))
    except Exception:  # pylint: disable=broad-except  # its cases fail, the others run
        print("layer %s cannot be made:\n%s" % (layer, traceback.format_exc()), flush=True)
        return traceback.format_exc()
    return None


def prepare(chosen, jobs):
    """Make what the cases need first, so that no case's time goes to it: {layer: why it cannot be}.
    Some at once: making an image waits for the mirror as long as for the processor."""
    of_layer = {}
    for _, function in chosen:
        of_layer.setdefault(function.case["layer"], []).append(function)
    # The stock layers first: the others are made from their images, and would wait for them.
    order = sorted(of_layer, key=lambda layer: ("debs" in layers.LAYERS[layer], layer))
    with futures.ThreadPoolExecutor(max(jobs, 1)) as pool:
        why = dict(zip(order, pool.map(lambda layer: prepare_layer(layer, of_layer[layer]), order)))
    return {layer: reason for layer, reason in why.items() if reason}


def next_case(waiting, running, jobs):
    """Which of the waiting cases may start, or None: one that mostly waits itself goes beside the others."""
    busy = len([child for child in running if not child.function.case["idle"]])
    for index, (_, function) in enumerate(waiting):
        if len(running) <= jobs and (function.case["idle"] or busy < jobs):
            return index
    return None


def run_all(chosen, options, logs):
    totals, running, waiting = {}, [], list(chosen)
    try:
        while waiting or running:
            while (index := next_case(waiting, running, options.jobs)) is not None:
                running.append(Child(*waiting.pop(index), logs))
            for child in list(running):
                code = child.poll()
                if code is not None:
                    running.remove(child)
                    tell(child, code, totals)
            time.sleep(0.05)
    finally:
        for child in running:
            child.end()
    return totals


def main(argv):
    options = parse(argv)
    if options.debs:
        os.environ[layers.DEB_ENV] = os.path.abspath(options.debs)
    chosen = select(discover(options.cases), options)
    if options.list:
        for name, function in chosen:
            print("%-10s %s" % (function.case["layer"], name))
        return 0
    machine.install_cleanup()
    signal.signal(signal.SIGALRM, on_alarm)
    logs = os.path.abspath(options.logs or os.path.join(cache.root(), "logs", str(os.getpid())))
    os.makedirs(logs, exist_ok=True)
    cache.prune()
    broken = prepare(chosen, options.jobs)
    if options.prepare:
        return 1 if broken else 0
    totals = run_all([c for c in chosen if c[1].case["layer"] not in broken], options, logs)
    for name, function in chosen:
        if function.case["layer"] in broken:
            totals["FAILED"] = totals.get("FAILED", 0) + 1
            print("%-8s %6.1f s  %s: no layer %s" % ("FAILED", 0, name, function.case["layer"]))
    for line in totals.get("why", []):
        print("failed: " + line)
    passed, failed, skipped = (totals.get(k, 0) for k in ("ok", "FAILED", "SKIPPED"))
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped), flush=True)
    return 0 if passed and not failed and not skipped else 1
