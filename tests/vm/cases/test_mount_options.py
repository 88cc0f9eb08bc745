# SPDX-License-Identifier: LGPL-2.1-or-later
"""How what is admitted is mounted: nothing runs from it, and nobody can ask for that; where this machine's own rule says
otherwise for one drive, it has its way, and doctor tells of it."""
from vmlib import desk
from vmlib.api import devices, media, on

PROGRAM = "#!/bin/sh\necho it ran\n"
RULE = ('SUBSYSTEM=="block", ENV{ID_SERIAL_SHORT}=="PROGRAMS", ENV{UDISKS_MOUNT_OPTIONS_DEFAULTS}="nosuid,nodev", '
        'ENV{UDISKS_MOUNT_OPTIONS_ALLOW}="exec,noexec,nosuid,nodev,ro,rw,sync"\n')


def mounted(guest, serial, medium):
    """The clerk mounts it from the desktop's own tool; its options, and what running a program from it gives."""
    stick = devices.Stick(medium, serial=serial)
    guest.plug(stick)
    desk.wait_record(guest, "block-decision", serial=serial, verdict="admit")
    guest.udisks_has("sda")
    asked = guest.session_run("clerk", "udisksctl mount -b /dev/sda -o exec")
    if asked.rc != 0:
        guest.session_run("clerk", "udisksctl mount -b /dev/sda").ok()
    options = guest.sh("findmnt -no OPTIONS /dev/sda").strip().split(",")
    place = guest.sh("findmnt -no TARGET /dev/sda").strip()
    guest.put(place + "/program.bat", PROGRAM, mode=0o755)
    ran = guest.session_run("clerk", "'%s/program.bat'" % place)
    guest.session_run("clerk", "udisksctl unmount -b /dev/sda").ok()
    guest.unplug(stick)
    guest.run_until("! test -e /sys/block/sda", 60)
    return asked, options, ran


@on("guard")
def test_nothing_runs_from_it(guest):
    for kind in "vfat", "ext4":
        asked, options, ran = mounted(guest, "ORDINARY" + kind, media.superfloppy(kind))
        assert asked.rc != 0 and "exec" in asked.err + asked.out, (kind, asked)
        assert {"noexec", "nosuid", "nodev"} <= set(options), (kind, options)
        assert ran.rc != 0 and "it ran" not in ran.out, (kind, ran)
    assert "udev-local" not in {one["key"] for one in guest.guardctl("doctor", check=False)}

    guest.put("/etc/udev/rules.d/70-office.rules", RULE)
    guest.sh("udevadm control --reload")
    asked, options, ran = mounted(guest, "PROGRAMS", media.superfloppy("vfat"))
    assert asked.rc == 0 and "noexec" not in options and "nosuid" in options, (asked, options)
    assert ran.rc == 0 and "it ran" in ran.out, ran
    assert "udev-local" in {one["key"] for one in guest.guardctl("doctor", check=False)}
