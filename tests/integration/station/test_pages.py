#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A drive's entry corrected, the stock-take, computers, spreadsheets in GB18030, and what is wrong told by field.

usage: test_pages.py GUARD-STATION GUARDCTL
"""
import csv
import io
import os
import sys

from deskwindow import (HOME, choose, closed, find, frame, is_sensitive, key, pick, press, run, sees, station, turn_to,
                        write)

HEADER = '介质编号,密级,名称,责任人,序列号,启用时间'
ROWS = ['LY-001,机密,甲盘,张伟,AZ0001QX77,2025-03-01', 'LY-002,秘密,乙盘,李娜,AZ0002QX77,2025/3/2',
        'LY-003,绝密,丙盘,阿明,AZ0003QX77,2025-03-03']


def spreadsheet():
    """As an older Chinese program writes it, with one row that is wrong."""
    path = HOME / 'old.csv'
    path.write_bytes('\r\n'.join([HEADER, *ROWS, 'LY-004,绝,丁盘,王芳,AZ0004QX77,2025-02-30']).encode('gb18030'))
    return path


def previews_gb18030():
    frame('Import a spreadsheet')
    sees('Encoding GB18030')
    sees('3 drives can be entered; 1 rows are bad')
    sees("Row 5, 密级 '绝'")
    assert station('list') == []
    key('alt+o')
    press('Import')
    closed('Import a spreadsheet')
    sees('3 drives')


def corrects():
    choose('win.edit')
    frame("Correct a drive's entry")
    write('In use since', '2025-02-30')
    write('Name', '新名')
    write('Reason', '盘点时发现')
    press('Save')
    sees('The day it was taken into use must be a day like 2026-03-01')
    write('In use since', '2025-03-05')
    write('Capacity', 'much')
    press('Save')
    sees("Capacity 'much'")
    write('Capacity', '32GB')
    write('Only on hosts', 'PC-1，PC-2')
    write('Only in units', '一处、二处')
    write('Reason', '')
    press('Save')
    sees('reason')
    write('Reason', '盘点时发现')
    press('Save')
    closed("Correct a drive's entry")
    entry = station('show', 'LY-001')
    assert (entry['name'], entry['hosts'], entry['units'], entry['capacity']) == (
        '新名', ['PC-1', 'PC-2'], ['一处', '二处'], 32000000000), entry
    assert entry['in_use_date'] == '2025-03-05' and entry['custodian'] == '张伟', entry
    sees('甲盘 → 新名')   # in the details, with the reason
    sees('盘点时发现')


def filters():
    station('issue', 'LY-002', '--holder', '李娜', '--due', '2020-01-31', '--reason', '出差')
    pick('What needs attention', 'Overdue')
    sees('1 drive')
    pick('What needs attention', 'Not seen for')
    sees('0 drives')
    pick('What needs attention', 'Whenever')
    sees('3 drives')


def takes_stock():
    turn_to('Stock-take')
    sees('There was no stock-take yet')
    choose('win.stock-begin')
    press('Begin')
    closed('Begin a stock-take')
    sees('of 3 drives 0 are ticked off')
    write('Number or serial number', 'LY-001')
    press('Tick off')
    sees('LY-001 is ticked off')
    write('Number or serial number', 'AZ0002QX77')   # scanned
    press('Tick off')
    sees('LY-002 is ticked off')
    write('Number or serial number', 'nobody')
    press('Tick off')
    sees('nobody is neither the number nor the serial number')
    sees('of 3 drives 2 are ticked off, 1 are missing')
    choose('win.stock-end')
    press('End it')
    closed('End the stock-take')
    sees('2 were ticked off, 1 were missing')
    assert [one['media_id'] for one in station('stocktake', 'missing')] == ['LY-003']


def keeps_computers():
    turn_to('Computers')
    choose('win.computer-add')
    frame('Enter a computer')
    press('Enter')
    sees('Computer: write its host-id')
    write('Computer', 'bad id!')
    press('Enter')
    sees('A host-id is 1 to 128 letters')
    write('Computer', 'LY-PC-1')
    write('Room', '301')
    write('Addresses', '10.0.0.5, 10.0.0.6')
    press('Enter')
    closed('Enter a computer')
    frame("Give out a computer's secret")   # the next thing to do
    write('File', 'relative')
    press('Write it')
    sees('File: write where the secret is to go')
    write('File', str(HOME / 'pc.secret'))
    press('Write it')
    closed("Give out a computer's secret")
    assert (HOME / 'pc.secret').stat().st_mode & 0o777 == 0o600
    assert 'host-id=LY-PC-1' in (HOME / 'pc.secret').read_text(encoding='utf-8')
    sees('1 computer')
    choose('win.computer-edit')
    write('Room', '302')
    write('Reason', '搬家')
    press('Save')
    closed("Correct a computer's entry")
    assert station('host', 'list')[0]['room'] == '302'
    sees('301 → 302')
    choose('win.computer-retire')
    write('Reason', '报废')
    press('Take out of use')
    closed('Take a computer out of use')
    sees('0 computers')


def exports():
    turn_to('The drives')
    choose('win.export')
    frame('Export the register')
    write('File', 'here.csv')
    press('Export')
    sees('File: write where the spreadsheet is to go')
    write('File', str(HOME / 'out.csv'))
    pick('Encoding', 'GB18030')
    press('Export')
    closed('Export the register')
    rows = list(csv.DictReader(io.StringIO((HOME / 'out.csv').read_bytes().decode('gb18030'))))
    assert [row['名称'] for row in rows] == ['新名', '乙盘', '丙盘'], rows
    choose('win.export')
    write('File', str(HOME / 'utf8.csv'))
    pick('Encoding', 'as today')
    pick('Names of the columns', 'in English')
    press('Export')
    closed('Export the register')
    assert (HOME / 'utf8.csv').read_bytes().startswith(b'\xef\xbb\xbf')
    assert '新名' in (HOME / 'utf8.csv').read_text(encoding='utf-8')


def wrong_input_names_its_field():
    choose('win.enrol')
    frame('Enter a drive')
    write('Number', 'LY-900')
    write('USB vendor and product', '951:1666')
    sees('is no USB vendor and product; write it as 0951:1666')
    write('USB vendor and product', '')
    write('In use since', '2025年')
    write('Serial number', 'SOMETHING77')
    press('Enter')
    sees('The day it was taken into use must be a day')
    key('Escape')
    closed('Enter a drive')
    choose('win.step-destroy') if is_sensitive(find('push button', 'destroy')) else choose('win.step-repair')
    key('Escape')
    choose('win.publish')
    frame('Publish to the workstations')
    write('Private key', '/nonexistent/key.pem')
    write('Snapshot file', str(HOME / 'x.bgreg'))
    press('Publish')
    sees('/nonexistent/key.pem')
    key('Escape')
    closed('Publish to the workstations')


def reads_the_history():
    turn_to('History')
    sees('records')
    choose('win.verify')
    sees('The history is whole')


if __name__ == '__main__':
    os.environ['TZ'] = 'Asia/Shanghai'
    sys.exit(run((previews_gb18030, corrects, filters, takes_stock, keeps_computers, exports,
                  wrong_input_names_its_field, reads_the_history), str(spreadsheet())))
