# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cross-use: the event logs of a classified computer and of another one, taken in at the desk, name the stranger's stick and the
drive of the register that both have seen, and whether it could be used there."""
import json

from vmlib import desk
from vmlib.api import devices, media, on


def look(guest, level, host, verdicts):
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=%s\nhost-id=%s\n" % (level, host))
    guest.run_until("guardctl status --json | grep -q %s" % host, 60)
    for serial, verdict in verdicts.items():
        stick = devices.Stick(media.superfloppy(), serial=serial)
        guest.plug(stick)
        kind = "usb-decision" if verdict == "refuse" else "block-decision"
        guest.run_until("guardctl log --kind %s --json | grep -q '\"%s\"'" % (kind, serial), 60)
        guest.unplug(stick)
        stick.nodes.clear()
    # what this computer says while it is this one
    own = [r for r in guest.guardctl("log") if (r.get("details") or {}).get("host_level") == level]
    guest.put("/srv/%s.json" % host, json.dumps(own))


@on("guard")
def test_both_kinds_of_computers(guest):
    book = desk.Desk(guest, in_guest=True)
    book.enrol("LY-1", level="secret", serial="LY-1", vendor_id="46f4", product_id="0001").publish()
    look(guest, "none", "PC-1", {"STRANGER": "admit", "LY-1": "refuse", "HOME": "admit"})
    look(guest, "secret", "PC-9", {"STRANGER": "refuse", "LY-1": "admit"})
    done = guest.run("guardctl station import-events /srv/PC-1.json /srv/PC-9.json --dir %s --json" % (book.dir + "/register"), timeout=120)
    assert done.rc == 1 and json.loads(done.out)["crossed"] == 2, done
    found = {one["media_id"] or one["name"]: one for one in json.loads(
        guest.run("guardctl station cross-use --dir %s --json" % (book.dir + "/register")).ok().out)}
    assert set(found) == {"LY-1", "QEMU USB HARDDRIVE"}, found
    ours, stranger = found["LY-1"], found["QEMU USB HARDDRIVE"]
    assert ours["classified"]["used"] and not ours["unclassified"]["used"], ours
    assert (ours["classified"]["host_id"], ours["unclassified"]["host_id"]) == ("PC-9", "PC-1"), ours
    assert stranger["unclassified"]["used"] and not stranger["classified"]["used"], stranger
    assert "STRANGER" in stranger["identity"] and stranger["classified"]["level"] == "secret", stranger
    assert "HOME" not in json.dumps(list(found.values()))
    again = guest.run("guardctl station import-events /srv/PC-9.json --dir %s --json" % (book.dir + "/register"), timeout=120)
    assert again.rc == 0 and json.loads(again.out)["crossed"] == 0, again
    assert "cross-use" in guest.run("guardctl station history LY-1 --dir %s --json" % (book.dir + "/register")).ok().out
