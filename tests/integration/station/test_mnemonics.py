#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Alt and a letter mean one thing in each page, menu and dialog of the window, in English and in Chinese.

usage: test_mnemonics.py MNEMONICS GUARDCTL LOCALE-DIR
"""
import os
import subprocess
import sys

from deskwindow import HOME, STATION

LANGUAGES = (('en', '_Cancel'), ('zh_CN', '取消(_C)'))


def main():
    number = failed = 0
    lines = []
    for language, cancel in LANGUAGES:
        done = subprocess.run([STATION, sys.argv[3], cancel], env=dict(os.environ, LANGUAGE=language, TMPDIR=str(HOME)),
                              stdout=subprocess.PIPE, text=True, check=False, timeout=120)
        said = [line for line in done.stdout.splitlines() if line.startswith(('ok ', 'not ok '))]
        failed += done.returncode != 0 or not said
        for line in said:
            number += 1
            lines.append(f'{line.split(" ", 2)[0] if line.startswith("ok") else "not ok"} {number} - {language}: '
                         + line.split(' - ', 1)[1])
    with open(HOME / 'tap', 'w', encoding='utf-8') as tap:
        print(f'1..{number}', *lines, sep='\n', file=tap)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
