#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where events go: the snippets of docs/fleet, each taken by the real program on loopback. The journal by
systemd-journal-upload, nginx and systemd-journal-remote; the audit trail by audisp-remote and auditd.

usage: test_events.py MESSAGE-KINDS (ledger/kinds.c)
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import tap                                              # noqa: E402
from world import DEADLINE, TREE, Servers, wait_port    # noqa: E402

KINDS = pathlib.Path(sys.argv[1])
SYSTEMD = '/lib/systemd/'


def message_id(kind):
    """The journal's id of a kind of record, as guardd sends it."""
    name = 'GUARD_KIND_' + kind.upper().replace('-', '_')
    return re.search(name + r', "([0-9a-f]{32})"', KINDS.read_text(encoding='utf-8')).group(1)


def snippet(name, *changes):
    """A file of docs/fleet; what is changed for this machine must stand in it exactly so often."""
    text = (TREE / 'docs/fleet' / name).read_text(encoding='utf-8')
    for old, new, times in changes:
        assert text.count(old) == times, (name, old, text.count(old))
        text = text.replace(old, str(new))
    return text


def bound(path, place, *command):
    """The command, with a mount namespace of its own in which @place is @path."""
    flags = '-m' if os.geteuid() == 0 else '-rm'
    return ['unshare', flags, 'sh', '-c', 'mount --bind "$1" "$2" && shift 2 && exec "$@"', 'sh', str(path), place, *(str(word) for word in command)]


def with_file(text, place, aside, *command):
    """The command, for which @place has that text."""
    aside.write_text(text, encoding='utf-8')
    aside.chmod(0o640)
    return bound(aside, place, *command)


def lines_until(child, text):
    """What the child says, up to the line with that text."""
    said = []
    for line in child.stdout:
        said.append(line)
        if text in line:
            return said
    raise AssertionError((text, said))


def record_of(servers, kind, host, name='guardd'):
    """A journal with one record, as guardd on that host writes it (or a program of another name)."""
    boot = 'b' * 32
    fields = {'__CURSOR': f's={boot};i=1;b={boot};m=1;t=5f000000;x=1', '__REALTIME_TIMESTAMP': 1795747316288000, '__MONOTONIC_TIMESTAMP': 1000,
              '_BOOT_ID': boot, '_MACHINE_ID': 'a' * 32, '_HOSTNAME': host, 'MESSAGE': 'Registry 1 was installed (3 drives).',
              'MESSAGE_ID': message_id(kind), 'PRIORITY': 5, 'SYSLOG_IDENTIFIER': name, 'BAOMI_KIND': kind, 'BAOMI_SEQ': 7}
    text = ''.join(f'{key}={value}\n' for key, value in fields.items()) + '\n'
    (servers.dir / 'record').write_text(text, encoding='utf-8')
    journal = servers.dir / f'{host}.journal'
    subprocess.run([SYSTEMD + 'systemd-journal-remote', '-o', journal, servers.dir / 'record'], check=True, timeout=DEADLINE, capture_output=True)
    return journal


def start_receiver(servers, port):
    """systemd-journal-remote as the drop-in starts it, but for the socket that systemd would hand it."""
    out = servers.dir / 'workstations.journal'
    text = snippet('journal-remote-service.conf', ('--listen-http=-3', f'--listen-http=127.0.0.1:{port}', 1),
                   ('/var/log/journal/remote/workstations.journal', out, 1))
    command = re.search(r'^ExecStart=(\S+ .*)$', text, re.M).group(1).split()
    assert 'ListenStream=127.0.0.1:19531' in snippet('journal-remote-socket.conf') and ':19531;' in snippet('nginx-events.conf')
    child = servers.spawn(*command, stderr=subprocess.PIPE)
    wait_port(port, child)
    return out


def upload_conf(servers, certificate):
    return snippet('journal-upload.conf', ('/etc/ssl/baomi-guard/own', servers.dir / 'tls' / certificate, 2),
                   ('/etc/ssl/baomi-guard/ca.pem', servers.dir / 'tls/ca.pem', 1), ('events.example.org:19532', f'localhost:{servers.events}', 1))


def upload(servers, journal, certificate):
    """One upload of a whole journal; exit status and words."""
    command = with_file(upload_conf(servers, certificate), '/etc/systemd/journal-upload.conf', servers.dir / 'upload.conf', SYSTEMD + 'systemd-journal-upload',
                        '--file=' + str(journal), '--follow=no', f'--save-state={servers.dir}/upload.state')
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE)
    assert 'Unknown' not in done.stderr and 'Failed to parse' not in done.stderr, done.stderr
    return done.returncode, done.stderr


def test_journal(servers):
    """guardd's record arrives, found by its MESSAGE_ID; a computer without the house's certificate sends nothing."""
    out = start_receiver(servers, servers.receiver)
    servers.start_nginx(snippet('nginx-events.conf', ('listen 19532 ssl', f'listen 127.0.0.1:{servers.events} ssl', 1),
                                ('/etc/ssl/baomi-guard/', f'{servers.dir}/tls/', 3), ('127.0.0.1:19531', f'127.0.0.1:{servers.receiver}', 1)),
                        servers.events)
    status, said = upload(servers, record_of(servers, 'usb-decision', 'stranger-pc'), 'server')
    assert status != 0, said
    status, said = upload(servers, record_of(servers, 'registry-installed', 'ly-pc-0312'), 'client')
    assert status == 0, said
    records = arrived(out)
    assert [(record['_HOSTNAME'], record['MESSAGE_ID'], record['BAOMI_SEQ']) for record in records] == \
        [('ly-pc-0312', message_id('registry-installed'), '7')], records


