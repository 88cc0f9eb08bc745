# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest harness: builds, boots, resumes and controls stock Debian guests. Python's own library
only, so that it runs wherever QEMU does."""
