/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables of the book, and how an older book becomes one of today: one list of steps, each made
 * in one transaction with its number. A step that was released is never changed. History and
 * publications can only grow.
 */
#include "station/book.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <openssl/rand.h>

#include "common/guard-hex.h"
#include "registry/durable.h"
#include "registry/identity.h"

#define ONLY_GROWS(table, what)                                                                    \
        "CREATE TRIGGER " table "_update BEFORE UPDATE ON " table                                  \
        " BEGIN SELECT RAISE(ABORT,'" what "');END;"                                               \
        "CREATE TRIGGER " table "_delete BEFORE DELETE ON " table                                  \
        " BEGIN SELECT RAISE(ABORT,'" what "');END;"

/* REPLACE deletes without a DELETE trigger. FAIL, before anything was done, is as good as ABORT,
 * and does not make SQLite keep a journal for every record. */
#define NEVER_REPLACED(table, key, what)                                                           \
        "CREATE TRIGGER " table "_insert BEFORE INSERT ON " table                                  \
        " WHEN EXISTS(SELECT 1 FROM " table " WHERE " key ")"                                      \
        " BEGIN SELECT RAISE(FAIL,'" what "');END;"

static const char first[] =
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
        "key_id TEXT NOT NULL,who TEXT NOT NULL);" //
        ONLY_GROWS("history", "the history is never changed")
                ONLY_GROWS("publication", "publications are never changed");

/* Persons, places and dates; a chained history; computers, stock-takes, what was seen where. */
static const char second[] =
        "ALTER TABLE drive ADD COLUMN department TEXT;"
        "ALTER TABLE drive ADD COLUMN unit TEXT;"
        "ALTER TABLE drive ADD COLUMN in_use_date TEXT;"
        "ALTER TABLE drive ADD COLUMN due_date TEXT;"
        "ALTER TABLE drive ADD COLUMN holder TEXT;"
        "ALTER TABLE drive ADD COLUMN capacity INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE drive ADD COLUMN seen_us INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE drive ADD COLUMN seen_host TEXT;"
        "ALTER TABLE drive ADD COLUMN seen_user TEXT;"
        "ALTER TABLE drive ADD COLUMN changed_us INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE drive ADD COLUMN search TEXT NOT NULL DEFAULT '';"
        "UPDATE drive SET changed_us=enrolled_us,search=" GUARD_BOOK_SEARCH ";"
        "CREATE INDEX drive_name ON drive(name);"
        "CREATE INDEX drive_level ON drive(level);"
        "CREATE INDEX drive_status ON drive(status);"
        "CREATE INDEX drive_holder ON drive(holder);"
        "CREATE INDEX drive_custodian ON drive(custodian);"
        "CREATE INDEX drive_department ON drive(department);"
        "CREATE INDEX drive_unit ON drive(unit);"
        "ALTER TABLE history ADD COLUMN host_id TEXT;"
        "ALTER TABLE history ADD COLUMN digest BLOB;"
        "CREATE INDEX history_host ON history(host_id,seq) WHERE host_id IS NOT NULL;"
        "CREATE INDEX history_publish ON history(seq) WHERE action='publish';"
        "CREATE TABLE computer(host_id TEXT NOT NULL PRIMARY KEY,level INTEGER NOT NULL,unit TEXT,"
        "room TEXT,custodian TEXT,note TEXT,addresses TEXT,keys TEXT,retired INTEGER NOT NULL,"
        "enrolled_us INTEGER NOT NULL,secret BLOB,secret_id TEXT,exported_us INTEGER NOT NULL)"
        "WITHOUT ROWID;"
        "CREATE TABLE stocktake(number INTEGER PRIMARY KEY AUTOINCREMENT,begun_us INTEGER NOT "
        "NULL,begun_seq INTEGER NOT NULL,ended_us INTEGER,expected INTEGER,ticked INTEGER,"
        "missing INTEGER,extra INTEGER);"
        "CREATE TABLE stocktick(number INTEGER NOT NULL REFERENCES stocktake,media_id TEXT NOT "
        "NULL REFERENCES drive,time_us INTEGER NOT NULL,who TEXT NOT NULL,"
        "PRIMARY KEY(number,media_id))WITHOUT ROWID;"
        "CREATE TABLE stockmissing(number INTEGER NOT NULL REFERENCES stocktake,media_id TEXT NOT "
        "NULL REFERENCES drive,PRIMARY KEY(number,media_id))WITHOUT ROWID;"
        "CREATE TABLE sighting(media_id TEXT NOT NULL REFERENCES drive,host TEXT NOT NULL,"
        "time_us INTEGER NOT NULL,user TEXT,PRIMARY KEY(media_id,host))WITHOUT ROWID;" //
        NEVER_REPLACED("history", "seq=NEW.seq", "the history is never changed") NEVER_REPLACED(
                "publication", "sequence=NEW.sequence", "publications are never changed")
                NEVER_REPLACED("stocktick", "number=NEW.number AND media_id=NEW.media_id",
                               "a stock-take is never changed")
                        ONLY_GROWS("stocktick", "a stock-take is never changed")
                                ONLY_GROWS("stockmissing", "a stock-take is never changed");

