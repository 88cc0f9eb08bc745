/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What may happen to a drive after it is enrolled: one table of who-may-follow-whom, and the level.
 */
#include "station/book.h"

#include <glib/gi18n-lib.h>

#define IN_USE (1u << GUARD_STATUS_IN_USE)
#define ISSUED (1u << GUARD_STATUS_ISSUED)
#define IN_REPAIR (1u << GUARD_STATUS_IN_REPAIR)
#define LOST (1u << GUARD_STATUS_LOST)
#define DEREGISTERED (1u << GUARD_STATUS_DEREGISTERED)
#define RETIRED (1u << GUARD_STATUS_RETIRED)

static const struct {
        const char *action;
        guint from; /* mask over GuardStatus */
        GuardStatus to;
} transitions[] = {
        {"issue", IN_USE, GUARD_STATUS_ISSUED},
        {"return", ISSUED | IN_REPAIR, GUARD_STATUS_IN_USE},
        {"repair", IN_USE | ISSUED, GUARD_STATUS_IN_REPAIR},
        {"lost", IN_USE | ISSUED | IN_REPAIR | DEREGISTERED | RETIRED, GUARD_STATUS_LOST},
        {"found", LOST, GUARD_STATUS_IN_USE},
        {"deregister", IN_USE | ISSUED | IN_REPAIR | LOST, GUARD_STATUS_DEREGISTERED},
        {"retire", IN_USE | ISSUED | IN_REPAIR | DEREGISTERED, GUARD_STATUS_RETIRED},
        {"destroy", DEREGISTERED | RETIRED, GUARD_STATUS_DESTROYED},
};

static const char *const actions[G_N_ELEMENTS(transitions) + 1] = {
        "issue", "return", "repair", "lost", "found", "deregister", "retire", "destroy", NULL,
};

const char *const *
guard_station_actions(void)
{
        return actions;
}

static gboolean
check_reason(const char *action, const GuardAct *act, GError **error)
{
        if (act->reason != NULL && *act->reason != '\0' && g_utf8_validate(act->reason, -1, NULL))
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("%s needs a reason: --reason TEXT"), action);
        return FALSE;
}

/* TRUE: @to is where @action leads from @from. */
static gboolean
find_transition(const char *media_id, const char *action, GuardStatus from, GuardStatus *to,
                GError **error)
{
        for (gsize i = 0; i < G_N_ELEMENTS(transitions); i++) {
                if (!g_str_equal(transitions[i].action, action))
                        continue;
                *to = transitions[i].to;
                if (transitions[i].from & 1u << from)
                        return TRUE;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("Drive %s is %s: %s is not possible from there"), media_id,
                            guard_status_to_string(from), action);
                return FALSE;
        }
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_USAGE, _("Nobody knows how to %s a drive"),
                    action);
        return FALSE;
}

static gboolean
change(GuardStation *station, const char *media_id, const char *action, const GuardAct *act,
       GError **error)
{
        g_autoptr(GuardDrive) drive = guard_station_get(station, media_id, error);
        g_autofree char *before = NULL, *after = NULL;
        GuardStatus to;

        if (drive == NULL || !find_transition(media_id, action, drive->status, &to, error))
                return FALSE;
        before = g_strdup_printf("{\"status\":\"%s\"}", guard_status_to_string(drive->status));
        after = g_strdup_printf("{\"status\":\"%s\"}", guard_status_to_string(to));
        return guard_book_run(station, error, "UPDATE drive SET status=?2 WHERE media_id=?1", "si",
                              media_id, (gint64)to) &&
               guard_book_append_history(station, media_id, action, before, after, act, error);
}

gboolean
guard_station_change(GuardStation *station, const char *media_id, const char *action,
                     const GuardAct *act, GError **error)
{
        if (!check_reason(action, act, error) || !guard_book_begin(station, error))
                return FALSE;
        return guard_book_end(station, change(station, media_id, action, act, error), error);
}

static gboolean
set_level(GuardStation *station, const char *media_id, GuardLevel level, const GuardAct *act,
          GError **error)
{
        g_autoptr(GuardDrive) drive = guard_station_get(station, media_id, error);
        g_autofree char *before = NULL, *after = NULL;

        if (drive == NULL)
                return FALSE;
        if (drive->status == GUARD_STATUS_DESTROYED || drive->level == level) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            drive->level == level ? _("Drive %s has the level %s already")
                                                  : _("Drive %s is destroyed: its level stays %s"),
                            media_id, guard_level_to_string(drive->level));
                return FALSE;
        }
        before = g_strdup_printf("{\"level\":\"%s\"}", guard_level_to_string(drive->level));
        after = g_strdup_printf("{\"level\":\"%s\"}", guard_level_to_string(level));
        return guard_book_run(station, error, "UPDATE drive SET level=?2 WHERE media_id=?1", "si",
                              media_id, (gint64)level) &&
               guard_book_append_history(station, media_id, "set-level", before, after, act, error);
}

gboolean
guard_station_set_level(GuardStation *station, const char *media_id, GuardLevel level,
                        const GuardAct *act, GError **error)
{
        if (level < GUARD_LEVEL_NONE || level > GUARD_LEVEL_TOP_SECRET) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("A level is none, confidential, secret or top-secret"));
                return FALSE;
        }
        if (!check_reason("set-level", act, error) || !guard_book_begin(station, error))
                return FALSE;
        return guard_book_end(station, set_level(station, media_id, level, act, error), error);
}

gboolean
guard_station_history(GuardStation *station, const char *media_id, GuardHistoryVisit visit,
                      gpointer user_data, GError **error)
{
        sqlite3_stmt *statement = guard_book_prepare(
                station, error,
                "SELECT seq,time_us,media_id,action,before,after,reason,who FROM history "
                "WHERE ?1 IS NULL OR media_id=?1 ORDER BY seq",
                "s", media_id);
        int step;

        if (statement == NULL)
                return FALSE;
        while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
                GuardHistory record = {
                        .seq = (guint64)sqlite3_column_int64(statement, 0),
                        .time_us = sqlite3_column_int64(statement, 1),
                        .media_id = guard_book_text(statement, 2),
                        .action = guard_book_text(statement, 3),
                        .before = guard_book_text(statement, 4),
                        .after = guard_book_text(statement, 5),
                        .reason = guard_book_text(statement, 6),
                        .who = guard_book_text(statement, 7),
                };

                visit(&record, user_data);
        }
        if (step != SQLITE_DONE)
                guard_book_failed(station, error);
        sqlite3_finalize(statement);
        return step == SQLITE_DONE;
}
