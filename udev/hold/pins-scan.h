/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds the disks that this system cannot do without, through partitions, dm, md, loop and btrfs,
 * while they are present. Only reads sysfs, /proc, /etc and links in /dev; writes the pins file.
 */
#pragma once
#include "udev/hold/files.h"

#define HOLD_DISK_NAME_MAX 64
#define HOLD_DISKS_MAX 64

struct hold_system_disk {
        char name[HOLD_DISK_NAME_MAX]; /* "sda" */
        char uses[256];                /* "/,/boot" */
};

struct hold_system_disks {
        size_t n;
        struct hold_system_disk list[HOLD_DISKS_MAX];
        char missing[1024]; /* ",/srv,swap,": named, but no disk for them is there now */
};

/* What carries /, /usr, /boot, /var, /home or swap now; with @declared also what fstab, crypttab
 * and the kernel command line name without nofail or noauto. */
void hold_system_disks_find(int root, bool declared, struct hold_system_disks *out);
/* The disks that the block device @name ("dm-0", "md127p1", "loop3", "sda1") stands on; itself where it
 * stands on none. What lies on a network is on no disk. */
void hold_disks_below(int root, const char *name, struct hold_system_disks *out);
/* Writes the pins of all of them to @path, or to stdout where it is NULL. Pins in the old file that
 * serve what is missing now stay: a disk may be unplugged while an initramfs is built. Exit status.
 */
int hold_pins_write(int root, const char *path);
