/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drives as they are read from the tables: one, or a walk through many.
 */
#include "station/book.h"

#include <glib/gi18n-lib.h>

static gboolean
read_ids(GuardStation *station, GuardBookWalk *walk, GuardDrive *drive, GError **error)
{
        int step;

        sqlite3_reset(walk->ids);
        sqlite3_bind_text(walk->ids, 1, drive->media_id, -1, SQLITE_TRANSIENT);
        while ((step = sqlite3_step(walk->ids)) == SQLITE_ROW) {
                gint64 type = sqlite3_column_int64(walk->ids, 0);

                if (type >= 0 && type < GUARD_N_IDS)
                        guard_drive_add_canonical(drive, (GuardIdType)type,
                                                  guard_book_text(walk->ids, 1),
                                                  sqlite3_column_int(walk->ids, 2) != 0);
        }
        return step == SQLITE_DONE ? TRUE : guard_book_failed(station, error);
}

static gboolean
read_bindings(GuardStation *station, GuardBookWalk *walk, GuardDrive *drive, GError **error)
{
        const struct {
                const char *kind;
                char ***list;
                GPtrArray *values;
        } kinds[] = {
                {"host", &drive->hosts, g_ptr_array_new()},
                {"unit", &drive->units, g_ptr_array_new()},
                {"user", &drive->users, g_ptr_array_new()},
        };
        int step;

        sqlite3_reset(walk->bindings);
        sqlite3_bind_text(walk->bindings, 1, drive->media_id, -1, SQLITE_TRANSIENT);
        while ((step = sqlite3_step(walk->bindings)) == SQLITE_ROW) {
                for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
                        if (g_strcmp0(guard_book_text(walk->bindings, 0), kinds[i].kind) == 0)
                                g_ptr_array_add(kinds[i].values,
                                                g_strdup(guard_book_text(walk->bindings, 1)));
                }
        }
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
                gboolean any = kinds[i].values->len > 0;

                g_ptr_array_add(kinds[i].values, NULL);
                *kinds[i].list = (char **)g_ptr_array_free(kinds[i].values, !any);
        }
        return step == SQLITE_DONE ? TRUE : guard_book_failed(station, error);
}

GuardDrive *
guard_book_walk_read(GuardStation *station, GuardBookWalk *walk, GError **error)
{
        g_autoptr(GuardDrive) drive = guard_drive_new();
        gint64 level = sqlite3_column_int64(walk->drives, 5),
               status = sqlite3_column_int64(walk->drives, 6);

        drive->media_id = g_strdup(guard_book_text(walk->drives, 0));
        drive->name = g_strdup(guard_book_text(walk->drives, 1));
        drive->model = g_strdup(guard_book_text(walk->drives, 2));
        drive->custodian = g_strdup(guard_book_text(walk->drives, 3));
        drive->note = g_strdup(guard_book_text(walk->drives, 4));
        drive->enrolled_us = sqlite3_column_int64(walk->drives, 7);
        drive->department = g_strdup(guard_book_text(walk->drives, 8));
        drive->unit = g_strdup(guard_book_text(walk->drives, 9));
        drive->in_use_date = g_strdup(guard_book_text(walk->drives, 10));
        drive->due_date = g_strdup(guard_book_text(walk->drives, 11));
        drive->holder = g_strdup(guard_book_text(walk->drives, 12));
        drive->capacity = (guint64)sqlite3_column_int64(walk->drives, 13);
        drive->seen_us = sqlite3_column_int64(walk->drives, 14);
        drive->seen_host = g_strdup(guard_book_text(walk->drives, 15));
        drive->seen_user = g_strdup(guard_book_text(walk->drives, 16));
        if (level < 0 || level > GUARD_LEVEL_TOP_SECRET || status < 0 ||
            status >= GUARD_N_STATUSES) {
                g_set_error(
                        error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                        _("The register in %s: drive %s has a level or status that does not exist"),
                        station->dir, drive->media_id);
                return NULL;
        }
        drive->level = (GuardLevel)level;
        drive->status = (GuardStatus)status;
        if (!read_ids(station, walk, drive, error) || !read_bindings(station, walk, drive, error))
                return NULL;
        return g_steal_pointer(&drive);
}

gboolean
guard_book_walk_begin(GuardStation *station, GuardBookWalk *walk, sqlite3_stmt *drives,
                      GError **error)
{
        *walk = (GuardBookWalk){drives, NULL, NULL};
        if (walk->drives != NULL)
                walk->ids = guard_book_prepare(station, error,
                                               "SELECT type,value,weak FROM identifier WHERE "
                                               "media_id=?1 ORDER BY type,value",
                                               NULL);
        if (walk->ids != NULL)
                walk->bindings = guard_book_prepare(
                        station, error,
                        "SELECT kind,value FROM binding WHERE media_id=?1 ORDER BY kind,value",
                        NULL);
        return walk->bindings != NULL;
}

void
guard_book_walk_end(GuardBookWalk *walk)
{
        sqlite3_finalize(walk->drives);
        sqlite3_finalize(walk->ids);
        sqlite3_finalize(walk->bindings);
}

GuardDrive *
guard_station_get(GuardStation *station, const char *media_id, GError **error)
{
        GuardBookWalk walk;
        GuardDrive *drive = NULL;
        sqlite3_stmt *drives = guard_book_prepare(
                station, error, "SELECT " GUARD_BOOK_DRIVE_COLUMNS " FROM drive WHERE media_id=?1",
                "s", media_id);

        if (guard_book_walk_begin(station, &walk, drives, error)) {
                int step = sqlite3_step(walk.drives);

                if (step == SQLITE_ROW)
                        drive = guard_book_walk_read(station, &walk, error);
                else if (step == SQLITE_DONE)
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                                    _("There is no drive %s in the register"), media_id);
                else
                        guard_book_failed(station, error);
        }
        guard_book_walk_end(&walk);
        return drive;
}

gboolean
guard_book_visit(GuardStation *station, sqlite3_stmt *drives, GuardDriveVisit visit,
                 gpointer user_data, GError **error)
{
        GuardBookWalk walk;
        gboolean ok = guard_book_walk_begin(station, &walk, drives, error);
        int step = SQLITE_DONE;

        while (ok && (step = sqlite3_step(walk.drives)) == SQLITE_ROW) {
                g_autoptr(GuardDrive) drive = guard_book_walk_read(station, &walk, error);

                ok = drive != NULL && visit(drive, user_data, error);
        }
        if (ok && step != SQLITE_DONE)
                ok = guard_book_failed(station, error);
        guard_book_walk_end(&walk);
        return ok;
}

gboolean
guard_station_visit(GuardStation *station, GuardDriveVisit visit, gpointer user_data,
                    GError **error)
{
        return guard_book_visit(station,
                                guard_book_prepare(station, error,
                                                   "SELECT " GUARD_BOOK_DRIVE_COLUMNS
                                                   " FROM drive ORDER BY media_id",
                                                   NULL),
                                visit, user_data, error);
}
