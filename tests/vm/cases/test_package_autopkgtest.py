# SPDX-License-Identifier: LGPL-2.1-or-later
"""The package's own tests (debian/tests), as Debian's infrastructure would run them on a machine."""
import os
import re

from vmlib import cache
from vmlib.api import on


def scripts():
    with open(os.path.join(cache.SOURCE, "debian/tests/control"), encoding="utf-8") as control:
        return re.findall(r"^Tests: (\S+)$", control.read(), re.M)


@on("guard")
def test_scripts(guest):
    assert scripts()
    guest.run("mkdir -p /root/autopkgtest", check=True)
    for name in scripts():
        with open(os.path.join(cache.SOURCE, "debian/tests", name), "rb") as script:
            guest.put("/root/autopkgtest/" + name, script.read(), 0o755)
        guest.run("mkdir -p /tmp/autopkgtest && cd /tmp/autopkgtest && /root/autopkgtest/" + name, timeout=180, check=True)
