/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The SQLite file: schema, settings, errors, moving it aside. What a record means is not known
 * here.
 *
 * WAL with synchronous=FULL: one sync a commit, and a commit that returned has survived a power cut
 * (with the rollback journal a cut took the last record back). No index: a year of an office
 * machine is some ten thousand records, and each index is a page more to write before a drive may
 * be used.
 */
#include <glib/gi18n-lib.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ledger/ledger-private.h"

#define BUSY_MS 3000

/* The CHECKs and triggers are against accidents; that nobody tampered is shown by the chain. */
static const char schema_records[] =
        "CREATE TABLE records("
        "\"seq\" INTEGER PRIMARY KEY CHECK(\"seq\" > 0), \"version\" INTEGER NOT NULL,"
        "\"time_us\" INTEGER NOT NULL, \"boottime_us\" INTEGER NOT NULL, \"boot_id\" TEXT,"
        "\"kind\" TEXT NOT NULL, \"severity\" TEXT NOT NULL, \"verdict\" TEXT, \"reason\" TEXT, "
        "\"rule\" TEXT,"
        "\"media_id\" TEXT, \"level\" TEXT, \"device\" TEXT, \"block\" TEXT, \"diskseq\" INTEGER,"
        "\"vendor_id\" TEXT, \"product_id\" TEXT, \"serial\" TEXT, \"manufacturer\" TEXT, "
        "\"product\" TEXT,"
        "\"user\" TEXT, \"session\" TEXT, \"message\" TEXT, \"details\" TEXT, \"digest\" TEXT NOT "
        "NULL)";
static const char schema_rest[] =
        "CREATE TABLE ledger(id TEXT NOT NULL, created_us INTEGER NOT NULL, pruned_through INTEGER "
        "NOT NULL,"
        "pruned_digest TEXT NOT NULL);"
        "CREATE TRIGGER records_are_not_changed BEFORE UPDATE ON records BEGIN"
        " SELECT RAISE(ABORT, 'records are never changed'); END;"
        "CREATE TRIGGER records_are_not_removed BEFORE DELETE ON records"
        " WHEN old.seq > (SELECT pruned_through FROM ledger) BEGIN"
        " SELECT RAISE(ABORT, 'records are only removed behind a checkpoint'); END;"
        "CREATE TRIGGER records_are_appended BEFORE INSERT ON records"
        " WHEN new.seq <= (SELECT max(seq) FROM records) BEGIN"
        " SELECT RAISE(ABORT, 'records are only appended'); END;";

static const char settings[] =
        "PRAGMA synchronous=FULL;"
        /* Moving pages from the log into the file is done when nobody waits. */
        "PRAGMA wal_autocheckpoint=0;"
        "PRAGMA cache_size=-256;"
        "PRAGMA mmap_size=0;"
        "PRAGMA trusted_schema=OFF;";

static GuardError
error_of(int code)
{
        switch (code & 0xff) {
        case SQLITE_FULL:
                return GUARD_ERROR_FULL;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_SCHEMA:
        case SQLITE_MISMATCH:
        /* Of the statements here these mean that the tables are not ours. */
        case SQLITE_ERROR:
        case SQLITE_CONSTRAINT:
                return GUARD_ERROR_CORRUPT;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return GUARD_ERROR_BUSY;
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_READONLY:
                return GUARD_ERROR_DENIED;
        default:
                return GUARD_ERROR_IO;
        }
}

