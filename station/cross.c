/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/cross.h"

#include "station/book.h"

static char *
key_of(const GuardCrossSeen *seen)
{
        return seen->media_id != NULL ? g_strconcat("id:", seen->media_id, NULL) : g_strconcat("usb:", seen->identity, NULL);
}

static gboolean
count_kind(GuardStation *station, const char *key, gboolean classified, gint64 *n, GError **error)
{
        return guard_book_number(station, 0, n, error, "SELECT count(*) FROM crossing WHERE ident=?1 AND classified=?2", "si", key,
                                 (gint64)classified);
}

gboolean
guard_cross_note(GuardStation *station, const GuardCrossSeen *seen, gboolean *crossed, GError **error)
{
        gboolean classified = guard_level_is_classified(seen->level);
        g_autofree char *key = key_of(seen);
        gint64 here = 0, there = 0;

        *crossed = FALSE;
        if (!count_kind(station, key, classified, &here, error) || !count_kind(station, key, !classified, &there, error))
                return FALSE;
        *crossed = here == 0 && there > 0;
        /* of one computer the latest; where it was used once, that is not forgotten for a later refusal */
        return guard_book_run(station, error,
                              "INSERT INTO crossing VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10) ON CONFLICT(ident,classified,host) DO UPDATE SET "
                              "name=excluded.name,level=excluded.level,user=excluded.user,time_us=excluded.time_us,used=excluded.used "
                              "WHERE excluded.used>used OR(excluded.used=used AND excluded.time_us>time_us)",
                              "sissisisis", key, (gint64)classified, seen->host, seen->media_id, (gint64)seen->level, seen->user, seen->time_us,
                              seen->identity, (gint64)seen->used, seen->name);
}

static GuardCrossSeen
side(sqlite3_stmt *row, int first)
{
        return (GuardCrossSeen){.level = (GuardLevel)sqlite3_column_int(row, first),
                                .host = guard_book_text(row, first + 1),
                                .user = guard_book_text(row, first + 2),
                                .time_us = sqlite3_column_int64(row, first + 3),
                                .used = sqlite3_column_int(row, first + 4) != 0};
}

#define BEST(classified)                                                                                                     \
        "(SELECT level,host,user,time_us,used,media_id,identity,name,ident FROM(SELECT *,row_number()OVER(PARTITION BY "      \
        "ident ORDER BY used DESC,time_us DESC)AS n FROM crossing WHERE classified=" classified ")WHERE n=1)"

gboolean
guard_cross_visit(GuardStation *station, GuardCrossVisit visit, gpointer user_data, GError **error)
{
        sqlite3_stmt *rows = guard_book_prepare(
                station, error,
                "SELECT p.level,p.host,p.user,p.time_us,p.used,c.level,c.host,c.user,c.time_us,c.used,c.media_id,c.identity,"
                "ifnull(c.name,p.name) FROM " BEST("0") "AS p JOIN " BEST("1") "AS c USING(ident) ORDER BY max(p.time_us,c.time_us) DESC",
                NULL);
        gboolean go_on = TRUE;
        int state = SQLITE_DONE;

        if (rows == NULL)
                return FALSE;
        while (go_on && (state = sqlite3_step(rows)) == SQLITE_ROW) {
                const GuardCross cross = {guard_book_text(rows, 10), guard_book_text(rows, 11), guard_book_text(rows, 12), side(rows, 0),
                                          side(rows, 5)};

                go_on = visit(&cross, user_data);
        }
        sqlite3_finalize(rows);
        return !go_on || state == SQLITE_DONE ? TRUE : guard_book_failed(station, error);
}
