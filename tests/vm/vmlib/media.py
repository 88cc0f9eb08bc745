# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disk images for sticks, made on the host in well under a second: sparse files, fixed ids.

Each function gives a Medium; `with` or close() removes the file. LUKS may need its format made in
the guest: see luks()."""
import os
import shutil
import struct
import subprocess
import tempfile

MIB = 1 << 20
FS_UUID = {"vfat": "1234ABCD", "exfat": "0x1234ABCE", "ntfs": None,
           "ext4": "aaaaaaaa-1111-4222-8333-444444444444"}


class Medium:
    def __init__(self, size=32 * MIB):
        handle, self.path = tempfile.mkstemp(prefix="bmmedium.")
        os.ftruncate(handle, size)
        os.close(handle)
        self.size = size

    def read(self, offset=0, length=None):
        with open(self.path, "rb") as f:
            f.seek(offset)
            return f.read() if length is None else f.read(length)

    def write(self, offset, data):
        with open(self.path, "r+b") as f:
            f.seek(offset)
            f.write(data)

    def copy(self):
        """A second medium with the same bytes: a clone."""
        other = Medium(self.size)
        subprocess.run(["cp", "--sparse=always", self.path, other.path], check=True)
        return other

    def close(self):
        if os.path.exists(self.path):
            os.unlink(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *_args):
        self.close()


def tool(*argv, text=None, tries=1):
    for left in range(tries, 0, -1):
        done = subprocess.run(argv, input=text, capture_output=True, check=False,
                              text=isinstance(text, str) or text is None)
        if done.returncode == 0:
            return
        if left == 1:
            raise RuntimeError("%s: %s%s" % (" ".join(argv), done.stdout, done.stderr))


def blank(size=32 * MIB):
    return Medium(size)


def make_fs(path, kind, label="BAOMI", uuid=None, offset=0, size=None):
    """A file system in the file at `path`; in a part of it by way of a file of its own."""
    if offset or size:
        part = Medium(size)
        make_fs(part.path, kind, label, uuid)
        tool("dd", "if=" + part.path, "of=" + path, "bs=1M", "conv=notrunc,sparse",
             "seek=%d" % (offset // MIB))
        part.close()
        return
    if kind == "vfat":
        tool("mkfs.vfat", "-n", label, "-i", (uuid or FS_UUID["vfat"]).replace("-", ""), path)
    elif kind == "exfat":
        tool("mkfs.exfat", "-L", label, path)
        if uuid:
            tool("tune.exfat", "-I", "0x" + uuid.replace("-", ""), path)
    elif kind == "ntfs":
        tool("mkfs.ntfs", "-q", "-F", "-f", "-L", label, "-s", "512", "-p", "0", "-H", "16",
             "-S", "63", path)
        if uuid:  # the volume serial number, in the boot sector and in its copy at the end
            serial = bytes.fromhex(uuid)[::-1]
            with open(path, "r+b") as f:
                size = os.fstat(f.fileno()).st_size
                for sector in (0, size - 512):
                    f.seek(sector + 0x48)
                    f.write(serial)
    elif kind == "ext4":
        tool("mke2fs", "-q", "-F", "-t", "ext4", "-L", label, "-U", uuid or FS_UUID["ext4"],
             "-E", "root_owner=1000:1000", path)
    else:
        raise ValueError(kind)


def superfloppy(kind="vfat", size=32 * MIB, label="BAOMI", uuid=None):
    """A file system on the whole disk, no partition table."""
    medium = Medium(size)
    make_fs(medium.path, kind, label, uuid)
    return medium


TYPES = {"mbr": {"vfat": "c", "exfat": "7", "ntfs": "7", "ext4": "83", None: "83"},
         "gpt": {"vfat": "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7",
                 "exfat": "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7",
                 "ntfs": "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7",
                 "ext4": "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
                 None: "0FC63DAF-8483-4772-8E79-3D69D8477DE4"}}


def partitioned(kinds=("vfat",), table="mbr", size=64 * MIB, table_id=None, label="BAOMI",
                uuids=None):
    """MBR or GPT with one partition a kind (None: nothing in it), equal sizes. table_id: the
    disk's own id ("0xdeadbeef" for MBR, a UUID for GPT)."""
    medium = Medium(size)
    share = (size // MIB - 2) // len(kinds)
    lines = ["label: " + {"mbr": "dos", "gpt": "gpt"}[table], "unit: sectors"]
    if table_id:
        lines.append("label-id: " + table_id)
    for number, kind in enumerate(kinds):
        lines.append("start=%d, size=%d, type=%s" % (
            (1 + number * share) * 2048, share * 2048, TYPES[table][kind]))
    tool("sfdisk", "-q", "--no-reread", "--no-tell-kernel", medium.path, text="\n".join(lines) + "\n")
    for number, kind in enumerate(kinds):
        if kind:
            name = label if len(kinds) == 1 else "%s%d" % (label, number + 1)
            make_fs(medium.path, kind, name, (uuids or {}).get(number),
                    (1 + number * share) * MIB, share * MIB)
    return medium


def luks(size=32 * MIB, version=2, passphrase="baomi", uuid=None):
    """A LUKS container on the whole disk, no file system inside (make it in the guest)."""
    medium = Medium(size)
    argv = ["cryptsetup", "luksFormat", "--batch-mode", "--type", "luks%d" % version,
            "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--key-file", "-"]
    if uuid:
        argv += ["--uuid", uuid]
    tool(*argv, medium.path, text=passphrase, tries=5)
    return medium


def iso_hybrid(label="BAOMI_ISO", files=None):
    """An ISO image that is also a partitioned disk, as distributions are written to sticks: the
    MBR's one partition begins at sector 0, as isohybrid makes it."""
    medium = iso(label, files)
    size = max(4, -(-medium.size // MIB)) * MIB  # libblkid takes less for a floppy
    os.truncate(medium.path, size)
    medium.size = size
    entry = struct.pack("<B3sB3sII", 0x80, b"\0\1\0", 0x17, b"\xfe\xff\xff", 0, size // 512)
    medium.write(440, struct.pack("<IH", 0x1A2B3C4D, 0) + entry + bytes(48) + b"\x55\xaa")
    return medium


def iso(label="BAOMI_CD", files=None):
    """A plain disc for an optical drive."""
    folder = tempfile.mkdtemp(prefix="bmiso.")
    try:
        for name, data in (files or {"readme.txt": b"hello\n"}).items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        medium = Medium(0)
        tool("xorriso", "-as", "mkisofs", "-quiet", "-V", label, "-J", "-R", "-o", medium.path,
             folder)
        medium.size = os.path.getsize(medium.path)
        return medium
    finally:
        shutil.rmtree(folder)
