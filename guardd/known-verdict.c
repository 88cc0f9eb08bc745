/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keys of a recorded verdict. Whose it is, the two kinds of files tell each in its own way.
 */
#include <string.h>
#include "guardd/keyval.h"
#include "guardd/known-verdict.h"

gboolean
guard_known_verdict_take(GHashTable *table, GuardKnownVerdict *out)
{
        const char *verdict = table ? g_hash_table_lookup(table, "verdict") : NULL;
        const char *reason = table ? g_hash_table_lookup(table, "reason") : NULL;
        GuardKnownVerdict known = {.verdict = GUARD_VERDICT_REFUSE};

        memset(out, 0, sizeof *out);
        if (!verdict || !reason || !guard_verdict_from_string(verdict, &known.verdict) ||
            !guard_reason_from_string(reason, &known.reason))
                return FALSE;
        known.media_id = g_strdup(g_hash_table_lookup(table, "media_id"));
        known.by_content = guard_keyval_number(table, "by_content", 0) == 1;
        *out = known;
        return TRUE;
}

void
guard_known_verdict_add(GString *text, const GuardKnownVerdict *known)
{
        guard_keyval_add(text, "verdict", guard_verdict_to_string(known->verdict));
        guard_keyval_add(text, "reason", guard_reason_to_string(known->reason));
        guard_keyval_add(text, "media_id", known->media_id);
        if (known->by_content)
                guard_keyval_add_number(text, "by_content", 1);
}

void
guard_known_verdict_clear(GuardKnownVerdict *known)
{
        g_clear_pointer(&known->media_id, g_free);
}
