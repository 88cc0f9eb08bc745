# SPDX-License-Identifier: LGPL-2.1-or-later
"""What other tools say of our files: shellcheck, mandoc, systemd-analyze, xmllint-like parsing, the package lists."""
import re
import subprocess
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


CONTROL = 'Source: x\nBuild-Depends: debhelper-compat (= 13),\n meson (>= 1.0),\n\nPackage: x\n'

CHECKS = [
    Check('shellcheck', shellcheck, {'a variable that is not there': {'run': '#!/bin/sh\nrm "$file"\n'}}, {'run': '#!/bin/sh\nrm "$1"\n'}),
    Check('man-pages', man_pages, {'an unknown macro': {'docs/a.8': '.Dd $Mdocdate$\n.Dt A 8\n.Os\n.Sh NAME\n.Nm a\n.Nd b\n.Xx c\n'}}),
    Check('xml', xml, {'not closed': {'a.xml': '<a><b></a>\n'}}, {'a.xml': '<a/>\n', 'a.conf': '[host]\n'}),
    Check('package-lists', package_lists, {'one is missing': {'debian/control': CONTROL, 'tests/check/packages.txt': 'debhelper\n'}},
          {'debian/control': CONTROL, 'tests/check/packages.txt': 'debhelper\nmeson # builds\n'}),
    Check('maintainer-scripts', maintainer_scripts,
          {'goes on after errors': {'debian/x.postinst': '#!/bin/sh\ntrue\n'}, 'asks': {'debian/x.postinst': 'set -e\nread -r answer\n'},
           'deletes records': {'debian/x.postrm': 'set -e\nrm -f /var/lib/x/ledger.db\n'}},
          {'debian/x.postinst': 'set -e\ntrue\n'}),
]