gboolean
ledger_db_error(sqlite3 *database, int code, const char *path, GError **error)
{
        int system_error = database != NULL ? sqlite3_system_errno(database) : 0;
        GuardError as = error_of(code);

        /* SQLite tells no errno for its shared memory file; it is 32 KiB, and there is no room for
         * it. */
        if (code == SQLITE_IOERR_SHMSIZE)
                as = GUARD_ERROR_FULL;
        if ((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR) {
                if (system_error == EACCES || system_error == EPERM)
                        as = GUARD_ERROR_DENIED;
                else if (system_error == ENOSPC || system_error == EDQUOT)
                        as = GUARD_ERROR_FULL;
                else if (system_error == ENOENT)
                        as = GUARD_ERROR_NOT_FOUND;
        }
        g_set_error(error, GUARD_ERROR, (gint)as, "%s: %s", path,
                    database != NULL ? sqlite3_errmsg(database) : sqlite3_errstr(code));
        return FALSE;
}

void
ledger_db_close(sqlite3 *database)
{
        if (database != NULL)
                sqlite3_close_v2(database);
}

void
ledger_statement_free(LedgerStatement *statement)
{
        sqlite3_finalize(statement);
}

gboolean
ledger_db_exec(sqlite3 *database, const char *path, const char *sql, GError **error)
{
        int code = sqlite3_exec(database, sql, NULL, NULL, NULL);

        return code == SQLITE_OK || ledger_db_error(database, code, path, error);
}

sqlite3_stmt *
ledger_db_prepare(sqlite3 *database, const char *path, const char *sql, GError **error)
{
        sqlite3_stmt *statement = NULL;
        int code = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);

        if (code != SQLITE_OK)
                ledger_db_error(database, code, path, error);
        return statement;
}

gboolean
ledger_sync_dir_of(const char *path, GError **error)
{
        g_autofree char *directory = g_path_get_dirname(path);
        int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        gboolean good = fd >= 0 && fsync(fd) == 0;

        if (!good)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, "%s: %s", directory,
                            g_strerror(errno));
        if (fd >= 0)
                close(fd);
        return good;
}

static sqlite3 *
open_file(const char *path, int flags, GError **error)
{
        sqlite3 *database = NULL;
        int code = sqlite3_open_v2(path, &database, flags | SQLITE_OPEN_NOMUTEX, NULL);

        if (code != SQLITE_OK) {
                ledger_db_error(database, code, path, error);
                ledger_db_close(database);
                return NULL;
        }
        sqlite3_extended_result_codes(database, 1);
        sqlite3_busy_timeout(database, BUSY_MS);
        return database;
}

static gboolean
pragma_number(sqlite3 *database, const char *path, const char *sql, gint64 *number, GError **error)
{
        g_autoptr(LedgerStatement) statement = ledger_db_prepare(database, path, sql, error);
        int code;

        if (statement == NULL)
                return FALSE;
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
                return ledger_db_error(database, code, path, error);
        *number = sqlite3_column_int64(statement, 0);
        return TRUE;
}

static gboolean
create_schema(sqlite3 *database, const char *path, GError **error)
{
        g_autofree char *id = g_uuid_string_random();
        g_autofree char *sql = g_strdup_printf(
                "BEGIN IMMEDIATE; %s; %s INSERT INTO ledger VALUES('%s', %" G_GINT64_FORMAT
                ", 0, '');"
                "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT;",
                schema_records, schema_rest, id, g_get_real_time(), LEDGER_APPLICATION_ID,
                LEDGER_FORMAT);

        if (ledger_db_exec(database, path, sql, error))
                return TRUE;
        if (!sqlite3_get_autocommit(database))
                sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
        return FALSE;
}

/* A file of ours, of this format. */
static gboolean
check_format(sqlite3 *database, const char *path, GError **error)
{
        gint64 application = 0, format = 0;

        if (!pragma_number(database, path, "PRAGMA application_id", &application, error) ||
            !pragma_number(database, path, "PRAGMA user_version", &format, error))
                return FALSE;
        if (application == LEDGER_APPLICATION_ID && format == LEDGER_FORMAT)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                    _("%s: not an event log of this version"), path);
        return FALSE;
}

static gboolean
is_empty(sqlite3 *database, const char *path, gboolean *empty, GError **error)
{
        gint64 tables = 0;

        if (!pragma_number(database, path, "SELECT count(*) FROM sqlite_master", &tables, error))
                return FALSE;
        *empty = tables == 0;
        return TRUE;
}

