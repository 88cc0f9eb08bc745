/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The system's own lists of what it mounts: read, not judged. Lines that cannot be understood are
 * passed over.
 */
#pragma once
#include <limits.h>
#include "udev/hold/files.h"

struct hold_table_entry {
        const char *use;       /* "/", "/home", "swap", "crypt" */
        const char *spec;      /* "/dev/sda1", "UUID=…"; not for those told by number */
        unsigned major, minor; /* major 0: by @spec */
};

typedef void (*hold_table_found)(const struct hold_table_entry *entry, void *data);

/* /, /usr, /boot, /boot/efi, /efi, /var, /home as they are mounted now. */
void hold_table_mounted(int root, hold_table_found found, void *data);
void hold_table_swaps(int root, hold_table_found found, void *data);
/* Entries without nofail and noauto. */
void hold_table_fstab(int root, hold_table_found found, void *data);
void hold_table_crypttab(int root, hold_table_found found, void *data);
/* root= and resume= of the command line, RESUME= of initramfs-tools. */
void hold_table_cmdline(int root, hold_table_found found, void *data);
/* The name below /dev that stands for a spec: "UUID=x" is "/dev/disk/by-uuid/x". False for what is
 * no device (tmpfs, a network share). */
bool hold_spec_path(const char *spec, char *buffer, size_t size);
