#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The newcomer at the desk, by the real window.

usage: test_window.py GUARD-STATION GUARDCTL
"""
import subprocess
import sys

from deskwindow import HOME, choose, closed, find, frame, is_sensitive, press, rows, run, secretly, sees, station, wait, write


def spreadsheet():
    rows = ['介质编号,密级,名称,责任人,序列号']
    rows += [f'LY-{i:03},{"绝" if i in (4, 7) else "机密"},专用U盘,王芳,AZ{i:04}QX77' for i in range(1, 11)]
    path = HOME / 'book.csv'
    path.write_text('\n'.join(rows) + '\n', encoding='utf-8')
    return path


def imports_after_confirmation():
    frame('Import a spreadsheet')
    sees('8 drives can be entered; 2 rows are bad')
    assert station('list') == []
    assert not is_sensitive(find('push button', 'Import'))
    subprocess.run(['xdotool', 'key', '--clearmodifiers', 'alt+o'], check=True)   # by its mnemonic
    press('Import')
    closed('Import a spreadsheet')
    sees('8 drives')
    assert len(station('list')) == 8


def enrols():
    choose('win.enrol')
    frame('Enter a drive')
    write('Number', 'LY-100')
    write('Serial number', 'AZ0001QX77')
    sees('already has a drive that looks the same')
    write('Serial number', 'NEW4711QX')
    press('Enter')
    closed('Enter a drive')
    sees('9 drives')
    assert station('show', 'LY-100')['status'] == 'in-use'


def steps():
    choose('win.step-issue')
    frame('hand out')
    press('hand out')
    sees('reason')   # refused without one, the form stays
    write('Holder', '孙丽')
    write('Reason', '出差')
    press('hand out')
    closed('hand out')
    assert station('show', 'LY-100')['holder'] == '孙丽'
    choose('win.step-lost')
    write('Reason', '遗失')
    press('report lost')
    closed('report lost')
    assert station('show', 'LY-100')['status'] == 'lost'


def publishes():
    key, output, secret = HOME / 'desk.pem', HOME / 'registry.bgreg', HOME / 'passphrase'
    secret.write_text('correct horse battery\n', encoding='utf-8')
    secret.chmod(0o600)
    station('keygen', '--key', str(key), '--public', str(HOME / 'desk.pub'), '--passphrase-file', str(secret))
    choose('win.publish')
    frame('Publish to the workstations')
    sees('will hold 9 drives')
    wait('the drive among the changes', lambda: any('LY-100' in text for text in rows()))
    write('Private key', str(key))
    write('Snapshot file', str(output))
    press('_Publish Publish')
    sees('Enter the passphrase')
    secretly('correct horse batteries')
    press('_Publish Publish')
    sees('the passphrase is wrong')
    secretly('correct horse battery')
    press('_Publish Publish')
    closed('Publish to the workstations')
    assert output.stat().st_size > 0
    assert station('pending')['changed'] == 0


if __name__ == '__main__':
    sys.exit(run((imports_after_confirmation, enrols, steps, publishes), str(spreadsheet())))
