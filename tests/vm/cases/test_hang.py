# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drives that never answer, and drives made to break whoever reads them: a clear refusal or a plain
record, no other drive waits for them, and guardd is the one that it was."""
import random
import struct
import zlib

from vmlib import desk
from vmlib.api import devices, media, on, storage, usbdev, usbredir


def guardd(guest):
    return guest.sh("systemctl show guardd -p MainPID -p NRestarts -p ActiveState")


def redir(serial, disk, product, config=lambda whole: whole):
    device = usbdev.Device([storage.Storage([disk])], vendor=0x0781, product=product, serial=serial)
    device.config_descriptor = config(device.config_descriptor)
    return usbredir.Redir(device)


@on("guard")
def test_never_answers(guest):
    before = guardd(guest)
    mark = guest.mark()
    hangs = redir("HANGS", storage.Disk(media.superfloppy(), on_read=storage.hang_from(1024)), 1)
    guest.plug(hangs)
    disk = guest.wait_event(mark, "kernel", SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")
    guest.plug(devices.Stick(media.superfloppy(), serial="SECOND"))
    shown = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", ID_SERIAL_SHORT="SECOND")
    guest.udisks_has(shown["DEVPATH"].split("/")[-1])

    one = desk.wait_verdict(guest, "unreadable", "HANGS")
    assert one["verdict"] == "refuse", one
    refused = desk.wait_record(guest, "block-decision", serial="HANGS")
    assert refused["verdict"] == "refuse" and refused["reason"] == "unreadable", refused
    admitted, = desk.records(guest, "block-decision", serial="SECOND", verdict="admit")
    assert admitted["seq"] < refused["seq"], "the other drive waited for the one that hangs"
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVPATH=disk["DEVPATH"])
    assert guest.usb_devices()[one["device"]]["authorized"] == "0"
    guest.unplug(hangs)
    desk.wait_record(guest, "removed", serial="HANGS")
    assert guardd(guest) == before


def random_bytes():
    """Nothing but noise, behind the signature of a partition table."""
    medium = media.blank()
    noise = random.Random(1).randbytes(1 << 20)
    medium.write(0, noise[:510] + b"\x55\xaa" + noise[512:])
    medium.write(medium.size - len(noise), noise)
    return medium


def absurd_gpt():
    """Four thousand million partitions of four thousand million bytes each."""
    medium = media.partitioned(["vfat"], table="gpt")
    for sector in 1, medium.size // 512 - 1:
        header = bytearray(medium.read(sector * 512, 92))
        struct.pack_into("<II", header, 80, 0xFFFFFFFF, 0xFFFFFFFF)
        struct.pack_into("<I", header, 16, 0)
        struct.pack_into("<I", header, 16, zlib.crc32(header))
        medium.write(sector * 512, header)
    return medium


def logical_loop():
    """An extended partition whose next table is itself, and one that leads beyond the end. (No
    partition in the loop: the kernel would make 250 of it, and udev would be busy for minutes.)"""
    medium = media.blank()
    entry = struct.pack("<B3sB3sII", 0, b"\0\1\0", 5, b"\xfe\xff\xff", 2048, 32768)
    beyond = struct.pack("<B3sB3sII", 0, b"\0\1\0", 15, b"\xfe\xff\xff", 0xFFFFFFF0, 0xFFFFFFFF)
    medium.write(446, entry + beyond + bytes(32) + b"\x55\xaa")
    again = struct.pack("<B3sB3sII", 0, b"\0\1\0", 5, b"\xfe\xff\xff", 0, 32768)
    medium.write(2048 * 512 + 446, bytes(16) + again + bytes(32) + b"\x55\xaa")
    return medium


def mad_ext4():
    """ext4 by its magic and features; sizes, counts and offsets are all ones, the label never ends."""
    medium = media.superfloppy("ext4")
    medium.write(1024, b"\xff" * 56)
    medium.write(1024 + 100, bytes(4))  # no checksum to be wrong
    medium.write(1024 + 120, b"\xff" * (1024 - 120))
    return medium


@on("guard")
def test_made_to_break(guest):
    before = guardd(guest)
    made = {"NOISE": random_bytes(), "ABSURD": absurd_gpt(), "LOOP": logical_loop(),
            "MAD": mad_ext4()}
    for serial, medium in made.items():
        guest.plug(devices.Stick(medium, serial=serial))
    guest.plug(redir("CUTOFF", storage.Disk(media.superfloppy()), 2, lambda whole: struct.pack(
        "<BBH", 9, 2, len(whole) + 2) + whole[4:] + b"\x00\x24"))
    guest.plug(redir("EMPTY", storage.Disk(media.superfloppy()), 3, lambda whole: struct.pack(
        "<BBH", 9, 2, 13) + whole[4:9] + b"\x04\x24\0\0"))
    record = desk.wait_record(guest, "usb-decision", serial="EMPTY")
    assert record["verdict"] == "refuse" and record["reason"] == "unreadable", record
    for serial in [*made, "CUTOFF"]:  # of the latter the kernel drops what makes no sense
        record = desk.wait_record(guest, "block-decision", serial=serial)
        assert (record["verdict"], record["reason"]) in (
            ("admit", "registry-absent"), ("refuse", "unreadable")), record
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="CONTROL"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", ID_SERIAL_SHORT="CONTROL")
    assert guardd(guest) == before
    assert guest.guardctl("log", "verify", as_json=False).rc == 0
