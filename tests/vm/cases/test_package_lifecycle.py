# SPDX-License-Identifier: LGPL-2.1-or-later
"""The package's life on a running machine: in effect without a reboot, upgraded without asking and
without dropping a verdict, removed without a trace, purged without losing a record."""
from vmlib import layers
from vmlib.api import devices, media, on

DESK = """
set -e
mkdir -p /root/desk
guardctl station init --dir /root/desk/register
guardctl station keygen --algorithm ed25519 --key /root/desk/private.pem --public /root/desk/public.pem
guardctl station enrol --dir /root/desk/register --media-id LY-017 --level secret \
        --vendor-id 46f4 --product-id 0001 --serial CLASSIFIED017
guardctl station publish --dir /root/desk/register --key /root/desk/private.pem --valid-days 90 \
        --output /root/desk/registry.snapshot
install -m 0644 /root/desk/public.pem /etc/baomi-guard/keys.d/desk.pem
guardctl registry install /root/desk/registry.snapshot
"""
APT = "DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Use-Pty=0 "


def no_initrd(guest):
    """Building an initrd in an emulated machine takes minutes; cold boots with one have cases of their own."""
    guest.run("sed -i 's/^update_initramfs=.*/update_initramfs=no/' /etc/initramfs-tools/update-initramfs.conf", check=True)


def record_initrd(guest):
    """What the package's scripts would have made is written down."""
    guest.put("/usr/sbin/update-initramfs", "#!/bin/sh\necho \"$@\" >> /run/initramfs-asked\n", 0o755)


def asked_initrd(guest):
    return guest.sh("cat /run/initramfs-asked; rm -f /run/initramfs-asked").splitlines()


def install(guest):
    no_initrd(guest)
    guest.install_debs(layers.debs("guard"))


def know_classified(guest):
    """A desk in the guest enrols the drive CLASSIFIED017, and the guest takes its registry."""
    guest.run(DESK, timeout=120, check=True)


def defaults(guest):
    return guest.python("""
        result = sorted({open(p).read().strip()
                         for p in glob.glob("/sys/bus/usb/devices/usb*/authorized_default")})
        """)


def classified():
    return devices.Stick(media.superfloppy(label="SECRETS"), serial="CLASSIFIED017")


def ordinary(serial="ORDINARY1"):
    return devices.Stick(media.superfloppy(), serial=serial)


def refused(guest, stick):
    """Plugs the classified stick; its verdict, once guardd has it, and that no disk came of it."""
    mark = guest.mark()
    guest.plug(stick)
    guest.run_until("guardctl media list --json | grep -q classified-on-unclassified", 90)
    guest.assert_no_block(mark)


def mounted(guest, stick):
    """Plugs an ordinary stick; the person at the seat mounts it. Its disk's name and mount point."""
    mark = guest.mark()
    guest.plug(stick)
    name = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", DEVTYPE="disk")["DEVNAME"][5:]
    guest.udisks_has(name)
    out = guest.session_run("clerk", "udisksctl mount -b /dev/" + name).ok().out
    return name, out.split(" at ")[1].strip().rstrip(".")


def writes(guest, folder, text):
    guest.session_run("clerk", "echo %s > %s/file && sync && cat %s/file" % (text, folder, folder)).ok()


@on("bare", timeout=900)
def test_install_is_in_effect_at_once(guest):
    """A drive in use stays in use, keyboards work, and the next classified drive is refused."""
    _, folder = mounted(guest, ordinary("BEFORE1"))
    writes(guest, folder, "before")
    record_initrd(guest)
    install(guest)
    assert asked_initrd(guest) == ["-u -k all"], "every kernel's initramfs, not the newest one's only"
    assert defaults(guest) == ["0"], defaults(guest)
    guest.run("systemctl is-active guardd.service", check=True)
    status = guest.guardctl("status")
    assert status["host"]["level"] == "none", status
    assert status["layers"]["usb"]["state"] == "active", status
    assert status["layers"]["block"]["state"] == "active", status
    writes(guest, folder, "after")

    mark = guest.mark()
    guest.plug(devices.keyboard())
    guest.wait_event(mark, SUBSYSTEM="input", ACTION="add", ID_INPUT_KEYBOARD="1")
    know_classified(guest)
    refused(guest, classified())
    _, second = mounted(guest, ordinary("AFTER1"))
    writes(guest, second, "hello")
    guest.guardctl("log", "verify", as_json=False).ok()
    failed = guest.run("systemctl list-units --failed --no-legend").out
    assert "guard" not in failed, failed


