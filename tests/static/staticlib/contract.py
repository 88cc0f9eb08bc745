# SPDX-License-Identifier: LGPL-2.1-or-later
"""What users script against: names and paths, verbs with their manual and completion, bus methods with their action."""
import re
import xml.etree.ElementTree as ElementTree

from .tree import Check

# From the interfaces that do not change. Reasons are rows of the decision table in docs/ARCHITECTURE.md.
NAMES = ('/etc/baomi-guard/host.conf', '/usr/share/baomi-guard/host.conf', '/etc/baomi-guard/policy.d',
         '/usr/share/baomi-guard/policy.d', '/etc/baomi-guard/keys.d', '/etc/baomi-guard/update.conf', '/var/lib/baomi-guard/registry.db',
         '/var/lib/baomi-guard/ledger.db', '/run/baomi-guard', 'org.baomiguard.Guard1', '/org/baomiguard/Guard1')
VERDICTS = ('hold', 'refuse', 'read-only', 'admit')
REASONS = ('host-level-unknown', 'classified-on-unclassified', 'level-above-host', 'drive-lost', 'drive-withdrawn',
           'composite-input', 'identity-mismatch', 'duplicate-identity', 'bound-elsewhere', 'cross-use', 'registry-lost',
           'registry-stale', 'no-write-down', 'registry-absent', 'content-changed', 'unregistered')
LEVELS = ('none', 'confidential', 'secret', 'top-secret')
VERBS = ('status', 'media', 'media list', 'media explain', 'media eject', 'registry', 'registry show', 'registry verify',
         'registry install', 'registry update', 'policy', 'policy check', 'policy test', 'log', 'log verify', 'log anchor', 'presence', 'lock',
         'postpone', 'doctor', 'station', 'station init',
         'station enrol', 'station issue', 'station return', 'station lost', 'station found', 'station repair',
         'station set-level', 'station deregister', 'station retire', 'station destroy', 'station list', 'station show',
         'station history', 'station import-csv', 'station export-csv', 'station keygen', 'station publish')
ANNOTATION = 'org.baomiguard.Guard1.'


def macros(text):
    """#define NAME "…" MACRO "…" -> the string that the compiler would see."""
    values = {}
    for name, body in re.findall(r'^#define (\w+)[ \t]+(.+)$', text, re.M):
        pieces = re.findall(r'"([^"]*)"|\b([A-Z]\w+)\b', body)
        values[name] = ''.join(literal if not other else values.get(other, '') for literal, other in pieces)
    return values


def names(tree):
    known = set(macros(tree.text('common/guard-names.h')).values())
    for name in NAMES:
        if name not in known:
            yield f'common/guard-names.h: {name} is promised to users and not there'
    for path, promised in (('common/guard-verdict.c', VERDICTS + REASONS), ('common/guard-level.c', LEVELS)):
        text = tree.text(path)
        for name in promised:
            if f'"{name}"' not in text:
                yield f'{path}: "{name}" is promised to users and not there'


def verbs(tree):
    """Every verb of guardctl's tables, with the verb it stands below: {'media list': 'guardctl/media.c'}."""
    found = {}
    for path in tree.files('.c'):
        if path.parts[0] != 'guardctl':
            continue
        text = tree.text(path)
        for table, body in re.findall(r'GuardctlVerb (\w+)\[\] = \{(.*?)^\s*\};', text, re.S | re.M):
            below = re.search(rf'guardctl_dispatch\s*\(\s*\w+,\s*{table},\s*"([\w ]+)"', text)
            before = '' if table == 'guardctl_verbs' else f'{below.group(1) if below else path.stem} '
            for name in re.findall(r'\{\s*"([\w-]+)"\s*,', body):
                found[before + name] = path
    return found


def verbs_documented(tree):
    manual = re.sub(r'\\', '', tree.text('docs/man/guardctl.1'))
    completion = '\n'.join(tree.text(path) for path in tree.files()
                           if path.name == 'guardctl' and 'completion' in str(path.parent) or path.name.endswith('guardctl.bash'))
    there = verbs(tree)
    for verb, path in sorted(there.items()):
        if not re.search(rf'^\.(It )?(.*, )?Cm {verb}(?![\w-])', manual, re.M):
            yield f'{path}: guardctl {verb} is not in docs/man/guardctl.1'
        if not all(re.search(rf'(?<![\w-]){re.escape(word)}(?![\w-])', completion) for word in verb.split()):
            yield f'{path}: guardctl {verb} is not completed by bash'
    if not there:
        return
    for verb in VERBS:
        if verb not in there:
            yield f'guardctl/: guardctl {verb} is promised to users and in no table'


def bus_actions(tree):
    policies = [path for path in tree.files('.policy')]
    actions = {}
    for path in policies:
        for action in ElementTree.fromstring(tree.text(path)).iter('action'):
            actions[action.get('id')] = path
            if not any('zh_CN' in message.attrib.values() for message in action.findall('message')):
                yield f'{path}: {action.get("id")} has no Chinese message'
            if action.find('defaults/allow_any') is None:
                yield f'{path}: {action.get("id")} says nothing about callers from elsewhere'
    used = set()
    for path in tree.files('.xml'):
        if path.parts[0] != 'dbus':
            continue
        for interface in ElementTree.fromstring(tree.text(path)).iter('interface'):
            wanted = [(f'{interface.get("name")}.{method.get("name")}', method, 'Action') for method in interface.iter('method')]
            if interface.find('property') is not None:
                wanted.append((f'the properties of {interface.get("name")}', interface, 'ReadAction'))
            for what, node, kind in wanted:
                named = {note.get('name'): note.get('value') for note in node.findall('annotation')}
                used.update(named.values())
                if named.get(ANNOTATION + kind) not in actions:
                    yield f'{path}: {what}: no polkit action that exists'
    for path in tree.files('.c'):   # a program that asks polkit itself
        text = tree.text(path)
        used.update(action for action in actions if f'"{action}"' in text)
    for action in sorted(set(actions) - used):
        yield f'{actions[action]}: {action} guards nothing'


