# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real window on a display of its own, driven over the accessibility bus as a screen reader would.

A test's file imports this first: it is run again inside a display and a bus that end with it.
"""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

DEADLINE = int(os.environ.get('DESK_DEADLINE', '60'))   # seconds, of each thing that is waited for
NAME = 'guard-station'


def display_and_bus():
    """Runs this file again on a display and a session bus that end with it."""
    read, write = os.pipe()
    with tempfile.TemporaryDirectory(prefix='desk-') as home:
        server = subprocess.Popen(['Xvfb', '-displayfd', str(write), '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-noreset'],
                                  pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        number = os.fdopen(read).readline().strip()
        env = dict(os.environ, DISPLAY=':' + number, HOME=home, XDG_RUNTIME_DIR=home, XDG_DATA_HOME=home + '/data',
                   XDG_CONFIG_HOME=home + '/config', GSK_RENDERER='cairo', GDK_BACKEND='x11', DESK_HOME=home,
                   LC_ALL='C.UTF-8', LANGUAGE='en', DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent', PYTHONDONTWRITEBYTECODE='1')
        env.pop('WAYLAND_DISPLAY', None)
        env.pop('NO_AT_BRIDGE', None)
        try:
            # services that the bus starts write to its output: the result goes round them
            status = subprocess.call(['dbus-run-session', '--', sys.executable, *sys.argv], env=env, stdout=sys.stderr)
            result = pathlib.Path(home, 'tap')
            print(result.read_text(encoding='utf-8') if result.exists() else 'Bail out! no display or no bus')
            return status
        finally:
            server.terminate()
            server.wait()


if 'DESK_HOME' not in os.environ:
    sys.exit(display_and_bus())

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import accessible   # noqa: E402
from accessible import Atspi, GLib   # noqa: E402

HOME = pathlib.Path(os.environ['DESK_HOME'])
STATION, GUARDCTL = sys.argv[1:3]


def wait(what, condition):
    return accessible.wait(what, condition, DEADLINE)


def walk(node):
    return accessible.walk(node, ('tree table',))   # a row for each drive: not looked at


def nodes():
    for app in accessible.applications(NAME):
        yield from walk(app)


def find(role, name):
    """The last one: dialogs come after the window."""
    found = [node for node in nodes() if node.get_role_name() == role and name in (node.get_name() or '')]
    return found[-1] if found else None


def frame(title):
    return wait(f'window "{title}"', lambda: find('frame', title))


def sees(text):
    wait(f'the text "{text}"', lambda: any(text in (node.get_name() or '') for node in nodes()))


def is_sensitive(node):
    return node.get_state_set().contains(Atspi.StateType.SENSITIVE)


def press(name):
    button = wait(f'button "{name}"', lambda: (lambda b: b if b and is_sensitive(b) else None)(find('push button', name)))
    assert button.do_action(0), name


def turn_to(page):
    """A page of the window, by its tab."""
    tab = wait(f'page "{page}"', lambda: find('page tab', page))
    assert tab.do_action(0), page


def key(*names):
    subprocess.run(['xdotool', 'key', '--clearmodifiers', *names], check=True)


def pick(label, text):
    """The entry of a drop-down that says @text, by the keyboard."""
    def button():
        drop = find('combo box', label)
        return drop and drop.get_child_at_index(0)

    def entries():
        drop = find('combo box', label)
        lists = [node for node in walk(drop) if node.get_role_name() == 'list'] if drop else []
        rows = [lists[0].get_child_at_index(i) for i in range(lists[0].get_child_count())] if lists else []
        return [next((n.get_name() for n in walk(row) if n.get_role_name() == 'label'), '') for row in rows]
    assert wait(f'drop-down "{label}"', button).do_action(0), label
    names = wait(f'entries of "{label}"', entries)
    number = [i for i, name in enumerate(names) if text in name][0]
    key('Home', *['Down'] * number, 'Return')


def choose(action):
    """An action of the window, as a menu entry or a key would start it."""
    def enabled():
        window = find('frame', 'Register of removable media')
        names = [window.get_action_name(i) for i in range(window.get_n_actions())] if window else []
        return (window, names.index(action)) if action in names else None
    window, number = wait(f'action {action}', enabled)
    assert window.do_action(number), action


def write(label, text):
    entry = wait(f'field "{label}"', lambda: find('text', label))
    assert entry.set_text_contents(text), label


def secretly(text):
    entry = wait('field for the passphrase', lambda: find('password text', ''))
    assert entry.set_text_contents(text)


def rows():
    """What the lists show that are small enough to be looked at: those of dialogs."""
    for node in list(nodes()):
        if node.get_role_name() == 'list' and node.get_child_count() < 100:
            for i in range(node.get_child_count()):
                item = node.get_child_at_index(i)
                for j in range(item.get_child_count() if item else 0):
                    yield item.get_child_at_index(j).get_name() or ''


def station(*args):
    out = subprocess.run([GUARDCTL, '--json', 'station', *args], check=True, capture_output=True, text=True).stdout
    return json.loads(out) if out else None


def closed(title):
    wait(f'end of "{title}"', lambda: find('frame', title) is None)


@contextlib.contextmanager
def opened(complaints, *words, environment=None):
    """The window, until the end of the block. What the toolkit complained about is added to @complaints."""
    # the toolkit's own leaks are not ours to judge
    asan = os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
    with open(HOME / 'log', 'w+', encoding='utf-8') as log:
        window = subprocess.Popen([STATION, *words], stderr=log, env={**os.environ, 'ASAN_OPTIONS': asan, **(environment or {})})
        try:
            yield
        finally:
            window.terminate()
            window.wait()
            log.seek(0)
            # no window manager hands the focus around here, which GTK tells
            complaints += [line for line in log.read().split('\n') if 'CRITICAL' in line or 'ERROR' in line
                           or ('WARNING' in line and 'did not receive a focus-out event' not in line)]


def attempt(number, test):
    """One test's line of TAP; is it good?"""
    why = None
    try:
        test()
    except (AssertionError, GLib.Error, subprocess.CalledProcessError) as error:
        why = error
        print(f'# {why!r}; on screen: {[n.get_name() for n in nodes() if n.get_name()][:60]}')
    print(f'{"ok" if why is None else "not ok"} {number} - {test.__name__}', flush=True)
    return why is None


def run(tests, *words):
    """Runs the window and then each of @tests until one fails; prints TAP. The status for the shell."""
    complaints = []
    good = True
    sys.stdout = open(HOME / 'tap', 'w', encoding='utf-8')
    print(f'1..{len(tests) + 1}', flush=True)
    with opened(complaints, *words):
        for number, test in enumerate(tests, 1):
            if good:
                good = attempt(number, test)
            else:
                print(f'not ok {number} - {test.__name__}', flush=True)
    for line in complaints:
        print(f'# {line}')
    print(f'{"not ok" if complaints else "ok"} {len(tests) + 1} - the toolkit had nothing to complain about', flush=True)
    return 0 if good and not complaints else 1
