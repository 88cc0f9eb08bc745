/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The register of computers, and that a secret leaves it once and is seen nowhere else.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "registry/offline-code.h"
#include "station-fixture.h"
#include "station/computer.h"

static GuardComputer *
make(const char *host_id)
{
        GuardComputer *computer = guard_computer_new();
        const char *addresses[] = {"10.0.0.7", "fd00::7", NULL};

        computer->host_id = g_strdup(host_id);
        computer->level = GUARD_LEVEL_NONE;
        computer->room = g_strdup("302");
        computer->addresses = g_strdupv((char **)addresses);
        return computer;
}

static gboolean
count(const GuardComputer *computer, gpointer user_data, GError **error)
{
        (void)computer;
        (void)error;
        (*(guint *)user_data)++;
        return TRUE;
}

static guint
how_many(GuardStation *station, const char *text, gboolean all)
{
        guint n = 0;

        g_assert_true(guard_station_visit_computers(station, text, all, count, &n, NULL));
        return n;
}

static void
note(const GuardHistory *record, gpointer user_data)
{
        GString *all = user_data;

        g_assert_cmpstr(record->host_id, ==, "pc-1");
        g_assert_null(record->media_id);
        g_string_append_printf(all, "%s %s %s;", record->action,
                               record->before != NULL ? record->before : "",
                               record->after != NULL ? record->after : "");
}

/* By what the file itself holds. */
static gboolean
has_secret(Fixture *f)
{
        g_autofree char *path = g_build_filename(f->dir, "register.db", NULL);
        sqlite3_stmt *statement;
        gboolean has;
        sqlite3 *db;

        g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
        g_assert_cmpint(
                sqlite3_prepare_v2(db, "SELECT count(secret) FROM computer", -1, &statement, NULL),
                ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
        has = sqlite3_column_int(statement, 0) == 1;
        sqlite3_finalize(statement);
        sqlite3_close(db);
        return has;
}

static void
test_life(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardComputer) one = make("pc-1"), bad = make("pc 1"), read = NULL, gone = NULL;
        g_autoptr(GError) twice = NULL, same = NULL;
        g_autoptr(GString) all = g_string_new(NULL);
        GuardAct a = station_act("order 4");

        (void)data;
        g_assert_true(guard_station_add_computer(station, one, &a, NULL));
        g_assert_false(guard_station_add_computer(station, one, &a, &twice));
        g_assert_error(twice, GUARD_ERROR, GUARD_ERROR_EXISTS);
        g_assert_false(guard_station_add_computer(station, bad, &a, NULL));
        read = guard_station_get_computer(station, "pc-1", NULL);
        g_assert_cmpstr(read->room, ==, "302");
        g_assert_cmpstr(read->addresses[1], ==, "fd00::7");
        g_assert_nonnull(read->secret_id);
        g_assert_false(guard_station_edit_computer(station, read, &a, &same));
        g_assert_error(same, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        read->level = GUARD_LEVEL_SECRET;
        g_assert_true(guard_station_edit_computer(station, read, &a, NULL));
        g_assert_cmpuint(how_many(station, NULL, FALSE), ==, 1);
        g_assert_cmpuint(how_many(station, "FD00", FALSE), ==, 1);
        g_assert_cmpuint(how_many(station, "nowhere", FALSE), ==, 0);
        g_assert_true(has_secret(f));
        g_assert_true(guard_station_retire_computer(station, "pc-1", &a, NULL));
        g_assert_false(has_secret(f));
        g_assert_false(guard_station_retire_computer(station, "pc-1", &a, NULL));
        g_assert_false(guard_station_renew_secret(station, "pc-1", &a, NULL));
        g_assert_cmpuint(how_many(station, NULL, FALSE), ==, 0);
        g_assert_cmpuint(how_many(station, NULL, TRUE), ==, 1);
        gone = guard_station_get_computer(station, "pc-1", NULL);
        g_assert_null(gone->secret_id);
        g_assert_true(guard_station_computer_history(station, "pc-1", note, all, NULL));
        g_assert_nonnull(strstr(all->str, "host-add"));
        g_assert_nonnull(strstr(all->str, "host-retire"));
        g_assert_true(guard_station_verify(station, NULL, NULL));
}

static char *
secret_of(const char *path)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autofree char *host = NULL;
        char *secret;
        GStatBuf st;

        g_assert_true(g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL));
        host = g_key_file_get_string(file, "secret", "host-id", NULL);
        g_assert_cmpstr(host, ==, "pc-1");
        secret = g_key_file_get_string(file, "secret", "secret", NULL);
        g_assert_cmpuint(strlen(secret), ==, 64);
        g_assert_cmpint(g_stat(path, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0600);
        return secret;
}

