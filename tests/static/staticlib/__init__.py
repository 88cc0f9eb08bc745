# SPDX-License-Identifier: LGPL-2.1-or-later
"""Static checks: what must hold of the tree and of the objects built from it, without running them.

A check is a Check object in one of the modules here: a function that gets a Tree and yields complaints,
and samples, each a little tree that the check must complain about. A check that cannot fail is worth
nothing, so the runner tries every sample before it believes an empty list.
"""
from .tree import Check, Tree  # noqa: F401