def conf_of_bus(tree):
    """Nobody but root may take the name, and nothing is broadcast to those who only listen."""
    for path in tree.files('.conf'):
        if path.parts[0] != 'dbus':
            continue
        for policy in ElementTree.fromstring(tree.text(path)).iter('policy'):
            for rule in policy.iter('allow'):
                if rule.get('own') and policy.get('user') != 'root':
                    yield f'{path}: someone other than root may own {rule.get("own")}'


def carriers(tree):
    """What guardd takes for a removable disk's carrier udev's rules must quarantine: or it is used before it is judged."""
    rules, code = 'udev/rules/59-baomi-guard-block.rules', 'guardd/block/facts.c'
    lines = [line for line in tree.text(rules).splitlines() if 'ENV{BAOMI_GUARDED}="1"' in line]
    ruled = {name for line in lines for names in re.findall(r'SUBSYSTEMS=="([^"]+)"', line) for name in names.split('|')} - {'scsi'}
    table = re.search(r'CARRIERS\[\] = \{(.*?)^\s*\};', tree.text(code), re.S | re.M)
    known = set(re.findall(r'\{"(\w+)"', table.group(1) if table else ''))
    for name in sorted(known - ruled):
        yield f'{rules}: {name} is a carrier in {code} and not quarantined'
    for name in sorted(ruled - known):
        yield f'{code}: {name} is quarantined by {rules} and no carrier'


POLICY = ('<policyconfig><action id="a.read"><message>m</message><message xml:lang="zh_CN">x</message>'
          '<defaults><allow_any>no</allow_any></defaults></action></policyconfig>')
BUS = ('<node><interface name="I"><method name="M"><annotation name="org.baomiguard.Guard1.Action" value="%s"/></method></interface></node>')
TABLE = 'const GuardctlVerb guardctl_verbs[] = {\n {"%s", f, N_("x")},\n};\n'


def sample_verbs(*, table='status', manual='status', completion='status'):
    return {'guardctl/verbs.c': TABLE % table, 'docs/man/guardctl.1': ''.join(f'.It Cm {verb}\n' for verb in (manual, *VERBS)),
            'completion/guardctl': f'words="{completion}"\n'}


NAMES_H = ('#define GUARD_ETC_DIR "/etc/baomi-guard"\n#define GUARD_HOST_CONF GUARD_ETC_DIR "/host.conf"\n')
ALL_NAMES = ''.join(f'#define N{i} "{name}"\n' for i, name in enumerate(NAMES)) + NAMES_H
VERDICT_C = ' '.join(f'"{name}",' for name in VERDICTS + REASONS)
LEVEL_C = ' '.join(f'"{name}",' for name in LEVELS)

BLOCK_RULES = 'SUBSYSTEMS=="usb|%s", ENV{BAOMI_GUARDED}="1"\n'
CARRIERS = 'static const struct x CARRIERS[] = {\n        {"usb", is_usb},\n        {"%s", is_any},\n};\n'

CHECKS = [
    Check('names', names,
          {'a path was renamed': {'common/guard-names.h': ALL_NAMES.replace('ledger.db', 'ledger2.db'), 'common/guard-verdict.c': VERDICT_C,
                                  'common/guard-level.c': LEVEL_C},
           'a reason was renamed': {'common/guard-names.h': ALL_NAMES, 'common/guard-verdict.c': VERDICT_C.replace('cross-use', 'crossed'),
                                    'common/guard-level.c': LEVEL_C}},
          {'common/guard-names.h': ALL_NAMES, 'common/guard-verdict.c': VERDICT_C, 'common/guard-level.c': LEVEL_C}),
    Check('verbs', verbs_documented,
          {'not in the manual': sample_verbs(table='brew', manual='status', completion='brew'),
           'not completed': sample_verbs(table='status', completion='none'), 'a promised verb is gone': sample_verbs()}),
    Check('bus-actions', bus_actions,
          {'a method without an action': {'dbus/a.xml': BUS % 'a.other', 'dbus/a.policy': POLICY},
           'an action that guards nothing': {'dbus/a.xml': BUS % 'a.read', 'dbus/a.policy': POLICY.replace('</policyconfig>', POLICY[14:].replace('a.read', 'b'))},
           'no Chinese': {'dbus/a.xml': BUS % 'a.read', 'dbus/a.policy': POLICY.replace('zh_CN', 'de')}},
          {'dbus/a.xml': BUS % 'a.read', 'dbus/a.policy': POLICY, 'station/b.policy': POLICY.replace('a.read', 'a.ask'),
           'station/b.c': 'ask("a.ask");'}),
    Check('bus-owner', conf_of_bus,
          {'anybody': {'dbus/a.conf': '<busconfig><policy context="default"><allow own="x"/></policy></busconfig>'}},
          {'dbus/a.conf': '<busconfig><policy user="root"><allow own="x"/></policy></busconfig>'}),
    Check('carriers', carriers,
          {'not quarantined': {'udev/rules/59-baomi-guard-block.rules': BLOCK_RULES % 'mmc', 'guardd/block/facts.c': CARRIERS % 'pcmcia'}},
          {'udev/rules/59-baomi-guard-block.rules': BLOCK_RULES % 'mmc', 'guardd/block/facts.c': CARRIERS % 'mmc'}),
]
