# SPDX-License-Identifier: LGPL-2.1-or-later
"""A drive of the register that looks otherwise than when it was last used here: a clone with its identity, larger and parted
otherwise. A warning that says what has changed; refused where policy says so, until somebody who may accepts it."""
from vmlib import desk
from vmlib.api import devices, media, on

from test_policy import write

HARDWARE = {"vendor_id": "46f4", "product_id": "0001"}


def plugged(guest, medium, verdict, reason):
    stick = devices.Stick(medium, serial="BG-1")
    guest.plug(stick)
    record = desk.wait_record(guest, "block-decision", serial="BG-1", verdict=verdict, reason=reason)
    return stick, record


@on("guard")
def test_clone_that_is_larger(guest):
    desk.Desk(guest).enrol("BG-1", level="none", serial="BG-1", **HARDWARE).publish()
    with media.partitioned(["vfat"]) as first, media.partitioned(["vfat"], table="gpt", size=96 * media.MIB) as clone:
        for _again in range(2):
            stick, record = plugged(guest, first, "admit", "registered")
            assert record["severity"] == "info", record
            guest.unplug(stick)
        assert not desk.records(guest, kind="identity-changed")
        stick, record = plugged(guest, clone, "admit", "registered")
        changed = desk.wait_record(guest, "identity-changed")
        assert changed["media_id"] == "BG-1" and changed["severity"] == "warning", changed
        assert changed["details"]["before"]["capacity"] == 64 * media.MIB and changed["details"]["now"]["capacity"] == 96 * media.MIB, changed
        assert changed["details"]["before"]["layout"].startswith("dos ") and changed["details"]["now"]["layout"].startswith("gpt "), changed
        assert changed["details"]["before"]["descriptor"] == changed["details"]["now"]["descriptor"], changed
        guest.unplug(stick)
        # by policy the first one is a stranger by now
        write(guest, "40-change.conf", "[policy]\nidentity-changed=refuse\n")
        mark = guest.mark()
        stick, record = plugged(guest, first, "refuse", "identity-mismatch")
        assert record["severity"] == "critical" and record["rule"] == "policy:identity-changed", record
        guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")
        assert guest.run("guardctl exception allow %s --reason x" % desk.find(guest, serial="BG-1")["device"]).rc == 1
        guest.sh("systemctl restart guardd")
        guest.unplug(stick)
        stick, _record = plugged(guest, first, "refuse", "identity-mismatch")
        assert guest.run("guardctl media forget NOBODY").rc == 1
        assert guest.session_run("clerk", "guardctl media forget BG-1").rc == 1
        mark = guest.mark()
        guest.run("guardctl media forget BG-1").ok()
        guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
        guest.unplug(stick)
        stick, record = plugged(guest, first, "admit", "registered")
        assert record["severity"] == "info", record
