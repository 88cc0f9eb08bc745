/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells the kernel audit and the journal, on a thread of its own: either may block for a minute when
 * its reader hangs, and no drive may wait for that.
 */
#pragma once
#include "guardd/record/audit.h"
#include "guardd/record/journal.h"

G_BEGIN_DECLS

typedef struct GuardAnnouncer GuardAnnouncer;

/* Called on the announcer's thread, once for each change: @why NULL: the audit takes records (again). */
typedef void (*GuardAuditChanged)(const char *why, gpointer user_data);

/* NULL for @audit or @journal: not told. */
GuardAnnouncer *guard_announcer_new(const GuardAuditOps *audit, GuardJournalSend journal, GuardAuditChanged changed, gpointer user_data);
/* Takes @record. Never blocks. Where too many wait, the oldest are given up (they are in the ledger). */
void guard_announcer_push(GuardAnnouncer *announcer, GuardRecord *record);
/* Waits for what is queued, but not for ever: a hung reader must not hang the shutdown. */
void guard_announcer_stop(GuardAnnouncer *announcer);

G_END_DECLS