static void
test_secret(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardComputer) one = make("pc-1");
        g_autofree char *first = g_build_filename(f->desk->dir, "first", NULL);
        g_autofree char *second = g_build_filename(f->desk->dir, "second", NULL);
        g_autofree char *old = NULL, *new = NULL;
        g_autoptr(GError) again = NULL, there = NULL;
        g_autoptr(GString) all = g_string_new(NULL);
        GuardAct a = station_act("order 4");

        (void)data;
        g_assert_true(guard_station_add_computer(station, one, &a, NULL));
        g_assert_true(guard_station_export_secret(station, "pc-1", first, &a, NULL));
        g_assert_false(guard_station_export_secret(station, "pc-1", second, &a, &again));
        g_assert_error(again, GUARD_ERROR, GUARD_ERROR_DENIED);
        g_assert_cmpint(g_access(second, F_OK), !=, 0);
        old = secret_of(first);
        g_assert_true(guard_station_renew_secret(station, "pc-1", &a, NULL));
        /* never over a file, and then it is still to be had */
        g_assert_false(guard_station_export_secret(station, "pc-1", first, &a, &there));
        g_assert_error(there, GUARD_ERROR, GUARD_ERROR_EXISTS);
        g_assert_true(guard_station_export_secret(station, "pc-1", second, &a, NULL));
        new = secret_of(second);
        g_assert_cmpstr(old, !=, new);
        guard_station_computer_history(station, "pc-1", note, all, NULL);
        g_assert_null(strstr(all->str, old));
        g_assert_null(strstr(all->str, new));
}

/* The desk's answer is what the computer makes of the secret that it was given; who retired one answers for it no more. */
static void
test_answer(Fixture *f, gconstpointer data)
{
        const GuardOfflineRequest asked = {TRUE, 2, 77, 4711};
        g_autofree char *code = guard_offline_request_to_code(&asked), *secret = NULL;
        g_autofree char *file = g_build_filename(f->desk->dir, "first", NULL);
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardComputer) one = make("pc-1");
        g_autoptr(GString) all = g_string_new(NULL);
        GuardAct a = station_act("asked by telephone"), silent = station_act(NULL);
        GuardAnswer answer = {0}, none = {0};
        guint8 bytes[32];

        (void)data;
        g_assert_true(guard_station_add_computer(station, one, &a, NULL));
        g_assert_true(guard_station_export_secret(station, "pc-1", file, &a, NULL));
        secret = secret_of(file);
        for (guint n = 0; n < sizeof bytes; n++)
                bytes[n] = (guint8)(g_ascii_xdigit_value(secret[2 * n]) * 16 +
                                    g_ascii_xdigit_value(secret[2 * n + 1]));
        g_assert_true(guard_station_answer(station, "pc-1", code, &a, &answer, NULL));
        g_assert_true(answer.read_only);
        g_assert_cmpuint(answer.seconds, ==, guard_offline_seconds(asked.life));
        g_assert_true(guard_offline_check(&asked, "pc-1", bytes, sizeof bytes, answer.code, NULL));
        g_assert_false(guard_station_answer(station, "pc-1", code, &silent, &none, NULL));
        g_assert_false(guard_station_answer(station, "pc-1", "no code", &a, &none, NULL));
        g_assert_false(guard_station_answer(station, "pc-9", code, &a, &none, NULL));
        guard_station_computer_history(station, "pc-1", note, all, NULL);
        g_assert_nonnull(strstr(all->str, "host-answer"));
        g_assert_null(strstr(all->str, answer.code));
        g_assert_true(guard_station_retire_computer(station, "pc-1", &a, NULL));
        g_assert_false(guard_station_answer(station, "pc-1", code, &a, &none, NULL));
        g_assert_null(none.code);
        g_free(answer.code);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("computer/life", test_life);
        ADD("computer/secret", test_secret);
        ADD("computer/answer", test_answer);
        return g_test_run();
}
