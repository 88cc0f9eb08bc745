# SPDX-License-Identifier: LGPL-2.1-or-later
"""New registries come by themselves: the timer's service, as its own user, from a folder and from a web server on
the guest's loopback, through guardd; and what is not the desk's is not taken, whoever brings it."""
import json

from vmlib import desk
from vmlib.api import devices, media, on

from test_media_main import CLASSIFIED, classified_refused

SERVICE = "guard-registry-update.service"
CONF = "/etc/baomi-guard/update.conf"
SHARE = "/srv/register"
USER = "baomi-guard-update"


def give(guest):
    """The desk's newest file, put where workstations look for it."""
    guest.run("install -d %s && install -m 0644 %s %s/new && mv %s/new %s/registry.snapshot"
              % (SHARE, desk.SNAPSHOT, SHARE, SHARE, SHARE), check=True)


def run_service(guest, good=True):
    """One run, as the timer starts it; what it says in the journal."""
    done = guest.run(["systemctl", "start", SERVICE], timeout=120)
    assert (done.rc == 0) == good, done
    guest.sh("journalctl --sync")
    run = guest.sh("systemctl show -p InvocationID --value " + SERVICE)
    return guest.sh("journalctl -o cat _SYSTEMD_INVOCATION_ID=" + run)


@on("guard", timeout=600)
def test_service_installs_what_the_desk_signed(guest):
    book = desk.Desk(guest).enrol("LY-017", **CLASSIFIED)
    said = run_service(guest)
    assert "No source of registries is configured: nothing was done" in said, said
    assert guest.guardctl("status")["updates"]["state"] == "off"
    assert guest.sh("systemctl is-enabled guard-registry-update.timer") == "enabled"
    assert guest.sh("systemctl is-active guard-registry-update.timer") == "active"

    guest.put(CONF, "[update]\nfrom=%s\n" % SHARE)
    book.snapshot()
    give(guest)
    said = run_service(guest)
    assert "Registry number 1 with 1 drives was installed from %s." % SHARE in said, said
    record = desk.wait_record(guest, "registry-installed")
    assert "Registry 1 was installed (1 drives)" in record["message"], record
    uid = guest.sh("id -u %s" % USER)
    ran_as = guest.sh("journalctl -t guard-registry-update -n 1 -o json")
    assert uid != "0" and json.loads(ran_as)["_UID"] == uid, (uid, ran_as)
    classified_refused(guest, devices.Stick(media.superfloppy(), serial="CLASSIFIED017"))

    # The same again is no news to anybody; guardd is not asked to take it.
    said = run_service(guest)
    assert "is the newest" in said, said
    assert len(desk.records(guest, "registry-installed")) == 1
    updates = guest.guardctl("status")["updates"]
    assert updates["state"] == "good" and updates["last_success"] and updates["failures"] == 0, updates

    # A stranger's file: told, and guardd's registry serves as before.
    book.keygen("stranger.pem", "stranger.pub")
    book.snapshot(key="stranger.pem")
    give(guest)
    said = run_service(guest, good=False)
    assert "No registry was taken" in said and "is not trusted here" in said, said
    assert guest.guardctl("registry", "show")["sequence"] == 1
    assert guest.guardctl("status")["updates"]["state"] == "failing"
    assert not guest.exists("/var/lib/baomi-guard-update/incoming.snapshot")

    # And by the service's user straight to guardd: no way either, and on record.
    handed = guest.run(["runuser", "-u", USER, "--", "guardctl", "registry", "install",
                        SHARE + "/registry.snapshot"])
    assert handed.rc == 1 and "is not trusted here" in handed.err, handed
    desk.wait_record(guest, "registry-refused")
    for words in (["log"], ["registry", "show"]):
        done = guest.run(["runuser", "-u", USER, "--", "guardctl", *words])
        assert done.rc == 1 and "Not allowed" in done.err, done
    guest.sh("systemctl reset-failed %s" % SERVICE)


@on("guard", timeout=600)
def test_by_hand_and_from_a_web_server(guest):
    book = desk.Desk(guest).enrol("LY-017", **CLASSIFIED)
    book.snapshot()
    give(guest)
    # A folder that only root may enter: root opens the file, and the rest is done by the service's user.
    guest.sh("chmod 0700 %s" % SHARE)
    done = guest.guardctl("registry", "update", "--from", SHARE, "--check")
    assert done["result"] == "available" and done["sequence"] == 1, done
    assert guest.guardctl("registry", "update", "--from", SHARE)["result"] == "installed"
    assert guest.guardctl("registry", "show")["sequence"] == 1
    guest.sh("chmod 0755 %s" % SHARE)
    # The person at the machine may look, and may not install.
    book.snapshot()
    give(guest)
    looked = guest.session_run("clerk", "guardctl registry update --check --from " + SHARE)
    assert looked.rc == 0 and "newer registry: number 2" in looked.out, looked
    refused = guest.session_run("clerk", "guardctl registry update --from " + SHARE)
    assert refused.rc == 1 and "Not allowed" in refused.err, refused
    assert guest.guardctl("registry", "show")["sequence"] == 1

    server = guest.spawn(["python3", "-m", "http.server", "--bind", "127.0.0.1", "--directory", SHARE, "8080"])
    guest.run_until("python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", 8080))'", 60)
    guest.put(CONF, "[update]\nfrom=http://127.0.0.1:8080/\n")
    said = run_service(guest)
    assert "Registry number 2 with 1 drives was installed from http://127.0.0.1:8080/." in said, said
    said = run_service(guest)
    assert "is the newest" in said, said
    # Whatever befell guardd's copy: the next run brings it again.
    guest.sh("rm /var/lib/baomi-guard/registry.db && systemctl reload guardd")
    guest.run_until("guardctl registry show --json | grep -q lost", 60)
    said = run_service(guest)
    assert "Registry number 2" in said, said
    assert guest.guardctl("registry", "show")["state"] == "good"
    server.kill()
    server.wait()
    said = run_service(guest, good=False)
    assert "nobody answers there; check from=" in said, said
    guest.put(CONF, "[update]\nform=http://127.0.0.1:8080/\n")
    said = run_service(guest, good=False)
    assert CONF + ":2: there is no key “form”" in said, said
    doctor = guest.run(["guardctl", "doctor", "--json"])
    assert '"updates"' in doctor.out and "configuration is broken" in doctor.out, doctor.out
    guest.sh("systemctl reset-failed %s" % SERVICE)
