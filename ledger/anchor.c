/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Anchors: one line that names a ledger's last record, kept where this machine's root cannot reach
 * it.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/guard-text.h"
#include "ledger/ledger-private.h"

char *
ledger_anchor_format(const LedgerAnchor *anchor)
{
        g_autofree char *time = guard_time_format(anchor->time_us);

        return g_strdup_printf("guard-anchor 1 %s %" G_GUINT64_FORMAT " %s %s\n", anchor->head.id,
                               anchor->head.seq, anchor->head.digest, time);
}

gboolean
ledger_anchor_parse(const char *text, LedgerAnchor *anchor, GError **error)
{
        g_autofree char *line = g_strstrip(g_strdup(text));
        g_auto(GStrv) words = g_strsplit(line, " ", -1);

        memset(anchor, 0, sizeof(*anchor));
        if (g_strv_length(words) == 6 && strcmp(words[0], "guard-anchor") == 0 &&
            strcmp(words[1], "1") == 0 &&
            ledger_head_parse(words[2], words[3], words[4], &anchor->head) &&
            guard_time_parse(words[5], 0, &anchor->time_us, NULL))
                return TRUE;
        g_set_error_literal(
                error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                _("this is not an anchor; it must be one line as 'guardctl log anchor' prints it"));
        return FALSE;
}

char *
guard_ledger_anchor(const char *db, GError **error)
{
        g_autoptr(sqlite3) database = ledger_db_open_read(db, error);
        g_autoptr(LedgerStatement) row = NULL;
        LedgerAnchor anchor = {.time_us = g_get_real_time()};
        guint8 digest[LEDGER_DIGEST_BYTES];

        if (database == NULL || !ledger_db_read_id(database, db, anchor.head.id, error))
                return NULL;
        row = ledger_db_prepare(database, db,
                                "SELECT seq, digest FROM records ORDER BY seq DESC LIMIT 1", error);
        if (row == NULL)
                return NULL;
        if (sqlite3_step(row) == SQLITE_ROW && sqlite3_column_text(row, 1) != NULL) {
                anchor.head.seq = (guint64)sqlite3_column_int64(row, 0);
                g_strlcpy(anchor.head.digest, (const char *)sqlite3_column_text(row, 1),
                          sizeof(anchor.head.digest));
                if (ledger_unhex(anchor.head.digest, digest))
                        return ledger_anchor_format(&anchor);
        }
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT, "%s: the last record cannot be read",
                    db);
        return NULL;
}
