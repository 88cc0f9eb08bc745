# SPDX-License-Identifier: LGPL-2.1-or-later
"""guardctl as people use it: the administrator, the person at the seat, somebody who is not there; as
tables, as JSON, in Chinese; and what it says when something is wrong."""
import re

from vmlib import desk
from vmlib.api import devices, media, on

from test_media_main import CLASSIFIED

CHINESE = {"LANG": "zh_CN.UTF-8"}
DECISION = {"verdict", "reason", "rule", "media_id", "level"}
MEDIUM = DECISION | {"device", "vendor_id", "product_id", "serial", "manufacturer", "product",
                     "interfaces", "blocks"}
BLOCK = DECISION | {"name", "diskseq", "filesystems"}
RECORD = {"seq", "time", "boot_id", "kind", "severity", "verdict", "reason", "media_id", "vendor_id",
          "product_id", "serial", "user", "session", "digest", "message"}


def ctl(guest, words, rc=0, user=None, env=None):
    """A command line as it is typed, with the exit status that it must have; out and err."""
    argv = ["guardctl", *words.split()]
    if user == "other":  # by ssh, say: no session at the seat
        result = guest.run(argv, uid=1001, env=dict(env or {}, HOME="/home/other"))
    elif user:
        result = guest.session_run(user, argv, env=env)
    else:
        result = guest.run(argv, env=env or {})
    assert result.rc == rc, (words, user, result)
    assert rc in (0, 1) or result.err, (words, result)
    return result


def row(text, *words):
    """The line of a table that has all these words."""
    found = [line for line in text.splitlines() if all(word in line for word in words)]
    assert len(found) == 1, (words, text)
    return found[0]


def status(guest):
    """Before a registry was installed, and after."""
    told = guest.guardctl("status")
    assert {"version", "host", "layers", "registry", "policy", "alarms"} <= set(told), told
    assert told["host"]["level"] == "none" and told["host"]["host_id"], told
    assert set(told["layers"]) == {"usb", "block", "shield"}, told
    assert {name: told["layers"][name]["state"] for name in ("usb", "block")} == {
        "usb": "active", "block": "active"}, told
    assert told["layers"]["shield"]["state"] in ("active", "inactive", "unavailable"), told
    assert {"sequence", "issued", "expires", "entries", "state"} <= set(told["registry"]), told
    assert told["registry"]["state"] == "absent" and told["registry"]["sequence"] is None, told
    assert told["policy"]["state"] == "good" and told["policy"]["rules"] >= 0, told
    assert told["alarms"] == [], told
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    registry = guest.guardctl("status")["registry"]
    assert (registry["state"], registry["sequence"], registry["entries"]) == ("good", 1, 1), registry
    assert registry["issued"] < registry["expires"], registry
    assert guest.guardctl("registry", "show") == registry
    table = ctl(guest, "status").out
    for words in (("Level", "Not classified"), ("USB hold", "active"), ("Block quarantine", "active"),
                  ("Registry", "good"), ("number 1, 1 drives",), ("Alarms", "none")):
        row(table, *words)


def present(guest):
    """An ordinary and a classified drive; the device of each."""
    guest.put("/etc/baomi-guard/policy.d/50-near.conf",
              "[rule near]\ncarrier=usb\nserial=SOMETHING-ELSE\nverdict=refuse\n")
    guest.run("systemctl reload guardd", check=True)
    mark = guest.mark()
    guest.plug(devices.Stick(media.superfloppy(), serial="CLASSIFIED017"))
    guest.plug(devices.Stick(media.partitioned(["vfat"]), serial="ORDINARY1"))
    guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk", BAOMI_VERDICT="admit")
    desk.wait_verdict(guest, "classified-on-unclassified")
    listed = {one["serial"]: one for one in guest.guardctl("media", "list")}
    ordinary, classified = listed["ORDINARY1"], listed["CLASSIFIED017"]
    for one in listed.values():
        assert MEDIUM <= set(one), one
        assert (one["vendor_id"], one["interfaces"]) == ("46f4", ["08:06:50"]), one
    assert {key: classified[key] for key in DECISION} == {
        "verdict": "refuse", "reason": "classified-on-unclassified", "media_id": "LY-017",
        "level": "secret", "rule": classified["rule"]}, classified
    assert classified["blocks"] == [] and classified["rule"], classified
    block, = ordinary["blocks"]
    assert BLOCK <= set(block) and block["verdict"] == ordinary["verdict"] == "admit", ordinary
    assert [f["label"] for f in block["filesystems"]] == ["BAOMI"], block
    table = ctl(guest, "media list").out
    row(table, "DEVICE", "VERDICT", "REASON", "SERIAL")
    row(table, ordinary["device"], "admitted", "unregistered", "vfat BAOMI", "46f4:0001", "ORDINARY1")
    row(table, classified["device"], "refused", "classified-on-unclassified", "LY-017", "Secret")
    return ordinary["device"], classified["device"]


