/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is put right at start without anybody waiting for it: devices that a killed helper has left half
 * open, and the list of the disks that this system cannot do without.
 */
#pragma once
#include "guardd/worker.h"

G_BEGIN_DECLS

/* On a worker, once: `guard-hold sweep`, then `guard-hold pins`, with the code of that program. @root:
 * prefix of every file, "" for none. Nobody is told: the sweep says in the log what it could not open. */
void guard_mend_at_start(GuardWorkers *workers, const char *root);

G_END_DECLS
