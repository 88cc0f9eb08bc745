/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opens the book, and runs its statements. Rollback journal with synchronous=EXTRA: durable on the
 * desk's own disk, and usable on a share, where WAL is not.
 */
#include "station/book.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "station/share-vfs.h"

#define PATIENCE_MS 5000

gboolean
guard_book_failed(GuardStation *station, GError **error)
{
        static const struct {
                int sqlite, code;
        } codes[] = {
                {SQLITE_BUSY, GUARD_ERROR_BUSY},       {SQLITE_LOCKED, GUARD_ERROR_BUSY},
                {SQLITE_FULL, GUARD_ERROR_FULL},       {SQLITE_CORRUPT, GUARD_ERROR_CORRUPT},
                {SQLITE_NOTADB, GUARD_ERROR_CORRUPT},  {SQLITE_READONLY, GUARD_ERROR_DENIED},
                {SQLITE_CANTOPEN, GUARD_ERROR_DENIED},
        };
        int code = GUARD_ERROR_IO;

        for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
                if ((sqlite3_errcode(station->db) & 0xff) == codes[i].sqlite)
                        code = codes[i].code;
        }
        if (code == GUARD_ERROR_BUSY)
                g_set_error(error, GUARD_ERROR, code,
                            _("The register in %s is being written by someone else; try again in a "
                              "moment"),
                            station->dir);
        else
                g_set_error(error, GUARD_ERROR, code, _("The register in %s: %s"), station->dir,
                            sqlite3_errmsg(station->db));
        return FALSE;
}

static void
bind_values(sqlite3_stmt *statement, const char *types, va_list values)
{
        for (int i = 0; types != NULL && types[i] != '\0'; i++) {
                if (types[i] == 'i') {
                        sqlite3_bind_int64(statement, i + 1, va_arg(values, gint64));
                } else if (types[i] == 's') {
                        sqlite3_bind_text(statement, i + 1, va_arg(values, const char *), -1,
                                          SQLITE_TRANSIENT);
                } else {
                        const guint8 *data = va_arg(values, const guint8 *);

                        sqlite3_bind_blob(statement, i + 1, data, (int)va_arg(values, gint64),
                                          SQLITE_TRANSIENT);
                }
        }
}

static sqlite3_stmt *
prepare(GuardStation *station, GError **error, const char *sql, const char *types, va_list values)
{
        sqlite3_stmt *statement = NULL;

        if (sqlite3_prepare_v2(station->db, sql, -1, &statement, NULL) != SQLITE_OK) {
                guard_book_failed(station, error);
                return NULL;
        }
        bind_values(statement, types, values);
        return statement;
}

sqlite3_stmt *
guard_book_prepare(GuardStation *station, GError **error, const char *sql, const char *types, ...)
{
        sqlite3_stmt *statement;
        va_list values;

        va_start(values, types);
        statement = prepare(station, error, sql, types, values);
        va_end(values);
        return statement;
}

/* Kept for the next time: a million rows are entered with a dozen statements. */
static sqlite3_stmt *
prepare_kept(GuardStation *station, GError **error, const char *sql, const char *types,
             va_list values)
{
        sqlite3_stmt *statement = g_hash_table_lookup(station->statements, sql);

        if (statement == NULL) {
                statement = prepare(station, error, sql, NULL, values);
                if (statement == NULL)
                        return NULL;
                g_hash_table_insert(station->statements, g_strdup(sql), statement);
        }
        bind_values(statement, types, values);
        return statement;
}

sqlite3_stmt *
guard_book_kept(GuardStation *station, GError **error, const char *sql, const char *types, ...)
{
        sqlite3_stmt *statement;
        va_list values;

        va_start(values, types);
        statement = prepare_kept(station, error, sql, types, values);
        va_end(values);
        return statement;
}

gboolean
guard_book_run(GuardStation *station, GError **error, const char *sql, const char *types, ...)
{
        sqlite3_stmt *statement;
        va_list values;
        gboolean ok;

        va_start(values, types);
        statement = prepare_kept(station, error, sql, types, values);
        va_end(values);
        if (statement == NULL)
                return FALSE;
        ok = sqlite3_step(statement) == SQLITE_DONE;
        if (!ok)
                guard_book_failed(station, error);
        sqlite3_reset(statement);
        return ok;
}

