# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two desks on one register over a share. NFS: one machine has the folder on its own disk, the other by NFS. SMB, whose
server enforces locks: both by SMB, each with a connection of its own. While one writes, the other is told who does, in
either direction; nothing of either is lost."""
import json

from vmlib.api import on

HERE, THERE = "/srv/desk/register", "/mnt/register"
ROWS = 300
SHARE = """
mkdir -p /etc/nfs.conf.d
printf '[nfsd]\\ngrace-time=10\\nlease-time=10\\n' > /etc/nfs.conf.d/short.conf
DEBIAN_FRONTEND=noninteractive dpkg --no-triggers -i /var/cache/baomi-shares/*.deb
mkdir -p /srv/desk
echo '/srv/desk 127.0.0.1(rw,sync,no_root_squash,fsid=0,no_subtree_check)' > /etc/exports
systemctl restart nfs-server
mount -t nfs4 -o vers=4.2 127.0.0.1:/ /mnt
"""
ONE, OTHER = "/mnt/one/register", "/mnt/other/register"
# Not installed, which takes minutes: its files laid over a copy of the system's, and the server alone started there.
SMB = """
mkdir -p /run/over /mnt/one /mnt/other /srv/desk
chmod 700 /srv/desk
mount -t tmpfs -o size=400M tmpfs /run/over
mkdir /run/over/samba /run/over/work /run/over/root
for package in $(ls /var/cache/baomi-samba/*.deb | grep -v python); do
    dpkg-deb -x $package /run/over/samba
done
# of packages from before /lib was a link
for folder in bin lib sbin; do
    [ ! -d /run/over/samba/$folder ] || cp -a /run/over/samba/$folder/. /run/over/samba/usr/$folder/
    rm -rf /run/over/samba/$folder
done
mount -t overlay -o lowerdir=/,upperdir=/run/over/samba,workdir=/run/over/work overlay /run/over/root
mount --bind /dev /run/over/root/dev
mount -t proc proc /run/over/root/proc
mount --bind /srv /run/over/root/srv
mkdir -p /run/over/root/run/samba /run/over/root/var/lib/samba/private /run/over/root/var/cache/samba
cat > /run/over/root/etc/samba/smb.conf <<'END'
[global]
server min protocol = SMB3_11
map to guest = Bad User
guest account = root
[desk]
path = /srv/desk
guest ok = yes
read only = no
force user = root
END
chroot /run/over/root /sbin/ldconfig
chroot /run/over/root /usr/sbin/smbd --daemon
for place in one other; do
    mount -i -t cifs -o ip=127.0.0.1,username=nosuchuser,password=any,vers=3.1.1,nosharesock //127.0.0.1/desk /mnt/$place
done
"""
# Starts an import and stops it by SIGSTOP where it has the register: its name is in the note of the lock.
FROZEN = r"""
import signal, time
folder, sheet = args
note = folder + "/register.db.lock"
open(note, "w").close()
child = subprocess.Popen(["guardctl", "station", "import-csv", sheet, "--dir", folder, "--confirm", "--json"],
                         stdout=open("/run/import.out", "w"), stderr=subprocess.STDOUT)
while child.poll() is None and ("\n%d\n" % child.pid).encode() not in open(note, "rb").read():
    pass
child.send_signal(signal.SIGSTOP)
result = child.pid if os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT).si_code == os.CLD_STOPPED else 0
"""
FINISHED = r"""
import signal
os.kill(args, signal.SIGCONT)
_pid, status = os.waitpid(args, 0)
result = (os.waitstatus_to_exitcode(status), open("/run/import.out").read())
"""


def station(guest, folder, *words):
    return guest.run(["guardctl", "station", *words, "--dir", folder], timeout=180)


def enrol(guest, folder, number):
    return station(guest, folder, "enrol", "--media-id", number, "--level", "secret", "--vendor-id", "0951",
                   "--product-id", "1666", "--serial", "SHARE" + number)


def sheet(guest, prefix):
    rows = "".join("%s-%04d,秘密,%s%08d\r\n" % (prefix, n, prefix, n * 7919) for n in range(ROWS))
    path = "/run/%s.csv" % prefix
    guest.put(path, ("介质编号,密级,序列号\r\n" + rows).encode())
    return path


def one_at_a_time(guest, one, other):
    station(guest, one, "init").ok()
    for number, (writes, waits) in enumerate([(one, other), (other, one)]):
        pid = guest.python(FROZEN, [writes, sheet(guest, "D%d" % number)], timeout=120)
        assert pid, guest.read("/run/import.out")
        refused = enrol(guest, waits, "LY-%d" % number)
        assert refused.rc == 1 and "process %d" % pid in refused.err and "root" in refused.err, refused
        assert "try again later" in refused.err, refused
        code, said = guest.python(FINISHED, pid, timeout=240)
        assert code == 0 and json.loads(said)["imported"] == ROWS, (code, said)
        enrol(guest, waits, "LY-%d" % number).ok()
    for folder in one, other:
        found = json.loads(station(guest, folder, "list", "--json").ok().out)
        assert len(found) == 2 * ROWS + 2, len(found)
        station(guest, folder, "verify").ok()


@on("guard", timeout=1500)
def test_two_desks(guest):
    guest.sh(SHARE, 300)
    assert "nfs4" in guest.sh("findmnt -no FSTYPE /mnt")
    one_at_a_time(guest, HERE, THERE)


@on("guard", timeout=1500)
def test_smb(guest):
    guest.sh(SMB, 300)
    assert "cifs" in guest.sh("findmnt -no FSTYPE /mnt/other")
    one_at_a_time(guest, ONE, OTHER)
