/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a block device (or its sg/bsg sibling) to its disk, and from the disk to what carries it.
 * Only reads sysfs.
 */
#pragma once
#include "udev/hold/pins.h"

/* What identifies the disk at "/devices/…/block/sda" for pins. */
struct hold_carrier {
        enum hold_pin_kind kind;  /* HOLD_N_PIN_KINDS: nothing to pin it by */
        char path[PATH_MAX];      /* HOLD_PIN_USB: of the USB device */
        char id[HOLD_STRING_MAX]; /* else: CID or world-wide name */
};

void hold_carrier_find(int root, const char *disk_path, struct hold_carrier *out);
/* Is the disk at @disk_path pinned? */
bool hold_carrier_pinned(int root, const char *disk_path);
/* The pin of the disk, one line without its end; false where there is nothing to pin it by. */
bool hold_carrier_pin(int root, const char *disk_path, char *buffer, size_t size);
/* The path of the disk that @path (a disk, a partition) belongs to, both like "/devices/…". */
bool hold_disk_of(int root, const char *path, char *buffer, size_t size);
/* The path of the block device @name ("sda1"), "/devices/…". */
bool hold_block_path(int root, const char *name, char *buffer, size_t size);
