/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The stock-take: who was expected is what the book had when it began; ticks only grow; the end
 * writes down what is missing.
 */
#include "station/stocktake.h"

#include <inttypes.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/book.h"

/* Drives of stock-take ?1: there when it began, and somewhere to be found. */
#define EXPECTED                                                                                   \
        " FROM drive WHERE status NOT IN(3,6) AND enrolled_us<=(SELECT begun_us FROM stocktake "   \
        "WHERE number=?1) "
#define NOT_TICKED                                                                                 \
        "AND NOT EXISTS(SELECT 1 FROM stocktick t WHERE t.number=?1 AND "                          \
        "t.media_id=drive.media_id) "

G_STATIC_ASSERT(GUARD_STATUS_LOST == 3 && GUARD_STATUS_DESTROYED == 6);

static gboolean
count(GuardStation *station, guint64 *n, const char *sql, guint64 number, GError **error)
{
        gint64 value;

        if (!guard_book_number(station, 0, &value, error, sql, "i", (gint64)number))
                return FALSE;
        *n = (guint64)value;
        return TRUE;
}

static gboolean
count_open(GuardStation *station, GuardStocktake *state, GError **error)
{
        return count(station, &state->expected, "SELECT count(*)" EXPECTED, state->number, error) &&
               count(station, &state->ticked, "SELECT count(*) FROM stocktick WHERE number=?1",
                     state->number, error) &&
               count(station, &state->missing, "SELECT count(*)" EXPECTED NOT_TICKED, state->number,
                     error) &&
               count(station, &state->extra,
                     "SELECT count(*) FROM stocktick t JOIN drive USING(media_id) WHERE "
                     "t.number=?1 AND drive.status IN(3,6)",
                     state->number, error);
}

gboolean
guard_station_stocktake_state(GuardStation *station, GuardStocktake *state, GError **error)
{
        sqlite3_stmt *statement =
                guard_book_prepare(station, error,
                                   "SELECT number,begun_us,ended_us,expected,ticked,missing,extra "
                                   "FROM stocktake ORDER BY number DESC LIMIT 1",
                                   NULL);
        int step;

        *state = (GuardStocktake){0};
        if (statement == NULL)
                return FALSE;
        step = sqlite3_step(statement);
        if (step == SQLITE_ROW) {
                *state = (GuardStocktake){
                        .number = (guint64)sqlite3_column_int64(statement, 0),
                        .open = sqlite3_column_type(statement, 2) == SQLITE_NULL,
                        .begun_us = sqlite3_column_int64(statement, 1),
                        .ended_us = sqlite3_column_int64(statement, 2),
                        .expected = (guint64)sqlite3_column_int64(statement, 3),
                        .ticked = (guint64)sqlite3_column_int64(statement, 4),
                        .missing = (guint64)sqlite3_column_int64(statement, 5),
                        .extra = (guint64)sqlite3_column_int64(statement, 6),
                };
        } else if (step != SQLITE_DONE) {
                guard_book_failed(station, error);
        }
        sqlite3_finalize(statement);
        if (step != SQLITE_ROW && step != SQLITE_DONE)
                return FALSE;
        return !state->open || count_open(station, state, error);
}

static gboolean
begin(GuardStation *station, const GuardAct *act, GError **error)
{
        GuardStocktake last;
        g_autofree char *after = NULL;

        if (!guard_station_stocktake_state(station, &last, error))
                return FALSE;
        if (last.open) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS,
                            _("Stock-take %" PRIu64 " is going on; end it first"), last.number);
                return FALSE;
        }
        after = g_strdup_printf("{\"number\":%" PRIu64 "}", last.number + 1);
        return guard_book_run(station, error,
                              "INSERT INTO stocktake(number,begun_us,begun_seq)VALUES(?1,?2,"
                              "(SELECT max(seq) FROM history))",
                              "ii", (gint64)last.number + 1, act->now_us) &&
               guard_book_append_history(station, NULL, "stock-begin", NULL, after, act, error);
}

gboolean
guard_station_stocktake_begin(GuardStation *station, const GuardAct *act, GError **error)
{
        if (!guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        return guard_book_end(station, begin(station, act, error), error);
}

/* The one that is going on, or an error. */
static gboolean
find_open(GuardStation *station, GuardStocktake *state, GError **error)
{
        if (!guard_station_stocktake_state(station, state, error))
                return FALSE;
        if (!state->open)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("No stock-take is going on; begin one first"));
        return state->open;
}

