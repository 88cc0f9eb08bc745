/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The SQLite of the book, for station/'s own files: statements, transactions, history. Nothing here
 * knows what may happen to a drive.
 */
#pragma once
#include <sqlite3.h>
#include "station/station.h"

G_BEGIN_DECLS

struct GuardStation {
        sqlite3 *db;
        char *dir;
};

/* Values of statements: 's' const char* (NULL: NULL), 'i' gint64, 'b' const guint8* followed by
 * gint64 size. */
sqlite3_stmt *guard_book_prepare(GuardStation *station, GError **error, const char *sql,
                                 const char *types, ...);
/* A statement without rows. */
gboolean guard_book_run(GuardStation *station, GError **error, const char *sql, const char *types,
                        ...);
gboolean guard_book_failed(GuardStation *station, GError **error); /* always FALSE */
/* The one integer of a one-row query; @fallback where there is no row or it is NULL. */
gboolean guard_book_number(GuardStation *station, gint64 fallback, gint64 *number, GError **error,
                           const char *sql, const char *types, ...);
const char *guard_book_text(sqlite3_stmt *statement, int column); /* NULL for NULL */

/* Waits a little for another writer; GUARD_ERROR_BUSY. */
gboolean guard_book_begin(GuardStation *station, GError **error);
/* Commits where @ok, else rolls back; TRUE only where @ok and committed. */
gboolean guard_book_end(GuardStation *station, gboolean ok, GError **error);

gboolean guard_book_append_history(GuardStation *station, const char *media_id, const char *action,
                                   const char *before, const char *after, const GuardAct *act,
                                   GError **error);
/* The drive as the history keeps it. Caller frees. */
char *guard_drive_to_json(const GuardDrive *drive);
GuardDriveId *guard_drive_find_id(const GuardDrive *drive, GuardIdType type);

G_END_DECLS
