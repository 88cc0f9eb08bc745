#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may do what in the window (三员分立): by groups, which nss_wrapper makes up here, and by polkit.

usage: test_roles.py GUARD-STATION GUARDCTL
"""
import contextlib
import os
import subprocess
import sys

from deskwindow import GUARDCTL, HOME, attempt, choose, closed, find, frame, key, opened, sees, turn_to, wait

GROUPS = ('baomi-admin', 'baomi-security', 'baomi-audit')


def member_of(*groups):
    """The environment of somebody who is in these groups: his own group has their number."""
    path = HOME / ('group-' + '-'.join(groups))
    lines = [f'{name}:x:{os.getegid() if name in groups else 64000 + number}:' for number, name in enumerate(GROUPS)]
    path.write_text('\n'.join(['root:x:0:', *lines]) + '\n', encoding='utf-8')
    (HOME / 'passwd').write_text(f'desk:x:{os.getuid()}:{os.getgid()}::/:/bin/sh\n', encoding='utf-8')
    # the sanitizer wants to be the first library, and finds itself where it is in the program
    return {'LD_PRELOAD': 'libnss_wrapper.so', 'NSS_WRAPPER_GROUP': str(path), 'NSS_WRAPPER_PASSWD': str(HOME / 'passwd'),
            'NSS_WRAPPER_DISABLE_DEEPBIND': '1', 'ASAN_OPTIONS': 'verify_asan_link_order=0:detect_leaks=0'}


def guardctl(*words, groups=()):
    subprocess.run([GUARDCTL, 'station', *words], check=True, stdout=subprocess.DEVNULL,
                   env=dict(os.environ, **member_of(*groups)))


@contextlib.contextmanager
def polkit(allowed):
    """A system bus with a polkit that allows these actions and no others."""
    bus = subprocess.Popen(['dbus-daemon', '--session', '--print-address', '--nofork'], stdout=subprocess.PIPE, text=True,
                           stderr=subprocess.DEVNULL)
    address = bus.stdout.readline().strip()
    env = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=address)
    mock = subprocess.Popen([sys.executable, '-m', 'dbusmock', '--system', '--template', 'polkitd', '-l', '/dev/null'], env=env)
    try:
        wait('polkit', lambda: subprocess.run(
            ['gdbus', 'call', '--address', address, '--dest', 'org.freedesktop.PolicyKit1', '--object-path',
             '/org/freedesktop/PolicyKit1/Authority', '--method', 'org.freedesktop.DBus.Mock.SetAllowed', str(list(allowed))],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0)
        yield {'DBUS_SYSTEM_BUS_ADDRESS': address}
    finally:
        mock.terminate()
        mock.wait()
        bus.terminate()
        bus.wait()


def offered():
    window = wait('the window', lambda: find('frame', 'Register of removable media'))
    return {window.get_action_name(i) for i in range(window.get_n_actions())}


def auditor(complaints):
    """Reads and verifies; changes nothing."""
    def the_auditor_reads_and_changes_nothing():
        sees('1 drive')
        sees('Changing the register is for members of the group baomi-security')
        names = offered()
        assert not names & {'win.enrol', 'win.edit', 'win.publish', 'win.import', 'win.roles', 'win.step-issue',
                            'win.computer-add', 'win.stock-begin'}, names
        turn_to('History')
        sees('records')
        choose('win.verify')
        sees('The history is whole')
    with opened(complaints, environment=member_of('baomi-audit')):
        yield the_auditor_reads_and_changes_nothing


def administrator(complaints):
    def the_system_administrator_sees_no_drive():
        sees('Reading the register is for members of the group baomi-security, baomi-audit')
        assert find('label', '1 drive') is None
        assert find('label', 'LY-001') is None
        assert not offered() & {'win.enrol', 'win.export', 'win.print-list', 'win.verify', 'win.publish'}
        assert 'win.roles' in offered()
    with opened(complaints, environment=member_of('baomi-admin')):
        yield the_system_administrator_sees_no_drive


def both(complaints):
    def nobody_is_auditor_and_administrator():
        sees('You are an auditor (baomi-audit) and an administrator at once')
        assert not offered() & {'win.enrol', 'win.verify', 'win.roles', 'win.export'}
    with opened(complaints, environment=member_of('baomi-audit', 'baomi-security')):
        yield nobody_is_auditor_and_administrator


def security(complaints):
    def polkit_is_asked_too():
        sees('1 drive')
        choose('win.publish')
        sees('The rules of polkit on this machine do not let you do this (org.baomiguard.station.publish)')
        key('Escape')
        choose('win.enrol')
        frame('Enter a drive')
        key('Escape')
        closed('Enter a drive')
    with polkit(['org.baomiguard.station.edit']) as bus, \
            opened(complaints, environment=dict(member_of('baomi-security'), **bus)):
        yield polkit_is_asked_too


def silent(complaints):
    def no_answer_of_polkit_is_a_no():
        sees('1 drive')
        choose('win.enrol')
        sees('polkit cannot be asked whether you may do this')
    with opened(complaints, environment=member_of('baomi-security')):
        yield no_answer_of_polkit_is_a_no


def main():
    complaints = []
    cases = (auditor, administrator, both, security, silent)
    sys.stdout = open(HOME / 'tap', 'w', encoding='utf-8')
    print(f'1..{len(cases) + 1}', flush=True)
    guardctl('init')
    guardctl('enrol', '--media-id', 'LY-001', '--level', 'secret', '--serial', 'AZ0001QX77')
    guardctl('roles', 'strict', '--reason', 'test', groups=('baomi-admin',))
    good = True
    for number, case in enumerate(cases, 1):
        for test in case(complaints):
            good = attempt(number, test) and good
    for line in complaints:
        print(f'# {line}')
    print(f'{"not ok" if complaints else "ok"} {len(cases) + 1} - the toolkit had nothing to complain about', flush=True)
    return 0 if good and not complaints else 1


if __name__ == '__main__':
    sys.exit(main())
