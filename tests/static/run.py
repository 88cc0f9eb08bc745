#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs every static check over the tree, after its samples have shown that it can fail. Prints TAP.

usage: run.py SOURCE-FOLDER [BUILD-FOLDER] [NAME…]
"""
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from staticlib import Tree, arrows, contract, docs, form, purity, scripts  # noqa: E402

MODULES = (form, arrows, purity, contract, docs, scripts)


def complaints_of(check, files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        return list(check.run(Tree(folder)))


def self_test(check):
    for what, files in check.bad.items():
        if not complaints_of(check, files):
            yield f'the bad sample "{what}" brought no complaint'
    if check.good:
        for complaint in complaints_of(check, check.good):
            yield f'the good sample brought a complaint: {complaint}'


def main():
    source, build, *names = [*sys.argv[1:], None][:2] + sys.argv[3:]
    checks = [check for module in MODULES for check in module.CHECKS if not names or check.name in names]
    number = failed = 0
    print(f'1..{2 * len(checks)}')
    for check in checks:
        tree = Tree(source, build)
        for title, found in ((f'{check.name}: can fail', self_test(check)), (check.name, check.run(tree))):
            number += 1
            found = list(found)
            failed += bool(found)
            print(f'{"not ok" if found else "ok"} {number} - {title}')
            for line in found:
                print(f'#   {line}')
                print(f'{title}: {line}', file=sys.stderr)   # meson shows this, not a TAP comment
        for note in tree.notes:
            print(f'#   note: {note}')
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
