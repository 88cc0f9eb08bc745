# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tree that checks look at, and what a check is. No check lives here."""
import dataclasses
import os
import pathlib
import re
import typing

SKIPPED = {'.git', '.pc', '__pycache__'}     # .git is a file in a second worktree


@dataclasses.dataclass
class Check:
    name: str
    run: typing.Callable            # Tree -> iterable of complaints
    bad: dict                       # what is wrong -> {path: text}, each must bring a complaint
    good: dict = dataclasses.field(default_factory=dict)   # {path: text} that must bring none


class Tree:
    """Files below a folder that belong to the sources; build is the Meson build folder or None."""

    def __init__(self, root, build=None):
        self.root = pathlib.Path(root)
        self.build = pathlib.Path(build) if build else None
        self.notes = []             # shown with the result, never a failure
        self._files = None

    def files(self, *patterns):
        """Paths relative to the root, sorted; patterns are suffixes ('.c') or whole names ('meson.build')."""
        if self._files is None:
            self._files = sorted(self._walk())
        return [path for path in self._files
                if not patterns or path.suffix in patterns or path.name in patterns]

    def _walk(self):
        for folder, folders, names in os.walk(self.root):
            here = pathlib.Path(folder)
            folders[:] = [name for name in folders
                          if name not in SKIPPED and not self._is_built(here / name)]
            for name in set(names) - SKIPPED:
                path = here / name
                if path.is_file() and not path.is_symlink():
                    yield path.relative_to(self.root)

    def _is_built(self, path):
        relative = path.relative_to(self.root)
        if relative.parts[0].startswith(('build', 'obj-')) or (path / 'meson-private').exists():
            return True
        return relative.parts[0] == 'debian' and (path / 'usr').exists()

    def text(self, path):
        return (self.root / path).read_text(encoding='utf-8', errors='replace')

    def lines(self, path):
        return self.text(path).split('\n')

    def exists(self, path):
        return (self.root / path).exists()

    def scripts(self, *shells):
        """Executable text files whose first line names one of the interpreters."""
        found = []
        for path in self.files():
            with open(self.root / path, 'rb') as handle:
                first = handle.readline(120)
            if first.startswith(b'#!') and any(re.search(rf'\b{shell}\b'.encode(), first) for shell in shells):
                found.append(path)
        return found


def without_comments(text):
    """C without comments and string contents, lines kept, so that a number still points at the line."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(match):
        found = match.group(0)
        if found[0] == '"':
            return '""'
        if found[0] == "'":
            return "' '"
        return '\n' * found.count('\n')
    return pattern.sub(blank, text)
