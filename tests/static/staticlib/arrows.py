# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may include whom: common <- rules, registry, ledger <- guardd; clients never include guardd; no circle."""
import re

from .tree import Check, without_comments

# Folder -> folders whose headers it may include besides its own. What is not listed may include nothing.
ARROWS = {
    'common': set(),
    'rules': {'common'},
    'registry': {'common'},
    'ledger': {'common'},
    'station': {'common', 'registry'},
    'dbus': set(),
    'udev': {'common'},
    # Programs for the kernel, and who loads them: what is told to them is udev's own helper's to find out.
    'shield': {'common', 'udev'},
    # guardd opens devices by the static helper's own code: one lock and one order of writes for both.
    'guardd': {'common', 'rules', 'registry', 'ledger', 'dbus', 'udev'},
    'guardctl': {'common', 'rules', 'registry', 'ledger', 'station', 'dbus', 'update'},
    'update': {'common', 'registry'},
    # Runs beside guardd with rights of its own; all that they share is what they say to each other.
    'import': {'common'},
    'transfers': {'common'},
    'notifier': {'common', 'dbus'},
}
# Headers that are plain facts and may be included from elsewhere than the arrows say.
# registry-answer.h: what a look-up found is an input of the decision; it holds no way to look anything up.
FACTS = {('rules', 'registry/registry-answer.h')}
# The bus client in common/ speaks the generated bus interface; nothing else in common/ may.
CLIENT = 'common/client/'
PLAIN_C = ('common/usb-descriptors', 'common/usb-names', 'udev/')

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
GLIB = re.compile(r'^\s*#\s*include\s*<(glib|gio)')


def includes(tree):
    for path in tree.files('.c', '.h'):
        if path.parts[0] in ('tests', 'debian'):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            match = INCLUDE.match(line)
            if match:
                yield path, number, match.group(1)


def arrows(tree):
    for path, number, header in includes(tree):
        here, there = path.parts[0], header.split('/')[0]
        if '/' not in header or here == there or (here, header) in FACTS:
            continue
        if str(path).startswith(CLIENT) and there == 'dbus':
            continue
        if there not in ARROWS.get(here, set()):
            yield f'{path}:{number}: {here}/ may not include {header}'


def circles(tree):
    """Headers that include each other in a circle, whatever the folders."""
    graph = {}
    for path, _, header in includes(tree):
        if path.suffix == '.h':
            graph.setdefault(str(path), set()).add(header)
    done, onpath = set(), []

    def visit(header):
        if header in onpath:
            yield ' -> '.join(onpath[onpath.index(header):] + [header])
            return
        if header in done:
            return
        onpath.append(header)
        for other in sorted(graph.get(header, ())):
            yield from visit(other)
        onpath.pop()
        done.add(header)
    for header in sorted(graph):
        yield from visit(header)


def plain_c(tree):
    """The static helper runs before anything else does: no GLib in it, nor in what it links."""
    for path in tree.files('.c', '.h'):
        if not str(path).startswith(PLAIN_C):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            if GLIB.match(line):
                yield f'{path}:{number}: GLib in what the static helper is made of'


def pragma_once(tree):
    for path in tree.files('.h'):
        if not re.search(r'^#pragma once$', without_comments(tree.text(path)), re.M):
            yield f'{path}:1: no #pragma once'


CHECKS = [
    Check('arrows', arrows,
          {'upwards': {'common/a.c': '#include "rules/policy.h"\n'}, 'rules reads the registry': {'rules/a.c': '#include "registry/registry.h"\n'},
           'a client includes guardd': {'guardctl/a.c': '#include "guardd/manager.h"\n'}, 'a new folder': {'extra/a.c': '#include "common/x.h"\n'}},
          {'guardd/a.c': '#include "rules/policy.h"\n', 'rules/a.h': '#include "registry/registry-answer.h"\n'}),
    Check('circles', circles, {'two headers': {'common/a.h': '#include "common/b.h"\n', 'common/b.h': '#include "common/a.h"\n'}},
          {'common/a.h': '#include "common/b.h"\n', 'common/b.h': '\n'}),
    Check('plain-c', plain_c, {'GLib in the helper': {'udev/a.c': '#include <glib.h>\n'}}, {'guardd/a.c': '#include <glib.h>\n'}),
    Check('pragma-once', pragma_once, {'none': {'a.h': '/* #pragma once */\n'}}, {'a.h': '#pragma once\n'}),
]
