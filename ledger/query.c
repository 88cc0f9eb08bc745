/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading records, oldest first. Opens read-only by itself: readers never hold up guardd.
 */
#include "ledger/ledger-private.h"

static void
add_condition(GString *sql, gboolean wanted, const char *condition)
{
        if (wanted)
                g_string_append_printf(sql, " AND %s", condition);
}

static sqlite3_stmt *
prepare(sqlite3 *database, const char *db, const GuardLedgerQuery *query, GError **error)
{
        g_autofree char *columns = ledger_column_list();
        g_autoptr(GString) sql = g_string_new(NULL);
        sqlite3_stmt *rows;

        g_string_printf(sql, "SELECT %s FROM records WHERE seq > ?1", columns);
        add_condition(sql, query->since_us != 0, "time_us >= ?2");
        add_condition(sql, query->until_us != 0, "time_us < ?3");
        add_condition(sql, query->media_id != NULL, "media_id = ?4");
        add_condition(sql, query->kind != NULL, "kind = ?5");
        g_string_append(sql, " ORDER BY seq");
        if (query->limit != 0)
                g_string_append(sql, " LIMIT ?6");
        rows = ledger_db_prepare(database, db, sql->str, error);
        if (rows == NULL)
                return NULL;
        sqlite3_bind_int64(rows, 1, (gint64)query->after_seq);
        sqlite3_bind_int64(rows, 2, query->since_us);
        sqlite3_bind_int64(rows, 3, query->until_us);
        sqlite3_bind_text(rows, 4, query->media_id, -1, SQLITE_STATIC);
        sqlite3_bind_text(rows, 5, query->kind, -1, SQLITE_STATIC);
        sqlite3_bind_int64(rows, 6, (gint64)query->limit);
        return rows;
}

gboolean
guard_ledger_query(const char *db, const GuardLedgerQuery *query, GuardLedgerVisit visit,
                   gpointer user_data, GError **error)
{
        static const GuardLedgerQuery everything;
        g_autoptr(sqlite3) database = ledger_db_open_read(db, error);
        g_autoptr(LedgerStatement) rows = NULL;
        int code;

        if (database == NULL)
                return FALSE;
        rows = prepare(database, db, query != NULL ? query : &everything, error);
        if (rows == NULL)
                return FALSE;
        while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
                LedgerCell cells[LEDGER_N_COLUMNS];
                g_autoptr(GuardRecord) record = NULL;

                ledger_cells_from_row(rows, cells);
                record = ledger_record_from_cells(cells);
                if (!visit(record, user_data))
                        return TRUE;
        }
        return code == SQLITE_DONE || ledger_db_error(database, code, db, error);
}
