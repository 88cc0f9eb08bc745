# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a file looks like: licence line, length, no path of the machine it was written on, no sleeping tests."""
import ast
import re

from .tree import Check, without_comments

FILE_LINES, FUNCTION_LINES = 400, 60
HEADED = ('.c', '.h', '.py', '.sh', '.service', '.timer', '.rules', '.catalog', 'meson.build', 'meson_options.txt')


def spdx(tree):
    headed = set(tree.files(*HEADED)) | set(tree.scripts('sh', 'bash', 'python3'))
    for path in sorted(headed):
        head = '\n'.join(tree.lines(path)[:5])
        if 'SPDX-License-Identifier: LGPL-2.1-or-later' not in head:
            yield f'{path}:1: no SPDX line in the first five'


def file_length(tree):
    for path in tree.files('.c', '.h', '.py', '.sh') + tree.scripts('bash', 'sh', 'python3'):
        n = tree.text(path).count('\n')
        if n > FILE_LINES:
            yield f'{path}: {n} lines, {FILE_LINES} is the limit: split it by topic'


def functions(text):
    """(name, first line, lines) of each function, by the brace in the first column that the style asks for."""
    lines = without_comments(text).split('\n')
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith('{'):
            start = number
        elif line.startswith('}') and start:
            if line.rstrip() == '}':
                name = re.match(r'[\w *]*?(\w+)\s*\(', lines[start - 2]) if start > 1 else None
                yield (name.group(1) if name else '?', start, number - start - 1)
            start = None


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno


def function_length(tree):
    sources = [(path, functions) for path in tree.files('.c')] + [(path, python_functions) for path in tree.files('.py')]
    for path, look in sources:
        for name, line, n in look(tree.text(path)):
            if n > FUNCTION_LINES:
                yield f'{path}:{line}: {name}() has {n} lines, {FUNCTION_LINES} is the limit'


# Put together from pieces, so that this file does not find itself.
MACHINE_PATHS = re.compile('|'.join((r'/' + r'work/\w', r'\.' + r'library\b', r'/root/' + r'\.c', r'/ho' + r'me/(?!(?:user|clerk|other)\b|\*)[a-z]+/')))


def machine_paths(tree):
    for path in tree.files():
        for number, line in enumerate(tree.lines(path), 1):
            if MACHINE_PATHS.search(line):
                yield f'{path}:{number}: a path of one machine: {line.strip()[:80]}'


SLEEPS = {
    '.c': re.compile(r'\b(g_usleep|usleep|sleep|nanosleep|clock_nanosleep)\s*\('),
    '.py': re.compile(r'\btime\.sleep\s*\(|\bfrom time import .*\bsleep\b'),
    '.sh': re.compile(r'(^|[;&|]|\bdo|\bthen)\s*sleep\s+[0-9.$]'),
}


def sleeping_tests(tree):
    for path in tree.files('.c', '.py', '.sh'):
        # The guest harness polls the outside world, and a benchmark measures an idle minute; cases may do neither.
        if path.parts[0] != 'tests' or path.parts[1:2] in (('vm',), ('bench',)) and 'cases' not in path.parts:
            continue
        text = tree.text(path)
        text = without_comments(text) if path.suffix == '.c' else text
        for number, line in enumerate(text.split('\n'), 1):
            if SLEEPS[path.suffix].search(line):
                yield f'{path}:{number}: a test waits for something that happens, never for time'


UNFINISHED = re.compile('|'.join(r'\b' + word + r'\b' for word in ('TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX')))


def unfinished(tree):
    for path in tree.files('.c', '.h', '.py', '.sh', '.md', '.xml', 'meson.build'):
        for number, line in enumerate(tree.lines(path), 1):
            if UNFINISHED.search(line):
                yield f'{path}:{number}: unfinished: {line.strip()[:80]}'


def python_compiles(tree):
    for path in sorted(set(tree.files('.py')) | set(tree.scripts('python3'))):
        try:
            compile(tree.text(path), str(path), 'exec')
        except SyntaxError as error:
            yield f'{path}:{error.lineno}: {error.msg}'


LONG = 'static int\nlong_one(void)\n{\n' + '        x++;\n' * 61 + '}\n'
LONG_PYTHON = 'def long_one():\n' + '    x()\n' * 61
NAP = 'time.sl' + 'eep(1)\n'
HEAD = '/* SPDX-License-Identifier: LGPL-2.1-or-later */\n'

CHECKS = [
    Check('spdx', spdx, {'a C file without': {'a.c': 'int x;\n'}, 'a script without': {'run': '#!/bin/sh\ntrue\n'}},
          {'a.c': HEAD, 'run': '#!/bin/sh\n# SPDX-License-Identifier: LGPL-2.1-or-later\n'}),
    Check('file-length', file_length, {'401 lines': {'a.c': 'x\n' * 401}, 'of a test': {'tests/a.c': 'x\n' * 401}},
          {'a.c': 'x\n' * 400}),
    Check('function-length', function_length, {'61 lines': {'a.c': LONG}, 'in Python': {'a.py': LONG_PYTHON}},
          {'a.c': LONG.replace('        x++;\n', '', 1), 'a.py': LONG_PYTHON.replace('    x()\n', '', 1)}),
    Check('machine-paths', machine_paths, {'in a text': {'a.md': 'see /' + 'work/main\n'}}, {'a.md': 'teamwork/main\n'}),
    Check('sleeping-tests', sleeping_tests,
          {'in C': {'tests/a.c': 'void f(void) { g_us' + 'leep(5); }\n'}, 'in Python': {'tests/a.py': NAP},
           'in a guest case': {'tests/vm/cases/a.py': NAP}},
          {'tests/a.c': '/* never sleep(1) */\n', 'a.c': 'sleep(1)'}),
    Check('unfinished', unfinished, {'a note': {'a.c': '/* TO' + 'DO: later */\n'}}, {'a.c': 'int todos;\n'}),
    Check('python-compiles', python_compiles, {'broken': {'a.py': 'def f(:\n'}}, {'a.py': 'x = 1\n'}),
]
