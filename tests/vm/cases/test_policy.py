# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an administrator writes into policy.d is what happens; what cannot be read changes nothing; and
keyboards and mice work whatever it says."""
from vmlib import desk
from vmlib.api import devices, media, on

from test_media_identity import redir

POLICY = "/etc/baomi-guard/policy.d/"
MAC = "52:54:00:ba:0b:01"  # as usb-net tells it
OFFICE = """[hold]
classes=02;0a

[rule adapters]
interface-class=02;0a
verdict=refuse

[rule strangers]
vendor-id=0951
product-id=1666
verdict=refuse

[rule readers]
vendor-id=0781
verdict=read-only

[rule watched]
kind=storage
vendor-id=46f4
mode=observe
verdict=refuse
"""


def write(guest, name, text):
    """A file of policy.d, and guardd has noticed."""
    known = len(desk.records(guest, "config-changed"))
    guest.put(POLICY + name, text)
    noticed(guest, known)


def noticed(guest, known):
    guest.python_until("""
        out = subprocess.run(["guardctl", "log", "--kind", "config-changed", "--json"],
                             capture_output=True, text=True)
        result = len(json.loads(out.stdout or "[]")) > args
        """, 60, args=known, interval=0.3)


def keyboard_and_mouse_work(guest):
    mark = guest.mark()
    for make in devices.keyboard, devices.mouse:
        guest.plug(make())
    guest.wait_event(mark, SUBSYSTEM="usb", ACTION="bind", DEVTYPE="usb_interface", DRIVER="usbhid",
                     count=2)


def by_rule(guest, kind, rule, **want):
    record = desk.wait_record(guest, kind, reason="policy", **want)
    assert record["details"] and record["rule"].endswith(":" + rule), record
    return record


@on("guard")
def test_rules(guest):
    write(guest, "50-office.conf", OFFICE)
    mark = guest.mark()
    guest.plug(devices.Network(MAC))
    by_rule(guest, "usb-decision", "adapters", vendor_id="0525", verdict="refuse")
    guest.plug(redir("STRANGER", 0x0951, 0x1666))
    by_rule(guest, "usb-decision", "strangers", serial="STRANGER", verdict="refuse")
    guest.assert_no_block(mark)
    assert {guest.usb_devices()[one]["authorized"] for one in
            guest.find_usb(vendor="0525") + guest.find_usb(vendor="0951")} == {"0"}
    assert guest.run("grep -l %s /sys/class/net/*/address" % MAC).rc != 0

    guest.plug(redir("READER", 0x0781, 0x5567))
    disk = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk",
                            BAOMI_VERDICT="read-only")["DEVNAME"]
    by_rule(guest, "block-decision", "readers", serial="READER", verdict="read-only")
    assert guest.sh("blockdev --getro " + disk) == "1"

    guest.plug(devices.Stick(media.superfloppy(), serial="WATCHED"))
    record = desk.wait_record(guest, "block-decision", serial="WATCHED", verdict="admit")
    assert record["reason"] == "registry-absent" and record["severity"] == "notice", record
    assert record["details"]["would_be"] == "refuse", record
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    keyboard_and_mouse_work(guest)


@on("guard")
def test_broken_policy_and_masking(guest):
    write(guest, "50-office.conf", OFFICE)
    write(guest, "60-broken.conf", "[rule all]\nverdict=admit\nvender-id=0951\n")
    checked = guest.run("guardctl policy check")
    assert checked.rc == 1 and "60-broken.conf:3: " in checked.err, checked
    for command in "status", "log --kind alarm":
        guest.run_until("guardctl %s --json | grep -q 'last good one serves.*60-broken.conf:3:'"
                        % command, 90)
    # It would admit what the last good one refuses.
    mark = guest.mark()
    guest.plug(redir("STRANGER", 0x0951, 0x1666))
    by_rule(guest, "usb-decision", "strangers", serial="STRANGER", verdict="refuse")
    guest.assert_no_block(mark)
    # Nobody is locked out, also not where nothing good is known from before, nor any registry.
    guest.run("systemctl restart guardd", check=True)
    guest.run_until("guardctl status --json | grep -q 'built-in one serves.*60-broken.conf:3:'", 90)
    keyboard_and_mouse_work(guest)

    known = len(desk.records(guest, "config-changed"))
    guest.run(["rm", POLICY + "60-broken.conf"], check=True)
    noticed(guest, known)
    desk.wait_record(guest, "alarm-cleared")
    # A file of the package's name stands in the package's place.
    guest.plug(devices.Stick(media.superfloppy(), serial="ORDINARY"))
    desk.wait_record(guest, "block-decision", serial="ORDINARY", verdict="admit")
    write(guest, "90-baomi-guard.conf", "[policy]\nregistry-absent=refuse\n")
    record = desk.wait_record(guest, "usb-decision", serial="ORDINARY", verdict="refuse")
    assert record["rule"] == "90-baomi-guard.conf:policy/registry-absent", record
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="remove", DEVTYPE="disk")


@on("guard")
def test_tried_before_it_is_in_force(guest):
    """A sample set, replayed over what was plugged in; then in force it says just that. Then a rule about the very port."""
    stick = devices.Stick(media.superfloppy(), serial="TRIED")
    guest.plug(stick)
    desk.wait_record(guest, "block-decision", serial="TRIED", verdict="admit")
    port = desk.find(guest, serial="TRIED")["device"]
    sample = "/usr/share/baomi-guard/samples/registered-only"
    tried = guest.guardctl("policy", "test", sample)
    change = [one for one in tried["changes"] if one["serial"] == "TRIED"]
    assert len(change) == 1 and change[0]["then"]["verdict"] == "admit" and not change[0]["assumed"], tried
    assert change[0]["now"] == {"verdict": "refuse", "reason": "registry-absent",
                                "rule": "50-registered-only.conf:policy/registry-absent"}, tried
    assert guest.guardctl("policy", "test")["changed"] == 0
    assert "TRIED" in guest.guardctl("policy", "test", sample, as_json=False).out
    denied = guest.guardctl("policy", "test", sample, as_json=False, user="clerk")
    assert denied.rc == 1 and denied.err and "TRIED" not in denied.out, denied

    guest.run("cp %s/*.conf %s" % (sample, POLICY), check=True)
    record = desk.wait_record(guest, "usb-decision", serial="TRIED", verdict="refuse")
    assert record["rule"] == change[0]["now"]["rule"], record
    guest.unplug(stick)
    desk.wait_record(guest, "removed", serial="TRIED")
    write(guest, "20-port.conf", "[rule desk-port]\nport=%s\nverdict=read-only\n" % port)
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="PORT").at(port=port.split("-")[1]))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="read-only")
    by_rule(guest, "block-decision", "desk-port", serial="PORT", verdict="read-only")


@on("guard")
def test_one_at_a_time(guest):
    """limit=1: the second stick waits outside until the first is pulled out."""
    write(guest, "50-one.conf", "[policy]\nunregistered=refuse\nregistry-absent=refuse\n\n[rule one]\nkind=usb-drive\nlimit=1\n"
          "verdict=admit\nseverity=notice\n")
    first, second = (devices.Stick(media.partitioned(["vfat"]), serial=serial) for serial in ("FIRST", "SECOND"))
    mark = guest.mark()
    guest.plug(first)
    assert by_rule(guest, "block-decision", "one", serial="FIRST", verdict="admit")["severity"] == "notice"
    guest.plug(second)
    desk.wait_record(guest, "usb-decision", serial="SECOND", verdict="refuse")
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", count=1)
    mark = guest.mark()
    guest.unplug(first)
    record = by_rule(guest, "block-decision", "one", serial="SECOND", verdict="admit")
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    guest.udisks_has(record["block"] + "1")