def explained(guest, ordinary, classified):
    told = guest.guardctl("media", "explain", ordinary)
    assert (told["verdict"], told["reason"]) == ("admit", "unregistered"), told
    assert told["facts"]["serial"] == "ORDINARY1" and told["facts"]["blocks"], told
    assert [miss["rule"] for miss in told["near_misses"]] == ["50-near.conf:near"], told
    table = ctl(guest, "media explain " + classified).out
    row(table, "Verdict", "refused")
    row(table, "Reason", "(classified-on-unclassified)")
    row(table, "Media id", "LY-017")
    row(ctl(guest, "media explain " + ordinary).out, "50-near.conf:near: serial does not fit", "ORDINARY1")
    question = "media explain --vendor-id 46f4 --product-id 0001 --serial CLASSIFIED017"
    for level, answer in (
            ("none", ("refuse", "classified-on-unclassified")),
            ("confidential", ("refuse", "level-above-host")),
            ("secret", ("admit", None)),
            ("top-secret", ("read-only", "no-write-down"))):
        told = guest.guardctl(*question.split(), "--host-level", level)
        assert (told["verdict"], told["media_id"]) == (answer[0], "LY-017"), (level, told)
        assert answer[1] in (None, told["reason"]), (level, told)
        assert told["facts"]["host"]["level"] == level, (level, told)
    return question


def people(guest, ordinary, question):
    """The person at the seat sees this machine's media, nobody's password asked; the rest is not his."""
    for words in "status", "media list", "media explain " + ordinary:
        assert ctl(guest, words, user="clerk").out == ctl(guest, words).out, words
    private = ["log", "log verify", "log anchor", "registry show",
               "registry install %s/registry.snapshot" % desk.DIR, question]
    guest.run(["chmod", "-R", "a+rX", "/root"], check=True)
    for user, refused in (("clerk", private), ("other", private + [
            "status", "media list", "media explain " + ordinary, "media eject " + ordinary])):
        for words in refused:
            said = ctl(guest, words, rc=1, user=user)
            assert said.out == "" and "administrator" in said.err, (user, words, said)
    said = ctl(guest, "log", rc=1, user="clerk", env=CHINESE)
    assert "管理员" in said.err, said


def chinese(guest):
    table = ctl(guest, "media list", env=CHINESE).out
    row(table, "设备", "判定", "原因")
    row(table, "已拒绝", "机密", "LY-017")
    row(ctl(guest, "status", user="clerk", env=CHINESE).out, "USB 拦截", "有效")
    # What programs read has no language.
    for words in "media list --json", "log --kind usb-decision --json":
        assert ctl(guest, words, env=CHINESE).out == ctl(guest, words).out, words
    row(ctl(guest, "log --media-id LY-017", env=CHINESE).out, "LY-017", "已拒绝")


@on("guard")
def test_looking(guest):
    status(guest)
    ordinary, classified = present(guest)
    question = explained(guest, ordinary, classified)
    people(guest, ordinary, question)
    chinese(guest)


