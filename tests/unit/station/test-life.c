/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The desk's book: the life of a drive, its level, and a history that only grows.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include "station-fixture.h"

/* From each status, by each action: where it leads, or "-". In the order of
 * guard_station_actions(). */
static const struct {
        const char *path[4]; /* actions that lead to the status */
        const char *leads[8];
} lives[] = {
        {{NULL}, {"issued", "-", "in-repair", "lost", "-", "deregistered", "retired", "-"}},
        {{"issue"}, {"-", "in-use", "in-repair", "lost", "-", "deregistered", "retired", "-"}},
        {{"repair"}, {"-", "in-use", "-", "lost", "-", "deregistered", "retired", "-"}},
        {{"lost"}, {"-", "-", "-", "-", "in-use", "deregistered", "-", "-"}},
        {{"deregister"}, {"-", "-", "-", "lost", "-", "-", "retired", "destroyed"}},
        {{"retire"}, {"-", "-", "-", "lost", "-", "-", "-", "destroyed"}},
        {{"retire", "destroy"}, {"-", "-", "-", "-", "-", "-", "-", "-"}},
};

static void
test_life(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        const char *const *actions = guard_station_actions();
        guint n = 0;

        (void)data;
        for (gsize row = 0; row < G_N_ELEMENTS(lives); row++) {
                for (guint i = 0; actions[i] != NULL; i++) {
                        g_autofree char *id = g_strdup_printf("L-%u", n);
                        g_autofree char *serial = g_strdup_printf("SERIAL-%u-XQ", n++);
                        g_autoptr(GuardDrive) drive = NULL;
                        gboolean may = !g_str_equal(lives[row].leads[i], "-");

                        station_enrol(station, id, 1, serial, NULL, FALSE, 0);
                        for (guint k = 0; lives[row].path[k] != NULL; k++)
                                g_assert_true(station_change(station, id, lives[row].path[k]));
                        g_assert_cmpint(station_change(station, id, actions[i]), ==, may);
                        drive = station_get(station, id);
                        if (may)
                                g_assert_cmpstr(guard_status_to_string(drive->status), ==,
                                                lives[row].leads[i]);
                }
        }
        g_assert_false(station_change(station, "nobody", "lost"));
        g_assert_false(station_change(station, "L-0", "burn"));
}

static void
test_reason_and_level(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) drive = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct none = station_act(""), why = station_act("order 12");

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        g_assert_false(guard_station_change(station, "A", "lost", &none, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_false(guard_station_set_level(station, "A", GUARD_LEVEL_NONE, &none, NULL));
        g_assert_false(guard_station_set_level(station, "A", GUARD_LEVEL_SECRET, &why,
                                               NULL)); /* it has it */
        g_assert_false(guard_station_set_level(station, "A", GUARD_LEVEL_UNKNOWN, &why, NULL));
        g_assert_true(guard_station_set_level(station, "A", GUARD_LEVEL_NONE, &why, NULL));
        drive = station_get(station, "A");
        g_assert_cmpint(drive->level, ==, GUARD_LEVEL_NONE);
        g_assert_cmpuint(station_history(station, "A"), ==, 2);
}

/* Not even by hand in SQLite. */
static void
test_history_only_grows(Fixture *f, gconstpointer data)
{
        static const char *const tries[] = {"DELETE FROM history",
                                            "UPDATE history SET who='nobody'"};
        g_autoptr(GuardStation) station = station_open(f);
        g_autofree char *path = g_build_filename(f->dir, "register.db", NULL);
        GStatBuf st;
        sqlite3 *db;

        (void)data;
        g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
        for (gsize i = 0; i < G_N_ELEMENTS(tries); i++)
                g_assert_cmpint(sqlite3_exec(db, tries[i], NULL, NULL, NULL), ==,
                                SQLITE_CONSTRAINT);
        sqlite3_close(db);
        g_assert_cmpuint(station_history(station, NULL), ==, 1);
        g_assert_cmpint(g_stat(path, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0600);
        g_assert_cmpint(g_stat(f->dir, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0700);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("life", test_life);
        ADD("reason-and-level", test_reason_and_level);
        ADD("history-only-grows", test_history_only_grows);
        return g_test_run();
}
