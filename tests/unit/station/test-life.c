/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The desk's book: the life of a drive, its level, and a history that only grows.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include "station-fixture.h"

/* From each status, by each step: where it leads, or "-". Steps in the order of GuardStepKind:
 * issue return repair lost found deregister declassify retire destroy set-level. */
static const struct {
        const char *path[4]; /* steps that lead to the status */
        const char *leads[GUARD_N_STEPS];
} lives[GUARD_N_STATUSES] = {
        [GUARD_STATUS_IN_USE] = {{NULL},
                                 {"issued", "-", "in-repair", "lost", "-", "deregistered", "in-use",
                                  "retired", "-", "in-use"}},
        [GUARD_STATUS_ISSUED] = {{"issue"},
                                 {"-", "in-use", "in-repair", "lost", "-", "deregistered", "-",
                                  "retired", "-", "issued"}},
        [GUARD_STATUS_IN_REPAIR] = {{"repair"},
                                    {"-", "in-use", "-", "lost", "-", "deregistered", "-",
                                     "retired", "-", "in-repair"}},
        [GUARD_STATUS_LOST] = {{"lost"},
                               {"-", "-", "-", "-", "in-use", "deregistered", "-", "-", "-",
                                "lost"}},
        [GUARD_STATUS_DEREGISTERED] = {{"deregister"},
                                       {"-", "-", "-", "lost", "-", "-", "-", "retired",
                                        "destroyed", "deregistered"}},
        [GUARD_STATUS_RETIRED] = {{"retire"},
                                  {"-", "-", "-", "lost", "-", "-", "-", "-", "destroyed",
                                   "retired"}},
        [GUARD_STATUS_DESTROYED] = {{"retire", "destroy"},
                                    {"-", "-", "-", "-", "-", "-", "-", "-", "-", "-"}},
};

/* The pure table, all of it: what is refused says what to do instead. */
static void
test_table(void)
{
        for (guint from = 0; from < GUARD_N_STATUSES; from++) {
                for (guint kind = 0; kind < GUARD_N_STEPS; kind++) {
                        GuardStatus to = GUARD_STATUS_DESTROYED;
                        const char *advice = NULL;
                        gboolean may = guard_step_allowed((GuardStepKind)kind, (GuardStatus)from,
                                                          &to, &advice);

                        g_assert_cmpstr(may ? guard_status_to_string(to) : "-", ==,
                                        lives[from].leads[kind]);
                        if (!may)
                                g_assert_cmpuint(strlen(advice), >, 10);
                }
        }
        g_assert_false(guard_step_allowed(GUARD_N_STEPS, GUARD_STATUS_IN_USE, NULL, NULL));
        g_assert_false(guard_step_allowed(GUARD_STEP_LOST, GUARD_N_STATUSES, NULL, NULL));
        for (guint kind = 0; kind < GUARD_N_STEPS; kind++) {
                GuardStepKind back = GUARD_N_STEPS;

                g_assert_true(
                        guard_step_from_string(guard_step_to_string((GuardStepKind)kind), &back));
                g_assert_cmpint(back, ==, kind);
        }
}

/* Takes one step of a life that is led to @status first, in a drive of its own. */
static void
live(GuardStation *station, guint status, GuardStepKind kind)
{
        g_autofree char *id = g_strdup_printf("L-%u-%u", status, kind);
        g_autofree char *serial = g_strdup_printf("SERIAL-%u-%u-XQ", status, kind);
        g_autoptr(GuardDrive) drive = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct a = station_act("inspection");
        GuardStep step = {
                .kind = kind, .media_id = id, .level = GUARD_LEVEL_TOP_SECRET, .witness = "李四"};
        gboolean may = !g_str_equal(lives[status].leads[kind], "-");
        guint before;

        station_enrol(station, id, 1, serial, NULL, FALSE, 0);
        for (guint k = 0; lives[status].path[k] != NULL; k++)
                g_assert_true(station_change(station, id, lives[status].path[k]));
        before = station_history(station, id);
        g_assert_cmpint(guard_station_step(station, &step, &a, &error), ==, may);
        drive = station_get(station, id);
        g_assert_cmpstr(guard_status_to_string(drive->status), ==,
                        may ? lives[status].leads[kind]
                            : guard_status_to_string((GuardStatus)status));
        g_assert_cmpuint(station_history(station, id), ==, before + (may ? 1 : 0));
        if (may)
                return;
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_nonnull(strstr(error->message, id));
}