gboolean
guard_book_number(GuardStation *station, gint64 fallback, gint64 *number, GError **error,
                  const char *sql, const char *types, ...)
{
        sqlite3_stmt *statement;
        va_list values;
        int step;

        va_start(values, types);
        statement = prepare_kept(station, error, sql, types, values);
        va_end(values);
        if (statement == NULL)
                return FALSE;
        step = sqlite3_step(statement);
        *number = fallback;
        if (step == SQLITE_ROW && sqlite3_column_type(statement, 0) == SQLITE_INTEGER)
                *number = sqlite3_column_int64(statement, 0);
        if (step != SQLITE_ROW && step != SQLITE_DONE)
                guard_book_failed(station, error);
        sqlite3_reset(statement);
        return step == SQLITE_ROW || step == SQLITE_DONE;
}

const char *
guard_book_text(sqlite3_stmt *statement, int column)
{
        return (const char *)sqlite3_column_text(statement, column);
}

gboolean
guard_book_begin(GuardStation *station, const GuardAct *act, GuardDuty duty, GError **error)
{
        return guard_station_may(station, act->roles, duty, error) &&
               guard_book_lock(station, error);
}

gboolean
guard_book_lock(GuardStation *station, GError **error)
{
        if (!guard_station_hold(station, error))
                return FALSE;
        if (guard_book_run(station, error, "BEGIN IMMEDIATE", NULL))
                return TRUE;
        guard_station_release(station);
        return FALSE;
}

gboolean
guard_book_end(GuardStation *station, gboolean ok, GError **error)
{
        ok = ok && guard_book_run(station, error, "COMMIT", NULL);
        /* after some failures SQLite has rolled back already, and this says so: no news */
        if (!ok)
                sqlite3_exec(station->db, "ROLLBACK", NULL, NULL, NULL);
        guard_station_release(station);
        return ok;
}

static void
finalize_statement(gpointer statement)
{
        sqlite3_finalize(statement);
}

GuardStation *
guard_book_open(const char *dir, int flags, GError **error)
{
        static const char pragmas[] = "PRAGMA journal_mode=DELETE;PRAGMA synchronous=EXTRA;"
                                      "PRAGMA foreign_keys=ON;PRAGMA cell_size_check=ON;";
        g_autoptr(GuardStation) station = g_new0(GuardStation, 1);
        g_autofree char *path = g_build_filename(dir, GUARD_BOOK_NAME, NULL);

        station->dir = g_strdup(dir);
        station->lock_fd = -1;
        station->statements =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize_statement);
        if (sqlite3_open_v2(path, &station->db, flags,
                            guard_share_is_at(dir) ? guard_share_vfs() : NULL) != SQLITE_OK) {
                guard_book_failed(station, error);
                return NULL;
        }
        guard_station_set_patience(station, PATIENCE_MS);
        if (sqlite3_exec(station->db, pragmas, NULL, NULL, NULL) != SQLITE_OK) {
                guard_book_failed(station, error);
                return NULL;
        }
        return g_steal_pointer(&station);
}

guint64
guard_station_version(GuardStation *station)
{
        gint64 others = 0;

        if (!guard_book_number(station, 0, &others, NULL, "PRAGMA data_version", NULL))
                return 0;
        return (guint64)others << 32 | (guint32)sqlite3_total_changes(station->db);
}

GuardStation *
guard_station_open(const char *dir, GError **error)
{
        g_autofree char *path = g_build_filename(dir, GUARD_BOOK_NAME, NULL);
        g_autoptr(GuardStation) station = NULL;

        if (access(path, F_OK) < 0 && errno == ENOENT) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("There is no register in %s; make one with guardctl station init "
                              "--dir %s"),
                            dir, dir);
                return NULL;
        }
        station = guard_book_open(dir, SQLITE_OPEN_READWRITE, error);
        return station != NULL && guard_book_bring_up_to_date(station, error)
                       ? g_steal_pointer(&station)
                       : NULL;
}

void
guard_station_free(GuardStation *station)
{
        if (station == NULL)
                return;
        g_clear_pointer(&station->statements, g_hash_table_unref);
        sqlite3_close(station->db);
        while (station->holds > 0)
                guard_station_release(station);
        g_free(station->dir);
        g_free(station);
}
