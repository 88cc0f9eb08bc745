/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a snapshot of now would say otherwise than the last one.
 */
#include "station/book.h"
#include "station/query.h"

/* Records that change what a snapshot says, since the last publication. */
#define SINCE                                                                                      \
        " FROM history WHERE seq>ifnull((SELECT max(seq) FROM history WHERE action='publish'),0) " \
        "AND media_id IS NOT NULL AND action NOT IN('stock-tick','seen-lost')"

static gboolean
read_last(GuardStation *station, GuardPending *pending, GError **error)
{
        sqlite3_stmt *statement =
                guard_book_prepare(station, error,
                                   "SELECT sequence,time_us,expires_us FROM publication ORDER BY "
                                   "sequence DESC LIMIT 1",
                                   NULL);
        int step;

        if (statement == NULL)
                return FALSE;
        step = sqlite3_step(statement);
        if (step == SQLITE_ROW) {
                pending->sequence = (guint64)sqlite3_column_int64(statement, 0);
                pending->issued_us = sqlite3_column_int64(statement, 1);
                pending->expires_us = sqlite3_column_int64(statement, 2);
        } else if (step != SQLITE_DONE) {
                guard_book_failed(station, error);
        }
        sqlite3_finalize(statement);
        return step == SQLITE_ROW || step == SQLITE_DONE;
}

gboolean
guard_station_pending(GuardStation *station, GuardPending *pending, GuardHistoryVisit visit,
                      gpointer user_data, GError **error)
{
        gint64 entries, added, all;

        *pending = (GuardPending){0};
        if (!read_last(station, pending, error) ||
            !guard_book_number(station, 0, &entries, error, "SELECT count(*) FROM drive", NULL) ||
            !guard_book_number(station, 0, &added, error,
                               "SELECT count(*)" SINCE " AND action='enrol'", NULL) ||
            !guard_book_number(station, 0, &all, error, "SELECT count(DISTINCT media_id)" SINCE,
                               NULL))
                return FALSE;
        pending->entries = (guint64)entries;
        pending->added = (guint64)added;
        pending->changed = (guint64)(all - added);
        return visit == NULL ||
               guard_book_visit_history(
                       station,
                       guard_book_prepare(station, error,
                                          "SELECT seq,time_us,media_id,action,before,after,reason,"
                                          "who,host_id" SINCE " ORDER BY seq",
                                          NULL),
                       visit, user_data, error);
}