sqlite3 *
ledger_db_open_write(const char *path, gboolean *created, GError **error)
{
        g_autoptr(sqlite3) database = NULL;
        gboolean empty = FALSE;
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                      0600); /* -wal and -shm get its mode */

        if (fd < 0) {
                g_set_error(error, GUARD_ERROR,
                            errno == ENOSPC   ? GUARD_ERROR_FULL
                            : errno == EACCES ? GUARD_ERROR_DENIED
                                              : GUARD_ERROR_IO,
                            "%s: %s", path, g_strerror(errno));
                return NULL;
        }
        (void)fchmod(fd, 0600);
        close(fd);
        database = open_file(path, SQLITE_OPEN_READWRITE, error);
        if (database == NULL || !ledger_db_exec(database, path, settings, error) ||
            !ledger_db_exec(database, path, "PRAGMA journal_mode=WAL", error) ||
            !is_empty(database, path, &empty, error))
                return NULL;
        if (empty && (!create_schema(database, path, error) || !ledger_sync_dir_of(path, error)))
                return NULL;
        if (!check_format(database, path, error))
                return NULL;
        *created = empty;
        return g_steal_pointer(&database);
}

static sqlite3 *
open_readable(const char *path, const char *name, int flags, GError **error)
{
        g_autoptr(sqlite3) database = open_file(name, SQLITE_OPEN_READONLY | flags, error);
        gboolean empty = FALSE;

        if (database == NULL)
                return NULL;
        if (!ledger_db_exec(
                    database, path,
                    "PRAGMA trusted_schema=OFF; PRAGMA query_only=ON; PRAGMA cache_size=-256",
                    error) ||
            !is_empty(database, path, &empty, error) || !check_format(database, path, error))
                return NULL;
        return g_steal_pointer(&database);
}

/* Everything is in the file itself: no log, or an empty one. */
static gboolean
has_no_log(const char *path)
{
        g_autofree char *log = g_strconcat(path, "-wal", NULL);
        struct stat st;

        return stat(log, &st) < 0 ? errno == ENOENT : st.st_size == 0;
}

sqlite3 *
ledger_db_open_read(const char *path, GError **error)
{
        g_autoptr(GError) trouble = NULL;
        g_autofree char *absolute = g_canonicalize_filename(path, NULL);
        g_autofree char *uri = g_filename_to_uri(absolute, NULL, NULL);
        g_autofree char *name = g_strconcat(uri != NULL ? uri : "", "?immutable=1", NULL);
        sqlite3 *database = open_readable(path, path, 0, &trouble);

        /* On a full disk or a read-only copy there is no room for the files that readers share. */
        if (database == NULL && uri != NULL && has_no_log(path) &&
            (g_error_matches(trouble, GUARD_ERROR, GUARD_ERROR_FULL) ||
             g_error_matches(trouble, GUARD_ERROR, GUARD_ERROR_IO)))
                database = open_readable(path, name, SQLITE_OPEN_URI, NULL);
        if (database == NULL)
                g_propagate_error(error, g_steal_pointer(&trouble));
        return database;
}

gboolean
ledger_db_read_id(sqlite3 *database, const char *path, char id[LEDGER_ID_SIZE], GError **error)
{
        g_autoptr(LedgerStatement) statement =
                ledger_db_prepare(database, path, "SELECT id FROM ledger", error);
        const char *text;
        int code;

        if (statement == NULL)
                return FALSE;
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
                return ledger_db_error(database, code, path, error);
        text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        if (text == NULL || !g_uuid_string_is_valid(text)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                            _("%s: the event log has lost its identity"), path);
                return FALSE;
        }
        g_strlcpy(id, text, LEDGER_ID_SIZE);
        return TRUE;
}

static char *
free_name(const char *path)
{
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        g_autofree char *stamp = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
        char *name = g_strdup_printf("%s.damaged-%s", path, stamp);

        for (int i = 2; g_file_test(name, G_FILE_TEST_EXISTS); i++) {
                g_free(name);
                name = g_strdup_printf("%s.damaged-%s-%d", path, stamp, i);
        }
        return name;
}

char *
ledger_db_move_aside(const char *path, GError **error)
{
        /* The log first: a crash in between leaves an old database that is noticed, while the log
         * of a database that is gone would be thrown away by SQLite. */
        static const char *const parts[] = {"-wal", "-shm", ""};
        g_autofree char *aside = free_name(path);

        for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
                g_autofree char *from = g_strconcat(path, parts[i], NULL);
                g_autofree char *to = g_strconcat(aside, parts[i], NULL);

                if (rename(from, to) < 0 && errno != ENOENT) {
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, "%s: %s", from,
                                    g_strerror(errno));
                        return NULL;
                }
        }
        return ledger_sync_dir_of(path, error) ? g_steal_pointer(&aside) : NULL;
}
