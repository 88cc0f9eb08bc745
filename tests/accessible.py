# SPDX-License-Identifier: LGPL-2.1-or-later
"""The accessibility bus, as a screen reader uses it: for windows under test on this machine and in guests."""
import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib   # noqa: E402


def wait(what, condition, seconds):
    """The first true answer of @condition, asked again and again; between two looks at least as long passes as one
    takes, so that looking does not take the processor from what is waited for."""
    loop, clock, answer = GLib.MainContext.default(), GLib.get_monotonic_time, None
    end = clock() + seconds * 1000000
    tick = GLib.timeout_add(50, lambda: True)
    try:
        while (began := clock()) < end:
            try:
                answer = condition()
            except GLib.Error:   # what was there a moment ago is gone
                answer = None
            if answer:
                return answer
            again = clock() + clock() - began
            loop.iteration(True)
            while clock() < again:
                loop.iteration(True)
    finally:
        GLib.source_remove(tick)
    raise AssertionError(f'{what} did not happen in {seconds} s')


def applications(name):
    """Those whose name has @name in it, to be looked at afresh."""
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        app = desktop.get_child_at_index(i)
        if app and name in (app.get_name() or ''):
            app.clear_cache()
            yield app


def walk(node, closed=()):
    """@node and all below it; not what is in those of the roles @closed."""
    yield node
    if node.get_role_name() in closed:
        return
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child:
            yield from walk(child, closed)
