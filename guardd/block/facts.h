/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * sysfs → GuardBlockFacts and where a disk hangs. By ancestors, never by name. Touches no device:
 * everything is read from what the kernel already knows.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"

G_BEGIN_DECLS

typedef struct { /* what a disk hangs on */
        gboolean guarded; /* FALSE: a fixed disk, none of the guard's business */
        GuardCarrier carrier;
        char *usb_syspath;    /* where the carrier is USB */
        char *carrier_syspath; /* the folder whose life is the medium's */
        char *device;         /* opaque name people see */
        char *carrier_serial; /* of a card its CID, of what is not USB the disk's own serial number; NULL: none */
} GuardBlockOrigin;

/* Facts of the disk at @syspath; the probe is not done yet. Sets GUARD_ERROR_GONE. Caller frees. */
GuardBlockFacts *guard_block_facts_read(const char *syspath, GError **error);
/* Of a disk that is one of several ways to another one (NVMe), and has no node: not guarded, the other one is. Caller frees. */
GuardBlockOrigin *guard_block_origin_find(const char *syspath);
void guard_block_origin_free(GuardBlockOrigin *origin);
/* The disk's folder for a disk or partition device number, through /sys/dev/block. NULL: not there. */
char *guard_block_disk_of(guint major, guint minor);
/* Names of the disk's partitions as the kernel has them now. Caller frees with g_ptr_array_unref(). */
GPtrArray *guard_block_partitions(const GuardBlockFacts *facts);

/* The device number of @partition, one of guard_block_partitions(). FALSE: it is gone. */
gboolean guard_block_number_of(const GuardBlockFacts *facts, const char *partition, guint *major, guint *minor);
/* The name of the partition with that number of the table; NULL: there is none. Caller frees. */
char *guard_block_partition_name(const GuardBlockFacts *facts, guint number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardBlockOrigin, guard_block_origin_free)

G_END_DECLS
