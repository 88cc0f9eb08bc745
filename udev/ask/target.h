/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a udev event is about, in layer 2: the disk behind a disk, a partition, or a raw node (sg, bsg, a tape's, ng).
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
        bool node_is_block;    /* the event's own node is a disk or partition, not a raw one */
        unsigned node_major, node_minor;
};

/* False where there is no disk (an sg node of a disk that is not there yet, a tape, gone). */
bool ask_target_find(int root, const char *devpath, struct ask_target *out);
/* Is the node of "/devices/…" one that commands are sent by (sg, bsg, a tape's; of NVMe those of disk and controller)? */
bool ask_is_raw_node(const char *devpath);
