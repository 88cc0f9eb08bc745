# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the functions test_* of a file, each with a fresh workstation, and says so as TAP."""
import signal
import sys
import traceback


def run(functions, make, prepare):
    """Exit status. @make makes the world; @prepare gets it once, before the first."""
    tests = [value for name, value in functions.items() if name.startswith('test_')]
    failed = 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('ended from outside'))   # so that the servers end, too
    print(f'1..{len(tests)}')
    world = make()
    try:
        prepare(world)
        for number, test in enumerate(tests, 1):
            world.fresh()
            try:
                test(world)
                print(f'ok {number} - {test.__name__[5:]}', flush=True)
            except Exception:   # pylint: disable=broad-except
                failed += 1
                traceback.print_exc()
                print(f'not ok {number} - {test.__name__[5:]}', flush=True)
    finally:
        world.close()
    return 1 if failed else 0
