/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a udev event is about, in layer 2: the disk behind a disk, a partition, an sg or a bsg node.
 * Only reads sysfs.
 */
#pragma once
#include <limits.h>
#include "udev/hold/files.h"

struct ask_target {
        char path[PATH_MAX];   /* of the disk: "/devices/…/block/sda" */
        char name[NAME_MAX];   /* "sda" */
        unsigned major, minor; /* of the disk */
        uint64_t diskseq;      /* 0 where the kernel has none (before 5.14) */
        uint64_t inode;        /* of the disk's sysfs folder */
        bool node_is_block;    /* the event's own node is a disk or partition, not sg or bsg */
        unsigned node_major, node_minor;
};

/* False where there is no disk (an sg node of a disk that is not there yet, a tape, gone). */
bool ask_target_find(int root, const char *devpath, struct ask_target *out);
