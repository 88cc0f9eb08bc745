# SPDX-License-Identifier: LGPL-2.1-or-later
"""What other tools say of our files: shellcheck, mandoc, systemd-analyze, xmllint-like parsing, the package lists."""
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

from .tree import Check


def said(command, folder=None):
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()


def shellcheck(tree):
    scripts = [tree.root / path for path in tree.scripts('sh', 'bash', 'dash')]
    if not scripts:
        return
    status, lines = said(['shellcheck', '-x', '--format=gcc', '--severity=warning', *scripts], tree.root)
    if status:
        yield from (line.replace(f'{tree.root}/', '') for line in lines)


def man_pages(tree):
    for path in tree.files():
        if re.fullmatch(r'\.[1578]', path.suffix) and 'docs' in path.parts:
            status, lines = said(['mandoc', '-T', 'lint', '-W', 'warning', tree.root / path])
            if status:
                yield from (line.replace(f'{tree.root}/', '') for line in lines)


def translations(tree):
    """The Chinese catalogue is whole: every string of the sources is in it, translated, none of them guessed."""
    if not tree.exists('po/zh_CN.po'):
        return
    with tempfile.TemporaryDirectory() as folder:
        pot = f'{folder}/new.pot'
        speaking = [str(path) for path in tree.files('.c', '.h')
                    if path.parts[0] not in ('tests', 'debian') and re.search(r'\b(N?_|ngettext)\(', tree.text(path))]
        listed = [line for line in tree.lines('po/POTFILES') if line]
        for path in sorted(set(speaking) - set(listed)):
            yield f'{path}: speaks to people and is not in po/POTFILES; run po/update'
        listed = [path for path in listed if tree.exists(path)]
        said(['xgettext', '--from-code=UTF-8', '--keyword=_', '--keyword=N_', '--keyword=ngettext:1,2', '-o', pot, *listed], tree.root)
        status, lines = said(['msgcmp', '--no-fuzzy-matching', 'po/zh_CN.po', pot], tree.root)
        yield from (line for line in lines if status and 'msgcmp:' not in line and 'not used' not in line)
        status, lines = said(['msgfmt', '--check-format', '-o', '/dev/null', 'po/zh_CN.po'], tree.root)
        yield from (line for line in lines if status)


# In tenths. A lock asks PAM, whose modules may ask a server.
EXPOSURE, EXPOSURES = 20, {'baomi-guard-physlock@.service': 21}


def units(tree):
    """systemd understands every line of our units, and what they expose is little: 2.0 of 10."""
    paths = [path for path in tree.files('.service', '.socket', '.timer') if path.parts[0] == 'systemd']
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            # The programs are not installed where this runs.
            text = re.sub(r'^(Exec\w+=)/\S+', r'\1/bin/true', tree.text(path), flags=re.M)
            with open(f'{folder}/{path.name}', 'w', encoding='utf-8') as handle:
                handle.write(text)
        for path in paths:
            unit = f'{folder}/{path.name}'
            status, lines = said(['systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', unit])
            yield from (line for line in lines if path.name in line)
            if path.suffix != '.service':
                continue
            limit = EXPOSURES.get(path.name, EXPOSURE)
            status, lines = said(['systemd-analyze', 'security', '--offline=yes', f'--threshold={limit}', '--no-pager', unit])
            if status:
                yield f'{path}: {lines[-1] if lines else "systemd-analyze failed"}; {limit / 10} is the limit'


def catalogs(tree):
    """Journal catalogues: the same message ids in both languages and in the program, none twice."""
    table = 'ledger/kinds.c'
    if not tree.exists(table):
        return
    wanted = set(re.findall(r'"([0-9a-f]{32})"', tree.text(table)))
    for path in tree.files('.catalog'):
        ids = re.findall(r'^-- ([0-9a-f]{32})$', tree.text(path), re.M)
        for one in sorted(wanted - set(ids)):
            yield f'{path}: message {one} of {table} is not explained'
        for one in sorted(set(ids) - wanted) + sorted({one for one in ids if ids.count(one) > 1}):
            yield f'{path}: message {one} is not in {table}, or stands twice'


def xml(tree):
    for path in tree.files('.xml', '.policy', '.conf', '.in'):
        text = tree.text(path)
        if not text.lstrip().startswith('<'):
            continue
        try:
            ElementTree.fromstring(text)
        except ElementTree.ParseError as error:
            yield f'{path}: {error}'


def package_lists(tree):
    """The one list that ./check installs must hold what debian/control builds with."""
    control = tree.text('debian/control')
    match = re.search(r'^Build-Depends:(.*?)^(?=\S|$)', control, re.S | re.M)
    wanted = {re.split(r'[\s(<|:]', entry.strip())[0] for entry in match.group(1).split(',') if entry.strip()}
    wanted = {'debhelper' if name == 'debhelper-compat' else name for name in wanted}
    listed = {line.split('#')[0].strip() for line in tree.lines('tests/check/packages.txt')}
    for name in sorted(wanted - listed):
        yield f'tests/check/packages.txt: {name} is in Build-Depends of debian/control and not here'


