# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the newcomer does at the register's window: runs in the guest, as that person, inside his session.

Reads the name of a step from the pipe "todo", does it, and writes how it went to "did". Chinese, as the guest is.
"""
import os
import subprocess
import sys
import traceback

os.environ.setdefault('DESK_HOME', os.path.expanduser('~/desk'))
os.environ.setdefault('DESK_DEADLINE', '150')   # the machine is emulated
sys.argv[1:] = ['/usr/bin/guard-station', '/usr/bin/guardctl']

import deskwindow   # noqa: E402
from deskwindow import HOME, STATION, choose, closed, find, frame, key, press, sees, wait, write   # noqa: E402

TITLE = '移动存储介质台账'
OTHER_PAGES = ('计算机', '盘点', '变更记录')
LEAVES = ('label', 'push button', 'page tab', 'scroll bar', 'image', 'tree table', 'text')


def walk(node):
    """Each question costs a lot here: what shows nothing of interest is left out."""
    yield node
    role = node.get_role_name()
    if role in LEAVES or (role == 'panel' and node.get_name() in OTHER_PAGES):
        return
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child:
            yield from walk(child)


def nodes():
    """The dialog before the window."""
    app = deskwindow.application()
    if app is None:
        return
    app.clear_cache()
    for i in reversed(range(app.get_child_count())):
        window = app.get_child_at_index(i)
        if window:   # it may have ended meanwhile
            yield from walk(window)


def find_first(role, name):
    return next((node for node in nodes() if node.get_role_name() == role and name in (node.get_name() or '')), None)


deskwindow.walk, deskwindow.nodes, deskwindow.find = walk, nodes, find_first


def choose_in_chinese(action):
    def enabled():
        window = deskwindow.find('frame', TITLE)
        names = [window.get_action_name(i) for i in range(window.get_n_actions())] if window else []
        return (window, names.index(action)) if action in names else None
    window, number = wait(f'action {action}', enabled)
    assert window.do_action(number), action


def opens():
    subprocess.Popen([STATION, str(HOME / '台账.csv')])
    frame('导入')
    sees('493 ')
    sees('7 ')


def imports():
    key('alt+o')
    press('导入(I)')
    closed('导入')
    sees('493 ')


def enrols():
    """The drive is plugged in: what guardd says of it fills the form."""
    choose_in_chinese('win.enrol')
    frame('登记')
    wait('the serial number', lambda: 'DESK60A44C413F' in text_of('序列号'))
    write('介质编号', 'LY-9001')
    write('责任人', '李四')
    write('部门', '办公室')


def enters():
    press('登记(R)')
    closed('登记')
    sees('494 ')


def text_of(label):
    entry = deskwindow.find('text', label)
    return entry.get_text_iface().get_text(0, -1) if entry else ''


def issues():
    choose_in_chinese('win.step-issue')
    write('使用人', '王五')
    write('应还日期', '2026-12-31')
    write('原因', '出差')
    press('发放')
    closed('发放')
    sees('王五')


def fills_in_the_publication():
    choose_in_chinese('win.publish')
    frame('发布')
    sees('494 ')
    write('私钥', str(HOME / 'desk.pem'))
    write('快照', str(HOME / 'registry.bgreg'))


def publishes():
    press('发布(P)')
    closed('发布')


def reports_lost():
    choose_in_chinese('win.step-lost')
    write('原因', '落在出租车上')
    press('挂失')
    closed('挂失')
    sees('已挂失')
    choose_in_chinese('win.publish')   # key and file are those of the last time
    frame('发布')
    sees('1 ')


STEPS = {step.__name__: step for step in (opens, imports, enrols, enters, issues, fills_in_the_publication, publishes,
                                          reports_lost)}


def main():
    while True:
        with open(HOME / 'todo', encoding='utf-8') as todo:
            name = todo.read().strip()
        try:
            STEPS[name]()
            said = 'good'
        except Exception:   # pylint: disable=broad-except
            said = traceback.format_exc() + ' | '.join(n.get_name() or '' for n in nodes())
        with open(HOME / 'did', 'a', encoding='utf-8') as did:
            print(name, said.replace('\n', ' / '), file=did)


if __name__ == '__main__':
    main()
