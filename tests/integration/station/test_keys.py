#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The desk's key as a person at a terminal uses it: the passphrase is asked for and never shown; and a key on a token.

usage: test_keys.py GUARDCTL
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import termios
import time

GUARDCTL = sys.argv[1]
SECRET = 'correct horse battery'
DEADLINE = 60
MODULES = ('/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so')


class Terminal:
    """A program on a terminal of its own, which this test types on."""

    def __init__(self, *args):
        self.seen = ''
        self.fd, self.slave = pty.openpty()   # the other end held open: its settings can be seen when the program is gone
        self.program = subprocess.Popen([GUARDCTL, *args], stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
                                        env={**os.environ, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en'})
        self.ended = os.pidfd_open(self.program.pid)

    def _more(self):
        """Reads what was said; False when the program is gone and all is read."""
        ready, _, _ = select.select([self.fd, self.ended], [], [], DEADLINE)
        assert ready, f'nothing more was said; so far: {self.seen!r}'
        if self.fd in ready:
            self.seen += os.read(self.fd, 4096).decode()
        return self.fd in ready

    def answer(self, prompt, text, end='\n'):
        """Waits for the prompt, and for the echo to go off, which comes a moment after it."""
        begin = len(self.seen)
        while prompt not in self.seen[begin:]:
            assert self._more(), f'no {prompt!r} in {self.seen!r}'
        late = time.monotonic() + DEADLINE
        while termios.tcgetattr(self.slave)[3] & termios.ECHO:
            assert time.monotonic() < late, 'the passphrase would be shown'
            os.sched_yield()
        os.write(self.fd, (text + end).encode())

    def end(self):
        while self._more():
            pass
        assert termios.tcgetattr(self.slave)[3] & termios.ECHO, 'the terminal is left silent'
        for fd in self.fd, self.slave, self.ended:
            os.close(fd)
        return self.program.wait(), self.seen


def run(*args, env=None, status=0):
    done = subprocess.run([GUARDCTL, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
                          env={**os.environ, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en', **(env or {})})
    assert done.returncode == status, (args, done)
    return done


class Desk:
    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.key, self.public, self.out = (str(self.home / name) for name in ('desk.key', 'desk.pub', 'registry.snapshot'))
        run('station', 'init', '--dir', self.book)

    @property
    def book(self):
        return str(self.home / 'register')

    def words(self, key=None):
        return ('station', 'publish', '--dir', self.book, '--key', key or self.key, '--valid-days', '30', '--output', self.out)

    def file(self, name, text):
        path = self.home / name
        path.write_text(text, encoding='utf-8')
        path.chmod(0o600)
        return str(path)


def asked_twice(desk):
    made = Terminal('station', 'keygen', '--key', desk.key, '--public', desk.public, '--encrypt')
    made.answer('New passphrase:', SECRET)
    made.answer('once more:', SECRET)
    status, seen = made.end()
    assert status == 0 and SECRET not in seen, seen
    assert 'ENCRYPTED PRIVATE KEY' in pathlib.Path(desk.key).read_text(encoding='ascii')
    differs = Terminal('station', 'keygen', '--key', desk.key + '2', '--public', desk.public + '2', '--encrypt')
    differs.answer('New passphrase:', SECRET)
    differs.answer('once more:', SECRET + '!')
    status, seen = differs.end()
    assert status == 1 and 'not the same' in seen and not os.path.exists(desk.key + '2'), seen


def asked_once(desk):
    wrong = Terminal(*desk.words())
    wrong.answer('Passphrase of ' + desk.key, SECRET.upper())
    status, seen = wrong.end()
    assert status == 1 and 'passphrase is wrong' in seen and not os.path.exists(desk.out), seen
    right = Terminal(*desk.words())
    right.answer('Passphrase of ' + desk.key, SECRET)
    status, seen = right.end()
    assert status == 0 and 'Snapshot 1' in seen and SECRET not in seen, seen


def given_up(desk):
    """Ctrl-C, Ctrl-D and nothing at the question: nothing is signed, and the terminal shows again what is typed."""
    before = pathlib.Path(desk.out).read_bytes()
    for keys in '\x03', '\x04', '\n':
        there = Terminal(*desk.words())
        there.answer('Passphrase of', keys, end='')
        status, seen = there.end()
        assert status == 1 and 'No passphrase was entered' in seen, (keys, status, seen)
    assert pathlib.Path(desk.out).read_bytes() == before


def never_asked_without_terminal(desk):
    done = run(*desk.words(), status=1)
    assert '--passphrase-file' in done.stderr, done
    assert 'Snapshot' in run(*desk.words(), '--passphrase-file', desk.file('right', SECRET + '\n')).stdout


def token(desk):
    """A key that was put onto a token: the same public half, and what it signs is taken."""
    module = next((path for path in MODULES if os.path.exists(path)), None)
    env = {'PKCS11_PROVIDER_MODULE': module or '', 'SOFTHSM2_CONF': str(desk.home / 'hsm.conf')}
    listed = shutil.which('openssl') and subprocess.run(['openssl', 'list', '-providers', '-provider', 'pkcs11', '-provider', 'default'],
                                                        capture_output=True, check=False, env={**os.environ, **env}).returncode == 0
    if b'__asan_init' in pathlib.Path(GUARDCTL).read_bytes():
        return 'the provider loads modules with RTLD_DEEPBIND, which the address sanitizer refuses'
    if not (module and shutil.which('softhsm2-util') and listed):
        uri = run(*desk.words('pkcs11:token=desk;object=desk'), status=1, env=env)
        assert 'pkcs11-provider' in uri.stderr or 'no such private key' in uri.stderr, uri
        return 'no softhsm2 or no pkcs11-provider here'
    (desk.home / 'tokens').mkdir()
    (desk.home / 'hsm.conf').write_text(f'directories.tokendir = {desk.home}/tokens\nobjectstore.backend = file\n', encoding='utf-8')
    plain, half, out = (str(desk.home / name) for name in ('plain.key', 'plain.pub', 'token.pub'))
    made = json.loads(run('--json', 'station', 'keygen', '--key', plain, '--public', half).stdout)
    for words in (['--init-token', '--free', '--label', 'desk', '--pin', '123456', '--so-pin', '12345678'],
                  ['--import', plain, '--token', 'desk', '--label', 'desk', '--id', '01', '--pin', '123456']):
        subprocess.run(['softhsm2-util', *words], check=True, capture_output=True, env={**os.environ, **env})
    uri, pin, bad = 'pkcs11:token=desk;object=desk', desk.file('pin', '123456\n'), desk.file('bad', '654321\n')
    shown = json.loads(run('--json', 'station', 'keygen', '--key', uri, '--public', out, '--passphrase-file', pin, env=env).stdout)
    assert shown['key_id'] == made['key_id'], (shown, made)
    wrong = run(*desk.words(uri), '--passphrase-file', bad, env=env, status=1)
    assert 'PIN is wrong' in wrong.stderr, wrong
    none = run(*desk.words('pkcs11:token=desk;object=other'), '--passphrase-file', pin, env=env, status=1)
    assert 'no such private key' in none.stderr, none
    (desk.home / 'keys').mkdir()
    shutil.copy(out, desk.home / 'keys' / 'desk.pem')
    assert 'Snapshot' in run(*desk.words(uri), '--keys-dir', str(desk.home / 'keys'), '--passphrase-file', pin, env=env).stdout
    source = uri + '?pin-source=file:' + desk.file('raw', '123456')
    assert 'Snapshot' in run(*desk.words(source), env=env).stdout
    good = json.loads(run('--json', 'registry', 'verify', '--keys', str(desk.home / 'keys'), desk.out).stdout)
    assert good['good'] and good['key_id'] == made['key_id'], good
    return None


def nothing_shows(desk):
    """No passphrase in the history, which many may read."""
    assert not re.search(SECRET + '|123456', run('station', 'history', '--dir', desk.book, '--json').stdout)


def main():
    tests = (asked_twice, asked_once, given_up, never_asked_without_terminal, token, nothing_shows)
    failed = 0
    print(f'1..{len(tests)}', flush=True)
    with tempfile.TemporaryDirectory(prefix='keys-') as home:
        desk = Desk(home)
        for number, test in enumerate(tests, 1):
            skip = None
            try:
                skip = test(desk)
                word = 'ok'
            except (AssertionError, OSError, subprocess.CalledProcessError) as error:
                failed, word = 1, 'not ok'
                print(f'# {error!r}')
            print(f'{word} {number} - {test.__name__}' + (f' # SKIP {skip}' if skip else ''), flush=True)
    return failed


if __name__ == '__main__':
    sys.exit(main())