def maintainer_scripts(tree):
    """What runs as root on every machine must end at the first error, and may not ask."""
    for path in tree.files('.postinst', '.prerm', '.postrm', '.preinst'):
        text = tree.text(path)
        if not re.search(r'^set -e', text, re.M):
            yield f'{path}: no set -e'
        if 'debconf' in text or re.search(r'\bread\s+-?\w', text):
            yield f'{path}: asks a question; upgrades never ask'
        if re.search(r'rm\s.*ledger', text):
            yield f'{path}: deletes the ledger'


SPEAKING = {'common/a.c': 'char *h = _("hello");\n', 'po/POTFILES': 'common/a.c\n',
            'po/zh_CN.po': 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "hello"\nmsgstr "您好"\n'}
CAGED = ('[Unit]\nDescription=a\n[Service]\nExecStart=/bin/true\nUser=daemon\nCapabilityBoundingSet=\nPrivateNetwork=yes\nPrivateDevices=yes\n'
         'ProtectSystem=strict\nProtectHome=yes\nPrivateTmp=yes\nNoNewPrivileges=yes\nSystemCallFilter=@system-service\n'
         'RestrictNamespaces=yes\nProtectKernelModules=yes\nProtectKernelTunables=yes\nProtectProc=invisible\nIPAddressDeny=any\n'
         'RestrictAddressFamilies=none\nMemoryDenyWriteExecute=yes\nProtectClock=yes\nProtectKernelLogs=yes\nProtectControlGroups=yes\n')

CONTROL = 'Source: x\nBuild-Depends: debhelper-compat (= 13),\n meson (>= 1.0),\n\nPackage: x\n'

CHECKS = [
    Check('shellcheck', shellcheck, {'a variable that is not there': {'run': '#!/bin/sh\nrm "$file"\n'}}, {'run': '#!/bin/sh\nrm "$1"\n'}),
    Check('man-pages', man_pages, {'an unknown macro': {'docs/a.8': '.Dd $Mdocdate$\n.Dt A 8\n.Os\n.Sh NAME\n.Nm a\n.Nd b\n.Xx c\n'}}),
    Check('translations', translations,
          {'a string is not translated': {**SPEAKING, 'common/a.c': SPEAKING['common/a.c'] + 'char *s = _("other");\n'},
           'a file is not listed': {**SPEAKING, 'po/POTFILES': ''},
           'a guess': {**SPEAKING, 'po/zh_CN.po': SPEAKING['po/zh_CN.po'].replace('msgid "hello"', '#, fuzzy\nmsgid "hello"')}}, SPEAKING),
    Check('units', units,
          {'an unknown key': {'systemd/a.service': CAGED + 'NoSuchKey=yes\n'},
           'an unknown key of a socket': {'systemd/a.service': CAGED, 'systemd/a.socket': '[Socket]\nListenNetlink=kobject-uevent 2\nNoSuchKey=1\n'},
           'a little too open': {'systemd/a.service': CAGED.replace('User=daemon\n', '').replace('PrivateNetwork=yes\n', '').replace('ProtectClock=yes\n', '')},
           'wide open': {'systemd/a.service': '[Service]\nExecStart=/bin/true\n'}},
          {'systemd/a.service': CAGED}),
    Check('catalogs', catalogs,
          {'one is not explained': {'ledger/kinds.c': f'"{"a" * 32}" "{"b" * 32}"', 'systemd/x.catalog': f'-- {"a" * 32}\n'},
           'a stranger': {'ledger/kinds.c': f'"{"a" * 32}"', 'systemd/x.catalog': f'-- {"a" * 32}\n-- {"c" * 32}\n'}},
          {'ledger/kinds.c': f'"{"a" * 32}"', 'systemd/x.catalog': f'-- {"a" * 32}\n'}),
    Check('xml', xml, {'not closed': {'a.xml': '<a><b></a>\n'}}, {'a.xml': '<a/>\n', 'a.conf': '[host]\n'}),
    Check('package-lists', package_lists, {'one is missing': {'debian/control': CONTROL, 'tests/check/packages.txt': 'debhelper\n'}},
          {'debian/control': CONTROL, 'tests/check/packages.txt': 'debhelper\nmeson # builds\n'}),
    Check('maintainer-scripts', maintainer_scripts,
          {'goes on after errors': {'debian/x.postinst': '#!/bin/sh\ntrue\n'}, 'asks': {'debian/x.postinst': 'set -e\nread -r answer\n'},
           'deletes records': {'debian/x.postrm': 'set -e\nrm -f /var/lib/x/ledger.db\n'}},
          {'debian/x.postinst': 'set -e\ntrue\n'}),
]
