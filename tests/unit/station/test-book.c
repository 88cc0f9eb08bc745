/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file itself: a book of an older version, a history that shows what was done to it, and a
 * second desk that is told who has it.
 */
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crash.h"
#include "station-fixture.h"

/* As version 1 made it, with a drive, its history and a publication. */
static const char version_one[] =
        "CREATE TABLE desk(key TEXT NOT NULL PRIMARY KEY,value BLOB NOT NULL)WITHOUT ROWID;"
        "CREATE TABLE drive(media_id TEXT NOT NULL PRIMARY KEY,name TEXT,model TEXT,custodian TEXT,"
        "note TEXT,level INTEGER NOT NULL,status INTEGER NOT NULL,enrolled_us INTEGER NOT NULL);"
        "CREATE TABLE identifier(media_id TEXT NOT NULL REFERENCES drive,type INTEGER NOT NULL,"
        "value TEXT NOT NULL,weak INTEGER NOT NULL,PRIMARY KEY(media_id,type,value))WITHOUT ROWID;"
        "CREATE INDEX identifier_value ON identifier(type,value);"
        "CREATE TABLE binding(media_id TEXT NOT NULL REFERENCES drive,kind TEXT NOT NULL,value "
        "TEXT "
        "NOT NULL,PRIMARY KEY(media_id,kind,value))WITHOUT ROWID;"
        "CREATE TABLE history(seq INTEGER PRIMARY KEY AUTOINCREMENT,time_us INTEGER NOT NULL,"
        "media_id TEXT,action TEXT NOT NULL,before TEXT,after TEXT,reason TEXT,who TEXT NOT NULL);"
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
        "INSERT INTO desk VALUES('desk','0123456789abcdef'),('digest-key',zeroblob(32));"
        "INSERT INTO drive VALUES('OLD','stick',NULL,'Wang',NULL,2,3,1700000000000000);"
        "INSERT INTO identifier "
        "VALUES('OLD',0,'0951:0001:60A44C413FAE',0),('OLD',1,'60A44C413FAE',0);"
        "INSERT INTO history(time_us,media_id,action,after,who) VALUES"
        "(1,NULL,'init',NULL,'tester'),(2,'OLD','enrol','{}','tester'),(3,'OLD','lost','{}','"
        "tester'),"
        "(4,NULL,'publish','{}','tester');"
        "INSERT INTO publication VALUES(7,1700000000000000,1800000000000000,1,'00','00','tester');"
        "PRAGMA user_version=1;";

static void
run(const char *dir, const char *sql)
{
        g_autofree char *path = g_build_filename(dir, "register.db", NULL);
        char *message = NULL;
        sqlite3 *db;

        g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
        sqlite3_exec(db, sql, NULL, NULL, &message);
        g_assert_cmpstr(message, ==, NULL);
        sqlite3_close(db);
}

static char *
old_book(Fixture *f)
{
        char *dir = g_build_filename(f->desk->dir, "old", NULL);

        g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
        run(dir, version_one);
        return dir;
}

static void
test_migration(Fixture *f, gconstpointer data)
{
        g_autofree char *dir = old_book(f);
        g_autoptr(GuardStation) station = NULL, again = NULL;
        g_autoptr(GuardDrive) drive = NULL;
        g_autoptr(GError) error = NULL;
        guint64 records = 0;
        GuardAct a = station_act(NULL);
        GuardPublish publish = {.signing.key = f->desk->private_key, .output = f->desk->snapshot, .valid_days = 30};
        g_autoptr(GuardRegistryInfo) info = NULL;

        (void)data;
        station = guard_station_open(dir, &error);
        g_assert_no_error(error);
        drive = station_get(station, "OLD");
        g_assert_cmpstr(drive->custodian, ==, "Wang");
        g_assert_cmpint(drive->status, ==, GUARD_STATUS_LOST);
        g_assert_cmpuint(drive->ids->len, ==, 2);
        g_assert_cmpuint(station_history(station, NULL), ==, 4);
        g_assert_true(guard_station_verify(station, &records, NULL));
        g_assert_cmpuint(records, ==, 4);
        g_assert_true(station_change(station, "OLD", "found"));
        guard_station_publish(station, &publish, &a, &info, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(info->sequence, ==, 8);
        again = guard_station_open(dir, &error);
        g_assert_no_error(error);
        g_assert_true(guard_station_verify(again, NULL, NULL));
}

static void
migrate(gpointer user_data)
{
        guard_station_free(guard_station_open(user_data, NULL));
}

/* Killed anywhere, it is the old book or the new one. */
static void
test_migration_killed(Fixture *f, gconstpointer data)
{
        guint at = 0;
        gboolean killed;

        (void)data;
        do {
                g_autofree char *dir = g_strdup_printf("%s/old-%u", f->desk->dir, at);
                g_autoptr(GuardStation) station = NULL;
                g_autoptr(GError) error = NULL;

                g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
                run(dir, version_one);
                killed = crash_at(++at, migrate, dir);
                station = guard_station_open(dir, &error);
                g_assert_no_error(error);
                g_assert_cmpuint(station_history(station, NULL), ==, 4);
                g_assert_true(guard_station_verify(station, NULL, NULL));
                guard_drive_free(station_get(station, "OLD"));
        } while (killed);
        g_assert_cmpuint(at, >, 5);
}

static void
test_other_versions(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) newer = NULL, foreign = NULL;

        (void)data;
        run(f->dir, "PRAGMA user_version=99");
        g_assert_null(guard_station_open(f->dir, &newer));
        g_assert_error(newer, GUARD_ERROR, GUARD_ERROR_CORRUPT);
        g_assert_nonnull(strstr(newer->message, "newer"));
        run(f->dir, "PRAGMA user_version=0");
        g_assert_null(guard_station_open(f->dir, &foreign));
        g_assert_error(foreign, GUARD_ERROR, GUARD_ERROR_CORRUPT);
}

