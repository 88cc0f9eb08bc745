# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the newcomer does at the register's window: runs in the guest, as that person, inside his session.

Reads the name of a step from the pipe "todo", does it, and writes how it went to "did". By the keyboard; the accessibility
bus is asked for one label or one field of one window at a time, and never for the list of drives, since each question costs
milliseconds here. It also does what an input method does: Chinese text goes into the field that has the focus.
"""
import os
import subprocess
import traceback

import accessible
from accessible import Atspi, walk

HOME = os.path.expanduser('~/desk')
PROGRAM = 'guard-station'
DEADLINE = 120   # the machine is emulated, and others may be at work
MAIN, IMPORT, ENROL, ISSUE, LOST, PUBLISH = '移动存储介质台账', '导入表格', '登记U盘', '发放', '挂失', '向工作站发布'
NUMBER = 'LY-9001'


def wait(what, condition):
    return accessible.wait(what, condition, DEADLINE)


def xdotool(*words):
    return subprocess.run(['xdotool', *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()


def windows():
    """What the window manager shows of the program: title → number."""
    numbers = xdotool('search', '--onlyvisible', '--class', PROGRAM).split()
    return {xdotool('getwindowname', number): number for number in numbers}


def front(title):
    """The window of that title is there and has the keyboard."""
    number = wait(f'window "{title}"', lambda: windows().get(title))

    def has_keyboard():
        if xdotool('getactivewindow') == number:
            return True
        xdotool('windowactivate', number)   # a file manager that opened meanwhile
        return False
    wait(f'the keyboard in "{title}"', has_keyboard)


def gone(title):
    wait(f'end of "{title}"', lambda: title not in windows())


def key(*chords):
    xdotool('key', '--clearmodifiers', *chords)


def types(text):
    xdotool('type', '--clearmodifiers', text)


def frame(title):
    for app in accessible.applications(PROGRAM):
        for i in range(app.get_child_count()):
            window = app.get_child_at_index(i)
            if window and window.get_name() == title:
                return window
    return None


def find(node, role, name):
    """The last one: what is at the bottom of a window is found without its list."""
    here = node.get_role_name()
    if here == role and name in (node.get_name() or ''):
        return node
    if here in ('tree table', 'list', 'label', 'push button'):
        return None
    for i in reversed(range(node.get_child_count())):
        child = node.get_child_at_index(i)
        found = find(child, role, name) if child else None
        if found:
            return found
    return None


def asked(title, role, name):
    def look():
        window = frame(title)
        return find(window, role, name) if window else None
    return wait(f'{role} "{name}" in "{title}"', look)


def text_of(node):
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def enters(title, mnemonic, label, text):
    """Into the field of that letter."""
    key('alt+' + mnemonic)
    field = asked(title, 'text', label)
    key('ctrl+a')
    if text.isascii():
        types(text)
    else:
        Atspi.EditableText.set_text_contents(field, text)
    wait(f'"{text}" in "{label}"', lambda: text_of(field) == text)


def picks(title, mnemonic, label, text):
    """The second entry of that drop-down. Its list has the keyboard a while after it was asked for."""
    key('alt+' + mnemonic)
    key('space')
    drop = asked(title, 'combo box', label)

    def is_open():
        drop.clear_cache()
        return any(node.get_role_name() == 'list item' and node.get_state_set().contains(Atspi.StateType.FOCUSED)
                   for node in walk(drop))

    def says():
        drop.clear_cache()
        return any(node.get_role_name() == 'label' and node.get_name() == text for node in walk(drop.get_child_at_index(0)))
    wait(f'the entries of "{label}"', is_open)
    key('Home', 'Down', 'Return')
    wait(f'"{text}" in "{label}"', says)


def opens():
    """As the file manager does with the spreadsheet."""
    subprocess.run(['xset', 'r', 'off', 's', 'off'], check=True)   # a key that is held down here is only slow; nobody went away
    subprocess.Popen([PROGRAM, HOME + '/台账.csv'])
    front(IMPORT)
    asked(IMPORT, 'label', '493 ')
    asked(IMPORT, 'label', ' 7 ')


def imports():
    front(IMPORT)
    key('alt+o')
    key('alt+i')
    gone(IMPORT)
    asked(MAIN, 'label', '493 ')


def looks_at_the_plugged_drive():
    """What guardd says of it fills the form."""
    front(MAIN)
    key('ctrl+n')
    front(ENROL)
    serial = asked(ENROL, 'text', '序列号')
    wait('the serial number', lambda: text_of(serial) == 'DESK60A44C413F')
    enters(ENROL, 'n', '介质编号', NUMBER)
    picks(ENROL, 'l', '密级', '机密')
    enters(ENROL, 'u', '责任人', '李四')
    enters(ENROL, 'd', '部门', '办公室')


def enrols():
    front(ENROL)
    key('Return')
    gone(ENROL)
    asked(MAIN, 'label', '494 ')


def issues():
    front(MAIN)
    key('ctrl+i')   # the one that was entered is chosen
    front(ISSUE)
    asked(ISSUE, 'label', NUMBER)
    enters(ISSUE, 'o', '使用人', '王五')
    enters(ISSUE, 'b', '应还', '2026-12-31')
    enters(ISSUE, 'r', '原因', '出差')
    key('Return')
    gone(ISSUE)


def searches():
    front(MAIN)
    key('ctrl+f')
    types('4C413F')   # of its serial number
    asked(MAIN, 'label', '1 个U盘')


def fills_in_the_publication():
    front(MAIN)
    key('ctrl+u')
    front(PUBLISH)
    asked(PUBLISH, 'label', '494 ')
    enters(PUBLISH, 'k', '私钥', HOME + '/desk.pem')
    enters(PUBLISH, 's', '快照', HOME + '/registry.bgreg')


def publishes():
    front(PUBLISH)
    key('alt+p')
    gone(PUBLISH)


def reports_lost():
    front(MAIN)
    key('ctrl+l')
    front(LOST)
    asked(LOST, 'label', NUMBER)
    enters(LOST, 'r', '原因', '落在出租车上')
    key('Return')
    gone(LOST)


def looks_at_the_change():
    front(MAIN)
    key('ctrl+u')   # key and file are those of the last time
    front(PUBLISH)
    asked(PUBLISH, 'label', '变更 1 个')


def publishes_again():
    publishes()


STEPS = {step.__name__: step for step in (opens, imports, looks_at_the_plugged_drive, enrols, issues, searches,
                                          fills_in_the_publication, publishes, reports_lost, looks_at_the_change,
                                          publishes_again)}


def main():
    while True:
        with open(HOME + '/todo', encoding='utf-8') as todo:
            name = todo.read().strip()
        try:
            STEPS[name]()
            said = 'good'
        except Exception:   # pylint: disable=broad-except
            said = f'{traceback.format_exc()} | windows: {list(windows())}'
        with open(HOME + '/did', 'a', encoding='utf-8') as did:
            print(name, said.replace('\n', ' / '), file=did)


if __name__ == '__main__':
    main()