static gboolean
tick(GuardStation *station, const char *media_id, const GuardAct *act, char **note, GError **error)
{
        g_autoptr(GuardDrive) drive = NULL;
        g_autofree char *after = NULL;
        GuardStocktake state;
        gint64 there;

        if (!find_open(station, &state, error))
                return FALSE;
        drive = guard_station_get(station, media_id, error);
        if (drive == NULL || !guard_book_number(station, 0, &there, error,
                                                "SELECT count(*) FROM stocktick WHERE number=?1 "
                                                "AND media_id=?2",
                                                "is", (gint64)state.number, media_id))
                return FALSE;
        if (note != NULL &&
            (drive->status == GUARD_STATUS_LOST || drive->status == GUARD_STATUS_DESTROYED))
                *note = g_strdup_printf(_("Drive %s is here, but by the register it is %s"),
                                        media_id, guard_status_to_string(drive->status));
        if (there > 0)
                return TRUE;
        after = g_strdup_printf("{\"number\":%" PRIu64 "}", state.number);
        return guard_book_run(station, error, "INSERT INTO stocktick VALUES(?1,?2,?3,?4)", "isis",
                              (gint64)state.number, media_id, act->now_us,
                              act->who != NULL ? act->who : "?") &&
               guard_book_run(station, error,
                              "UPDATE drive SET seen_us=?2,seen_host=NULL,seen_user=?3 WHERE "
                              "media_id=?1 AND seen_us<?2",
                              "sis", media_id, act->now_us, act->who) &&
               guard_book_append_history(station, media_id, "stock-tick", NULL, after, act, error);
}

gboolean
guard_station_stocktake_tick(GuardStation *station, const char *media_id, const GuardAct *act,
                             char **note, GError **error)
{
        if (note != NULL)
                *note = NULL;
        if (!guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        return guard_book_end(station, tick(station, media_id, act, note, error), error);
}

gboolean
guard_station_stocktake_missing(GuardStation *station, GuardDriveVisit visit, gpointer user_data,
                                GError **error)
{
        GuardStocktake state;
        sqlite3_stmt *drives;

        if (!guard_station_stocktake_state(station, &state, error))
                return FALSE;
        drives = state.open
                         ? guard_book_prepare(station, error,
                                              "SELECT " GUARD_BOOK_DRIVE_COLUMNS EXPECTED NOT_TICKED
                                              "ORDER BY media_id",
                                              "i", (gint64)state.number)
                         : guard_book_prepare(station, error,
                                              "SELECT " GUARD_BOOK_DRIVE_COLUMNS
                                              " FROM drive WHERE media_id IN(SELECT media_id FROM "
                                              "stockmissing WHERE number=?1) ORDER BY media_id",
                                              "i", (gint64)state.number);
        return guard_book_visit(station, drives, visit, user_data, error);
}

static gboolean
end(GuardStation *station, const GuardAct *act, GuardStocktake *state, GError **error)
{
        g_autofree char *after = NULL;

        if (!find_open(station, state, error))
                return FALSE;
        after = g_strdup_printf(
                "{\"number\":%" PRIu64 ",\"expected\":%" PRIu64 ",\"ticked\":%" PRIu64
                ",\"missing\":%" PRIu64 ",\"extra\":%" PRIu64 "}",
                state->number, state->expected, state->ticked, state->missing, state->extra);
        state->open = FALSE;
        state->ended_us = act->now_us;
        return guard_book_run(station, error,
                              "INSERT INTO stockmissing SELECT ?1,media_id" EXPECTED NOT_TICKED,
                              "i", (gint64)state->number) &&
               guard_book_run(station, error,
                              "UPDATE stocktake SET ended_us=?2,expected=?3,ticked=?4,missing=?5,"
                              "extra=?6 WHERE number=?1",
                              "iiiiii", (gint64)state->number, act->now_us, (gint64)state->expected,
                              (gint64)state->ticked, (gint64)state->missing,
                              (gint64)state->extra) &&
               guard_book_append_history(station, NULL, "stock-end", NULL, after, act, error);
}

gboolean
guard_station_stocktake_end(GuardStation *station, const GuardAct *act, GuardStocktake *state,
                            GError **error)
{
        GuardStocktake own;

        if (!guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return FALSE;
        return guard_book_end(station, end(station, act, state != NULL ? state : &own, error),
                              error);
}
