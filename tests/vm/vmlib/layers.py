# SPDX-License-Identifier: LGPL-2.1-or-later
"""Named layers: a disk (with the kernel and initrd that belong to it) and a saved, booted state.

bare            stock Debian, no guard
guard           bare with the guard's packages, as a machine is delivered with them; booted so
desktop         Xfce, clerk logged in
desktop-guard   desktop with the guard's packages

Variants, for cold boots only: "luks" of any of them is the same on an encrypted root; "usbroot" of a
guarded one has root and /home on USB disks and an initramfs made with MODULES=dep.
"""
import glob
import os

from . import cache
from .machine import config_digest_text, create_overlay, file_disk

STATE_VERSION = 2
LAYERS = {
    "bare": {"flavour": "minimal"},
    "guard": {"flavour": "minimal", "debs": ["baomi-guard"]},
    "desktop": {"flavour": "desktop"},
    "desktop-guard": {"flavour": "desktop",
                      "debs": ["baomi-guard", "baomi-guard-notifier", "baomi-guard-station"]},
}
DEB_ENV = "BAOMI_VM_DEBS"


class NoPackages(Exception):
    """The guard layer was asked for, but there are no packages to install."""


class Disk:
    """A layer's disk: read-only here, every guest works on an overlay of its own."""

    def __init__(self, path, fmt, kernel, initrd):
        self.path = path
        self.format = fmt
        self.kernel = kernel
        self.initrd = initrd

    def overlay(self, path):
        create_overlay(path, self.path, self.format)
        return file_disk(path)


def debs(layer):
    """The packages that the layer installs, from the folder that --debs or the environment names."""
    wanted = LAYERS[layer].get("debs")
    if not wanted:
        return []
    folder = os.environ.get(DEB_ENV)
    if not folder:
        raise NoPackages("no packages: give --debs DIR (or %s)" % DEB_ENV)
    found = []
    for name in wanted:
        paths = sorted(glob.glob(os.path.join(folder, name + "_*.deb")), key=os.path.getmtime)
        if paths:
            found.append(paths[-1])
        elif name == "baomi-guard":
            raise NoPackages("no %s_*.deb in %s" % (name, folder))
    return found


def flavour_disk(flavour):
    folder = cache.image(flavour)
    return Disk(os.path.join(folder, "root.raw"), "raw", os.path.join(folder, "vmlinuz"),
                os.path.join(folder, "initrd.img"))


def disk(layer, variant=None):
    """A variant is made by the image script of its name."""
    base = flavour_disk(LAYERS[layer]["flavour"])
    packages = debs(layer)
    if not packages and not variant:
        return base
    folder = os.path.dirname(base.path)
    name = variant or "install"
    recipe = cache.file_digest(os.path.join(cache.IMAGE, name), *packages)

    def make(work):
        cache.script(name, work, os.path.join(folder, "root.tar"), work, *packages)

    done = cache.ensure("disk-%s-%s" % (layer, cache.digest(base.path, name, recipe)), make,
                        "the disk of layer %s (%s)" % (layer, name))
    return Disk(os.path.join(done, "root.raw"), "raw", os.path.join(done, "vmlinuz"),
                os.path.join(done, "initrd.img"))


def state(layer):
    """The folder of the saved state: root.qcow2 (overlay at that moment) and ram."""
    base = disk(layer)
    key = "state-%s-%s" % (layer, cache.digest(base.path, config_digest_text(), STATE_VERSION))
    folder = cache.ensure(key, lambda work: save(layer, base, work), "the state of layer " + layer)
    return folder, base


def save(layer, base, work):
    from .guest import Guest  # pylint: disable=import-outside-toplevel
    guest = Guest.cold(base, base.overlay(os.path.join(work, "root.qcow2")))
    try:
        guest.wait_booted()
        guest.settle(layer)
        guest.machine.save(os.path.join(work, "ram"))
    finally:
        guest.close()
