/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A drive's rows, written. Inside the caller's transaction; whether it may be written is his
 * matter.
 */
#include "station/book.h"

static gboolean
insert_bindings(GuardStation *station, const GuardDrive *drive, const char *kind, char **list,
                GError **error)
{
        for (; list != NULL && *list != NULL; list++) {
                if (!guard_book_run(station, error,
                                    "INSERT OR IGNORE INTO binding VALUES(?1,?2,?3)", "sss",
                                    drive->media_id, kind, *list))
                        return FALSE;
        }
        return TRUE;
}

/* Identifiers and bindings, and what follows from them. */
static gboolean
insert_parts(GuardStation *station, const GuardDrive *drive, const GuardAct *act, GError **error)
{
        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                if (!guard_book_run(station, error, "INSERT INTO identifier VALUES(?1,?2,?3,?4)",
                                    "sisi", drive->media_id, (gint64)id->type, id->value,
                                    (gint64)id->weak))
                        return FALSE;
        }
        return insert_bindings(station, drive, "host", drive->hosts, error) &&
               insert_bindings(station, drive, "unit", drive->units, error) &&
               insert_bindings(station, drive, "user", drive->users, error) &&
               guard_book_refresh(station, drive->media_id, act, error);
}

gboolean
guard_book_insert(GuardStation *station, const GuardDrive *drive, const GuardAct *act,
                  GError **error)
{
        return guard_book_run(station, error,
                              "INSERT INTO drive(media_id,name,model,custodian,note,level,status,"
                              "enrolled_us,department,unit,in_use_date,due_date,holder,capacity)"
                              "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
                              "sssssiiisssssi", drive->media_id, drive->name, drive->model,
                              drive->custodian, drive->note, (gint64)drive->level,
                              (gint64)drive->status, act->now_us, drive->department, drive->unit,
                              drive->in_use_date, drive->due_date, drive->holder,
                              (gint64)drive->capacity) &&
               insert_parts(station, drive, act, error);
}

gboolean
guard_book_remove_parts(GuardStation *station, const char *media_id, GError **error)
{
        return guard_book_run(station, error, "DELETE FROM identifier WHERE media_id=?1", "s",
                              media_id) &&
               guard_book_run(station, error, "DELETE FROM binding WHERE media_id=?1", "s",
                              media_id);
}

gboolean
guard_book_update(GuardStation *station, const GuardDrive *drive, const GuardAct *act,
                  GError **error)
{
        return guard_book_run(
                       station, error,
                       "UPDATE drive SET name=?2,model=?3,custodian=?4,note=?5,department=?6,"
                       "unit=?7,in_use_date=?8,capacity=?9 WHERE media_id=?1",
                       "ssssssssi", drive->media_id, drive->name, drive->model, drive->custodian,
                       drive->note, drive->department, drive->unit, drive->in_use_date,
                       (gint64)drive->capacity) &&
               insert_parts(station, drive, act, error);
}

gboolean
guard_book_refresh(GuardStation *station, const char *media_id, const GuardAct *act, GError **error)
{
        return guard_book_run(station, error,
                              "UPDATE drive SET changed_us=max(changed_us,?2),"
                              "search=" GUARD_BOOK_SEARCH " WHERE media_id=?1",
                              "si", media_id, act->now_us);
}
