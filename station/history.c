/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The history: records that only grow, each with the digest of the one before, so that a missing or
 * altered one shows.
 */
#include "station/book.h"

#include <inttypes.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#define COLUMNS "seq,time_us,media_id,action,before,after,reason,who,host_id"
#define DIGEST 32

/* Length before each text, so that no two records run into the same bytes; NULL is not "". */
static void
add_text(GChecksum *sum, const char *text)
{
        gint64 size = GINT64_TO_LE(text != NULL ? (gint64)strlen(text) : -1);

        g_checksum_update(sum, (const guchar *)&size, sizeof size);
        if (text != NULL)
                g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
}

static void
chain(const guint8 *before, gsize size, const GuardHistory *record, guint8 digest[DIGEST])
{
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
        const char *texts[] = {record->media_id, record->action, record->before, record->after,
                               record->reason,   record->who,    record->host_id};
        guint64 seq = GUINT64_TO_LE(record->seq);
        gint64 time = GINT64_TO_LE(record->time_us);
        gsize n = DIGEST;

        g_checksum_update(sum, before, (gssize)size);
        g_checksum_update(sum, (const guchar *)&seq, sizeof seq);
        g_checksum_update(sum, (const guchar *)&time, sizeof time);
        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
                add_text(sum, texts[i]);
        g_checksum_get_digest(sum, digest, &n);
}

/* The last record's number and digest. */
static gboolean
read_head(GuardStation *station, guint64 *seq, guint8 digest[DIGEST], gsize *size, GError **error)
{
        sqlite3_stmt *statement = guard_book_kept(
                station, error, "SELECT seq,digest FROM history ORDER BY seq DESC LIMIT 1", NULL);
        int step;

        if (statement == NULL)
                return FALSE;
        step = sqlite3_step(statement);
        *seq = 0;
        *size = 0;
        if (step == SQLITE_ROW) {
                *seq = (guint64)sqlite3_column_int64(statement, 0);
                *size = MIN((gsize)sqlite3_column_bytes(statement, 1), DIGEST);
                if (*size > 0)
                        memcpy(digest, sqlite3_column_blob(statement, 1), *size);
        } else if (step != SQLITE_DONE) {
                guard_book_failed(station, error);
        }
        sqlite3_reset(statement);
        return step == SQLITE_ROW || step == SQLITE_DONE;
}

static gboolean
append(GuardStation *station, GuardHistory *record, GError **error)
{
        guint8 before[DIGEST] = {0}, digest[DIGEST];
        guint64 last;
        gsize size;

        if (!read_head(station, &last, before, &size, error))
                return FALSE;
        record->seq = last + 1;
        chain(before, size, record, digest);
        return guard_book_run(station, error,
                              "INSERT INTO history(" COLUMNS ",digest)"
                              "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
                              "iisssssssb", (gint64)record->seq, record->time_us, record->media_id,
                              record->action, record->before, record->after, record->reason,
                              record->who, record->host_id, digest, (gint64)sizeof digest);
}

/* By whom, when and why is @act's. */
static gboolean
append_act(GuardStation *station, GuardHistory record, const GuardAct *act, GError **error)
{
        record.time_us = act->now_us;
        record.reason = act->reason;
        record.who = act->who != NULL ? act->who : "?";
        return append(station, &record, error);
}

gboolean
guard_book_append_history(GuardStation *station, const char *media_id, const char *action,
                          const char *before, const char *after, const GuardAct *act,
                          GError **error)
{
        return append_act(
                station,
                (GuardHistory){.media_id = media_id, .action = action, .before = before, .after = after},
                act, error);
}

gboolean
guard_book_append_computer_history(GuardStation *station, const char *host_id, const char *action,
                                   const char *before, const char *after, const GuardAct *act,
                                   GError **error)
{
        return append_act(
                station,
                (GuardHistory){.host_id = host_id, .action = action, .before = before, .after = after},
                act, error);
}

static GuardHistory
read_record(sqlite3_stmt *statement)
{
        return (GuardHistory){
                .seq = (guint64)sqlite3_column_int64(statement, 0),
                .time_us = sqlite3_column_int64(statement, 1),
                .media_id = guard_book_text(statement, 2),
                .action = guard_book_text(statement, 3),
                .before = guard_book_text(statement, 4),
                .after = guard_book_text(statement, 5),
                .reason = guard_book_text(statement, 6),
                .who = guard_book_text(statement, 7),
                .host_id = guard_book_text(statement, 8),
        };
}