/* By somebody who drops the triggers first. */
static void
test_tampered(Fixture *f, gconstpointer data)
{
        static const struct {
                const char *sql, *says;
        } cases[] = {
                {"UPDATE history SET reason='another' WHERE seq=3", "Record 3"},
                {"UPDATE history SET who=NULL||'x',reason=who WHERE 0", NULL},
                {"DELETE FROM history WHERE seq=3",
                 "Record 3 of the register's history is missing"},
                {"DELETE FROM history WHERE seq=1",
                 "Record 1 of the register's history is missing"},
                {"UPDATE history SET time_us=time_us+1 WHERE seq=2", "Record 2"},
                {"UPDATE history SET digest=NULL WHERE seq=4", "Record 4"},
        };
        g_autoptr(GuardStation) station = station_open(f);
        g_autofree char *book = g_build_filename(f->dir, "register.db", NULL);
        g_autofree char *bytes = NULL;
        gsize size;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        station_change(station, "A", "lost");
        station_change(station, "A", "found");
        g_assert_true(guard_station_verify(station, NULL, NULL));
        g_clear_pointer(&station, guard_station_free);
        run(f->dir, "DROP TRIGGER history_update;DROP TRIGGER history_delete;");
        g_assert_true(g_file_get_contents(book, &bytes, &size, NULL));
        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_true(g_file_set_contents(book, bytes, (gssize)size, NULL));
                run(f->dir, cases[i].sql);
                station = station_open(f);
                g_assert_cmpint(guard_station_verify(station, NULL, &error), ==,
                                cases[i].says == NULL);
                if (cases[i].says != NULL)
                        g_assert_nonnull(strstr(error->message, cases[i].says));
                g_clear_pointer(&station, guard_station_free);
        }
}

/* The other desk is a process of its own: it holds the book until its pipe is closed. */
static pid_t
other_desk(Fixture *f, int *until)
{
        int ready[2], end[2];
        char byte = 'x';
        pid_t child;

        g_assert_cmpint(pipe(ready), ==, 0);
        g_assert_cmpint(pipe(end), ==, 0);
        child = fork();
        if (child == 0) {
                g_autoptr(GuardStation) station = station_open(f);

                close(end[1]);
                if (!guard_station_hold(station, NULL) || write(ready[1], &byte, 1) != 1)
                        _exit(1);
                _exit(read(end[0], &byte, 1) == 0 ? 0 : 1);
        }
        close(ready[1]);
        close(end[0]);
        g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
        close(ready[0]);
        *until = end[1];
        return child;
}

static void
test_two_desks(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GError) busy = NULL;
        g_autofree char *host = g_strdup_printf(" on %s ", g_get_host_name());
        int until, status;
        pid_t child;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        child = other_desk(f, &until);
        guard_station_set_patience(station, 0);
        g_assert_false(guard_station_hold(station, &busy));
        g_assert_error(busy, GUARD_ERROR, GUARD_ERROR_BUSY);
        g_test_message("%s", busy->message);
        g_assert_nonnull(strstr(busy->message, g_get_user_name()));
        g_assert_nonnull(strstr(busy->message, host));
        g_assert_nonnull(strstr(busy->message, "since"));
        /* reading goes on */
        guard_drive_free(station_get(station, "A"));
        /* and a holder that is killed holds nothing */
        g_assert_cmpint(kill(child, SIGKILL), ==, 0);
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        close(until);
        g_assert_true(station_change(station, "A", "lost"));
}

static void
test_hold_is_counted(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);

        (void)data;
        g_assert_true(guard_station_hold(station, NULL));
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        g_assert_true(guard_station_hold(station, NULL));
        guard_station_release(station);
        g_assert_true(station_change(station, "A", "lost"));
        guard_station_release(station);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("migration", test_migration);
        ADD("migration-killed", test_migration_killed);
        ADD("other-versions", test_other_versions);
        ADD("tampered", test_tampered);
        ADD("two-desks", test_two_desks);
        ADD("hold-is-counted", test_hold_is_counted);
        return g_test_run();
}
