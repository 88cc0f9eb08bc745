# SPDX-License-Identifier: LGPL-2.1-or-later
"""A PCIe slot that leads outside the case, as a Thunderbolt or USB4 port does: to the kernel what is plugged there is removable."""
import os
import subprocess

from . import cache

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "outside.asl")
PORT = "rp1"


def arguments():
    """More arguments for lab.boot(): with them PORT leads outside."""
    def make(work):
        subprocess.run(["iasl", "-p", os.path.join(work, "outside"), SOURCE], check=True, capture_output=True)

    folder = cache.ensure("outside-" + cache.file_digest(SOURCE), make, "the table of the outside port")
    return ["-acpitable", "file=" + os.path.join(folder, "outside.aml")]