gboolean
guard_book_visit_history(GuardStation *station, sqlite3_stmt *statement, GuardHistoryVisit visit,
                         gpointer user_data, GError **error)
{
        int step;

        if (statement == NULL)
                return FALSE;
        while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
                GuardHistory record = read_record(statement);

                visit(&record, user_data);
        }
        if (step != SQLITE_DONE)
                guard_book_failed(station, error);
        sqlite3_finalize(statement);
        return step == SQLITE_DONE;
}

gboolean
guard_station_history(GuardStation *station, const char *media_id, GuardHistoryVisit visit,
                      gpointer user_data, GError **error)
{
        sqlite3_stmt *statement =
                media_id == NULL
                        ? guard_book_prepare(station, error,
                                             "SELECT " COLUMNS " FROM history ORDER BY seq", NULL)
                        : guard_book_prepare(station, error,
                                             "SELECT " COLUMNS
                                             " FROM history WHERE media_id=?1 ORDER BY seq",
                                             "s", media_id);

        return guard_book_visit_history(station, statement, visit, user_data, error);
}

gboolean
guard_station_history_range(GuardStation *station, guint64 first, guint n, GuardHistoryVisit visit,
                            gpointer user_data, GError **error)
{
        return guard_book_visit_history(
                station,
                guard_book_prepare(station, error,
                                   "SELECT " COLUMNS
                                   " FROM history WHERE seq>=?1 AND seq<?2 ORDER BY seq",
                                   "ii", (gint64)first, (gint64)(first + n)),
                visit, user_data, error);
}

guint64
guard_station_history_last(GuardStation *station)
{
        gint64 last;

        return guard_book_number(station, 0, &last, NULL, "SELECT max(seq) FROM history", NULL)
                       ? (guint64)last
                       : 0;
}

gboolean
guard_station_computer_history(GuardStation *station, const char *host_id, GuardHistoryVisit visit,
                               gpointer user_data, GError **error)
{
        return guard_book_visit_history(
                station,
                guard_book_prepare(station, error,
                                   "SELECT " COLUMNS " FROM history WHERE host_id=?1 ORDER BY seq",
                                   "s", host_id),
                visit, user_data, error);
}

gboolean
guard_book_chain_history(GuardStation *station, GError **error)
{
        sqlite3_stmt *statement = guard_book_prepare(
                station, error, "SELECT " COLUMNS " FROM history ORDER BY seq", NULL);
        guint8 before[DIGEST] = {0};
        gsize size = 0;
        gboolean ok = statement != NULL;
        int step = SQLITE_DONE;

        while (ok && (step = sqlite3_step(statement)) == SQLITE_ROW) {
                GuardHistory record = read_record(statement);

                chain(before, size, &record, before);
                size = sizeof before;
                ok = guard_book_run(station, error, "UPDATE history SET digest=?2 WHERE seq=?1",
                                    "ib", (gint64)record.seq, before, (gint64)sizeof before);
        }
        if (ok && step != SQLITE_DONE)
                ok = guard_book_failed(station, error);
        sqlite3_finalize(statement);
        return ok;
}

/* One row against what the one before led to. */
static gboolean
check_row(sqlite3_stmt *statement, guint64 expected, guint8 digest[DIGEST], gsize size,
          GError **error)
{
        GuardHistory record = read_record(statement);

        if (record.seq != expected) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                            _("Record %" PRIu64 " of the register's history is missing"), expected);
                return FALSE;
        }
        chain(digest, size, &record, digest);
        if (sqlite3_column_bytes(statement, 9) == DIGEST &&
            memcmp(sqlite3_column_blob(statement, 9), digest, DIGEST) == 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                    _("Record %" PRIu64 " of the register's history was altered"), expected);
        return FALSE;
}

gboolean
guard_station_verify(GuardStation *station, guint64 *records, GError **error)
{
        sqlite3_stmt *statement = guard_book_prepare(
                station, error, "SELECT " COLUMNS ",digest FROM history ORDER BY seq", NULL);
        guint8 digest[DIGEST] = {0};
        guint64 n = 0;
        gboolean ok = statement != NULL;
        int step = SQLITE_DONE;

        while (ok && (step = sqlite3_step(statement)) == SQLITE_ROW) {
                ok = check_row(statement, n + 1, digest, n > 0 ? sizeof digest : 0, error);
                n++;
        }
        if (ok && step != SQLITE_DONE)
                ok = guard_book_failed(station, error);
        sqlite3_finalize(statement);
        if (records != NULL)
                *records = n;
        return ok;
}