def arrived(out):
    shown = subprocess.run(['journalctl', '--file', out, '-o', 'json'], capture_output=True, text=True, check=True, timeout=DEADLINE).stdout
    return [json.loads(line) for line in shown.splitlines()]


def test_only_the_guards_records(servers):
    """send-events: guardd's and nothing else, each once; what did not arrive is sent again."""
    folder = servers.dir / 'events'
    folder.mkdir()
    env = dict(os.environ, STATE_DIRECTORY=str(folder))
    script = TREE / 'docs/fleet/send-events'

    def send(journal, certificate):
        command = with_file(upload_conf(servers, certificate), '/etc/systemd/journal-upload.conf', servers.dir / 'send.conf', script, '--file', journal)
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=DEADLINE)
    out = servers.dir / 'workstations.journal'
    before = len(arrived(out))
    assert send(record_of(servers, 'alarm', 'other-program', 'sshd'), 'client').returncode == 0
    assert len(arrived(out)) == before
    journal = record_of(servers, 'alarm', 'ly-pc-0313')
    refused = send(journal, 'server')
    assert refused.returncode != 0 and not (folder / 'cursor').exists(), refused
    for _ in range(2):
        sent = send(journal, 'client')
        assert sent.returncode == 0, sent
    new = arrived(out)[before:]
    assert [(record['_HOSTNAME'], record['MESSAGE_ID']) for record in new] == [('ly-pc-0313', message_id('alarm'))], new


def test_units_are_understood(servers):
    """systemd reads every line of the units that are shown."""
    for name in 'baomi-guard-events.service', 'baomi-guard-events.timer', 'journal-remote-service.conf', 'journal-remote-socket.conf':
        text = snippet(name).replace('/usr/local/sbin/send-events', '/bin/true')
        drop_in = {'journal-remote-service.conf': '.service', 'journal-remote-socket.conf': '.socket'}.get(name)
        path = servers.dir / (f'shown{drop_in}' if drop_in else name)
        path.write_text(text, encoding='utf-8')
    names = [servers.dir / name for name in ('baomi-guard-events.service', 'baomi-guard-events.timer', 'shown.service', 'shown.socket')]
    done = subprocess.run(['systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', *names], capture_output=True, text=True, check=False,
                          timeout=DEADLINE)
    said = [line for line in done.stderr.splitlines() if any(name.name in line for name in names)]
    assert not said, said


def test_audit(servers):
    """A record goes from audisp-remote to auditd, each with the shown configuration; a typing error would be told."""
    folder = servers.dir / 'auditd'
    folder.mkdir()
    text = snippet('auditd.conf', ('local_events = yes', 'local_events = no', 1), ('tcp_listen_port = 60', f'tcp_listen_port = {servers.audit}', 1),
                   ('/var/log/audit/audit.log', folder / 'audit.log', 1))
    text += 'priority_boost = 0\n'   # only root may have more
    (folder / 'auditd.conf').write_text(text, encoding='utf-8')
    (folder / 'auditd.conf').chmod(0o640)
    auditd = shutil.which('auditd', path='/sbin:/usr/sbin')
    prefix = [] if os.geteuid() == 0 else ['unshare', '-r']
    child = servers.spawn(*prefix, auditd, '-f', '-n', '-s', 'nochange', '-c', folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    said = lines_until(child, 'Init complete')
    assert not [line for line in said if 'Unknown' in line or 'rror' in line.replace('disk_error_action_parser', '')], said
    text = snippet('audisp-remote.conf', ('remote_server = events.example.org', 'remote_server = 127.0.0.1', 1),
                   ('port = 60', f'port = {servers.audit}', 1), ('/var/spool/audit/remote.log', folder / 'queue', 1))
    (folder / 'audisp-remote.conf').write_text(text, encoding='utf-8')
    (folder / 'audisp-remote.conf').chmod(0o640)
    # The whole folder: only root may look into the real one.
    sender = servers.spawn(*bound(folder, '/etc/audit', '/sbin/audisp-remote'), stdin=subprocess.PIPE, text=True)
    record = "type=USER_DEVICE msg=audit(1795747316.288:77): pid=1 uid=0 msg='op=baomi-guard reason=classified-on-unclassified'"
    sender.stdin.write(record + '\n')
    sender.stdin.flush()
    assert record in lines_until(child, 'USER_DEVICE')[-1]
    sender.stdin.close()
    assert sender.wait(DEADLINE) == 0
    plugin = snippet('au-remote.conf')
    assert 'active = yes' in plugin and 'path = /sbin/audisp-remote' in plugin


def prepare(servers):
    del servers


if __name__ == '__main__':
    sys.exit(tap.run(globals(), Servers, prepare))
