/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The SQLite of the book, for station/'s own files: statements, transactions, history. Nothing here
 * knows what may happen to a drive.
 */
#pragma once
#include <sqlite3.h>
#include "station/station.h"

G_BEGIN_DECLS

#define GUARD_BOOK_NAME "register.db"
/* What a drive is searched by, as an SQL expression over a row of drive. A line each, so that no
 * search runs from one into the next. */
#define GUARD_BOOK_SEARCH                                                                          \
        "lower(media_id||char(10)||ifnull(name,'')||char(10)||ifnull(model,'')||char(10)||"        \
        "ifnull(custodian,'')||char(10)||ifnull(holder,'')||char(10)||ifnull(department,'')||"     \
        "char(10)||ifnull(unit,'')||char(10)||ifnull(note,'')||char(10)||ifnull((SELECT "          \
        "group_concat(value,char(10)) FROM identifier WHERE "                                      \
        "identifier.media_id=drive.media_id),'')"                                                  \
        ")"

struct GuardStation {
        sqlite3 *db;
        char *dir;
        GHashTable *statements; /* SQL: sqlite3_stmt, kept */
        int lock_fd;            /* -1: not held */
        guint holds;
        guint patience_ms;
};

/* Opens the file as it is, whatever its version. */
GuardStation *guard_book_open(const char *dir, int flags, GError **error);
gboolean guard_book_bring_up_to_date(GuardStation *station, GError **error);

/* Values of statements: 's' const char* (NULL: NULL), 'i' gint64, 'b' const guint8* followed by
 * gint64 size. */
sqlite3_stmt *guard_book_prepare(GuardStation *station, GError **error, const char *sql,
                                 const char *types, ...);
/* The same, kept by the station for the next time: the caller resets it instead of finalizing. For
 * what is asked for each row of an import. */
sqlite3_stmt *guard_book_kept(GuardStation *station, GError **error, const char *sql,
                              const char *types, ...);
/* A statement without rows. */
gboolean guard_book_run(GuardStation *station, GError **error, const char *sql, const char *types,
                        ...);
gboolean guard_book_failed(GuardStation *station, GError **error); /* always FALSE */
/* The one integer of a one-row query; @fallback where there is no row or it is NULL. */
gboolean guard_book_number(GuardStation *station, gint64 fallback, gint64 *number, GError **error,
                           const char *sql, const char *types, ...);
const char *guard_book_text(sqlite3_stmt *statement, int column); /* NULL for NULL */

/* Waits a little for another writer; GUARD_ERROR_BUSY names him. GUARD_ERROR_DENIED: whoever acts
 * has not the role for @duty. */
gboolean guard_book_begin(GuardStation *station, const GuardAct *act, GuardDuty duty,
                          GError **error);
/* The same without asking for a role. */
gboolean guard_book_lock(GuardStation *station, GError **error);
/* Commits where @ok, else rolls back; TRUE only where @ok and committed. */
gboolean guard_book_end(GuardStation *station, gboolean ok, GError **error);

gboolean guard_book_append_history(GuardStation *station, const char *media_id, const char *action,
                                   const char *before, const char *after, const GuardAct *act,
                                   GError **error);
gboolean guard_book_append_computer_history(GuardStation *station, const char *host_id,
                                            const char *action, const char *before,
                                            const char *after, const GuardAct *act, GError **error);
/* Runs and frees @statement, whose columns are those of the history; NULL: FALSE, error is set. */
gboolean guard_book_visit_history(GuardStation *station, sqlite3_stmt *statement,
                                  GuardHistoryVisit visit, gpointer user_data, GError **error);
/* Gives every record its digest anew; only for a book from before there were any. */
gboolean guard_book_chain_history(GuardStation *station, GError **error);
/* A reason is there. */
gboolean guard_book_check_reason(const char *action, const GuardAct *act, GError **error);
/* @text is one line of 1 to @max characters without control characters or blanks around it; @what
 * names it in the error. */
gboolean guard_book_check_text(const char *what, const char *text, glong max, GError **error);
/* The same for each of a list, NULL for none. */
gboolean guard_book_check_list(const char *what, char **list, GError **error);
/* @text is NULL or a day that exists, YYYY-MM-DD. */
gboolean guard_book_check_date(const char *what, const char *text, GError **error);
#define GUARD_BOOK_TEXT_MAX 256

/* Enrols inside a transaction that the caller began. GUARD_ERROR_EXISTS and
 * GUARD_ERROR_INVALID_VALUE come before anything is written, so that an import goes on with its
 * next row (a savepoint for each would double what is written to the disk); after any other error
 * the caller rolls back. */
gboolean guard_book_enrol(GuardStation *station, GuardDrive *drive, gboolean shared_serial,
                          const GuardAct *act, GPtrArray *warnings, GError **error);
/* A drive's rows; @drive must be checked. Update takes its parts to be removed. */
gboolean guard_book_insert(GuardStation *station, const GuardDrive *drive, const GuardAct *act,
                           GError **error);
gboolean guard_book_remove_parts(GuardStation *station, const char *media_id, GError **error);
gboolean guard_book_update(GuardStation *station, const GuardDrive *drive, const GuardAct *act,
                           GError **error);
/* Puts right what a drive is found by, after its row or identifiers changed. */
gboolean guard_book_refresh(GuardStation *station, const char *media_id, const GuardAct *act,
                            GError **error);

typedef struct { /* statements of one walk through the book */
        sqlite3_stmt *drives, *ids, *bindings;
} GuardBookWalk;
/* @drives: a statement with GUARD_BOOK_DRIVE_COLUMNS, owned by the walk from now on; NULL: FALSE,
 * error is set. */
#define GUARD_BOOK_DRIVE_COLUMNS                                                                   \
        "media_id,name,model,custodian,note,level,status,enrolled_us,department,unit,in_use_date," \
        "due_date,holder,capacity,seen_us,seen_host,seen_user"
gboolean guard_book_walk_begin(GuardStation *station, GuardBookWalk *walk, sqlite3_stmt *drives,
                               GError **error);
/* The row that @walk->drives stands at. */
GuardDrive *guard_book_walk_read(GuardStation *station, GuardBookWalk *walk, GError **error);
void guard_book_walk_end(GuardBookWalk *walk);
/* Every row of @drives to @visit. */
gboolean guard_book_visit(GuardStation *station, sqlite3_stmt *drives, GuardDriveVisit visit,
                          gpointer user_data, GError **error);

/* JSON objects of the history, without a library: they are made a million times. */
void guard_book_json_open(GString *json);
void guard_book_json_text(GString *json, const char *name, const char *value); /* NULL: nothing */
void guard_book_json_list(GString *json, const char *name, char *const *list); /* NULL: nothing */
void guard_book_json_number(GString *json, const char *name, guint64 value);
/* Ends it; caller frees. */
char *guard_book_json_close(GString *json);
/* The drive as the history keeps it. Caller frees. */
char *guard_drive_to_json(const GuardDrive *drive);
/* @canonical as it is in the book. */
gboolean guard_drive_add_canonical(GuardDrive *drive, GuardIdType type, const char *canonical,
                                   gboolean weak);
GuardDriveId *guard_drive_find_id(const GuardDrive *drive, GuardIdType type);

G_END_DECLS
