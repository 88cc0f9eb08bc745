# SPDX-License-Identifier: LGPL-2.1-or-later
"""NVMe disks in a port that leads outside, as of Thunderbolt and USB4, and inside: firmware says which is which, and a drive
may say of itself that it is one of several, when the kernel shows its disk below no port at all."""
from test_shield import shielded
from vmlib import desk, outside
from vmlib.api import devices, media, on

# Of the drive with that serial number, where its disk is there: the names of its nodes, and whether the kernel shows the disk
# above its controllers.
NODES = """
result = None
for controller in glob.glob("/sys/class/nvme/nvme*"):
    name = os.path.basename(controller)
    if open(controller + "/serial").read().strip() != args:
        continue
    above = [folder for folder in glob.glob("/sys/class/nvme-subsystem/*") if os.path.exists(folder + "/" + name)]
    nodes = [os.path.basename(path[:-4]) for folder in [controller] + above for path in glob.glob(folder + "/n*n*/dev")]
    disks = [node for node in nodes if os.path.exists("/sys/block/" + node) and os.path.exists("/dev/" + node)]
    if disks:
        result = {"controller": [name], "disk": disks, "raw": [node for node in nodes if node.startswith("ng")],
                  "above": os.path.realpath("/sys/block/" + disks[0]).startswith("/sys/devices/virtual/")}
"""
OPENS = """
try:
    os.close(os.open(args[0], args[1]))
    result = "opened"
except OSError as error:
    result = error.strerror
"""
READ = 0


def nodes(guest, serial):
    """controller, raw and disk of that drive, each "/dev/…"; above: does the kernel show it above its controllers?"""
    found = guest.python_until(NODES, 60, args=serial)
    for what in "controller", "disk", "raw":
        name, = found[what]
        found[what] = "/dev/" + name
    return found


def opens(guest, node):
    return guest.python(OPENS, [node, READ])


def all_closed(guest, found):
    for what in "disk", "raw", "controller":
        assert opens(guest, found[what]) == "Operation not permitted", (what, found)


def hidden(guest, found):
    shown = guest.sh("udevadm info -q property " + found["disk"]).splitlines()
    assert "UDISKS_IGNORE=1" in shown and not [line for line in shown if line.startswith("ID_FS_")], shown
    assert guest.sh("stat -c '%a %U:%G' " + found["disk"]) == "600 root:root"


def inside_is_left_alone(guest, serial, above):
    found = nodes(guest, serial)
    assert found["above"] == above, found
    assert "ID_FS_TYPE=vfat" in guest.sh("udevadm info -q property " + found["disk"])
    for what in "disk", "raw", "controller":
        assert opens(guest, found[what]) == "opened", (what, found)
    assert not desk.find(guest, serial=serial)


@on("guard", cold=True)
def test_ports_that_lead_outside(lab):
    """There at power-on: a classified disk outside, which says that it is one of several, and a disk inside which does too. Then an
    ordinary one is plugged outside. With the shield root opens no node of what waits or is refused."""
    secret = devices.Nvme(media.superfloppy(), "TB-SECRET", outside.PORT, above=True)
    guest = lab.boot(usb_at_boot=[secret, devices.Nvme(media.superfloppy(), "INSIDE-ABOVE", "rp2", above=True),
                                  devices.Nvme(media.superfloppy(), "INSIDE", "rp3")], extra=outside.arguments())
    found = nodes(guest, "TB-SECRET")
    assert found["above"], found
    hidden(guest, found)
    inside_is_left_alone(guest, "INSIDE-ABOVE", True)
    inside_is_left_alone(guest, "INSIDE", False)

    guest.session("clerk")
    desk.Desk(guest).enrol("LY-101", serial="TB-SECRET").publish()
    assert desk.wait_verdict(guest, "classified-on-unclassified", "TB-SECRET")["carrier"] == "thunderbolt"
    desk.wait_record(guest, "block-decision", serial="TB-SECRET", media_id="LY-101", severity="critical")
    hidden(guest, found)
    shielded(guest)
    all_closed(guest, found)
    inside_is_left_alone(guest, "INSIDE-ABOVE", True)
    inside_is_left_alone(guest, "INSIDE", False)
    secret.unplug(guest)
    desk.wait_record(guest, "removed", serial="TB-SECRET")

    guest.plug(devices.Nvme(media.superfloppy(), "TB-ORDINARY", outside.PORT))
    desk.wait_record(guest, "block-decision", serial="TB-ORDINARY", verdict="admit")
    found = nodes(guest, "TB-ORDINARY")
    guest.udisks_has(found["disk"].split("/")[-1])
    assert opens(guest, found["disk"]) == "opened"
    guest.python_until(OPENS + "\nresult = result == 'opened'", 30, args=[found["raw"], READ])
    assert opens(guest, found["controller"]) == "Operation not permitted"  # it reaches every disk that is still to come

    # Where the helper is missing nobody can say that it is inside.
    inside = nodes(guest, "INSIDE-ABOVE")
    guest.sh("mv /usr/lib/baomi-guard/guard-ask /root/ && udevadm trigger --settle --action=change --name-match=" + inside["disk"])
    hidden(guest, inside)
