/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd has recorded about something that is still plugged in: the part that verdict files (of
 * disks) and state files (of USB devices) have in common. One reader and one writer, so that a restart
 * understands both alike.
 */
#pragma once
#include <glib.h>
#include "common/guard-verdict.h"

G_BEGIN_DECLS

typedef struct {
        GuardVerdict verdict;
        GuardReason reason;
        char *media_id;
        gboolean by_content; /* a device refused for what is on it, after its identity was admitted */
} GuardKnownVerdict;

/* FALSE, and nothing in @out, where the table of guard_keyval_read() has no verdict with its reason;
 * @table may be NULL. Clear @out in any case. */
gboolean guard_known_verdict_take(GHashTable *table, GuardKnownVerdict *out);
void guard_known_verdict_add(GString *text, const GuardKnownVerdict *known);
void guard_known_verdict_clear(GuardKnownVerdict *known);

G_END_DECLS
