/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opens and makes the book. Rollback journal with synchronous=EXTRA: durable on the desk's own
 * disk, and usable on a share, where WAL is not. History and publications can only grow.
 */
#include "station/book.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <openssl/rand.h>

#include "registry/durable.h"
#include "registry/identity.h"

#define BOOK_NAME "register.db"
#define BOOK_VERSION 1
#define BUSY_MS 5000

static const char schema[] =
        "CREATE TABLE desk(key TEXT NOT NULL PRIMARY KEY,value BLOB NOT NULL)WITHOUT ROWID;"
        "CREATE TABLE drive(media_id TEXT NOT NULL PRIMARY KEY,name TEXT,model TEXT,custodian "
        "TEXT,note TEXT,"
        "level INTEGER NOT NULL,status INTEGER NOT NULL,enrolled_us INTEGER NOT NULL);"
        "CREATE TABLE identifier(media_id TEXT NOT NULL REFERENCES drive,type INTEGER NOT NULL,"
        "value TEXT NOT NULL,weak INTEGER NOT NULL,PRIMARY KEY(media_id,type,value))WITHOUT ROWID;"
        "CREATE INDEX identifier_value ON identifier(type,value);"
        "CREATE TABLE binding(media_id TEXT NOT NULL REFERENCES drive,kind TEXT NOT NULL,value "
        "TEXT NOT NULL,"
        "PRIMARY KEY(media_id,kind,value))WITHOUT ROWID;"
        "CREATE TABLE history(seq INTEGER PRIMARY KEY AUTOINCREMENT,time_us INTEGER NOT "
        "NULL,media_id TEXT,"
        "action TEXT NOT NULL,before TEXT,after TEXT,reason TEXT,who TEXT NOT NULL);"
        "CREATE INDEX history_media ON history(media_id,seq);"
        "CREATE TABLE publication(sequence INTEGER PRIMARY KEY,time_us INTEGER NOT NULL,"
        "expires_us INTEGER NOT NULL,entries INTEGER NOT NULL,payload_sha256 TEXT NOT NULL,"
        "key_id TEXT NOT NULL,who TEXT NOT NULL);"
        "CREATE TRIGGER history_update BEFORE UPDATE ON history BEGIN "
        "SELECT RAISE(ABORT,'the history is never changed');END;"
        "CREATE TRIGGER history_delete BEFORE DELETE ON history BEGIN "
        "SELECT RAISE(ABORT,'the history is never changed');END;"
        "CREATE TRIGGER publication_update BEFORE UPDATE ON publication BEGIN "
        "SELECT RAISE(ABORT,'publications are never changed');END;"
        "CREATE TRIGGER publication_delete BEFORE DELETE ON publication BEGIN "
        "SELECT RAISE(ABORT,'publications are never changed');END;"
        "PRAGMA user_version=1;";

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

gboolean
guard_book_run(GuardStation *station, GError **error, const char *sql, const char *types, ...)
{
        sqlite3_stmt *statement;
        va_list values;
        gboolean ok;

        va_start(values, types);
        statement = prepare(station, error, sql, types, values);
        va_end(values);
        if (statement == NULL)
                return FALSE;
        ok = sqlite3_step(statement) == SQLITE_DONE;
        if (!ok)
                guard_book_failed(station, error);
        sqlite3_finalize(statement);
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
        statement = prepare(station, error, sql, types, values);
        va_end(values);
        if (statement == NULL)
                return FALSE;
        step = sqlite3_step(statement);
        *number = fallback;
        if (step == SQLITE_ROW && sqlite3_column_type(statement, 0) == SQLITE_INTEGER)
                *number = sqlite3_column_int64(statement, 0);
        if (step != SQLITE_ROW && step != SQLITE_DONE)
                guard_book_failed(station, error);
        sqlite3_finalize(statement);
        return step == SQLITE_ROW || step == SQLITE_DONE;
}

const char *
guard_book_text(sqlite3_stmt *statement, int column)
{
        return (const char *)sqlite3_column_text(statement, column);
}

gboolean
guard_book_begin(GuardStation *station, GError **error)
{
        return guard_book_run(station, error, "BEGIN IMMEDIATE", NULL);
}

gboolean
guard_book_end(GuardStation *station, gboolean ok, GError **error)
{
        if (ok && guard_book_run(station, error, "COMMIT", NULL))
                return TRUE;
        /* after some failures SQLite has rolled back already, and this says so: no news */
        sqlite3_exec(station->db, "ROLLBACK", NULL, NULL, NULL);
        return FALSE;
}

