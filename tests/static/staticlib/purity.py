# SPDX-License-Identifier: LGPL-2.1-or-later
"""Deciding is pure: nothing that rules/ can reach may call out for a file, a clock, a bus or the environment.

Starts from every object of the rules library and follows guard_* symbols into the objects that define
them, so that I/O cannot hide one call further in common/. What is undefined in the end must be in ALLOWED.
"""
import re
import subprocess
import tempfile
import pathlib

from .tree import Check

ALLOWED = re.compile('|'.join(f'(?:{pattern})$' for pattern in (
    r'_GLOBAL_OFFSET_TABLE_', r'__stack_chk_fail', r'__(mem|str)\w+_chk', r'__ctype_\w+_loc', r'__isoc\d+_strto\w+',
    r'mem(cmp|cpy|move|set|chr|mem)', r'str(cmp|ncmp|len|nlen|chr|rchr|str|spn|cspn|pbrk|casecmp|ncasecmp|toul|tol|toull|toll)',
    r'qsort|bsearch|abort|free', r'fnmatch|regexec|regcomp|regfree',
    r'g_(malloc|malloc0|malloc_n|malloc0_n|realloc|realloc_n|free|free_sized|memdup|memdup2|new|slice_\w+|clear_pointer|steal_pointer)',
    r'g_(str\w+|ascii_\w+|utf8_\w+|unichar_\w+|strv_\w+|string_\w+|vasprintf|snprintf|vsnprintf)',
    r'g_(ptr_array|array|byte_array|bytes|hash_table|list|slist|queue|tree|variant)_\w+',
    r'g_(error|quark|intern|ref_count|atomic_ref_count|atomic_rc_box|rc_box|once_init)_\w+', r'g_(set_error|propagate_error|clear_error|set_prefixed_error|prefix_error)\w*',
    r'g_(direct|str|int|int64)_(hash|equal)', r'g_atomic_\w+', r'g_dgettext|g_dpgettext2?|g_dngettext', r'g_base64_\w+|g_checksum_\w+|g_compute_checksum_\w+',
    r'g_key_file_(new|free|ref|unref|load_from_data|load_from_bytes|get_\w+|has_\w+|error_quark|set_list_separator)',
    r'g_(date_time|time_zone)_(new_from_unix_utc|new_utc|add\w*|unref|ref|get_\w+|format|format_iso8601|new_from_iso8601|to_unix|new_offset)',
    r'g_pattern_\w+', r'g_(return_if_fail_warning|assertion_message\w*|warn_message)',
    r'g_qsort_with_data|g_sort_array', r'g_(uri|regex)_\w+', r'g_ascii_\w+', r'g_utf8_\w+', r'g_path_get_(basename|dirname)')))


def symbols(archive):
    """object -> (defined, undefined) of a static library; thin archives too."""
    objects = {}
    output = subprocess.run(['nm', '-A', '-P', archive], capture_output=True, text=True, check=True).stdout
    for line in output.splitlines():
        match = re.match(r'(.*\[.*\]): (\S+) (\S)', line)
        if not match:
            continue
        defined, undefined = objects.setdefault(match.group(1), (set(), set()))
        (undefined if match.group(3) in 'Uw' else defined).add(match.group(2))
    return objects


def walk(start, everything):
    """Yields (object, symbol) for each undefined symbol that the objects of @start reach and none of ours defines."""
    home = {symbol: name for name, (defined, _) in everything.items() for symbol in defined}
    waiting, seen = sorted(start), set(start)
    while waiting:
        name = waiting.pop()
        for symbol in sorted(everything[name][1]):
            target = home.get(symbol)
            if target is None:
                yield name, symbol
            elif target not in seen:
                seen.add(target)
                waiting.append(target)


def complaints(rules, others):
    everything = {}
    start = symbols(rules)
    for archive in others:
        everything.update(symbols(archive))
    everything.update(start)
    if not start:
        yield f'{rules}: holds no object'
    for name, symbol in walk(start, everything):
        if not ALLOWED.match(symbol):
            yield f'{name.split("[")[-1].rstrip("]:")}: {symbol} is reached from rules/ and is not on the list of pure calls'


def purity(tree):
    if tree.build is None:       # a sample: one C file to compile
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            for path in tree.files('.c'):
                subprocess.run(['cc', '-c', '-O1', tree.root / path, '-o', out / (path.stem + '.o')], check=True)
            subprocess.run(['ar', 'rc', out / 'rules.a', out / 'rules.o'], check=True)
            rest = [o for o in out.glob('*.o') if o.stem != 'rules']
            subprocess.run(['ar', 'rc', out / 'rest.a', *rest], check=True)
            yield from complaints(out / 'rules.a', [out / 'rest.a'])
        return
    libraries = {path.name: path for path in tree.build.glob('*/*.a')}
    rules = next((path for path in tree.build.glob('rules/*.a')), None)
    if rules is None:
        if (tree.root / 'rules').is_dir() and any((tree.root / 'rules').glob('*.c')):
            yield 'rules/: no static library was built'
        return
    yield from complaints(rules, [path for path in libraries.values() if path != rules])


CHECKS = [
    Check('purity', purity,
          {'a clock': {'rules.c': 'long time(long *); long f(void) { return time(0); }\n'},
           'a file, one call further': {'rules.c': 'int guard_x(void); int f(void) { return guard_x(); }\n',
                                        'common.c': 'int open(const char *, int); int guard_x(void) { return open("a", 0); }\n'}},
          {'rules.c': 'unsigned long strlen(const char *); int guard_x(void); int f(const char *s) { return (int)strlen(s) + guard_x(); }\n',
           'common.c': 'int guard_x(void) { return 1; }\n', 'unused.c': 'int system(const char *); int u(void) { return system("x"); }\n'}),
]
