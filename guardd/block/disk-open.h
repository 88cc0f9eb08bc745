/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening a quarantined disk (which may wait on the device, so on a worker), holding it exclusively
 * until the verdict, making it read-only. Nothing is decided here.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"
#include "guardd/block/disc.h"
#include "guardd/worker.h"

G_BEGIN_DECLS

typedef struct {
        int fd;            /* -1: no medium */
        gboolean exclusive; /* FALSE: somebody has it open exclusively already (mounted) */
        gboolean no_medium;
        GuardDisc disc; /* of an optical drive, as it says itself */
        guint64 size;
        guint64 diskseq; /* as the kernel has it for this very descriptor; 0: it has none */
} GuardDiskOpen;

void guard_disk_open_free(GuardDiskOpen *open);
/* Lets the hold go on a worker (transfer full): the last one to close a device waits for it. Result
 * non-NULL. */
void guard_disk_close(GuardWorkers *workers, GuardDiskOpen *open, GuardJobDone done,
                      gpointer user_data);
/* Result: GuardDiskOpen (transfer full). GUARD_ERROR_GONE where the node is another device by now. */
void guard_disk_open(GuardWorkers *workers, const GuardBlockFacts *facts, GuardJobDone done,
                     gpointer user_data);
/* BLKROSET on the disk and on each of its partitions. Result non-NULL on success. */
void guard_disk_set_read_only(GuardWorkers *workers, const GuardBlockFacts *facts, gboolean read_only,
                              GuardJobDone done, gpointer user_data);
/* Synthetic `add`: the disk first, then each partition, as udisks needs it. Result non-NULL. */
void guard_disk_announce(GuardWorkers *workers, const GuardBlockFacts *facts, GuardJobDone done,
                         gpointer user_data);
/* Synthetic `add` of its raw nodes, which came before it and any verdict. Nobody is told. */
void guard_disk_announce_raw(GuardWorkers *workers, const GuardBlockFacts *facts);
/* Takes a refused card away: its slot has no authorisation, so it loses its driver. */
void guard_disk_delete(GuardWorkers *workers, const GuardBlockFacts *facts, GuardJobDone done,
                       gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardDiskOpen, guard_disk_open_free)

G_END_DECLS
