# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents: links that lead somewhere, and two READMEs that say the same in two languages."""
import re

from .tree import Check


def links(tree):
    for path in tree.files('.md'):
        for number, line in enumerate(tree.lines(path), 1):
            for target in re.findall(r'\]\(([^)\s]+)\)', line):
                if re.match(r'[a-z]+:|#', target):
                    continue
                if not (tree.root / path.parent / target.split('#')[0]).exists():
                    yield f'{path}:{number}: {target} is not there'


def skeleton(text):
    """What must not differ between languages: headings' depth, commands and files shown, links."""
    code = re.findall(r'^```.*?^```$', text, re.S | re.M)
    rest = re.sub(r'^```.*?^```$', '', text, flags=re.S | re.M)
    return {'headings': [match.count('#') for match in re.findall(r'^(#+) ', rest, re.M)], 'examples': code,
            'links': [target for target in re.findall(r'\]\(([^)]+)\)', rest) if not target.startswith('README')],
            'names in text': sorted(re.findall(r'`([^`]+)`', rest))}


def two_readmes(tree):
    if not tree.exists('README.md'):
        return
    one, other = (skeleton(tree.text(name)) for name in ('README.md', 'README.zh_CN.md'))
    for part, value in one.items():
        if value != other[part]:
            yield f'README.md and README.zh_CN.md differ in their {part}'


def shown_files(tree):
    """A file that a page shows, after <!-- shown: NAME -->, is shown as it is."""
    for path in tree.files('.md'):
        for name, block in re.findall(r'^<!-- shown: (\S+) -->\n```\w*\n(.*?)^```$', tree.text(path), re.S | re.M):
            there = path.parent / name
            if not tree.exists(there):
                yield f'{path}: {there} is shown and not there'
            elif tree.text(there) != block:
                yield f'{path}: {there} is shown otherwise than it is'


READMES = {'README.md': '# A\n\n```\n./run\n```\n', 'README.zh_CN.md': '# B\n\n```\n./run\n```\n'}

CHECKS = [
    Check('links', links, {'a page that is gone': {'a.md': '[b](b.md)\n'}}, {'a.md': '[b](c/b.md#x)\n', 'c/b.md': ''}),
    Check('shown-files', shown_files,
          {'another text': {'d/a.md': '<!-- shown: x.conf -->\n```\na\n```\n', 'd/x.conf': 'b\n'},
           'gone': {'d/a.md': '<!-- shown: x.conf -->\n```\na\n```\n'}},
          {'d/a.md': '<!-- shown: x.conf -->\n```\na\n```\n', 'd/x.conf': 'a\n'}),
    Check('two-readmes', two_readmes,
          {'another command': {**READMES, 'README.md': '# A\n\n```\n./walk\n```\n'},
           'a heading less': {**READMES, 'README.md': READMES['README.md'] + '## C\n'}}, READMES),
]