def records(guest):
    every = guest.guardctl("log")
    assert all(RECORD <= set(r) for r in every), every
    assert [r["seq"] for r in every] == list(range(every[0]["seq"], every[-1]["seq"] + 1))
    assert guest.guardctl("log", "--kind", "usb-decision") == [
        r for r in every if r["kind"] == "usb-decision"]
    installed = [r for r in every if r["kind"] == "registry-installed"][-1]
    about = guest.guardctl("log", "--media-id", "LY-017")
    assert about and about == [r for r in every if r["media_id"] == "LY-017"], about
    since = guest.guardctl("log", "--since", installed["time"])
    assert since == [r for r in every if r["seq"] >= installed["seq"]], since
    until = guest.guardctl("log", "--until", installed["time"])
    assert until == [r for r in every if r["seq"] < installed["seq"]], until
    row(ctl(guest, "log --media-id LY-017 --kind usb-decision").out, "refused", "critical", "LY-017")
    assert "No records match." in ctl(guest, "log --media-id NOBODY").out
    anchor = ctl(guest, "log anchor").out
    guest.put("/root/anchor", anchor)
    assert re.search(r"records \d+ to \d+", ctl(guest, "log verify").out)
    ctl(guest, "log verify --anchor /root/anchor")
    good = guest.guardctl("log", "verify")
    assert good["good"] and good["first_bad_seq"] is None and good["last_digest"] in anchor, good
    other = good["last_digest"]
    guest.put("/root/anchor", anchor.replace(other, other[::-1]))
    assert "not complete" in ctl(guest, "log verify --anchor /root/anchor", rc=1).err


def policy(guest):
    guest.run("mkdir -p /root/policy", check=True)
    guest.put("/root/policy/20-good.conf", "[rule phones]\nkind=mtp\nverdict=refuse\n")
    assert "1 files, 1 rules" in ctl(guest, "policy check /root/policy").out
    guest.put("/root/policy/10-bad.conf", "[rule one]\nverdict=perhaps\n\n[rule two]\ncolour=red\n")
    said = ctl(guest, "policy check /root/policy", rc=1)
    for line in "10-bad.conf:2:", "10-bad.conf:5:":
        assert line in said.err, said
    told = ctl(guest, "policy check /root/policy --json", rc=1).json
    assert told["good"] is False, told
    assert {2, 5} <= {error["line"] for error in told["errors"]}, told
    assert all(error["file"].endswith("10-bad.conf") and error["message"]
               for error in told["errors"]), told
    ctl(guest, "policy check")
    assert ctl(guest, "policy check /nowhere", rc=1).err


def doctor(guest):
    """Each finding with its remedy; what the guest has not got is found, what it has is not."""
    found = {f["key"]: f for f in ctl(guest, "doctor --json", rc=1).json}
    for finding in found.values():
        assert finding["severity"] and finding["message"] and finding["remedy"], finding
    assert {"registry", "keys", "host-conf", "shield"} <= set(found), found
    assert not {"guardd", "policy", "ledger", "udev-masked", "modprobe-default", "initramfs",
                "usb-default", "auditd"} & set(found), found
    table = ctl(guest, "doctor", rc=1)
    told = re.findall(r"\[[a-z-]+\]$", table.out, re.M)
    assert table.out.count("Remedy:") == len(told) >= len(found), table
    assert "补救：" in ctl(guest, "doctor", rc=1, env=CHINESE).out
    return found


WRONG = ("", "media", "media explain", "media eject", "policy check one two", "status --colour",
         "log --since whenever", "media explain 1-1 --serial X", "registry verify", "sing")


@on("guard")
def test_tools(guest):
    weak = doctor(guest)
    for words in WRONG:
        ctl(guest, words, rc=2)
    assert "'status'" in ctl(guest, "statsu", rc=2).err
    assert "9-9" in ctl(guest, "media explain 9-9", rc=1).err
    assert "9-9" in ctl(guest, "media eject 9-9", rc=1).err
    assert "Usage:" in ctl(guest, "--help").out and "guardctl " in ctl(guest, "--version").out
    assert "No removable medium" in ctl(guest, "media list").out
    policy(guest)
    desk.Desk(guest).enrol("LY-017", **CLASSIFIED).publish()
    guest.plug(devices.Stick(media.superfloppy(), serial="CLASSIFIED017"))
    desk.wait_record(guest, "usb-decision", media_id="LY-017")
    records(guest)
    guest.run("systemctl stop guardd", check=True)
    for words in ("status", "media list", "media explain 1-1", "media eject 1-1", "registry show",
                  "registry install %s/registry.snapshot" % desk.DIR):
        assert "systemctl" in ctl(guest, words, rc=3).err, words
    ctl(guest, "log", rc=3, user="clerk")
    for words in ("log", "log verify", "policy check"):
        ctl(guest, words)
    left = {f["key"] for f in ctl(guest, "doctor --json").json}
    assert left == set(weak) - {"registry", "keys"}, (left, weak)