/* What was connected to which kind of computer. */
static const char third[] =
        "CREATE TABLE crossing(ident TEXT NOT NULL,classified INTEGER NOT NULL,host TEXT NOT NULL,media_id TEXT,"
        "level INTEGER NOT NULL,user TEXT,time_us INTEGER NOT NULL,identity TEXT,used INTEGER NOT NULL,name TEXT,"
        "PRIMARY KEY(ident,classified,host))WITHOUT ROWID;";

static const struct {
        const char *sql;
        gboolean chain; /* the history's digests are made anew */
} steps[] = {{first, FALSE}, {second, TRUE}, {third, FALSE}};

#define BOOK_VERSION ((gint64)G_N_ELEMENTS(steps))

/* Inside a transaction: from @version to today's. */
static gboolean
make_steps(GuardStation *station, gint64 version, GError **error)
{
        g_autofree char *number =
                g_strdup_printf("PRAGMA user_version=%d", (int)G_N_ELEMENTS(steps));

        for (gsize i = (gsize)version; i < G_N_ELEMENTS(steps); i++) {
                if (sqlite3_exec(station->db, steps[i].sql, NULL, NULL, NULL) != SQLITE_OK)
                        return guard_book_failed(station, error);
                if (!steps[i].chain)
                        continue;
                if (sqlite3_exec(station->db, "DROP TRIGGER history_update", NULL, NULL, NULL) !=
                    SQLITE_OK)
                        return guard_book_failed(station, error);
                if (!guard_book_chain_history(station, error))
                        return FALSE;
                if (sqlite3_exec(station->db,
                                 "CREATE TRIGGER history_update BEFORE UPDATE ON history BEGIN "
                                 "SELECT RAISE(ABORT,'the history is never changed');END;",
                                 NULL, NULL, NULL) != SQLITE_OK)
                        return guard_book_failed(station, error);
        }
        return sqlite3_exec(station->db, number, NULL, NULL, NULL) == SQLITE_OK
                       ? TRUE
                       : guard_book_failed(station, error);
}

static gboolean
check_version(GuardStation *station, gint64 version, GError **error)
{
        if (version >= 1 && version <= BOOK_VERSION)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                    version > BOOK_VERSION
                            ? _("The register in %s was made by a newer baomi-guard; update this "
                                "machine")
                            : _("%s has a file register.db that is not a register"),
                    station->dir);
        return FALSE;
}

gboolean
guard_book_bring_up_to_date(GuardStation *station, GError **error)
{
        gint64 version;
        gboolean ok;

        if (!guard_book_number(station, 0, &version, error, "PRAGMA user_version", NULL) ||
            !check_version(station, version, error))
                return FALSE;
        if (version == BOOK_VERSION)
                return TRUE;
        if (!guard_book_lock(station, error))
                return FALSE;
        /* another may have done it while this one waited */
        ok = guard_book_number(station, 0, &version, error, "PRAGMA user_version", NULL) &&
             check_version(station, version, error) && make_steps(station, version, error);
        return guard_book_end(station, ok, error);
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
        guard_hex_write(desk, id, sizeof id);
        return guard_book_run(station, error, "INSERT INTO desk VALUES('desk',?1)", "s", desk) &&
               guard_book_run(station, error, "INSERT INTO desk VALUES('digest-key',?1)", "b", key,
                              (gint64)sizeof key);
}

static gboolean
fill_book(GuardStation *station, const GuardAct *act, GError **error)
{
        gint64 version = 0;
        gboolean ok;

        if (!guard_book_lock(station, error))
                return FALSE;
        ok = guard_book_number(station, 0, &version, error, "PRAGMA user_version", NULL);
        if (ok && version != 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS,
                            _("There is a register in %s already"), station->dir);
                ok = FALSE;
        }
        ok = ok && make_steps(station, 0, error) && write_desk(station, error) &&
             guard_book_append_history(station, NULL, "init", NULL, NULL, act, error);
        return guard_book_end(station, ok, error);
}

gboolean
guard_station_init(const char *dir, const GuardAct *act, GError **error)
{
        g_autofree char *path = g_build_filename(dir, GUARD_BOOK_NAME, NULL);
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
        station = guard_book_open(dir, SQLITE_OPEN_READWRITE, error);
        return station != NULL && fill_book(station, act, error);
}
