# SPDX-License-Identifier: LGPL-2.1-or-later
"""The desktop guest as an office has it: clerk in Xfce, in Chinese; a stick mounts by itself."""
import os

from vmlib.api import devices, media, on


@on("desktop")
def test_automount(guest):
    mark = guest.mark()
    guest.plug(devices.Stick(media.partitioned(["vfat"]), serial="DESK"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="partition")
    guest.run_until("grep -q /media/clerk/BAOMI /proc/mounts", 120)
    guest.session_run("clerk", "test -w /media/clerk/BAOMI").ok()
    guest.sh("tr '\\0' '\\n' < /proc/$(pgrep -u clerk -x xfwm4)/environ | grep ^LANG=zh_CN")
    picture = os.path.join(guest.machine.dir, "screen.png")
    guest.screenshot(picture)
    assert os.path.getsize(picture) > 20000
    keep = os.environ.get("BAOMI_VM_SCREENSHOT")
    if keep:
        os.replace(picture, keep)