static void
test_life(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);

        (void)data;
        for (guint status = 0; status < GUARD_N_STATUSES; status++) {
                for (guint kind = 0; kind < GUARD_N_STEPS; kind++)
                        live(station, status, (GuardStepKind)kind);
        }
        g_assert_false(station_change(station, "nobody", "lost"));
        g_assert_false(station_change(station, "L-0-0", "burn"));
}

static gboolean
take(GuardStation *station, GuardStep step, const char *reason, int code)
{
        g_autoptr(GError) error = NULL;
        GuardAct a = station_act(reason);
        gboolean ok = guard_station_step(station, &step, &a, &error);

        if (code < 0)
                g_assert_no_error(error);
        else
                g_assert_error(error, GUARD_ERROR, code);
        return ok;
}

#define STEP(what, ...)                                                                            \
        (GuardStep)                                                                                \
        {                                                                                          \
                .kind = GUARD_STEP_##what, .media_id = "A", __VA_ARGS__                            \
        }

/* Who has it, until when; nobody once it is back. */
static void
test_issue(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) out = NULL, back = NULL, own = NULL;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        take(station, STEP(ISSUE, .holder = " x"), "trip", GUARD_ERROR_INVALID_VALUE);
        take(station, STEP(ISSUE, .due = "2026-02-30"), "trip", GUARD_ERROR_INVALID_VALUE);
        take(station, STEP(ISSUE, .due = "soon"), "trip", GUARD_ERROR_INVALID_VALUE);
        take(station, STEP(ISSUE, .holder = "王五", .due = "2026-02-28"), "trip", -1);
        out = station_get(station, "A");
        g_assert_cmpstr(out->holder, ==, "王五");
        g_assert_cmpstr(out->due_date, ==, "2026-02-28");
        take(station, STEP(RETURN, .holder = NULL), "back", -1);
        back = station_get(station, "A");
        g_assert_null(back->holder);
        g_assert_null(back->due_date);
        take(station, STEP(ISSUE, .holder = NULL), "trip", -1);
        own = station_get(station, "A");
        g_assert_cmpstr(own->holder, ==, "张三"); /* the custodian, where nobody else is named */
}

/* Two different persons. */
static void
test_destroy(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        take(station, STEP(RETIRE, .by = NULL), "old", -1);
        take(station, STEP(DESTROY, .by = "李四"), "shredded", GUARD_ERROR_INVALID_VALUE);
        take(station, STEP(DESTROY, .witness = "Tester"), "shredded", GUARD_ERROR_INVALID_VALUE);
        take(station, STEP(DESTROY, .by = "李四", .witness = "李四"), "shredded",
             GUARD_ERROR_INVALID_VALUE);
        take(station, STEP(DESTROY, .by = "李四", .witness = ""), "shredded",
             GUARD_ERROR_INVALID_VALUE);
        take(station, STEP(DESTROY, .by = "李四", .witness = "王五"), "shredded", -1);
}

static void
test_reason_and_level(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) drive = NULL;
        int invalid = GUARD_ERROR_INVALID_VALUE;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        take(station, STEP(LOST, .level = 0), "", invalid);
        take(station, STEP(SET_LEVEL, .level = GUARD_LEVEL_NONE), "", invalid);
        take(station, STEP(SET_LEVEL, .level = GUARD_LEVEL_SECRET), "order 12",
             invalid); /* it has it */
        take(station, STEP(SET_LEVEL, .level = GUARD_LEVEL_UNKNOWN), "order 12", invalid);
        take(station, STEP(SET_LEVEL, .level = GUARD_LEVEL_NONE), "order 12", -1);
        take(station, STEP(DECLASSIFY, .level = 0), "order 13", invalid); /* it is */
        drive = station_get(station, "A");
        g_assert_cmpint(drive->level, ==, GUARD_LEVEL_NONE);
        g_assert_cmpuint(station_history(station, "A"), ==, 2);
}

/* Not even by hand in SQLite. */
static void
test_history_only_grows(Fixture *f, gconstpointer data)
{
        static const char *const tries[] = {
                "DELETE FROM history", "UPDATE history SET who='nobody'",
                "REPLACE INTO history(seq,time_us,action,who)VALUES(1,1,'x','y')"};
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
        g_test_add_func("/station/table", test_table);
        ADD("life", test_life);
        ADD("issue", test_issue);
        ADD("destroy", test_destroy);
        ADD("reason-and-level", test_reason_and_level);
        ADD("history-only-grows", test_history_only_grows);
        return g_test_run();
}