gboolean
guard_book_append_history(GuardStation *station, const char *media_id, const char *action,
                          const char *before, const char *after, const GuardAct *act,
                          GError **error)
{
        return guard_book_run(station, error,
                              "INSERT INTO history(time_us,media_id,action,before,after,reason,who)"
                              "VALUES(?1,?2,?3,?4,?5,?6,?7)",
                              "issssss", act->now_us, media_id, action, before, after, act->reason,
                              act->who != NULL ? act->who : "?");
}

static GuardStation *
open_book(const char *dir, int flags, GError **error)
{
        static const char pragmas[] = "PRAGMA journal_mode=DELETE;PRAGMA synchronous=EXTRA;"
                                      "PRAGMA foreign_keys=ON;PRAGMA cell_size_check=ON;";
        g_autoptr(GuardStation) station = g_new0(GuardStation, 1);
        g_autofree char *path = g_build_filename(dir, BOOK_NAME, NULL);

        station->dir = g_strdup(dir);
        if (sqlite3_open_v2(path, &station->db, flags, NULL) != SQLITE_OK) {
                guard_book_failed(station, error);
                return NULL;
        }
        sqlite3_busy_timeout(station->db, BUSY_MS);
        if (sqlite3_exec(station->db, pragmas, NULL, NULL, NULL) != SQLITE_OK) {
                guard_book_failed(station, error);
                return NULL;
        }
        return g_steal_pointer(&station);
}

GuardStation *
guard_station_open(const char *dir, GError **error)
{
        g_autofree char *path = g_build_filename(dir, BOOK_NAME, NULL);
        g_autoptr(GuardStation) station = NULL;
        gint64 version;

        if (access(path, F_OK) < 0 && errno == ENOENT) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("There is no register in %s; make one with guardctl station init "
                              "--dir %s"),
                            dir, dir);
                return NULL;
        }
        station = open_book(dir, SQLITE_OPEN_READWRITE, error);
        if (station == NULL ||
            !guard_book_number(station, 0, &version, error, "PRAGMA user_version", NULL))
                return NULL;
        if (version != BOOK_VERSION) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                            _("%s is not a register this version of baomi-guard can read"), path);
                return NULL;
        }
        return g_steal_pointer(&station);
}

void
guard_station_free(GuardStation *station)
{
        if (station == NULL)
                return;
        sqlite3_close(station->db);
        g_free(station->dir);
        g_free(station);
}

/* The desk's name in its snapshots, and the key of its digests. */
static gboolean
write_desk(GuardStation *station, GError **error)
{
        guint8 key[GUARD_DIGEST_KEY_SIZE], id[8];
        char desk[2 * sizeof id + 1];

        if (RAND_bytes(key, sizeof key) != 1 || RAND_bytes(id, sizeof id) != 1) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                            _("libcrypto has no random numbers"));
                return FALSE;
        }
        for (gsize i = 0; i < sizeof id; i++)
                g_snprintf(desk + 2 * i, 3, "%02x", id[i]);
        return guard_book_run(station, error, "INSERT INTO desk VALUES('desk',?1)", "s", desk) &&
               guard_book_run(station, error, "INSERT INTO desk VALUES('digest-key',?1)", "b", key,
                              (gint64)sizeof key);
}

static gboolean
fill_book(GuardStation *station, const GuardAct *act, GError **error)
{
        gint64 version = 0;
        gboolean ok;

        if (!guard_book_begin(station, error))
                return FALSE;
        ok = guard_book_number(station, 0, &version, error, "PRAGMA user_version", NULL);
        if (ok && version != 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS,
                            _("There is a register in %s already"), station->dir);
                ok = FALSE;
        }
        if (ok && sqlite3_exec(station->db, schema, NULL, NULL, NULL) != SQLITE_OK)
                ok = guard_book_failed(station, error);
        ok = ok && write_desk(station, error) &&
             guard_book_append_history(station, NULL, "init", NULL, NULL, act, error);
        return guard_book_end(station, ok, error);
}

gboolean
guard_station_init(const char *dir, const GuardAct *act, GError **error)
{
        g_autofree char *path = g_build_filename(dir, BOOK_NAME, NULL);
        g_autoptr(GuardStation) station = NULL;
        int fd;

        if (g_mkdir_with_parents(dir, 0700) < 0) {
                guard_durable_set_error(error, errno, _("Cannot make the directory"), dir);
                return FALSE;
        }
        /* made here, so that it is 0600 from its first moment */
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0) {
                guard_durable_set_error(error, errno, _("Cannot create"), path);
                return FALSE;
        }
        close(fd);
        station = open_book(dir, SQLITE_OPEN_READWRITE, error);
        return station != NULL && fill_book(station, act, error);
}
