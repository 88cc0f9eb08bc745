/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The locks of a share: ours beside ours and beside SQLite's own, and what a desk that died in the
 * middle of a change leaves. The server that refuses SQLite's own is in the guest.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "station/share-vfs.h"

typedef struct {
        char *dir, *path;
} Place;

static void
set_up(Place *place, gconstpointer data)
{
        (void)data;
        place->dir = g_dir_make_tmp("share-XXXXXX", NULL);
        place->path = g_build_filename(place->dir, "register.db", NULL);
}

static void
tear_down(Place *place, gconstpointer data)
{
        g_autofree char *journal = g_strconcat(place->path, "-journal", NULL);

        (void)data;
        unlink(journal);
        unlink(place->path);
        rmdir(place->dir);
        g_free(place->path);
        g_free(place->dir);
}

static int
run(sqlite3 *db, const char *sql)
{
        return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* @vfs: NULL for SQLite's own. */
static sqlite3 *
open_with(const Place *place, const char *vfs)
{
        sqlite3 *db;

        g_assert_cmpint(
                sqlite3_open_v2(place->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs),
                ==, SQLITE_OK);
        return db;
}

static sqlite3 *
open_full(const Place *place, const char *vfs)
{
        sqlite3 *db = open_with(place, vfs);

        g_assert_cmpint(run(db, "CREATE TABLE t(n INTEGER,x);INSERT INTO t VALUES(1,'a'),(2,'b')"),
                        ==, SQLITE_OK);
        return db;
}

/* -1: kept away. */
static gint64
number(sqlite3 *db, const char *sql)
{
        sqlite3_stmt *statement = NULL;
        gint64 found = -1;

        if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
            sqlite3_step(statement) == SQLITE_ROW)
                found = sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
        return found;
}

/* One writes, the other reads on; two never write; a writer waits for who reads, and nobody begins
 * to read while he waits. */
static void
check_pair(sqlite3 *one, sqlite3 *other, sqlite3 *third)
{
        sqlite3_stmt *reads;

        g_assert_cmpint(run(one, "BEGIN IMMEDIATE;UPDATE t SET x='c'"), ==, SQLITE_OK);
        g_assert_cmpint(number(other, "SELECT count(*) FROM t WHERE x='c'"), ==, 0);
        g_assert_cmpint(run(other, "BEGIN IMMEDIATE"), ==, SQLITE_BUSY);
        g_assert_cmpint(sqlite3_prepare_v2(other, "SELECT n FROM t", -1, &reads, NULL), ==,
                        SQLITE_OK);
        g_assert_cmpint(sqlite3_step(reads), ==, SQLITE_ROW);
        g_assert_cmpint(run(one, "COMMIT"), ==, SQLITE_BUSY);
        g_assert_cmpint(sqlite3_step(reads), ==, SQLITE_ROW);
        g_assert_cmpint(number(third, "SELECT count(*) FROM t"), ==, -1);
        sqlite3_finalize(reads);
        g_assert_cmpint(run(one, "COMMIT"), ==, SQLITE_OK);
        g_assert_cmpint(number(other, "SELECT count(*) FROM t WHERE x='c'"), ==, 2);
        g_assert_cmpint(number(third, "SELECT count(*) FROM t"), ==, 2);
        g_assert_cmpint(run(other, "UPDATE t SET x='d'"), ==, SQLITE_OK);
        g_assert_cmpint(number(one, "SELECT count(*) FROM t WHERE x='d'"), ==, 2);
}

static void
test_ours(Place *place, gconstpointer data)
{
        sqlite3 *one = open_full(place, guard_share_vfs());
        sqlite3 *other = open_with(place, guard_share_vfs());
        sqlite3 *third = open_with(place, guard_share_vfs());

        (void)data;
        check_pair(one, other, third);
        check_pair(other, third, one);
        sqlite3_close(one);
        sqlite3_close(other);
        sqlite3_close(third);
}

/* A desk on the server itself. */
static void
test_beside_sqlite(Place *place, gconstpointer data)
{
        sqlite3 *ours = open_full(place, guard_share_vfs());
        sqlite3 *native = open_with(place, NULL);
        sqlite3 *third = open_with(place, guard_share_vfs());

        (void)data;
        check_pair(ours, native, third);
        check_pair(native, ours, third);
        sqlite3_close(native);
        sqlite3_close(ours);
        sqlite3_close(third);
}

/* Killed while pages of the change are in the file already: whoever opens it next takes them back.
 */
static void
test_killed(Place *place, gconstpointer data)
{
        sqlite3 *db = open_full(place, guard_share_vfs());
        int status;
        pid_t pid;

        (void)data;
        g_assert_cmpint(run(db, "WITH RECURSIVE k(n) AS (SELECT 3 UNION ALL SELECT n+1 FROM k "
                                "WHERE n<2000) INSERT INTO t SELECT n,'filled' FROM k"),
                        ==, SQLITE_OK);
        sqlite3_close(db);
        pid = fork();
        if (pid == 0) {
                db = open_with(place, guard_share_vfs());
                run(db, "PRAGMA cache_size=2;BEGIN;UPDATE t SET x=hex(randomblob(40))");
                raise(SIGKILL);
        }
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        g_assert_true(WIFSIGNALED(status));
        db = open_with(place, guard_share_vfs());
        g_assert_cmpint(number(db, "SELECT count(*) FROM t WHERE x='filled'"), ==, 1998);
        g_assert_cmpint(run(db, "PRAGMA integrity_check;UPDATE t SET x='on'"), ==, SQLITE_OK);
        sqlite3_close(db);
}

static void
test_no_share(Place *place, gconstpointer data)
{
        (void)data;
        g_assert_false(guard_share_is_at(place->dir));
        g_assert_false(guard_share_is_at("/nowhere/at/all"));
        g_assert_cmpstr(guard_share_vfs(), ==, guard_share_vfs());
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/share/ours", Place, NULL, set_up, test_ours, tear_down);
        g_test_add("/share/beside-sqlite", Place, NULL, set_up, test_beside_sqlite, tear_down);
        g_test_add("/share/killed", Place, NULL, set_up, test_killed, tear_down);
        g_test_add("/share/no-share", Place, NULL, set_up, test_no_share, tear_down);
        return g_test_run();
}
