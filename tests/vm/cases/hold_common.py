# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the cases of layers 1 and 2 share: a machine whose guardd is not there, and what the static
parts (rules, guard-hold, guard-ask) left behind."""

HOLD = "/usr/lib/baomi-guard/guard-hold"
SPOOLS = ("/var/lib/baomi-guard/spool", "/run/baomi-guard/spool")


def without_guardd(guest):
    """Masked and stopped: everything after this is what stands without it."""
    guest.run("systemctl mask --now guardd.service", timeout=90)
    guest.run_until("! systemctl is-active --quiet guardd.service", 60)
    return guest


def settle(guest):
    """udev has nothing left to do, RUN programs included."""
    guest.sh("udevadm settle --timeout=100", timeout=120)


def spooled(guest, action=None):
    """Spool files as dicts of text, oldest first; hexadecimal values decoded."""
    return guest.python("""
        result = []
        for folder in args["folders"]:
            for path in glob.glob(folder + "/[0-9]*"):
                event = dict(line.split("=", 1) for line in open(path).read().splitlines())
                for key in ("serial", "manufacturer", "product"):
                    if key in event:
                        event[key] = bytes.fromhex(event[key]).decode("utf-8", "replace")
                event["file"] = path
                result.append(event)
        result.sort(key=lambda e: int(os.path.basename(e["file"]).split("-")[0]))
        if args["action"]:
            result = [e for e in result if e["action"] == args["action"]]
        """, {"folders": SPOOLS, "action": action})


def usb(guest, **want):
    """The one device with these values."""
    names = guest.find_usb(**want)
    assert len(names) == 1, (want, guest.usb_devices())
    return guest.usb_devices()[names[0]]


def wait_drivers(guest, name, drivers, timeout=90):
    """Until the device's interfaces have exactly these drivers."""
    guest.python_until("""
        found = {}
        for intf in glob.glob("/sys/bus/usb/devices/%s/%s:*" % (args["name"], args["name"])):
            link = intf + "/driver"
            found[intf.split(":")[-1]] = (
                os.path.basename(os.readlink(link)) if os.path.islink(link) else None)
        result = found == args["drivers"]
        """, timeout, args={"name": name, "drivers": drivers})


def assert_held(guest, mark, **want):
    """There, readable, not configured, and no block device came of it."""
    settle(guest)
    device = usb(guest, **want)
    assert device["authorized"] == "0", device
    assert not device["configuration"] and not device["drivers"], device
    guest.assert_no_block(mark)


def root_hubs(guest, attribute):
    """{"usb1": "0", …} of one attribute of every root hub."""
    return guest.python("""
        result = {p.split("/")[5]: open(p).read().strip()
                  for p in glob.glob("/sys/bus/usb/devices/usb*/" + args)}
        """, attribute)
