#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns a disk image into input for fuzz-probe-image: only what is not empty, with its places.

usage: pack.py IMAGE [SECTORS] >FILE      SECTORS: of the begin only so many (and as many of the end)
"""
import struct
import sys

SECTOR, FROM_END, LONGEST = 512, 1 << 31, 65535


def runs(image, first, last):
    """(first sector, bytes) of each stretch of sectors that are not empty; zeros at its end are left out."""
    start = None
    for sector in range(first, last + 1):
        block = image[sector * SECTOR:(sector + 1) * SECTOR] if sector < last else b''
        full = any(block) and (start is None or (sector - start + 1) * SECTOR <= LONGEST)
        if start is not None and not full:
            yield start, image[start * SECTOR:sector * SECTOR].rstrip(b'\0')
            start = None
        if start is None and any(block):
            start = sector


def pack(image, sectors):
    total = len(image) // SECTOR
    for first, data in runs(image, 0, min(sectors, total)):
        yield struct.pack('<IH', first, len(data)) + data
    for first, data in runs(image, max(sectors, total - sectors), total):
        yield struct.pack('<IH', FROM_END | (total - first), len(data)) + data


def main():
    with open(sys.argv[1], 'rb') as f:
        image = f.read()
    sectors = int(sys.argv[2]) if len(sys.argv) > 2 else len(image)
    sys.stdout.buffer.write(b''.join(pack(image, sectors)))


if __name__ == '__main__':
    main()