@on("guard", timeout=900)
def test_upgrade_asks_nothing_and_drops_nothing(guest):
    no_initrd(guest)
    know_classified(guest)
    guest.put("/etc/baomi-guard/host.conf", "[host]\nlevel=none\nunit=finance\n")
    guest.run("systemctl reload guardd.service", check=True)
    _, folder = mounted(guest, ordinary())
    refused(guest, classified())
    before = guest.sh("systemctl show -p MainPID --value guardd.service")
    last = guest.guardctl("log")[-1]["seq"]

    package, = [path for path in layers.debs("guard") if "/baomi-guard_" in path]
    with open(package, "rb") as handle:
        guest.put("/root/this.deb", handle.read())
    guest.run("""
        set -e
        rm -rf /root/next && mkdir /root/next
        dpkg-deb -R /root/this.deb /root/next/tree
        sed -i 's/^Version: .*/&+next/' /root/next/tree/DEBIAN/control
        dpkg-deb -b /root/next/tree /root/next/baomi-guard_next.deb
        """, timeout=300, check=True)
    mark = guest.mark()
    # dpkg asks the questions, and fails where nobody can answer; apt refuses local files without a network
    done = guest.run("dpkg -i /root/next/baomi-guard_next.deb < /dev/null", timeout=600)
    assert done.rc == 0 and "?" not in done.out, done
    assert guest.sh("dpkg-query -W -f='${Version}' baomi-guard").endswith("+next")
    guest.run("systemctl is-active guardd.service", check=True)
    assert guest.sh("systemctl show -p MainPID --value guardd.service") != before
    assert defaults(guest) == ["0"], defaults(guest)

    writes(guest, folder, "still-mine")
    guest.assert_no_block(mark)
    entry, = [m for m in guest.guardctl("media", "list") if m["serial"] == "CLASSIFIED017"]
    assert entry["verdict"] == "refuse", entry
    assert guest.guardctl("status")["host"]["unit"] == "finance"
    kinds = [r["kind"] for r in guest.guardctl("log") if r["seq"] > last]
    assert any("stop" in k for k in kinds) and any("start" in k for k in kinds), kinds
    guest.guardctl("log", "verify", as_json=False).ok()


@on("guard", timeout=900)
def test_remove_gives_everything_back(guest):
    """The USB defaults are the kernel's again, and what was refused shows up as on any machine."""
    install(guest)
    know_classified(guest)
    _, folder = mounted(guest, ordinary())
    refused(guest, classified())
    mark = guest.mark()
    record_initrd(guest)
    guest.run(APT + "remove baomi-guard < /dev/null", timeout=600, check=True)

    asked = asked_initrd(guest)
    assert asked == ["-u -k all"], asked  # every kernel's initramfs lets go
    assert defaults(guest) == ["1"], defaults(guest)
    event = guest.wait_event(mark, SUBSYSTEM="block", ACTION="add", ID_SERIAL_SHORT="CLASSIFIED017")
    guest.udisks_has(event["DEVNAME"][5:])
    writes(guest, folder, "kept")
    files = guest.run("ls -d /usr/lib/modprobe.d/*baomi* /usr/lib/udev/rules.d/*baomi* /run/baomi-guard "
                      "/usr/lib/baomi-guard /etc/modprobe.d/*baomi* 2>/dev/null").out
    assert files == "", files
    hooks = guest.run("find /usr/share/initramfs-tools /etc/initramfs-tools -name '*baomi*'").out
    assert hooks == "", hooks
    _, second = mounted(guest, ordinary("LATER1"))
    writes(guest, second, "hello")
    assert guest.exists("/var/lib/baomi-guard/ledger.db"), "removal is not purge"


@on("guard", timeout=900)
def test_purge_archives_the_ledger(guest):
    no_initrd(guest)
    know_classified(guest)
    refused(guest, classified())
    last = guest.guardctl("log")[-1]["seq"]
    guest.run(APT + "purge baomi-guard < /dev/null", timeout=600, check=True)
    for gone in ("/var/lib/baomi-guard", "/var/lib/baomi-guard-update", "/etc/baomi-guard", "/run/baomi-guard", "/usr/share/baomi-guard"):
        assert not guest.exists(gone), gone
    folder, = guest.sh("ls -d /var/backups/baomi-guard/*").split("\n")
    assert guest.sh("stat -c %a " + folder) == "700"
    kept = guest.sh("python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
                    "print(c.execute(\"pragma integrity_check\").fetchone()[0], "
                    "c.execute(\"select max(seq) from records\").fetchone()[0])' %s/ledger.db" % folder)
    verdict, seq = kept.split()
    assert verdict == "ok" and int(seq) >= last, (kept, last)
    install(guest)      # a second life begins a ledger of its own and leaves the archive alone
    guest.guardctl("log", "verify", as_json=False).ok()
    assert guest.exists(folder + "/ledger.db")


@on("bare", timeout=900)
def test_install_in_a_chroot_leaves_the_machine_alone(guest):
    """An image that is built on a machine must not put that machine's own USB on hold."""
    guest.run("""
        set -e
        mkdir -p /root/debs /tmp/image && mount -t tmpfs tmpfs /tmp/image
        mkdir /tmp/image/upper /tmp/image/work /tmp/image/root
        mount -t overlay overlay -o lowerdir=/,upperdir=/tmp/image/upper,workdir=/tmp/image/work /tmp/image/root
        mount --bind /proc /tmp/image/root/proc && mount --bind /sys /tmp/image/root/sys
        """, check=True)
    for path in layers.debs("guard"):
        with open(path, "rb") as handle:
            guest.put("/tmp/image/root/guard.deb", handle.read())
        guest.run("sed -i 's/^update_initramfs=.*/update_initramfs=no/' "
                  "/tmp/image/root/etc/initramfs-tools/update-initramfs.conf", check=True)
        guest.run("chroot /tmp/image/root dpkg -i /guard.deb < /dev/null", timeout=600, check=True)
    assert defaults(guest) == ["1"], defaults(guest)
    assert guest.sh("cat /tmp/image/root/usr/share/baomi-guard/host.conf | grep ^level") == "level=none"
    assert not guest.exists("/usr/bin/guardctl")
