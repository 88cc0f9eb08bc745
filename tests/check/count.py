#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints "PASSED FAILED SKIPPED" over the JUnit files that meson wrote, one TAP line counting as one test.

A program that ends without its plan, or by a signal, counts as one failure more: it may not vanish in
the sum. Nothing is decided here; ./check adds up what is printed.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree


# meson copies what a test printed as it is; a test of hostile strings prints bytes XML 1.0 may not hold.
NOT_XML = re.compile('[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')


def count(path):
    passed = failed = skipped = 0
    with open(path, encoding='utf-8', errors='replace') as file:
        root = ElementTree.fromstring(NOT_XML.sub('?', re.sub('^<\\?xml[^>]*>', '', file.read())))
    for suite in root.iter('testsuite'):
        cases = list(suite.iter('testcase'))
        bad = 0
        for case in cases:
            if case.find('failure') is not None or case.find('error') is not None:
                bad += 1
            elif case.find('skipped') is not None:
                skipped += 1
            else:
                passed += 1
        said = int(suite.get('failures', 0)) + int(suite.get('errors', 0))
        failed += max(bad, said)
        if not cases and said == 0 and int(suite.get('skipped', 0)) > 0:
            skipped += 1
    return passed, failed, skipped


def main():
    totals = [0, 0, 0]
    for path in sys.argv[1:]:
        totals = [a + b for a, b in zip(totals, count(path))]
    print(*totals)


if __name__ == '__main__':
    main()
