/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the jobs on a disk share. Only for guardd/block/disk-*.c.
 */
#pragma once
#include "guardd/block/facts.h"
#include "guardd/worker.h"

G_BEGIN_DECLS

#define GUARD_DISK_CHANGE_MS 10000

/* guard_block_facts_free() for a job's data. */
void guard_disk_free_facts(gpointer facts);
/* On the lane of the device that has the disk: what hangs is the device. @data as of the kind. */
void guard_disk_run_job(GuardWorkers *workers, const GuardJobKind *kind, const GuardBlockFacts *facts, gpointer data, GuardJobDone done,
                        gpointer user_data);
/* Its sysfs folder, if it is still the same disk's; -1 with GUARD_ERROR_GONE. Caller closes. */
int guard_disk_open_folder(const GuardBlockFacts *facts, GError **error);

G_END_DECLS
