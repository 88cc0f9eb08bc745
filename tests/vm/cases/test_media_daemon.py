# SPDX-License-Identifier: LGPL-2.1-or-later
"""Classified drives, a slow one (BOT) and a quick one (UAS), are plugged while guardd is stopped, stands still, is
killed, or starts; and are replugged in a hurry. No disk ever comes of them, and the records do."""
from vmlib import desk
from vmlib.api import devices, media, on

from test_media_main import CLASSIFIED


def stick():
    return devices.Stick(media.superfloppy(label="SECRETS"), serial="CLASSIFIED017")


def uas():
    """Where nothing holds it, its disk is there sixty milliseconds after its plug."""
    return devices.Uas([media.superfloppy(label="SECRETS")], serial="CLASSIFIED018")


def register(guest):
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).enrol(
        "LY-018", vendor_id="46f4", product_id="0003", serial="CLASSIFIED018").publish()
    return guest.mark()


def plug_both(guest):
    return [guest.plug(stick()), guest.plug(uas())]


def both_refused(guest, mark, timeout=90):
    for media_id in "LY-017", "LY-018":
        desk.wait_record(guest, "usb-decision", timeout, reason="classified-on-unclassified", media_id=media_id)
    guest.assert_no_block(mark)


def wait(guest, mark):
    """The kernel has them, configured by nobody."""
    new = dict(SUBSYSTEM="usb", ACTION="add", DEVTYPE="usb_device")
    guest.wait_event(mark, count=2, **new)
    for event in guest.events(mark, "udev", **new):
        name = event["DEVPATH"].split("/")[-1]
        assert guest.usb_devices()[name]["authorized"] == "0"


@on("guard")
def test_stopped(guest):
    mark = register(guest)
    guest.run("systemctl stop guardd", check=True)
    plug_both(guest)
    wait(guest, mark)
    guest.run("systemctl start guardd", check=True)
    both_refused(guest, mark)


@on("guard")
def test_came_and_went_while_stopped(guest):
    mark = register(guest)
    guest.run("systemctl stop guardd", check=True)
    plugs = plug_both(guest)
    wait(guest, mark)
    for plug in plugs:
        guest.unplug(plug)
    guest.wait_event(mark, SUBSYSTEM="usb", ACTION="remove", DEVTYPE="usb_device", count=2)
    guest.run("systemctl start guardd", check=True)
    for number in "017", "018":
        record = desk.wait_record(guest, "spooled", media_id="LY-" + number)
        assert record["verdict"] == "refuse", record
        assert record["reason"] == "classified-on-unclassified", record
        desk.wait_record(guest, "removed", serial="CLASSIFIED" + number)
    guest.run_until("test -z \"$(find /var/lib/baomi-guard/spool /run/baomi-guard/spool -type f)\"",
                    30)
    guest.assert_no_block(mark)


@on("guard")
def test_standing_still(guest):
    """SIGSTOP: the watchdog ends it, the next one answers."""
    mark = register(guest)
    guest.run("systemctl kill -s STOP guardd", check=True)
    plug_both(guest)
    wait(guest, mark)
    both_refused(guest, mark, 150)
    desk.wait_record(guest, "unclean-end")


@on("guard")
def test_killed(guest):
    mark = register(guest)
    plug_both(guest)
    guest.run("systemctl kill -s KILL guardd")
    both_refused(guest, mark)
    desk.wait_record(guest, "unclean-end")


@on("guard")
def test_starting(guest):
    mark = register(guest)
    guest.run("systemctl stop guardd", check=True)
    job = guest.spawn("systemctl start guardd")
    plug_both(guest)
    both_refused(guest, mark)
    assert job.wait(60).rc == 0


@on("guard", timeout=900)
def test_quick_replugs(guest):
    """50 times in and out without waiting for anybody: no disk, and every plug is on record."""
    mark = register(guest)
    for number in range(50):
        guest.unplug(guest.plug(uas() if number % 2 else stick()))
    guest.plug(stick())
    desk.wait_verdict(guest, "classified-on-unclassified", "CLASSIFIED017")
    guest.assert_no_block(mark)
    seen = len([e for e in guest.events(mark, "udev", SUBSYSTEM="usb", ACTION="add")
                if e.get("DEVTYPE") == "usb_device"])
    guest.python_until("""
        count = 0
        for kind in "usb-decision", "spooled":
            out = subprocess.run(["guardctl", "log", "--kind", kind, "--json"], capture_output=True,
                                 text=True)
            count += len(json.loads(out.stdout or "[]"))
        result = count >= args
        """, 90, args=seen, interval=0.5)
    assert guest.guardctl("log", "verify", as_json=False).rc == 0


@on("guard")
def test_restart_keeps_what_is_mounted(guest):
    """kill -9 under a mounted, admitted drive: it stays usable, and nothing is recorded twice."""
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="ORDINARY1"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    guest.udisks_has("sda")
    guest.session_run("clerk", "udisksctl mount -b /dev/sda").ok()
    before = len(desk.records(guest, "block-decision"))
    guest.run("systemctl kill -s KILL guardd")
    desk.wait_record(guest, "unclean-end")
    desk.wait_verdict(guest, "registry-absent", "ORDINARY1")
    guest.session_run("clerk", "echo x > /media/clerk/BAOMI/x && sync").ok()
    assert len(desk.records(guest, "block-decision")) == before
