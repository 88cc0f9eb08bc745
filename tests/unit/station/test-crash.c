/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * kill -9 at every step of the desk's work, and two who write at once.
 */
#include <sys/wait.h>
#include <unistd.h>
#include "crash.h"
#include "station-fixture.h"
#include "station/import.h"

static void
publish_work(gpointer user_data)
{
        Fixture *f = user_data;
        g_autoptr(GuardStation) station = station_open(f);

        station_publish(f, station);
}

/* Killed anywhere, the file that is there is whole, and no number is ever given twice. */
static void
test_publish_killed(Fixture *f, gconstpointer data)
{
        gboolean killed = TRUE;
        guint64 highest = 0;
        guint at;

        (void)data;
        publish_work(f);
        for (at = 1; killed; at++) {
                g_autoptr(GuardRegistryInfo) info = NULL;
                g_autoptr(GError) error = NULL;

                killed = crash_at(at, publish_work, f);
                guard_registry_verify_file(f->desk->snapshot, f->desk->keys, 0, T0, NULL, NULL,
                                           &info, &error);
                g_assert_no_error(error);
                g_assert_cmpuint(info->sequence, >=, highest);
                highest = info->sequence;
        }
        g_test_message("%u steps", at - 1);
        g_assert_cmpuint(at, >, 20);
        g_assert_true(desk_install(f->desk, T0, NULL));
}

typedef struct {
        Fixture *fixture;
        guint n;
} Enrolment;

static void
enrol_work(gpointer user_data)
{
        Enrolment *e = user_data;
        g_autoptr(GuardStation) station = station_open(e->fixture);
        g_autofree char *id = g_strdup_printf("K-%u", e->n);
        g_autofree char *serial = g_strdup_printf("SERIAL-%u-XQ", e->n);

        station_enrol(station, id, 1, serial, NULL, FALSE, 0);
}

/* All of an enrolment is there, or nothing. */
static void
test_enrol_killed(Fixture *f, gconstpointer data)
{
        Enrolment e = {f, 0};
        guint there = 0;

        (void)data;
        do {
                e.n++;
        } while (crash_at(e.n, enrol_work, &e));
        for (guint n = 1; n <= e.n; n++) {
                g_autoptr(GuardStation) station = station_open(f);
                g_autofree char *id = g_strdup_printf("K-%u", n);
                g_autoptr(GuardDrive) drive = guard_station_get(station, id, NULL);

                g_assert_cmpuint(station_history(station, id), ==, drive != NULL ? 1 : 0);
                if (drive == NULL)
                        continue;
                g_assert_cmpuint(drive->ids->len, ==, 2);
                there++;
        }
        g_assert_cmpuint(there, >, 0);
        g_assert_cmpuint(there, <, e.n);
}

static void
step_work(gpointer user_data)
{
        g_autoptr(GuardStation) station = station_open(user_data);

        if (!station_change(station, "A", "issue"))
                station_change(station, "A", "return");
}

/* Status and history go together; neither without the other. */
static void
test_step_killed(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        guint at = 0, done = 0;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        do {
                g_autoptr(GuardDrive) before = station_get(station, "A"), after = NULL;
                guint records = station_history(station, "A");

                at++;
                done += crash_at(at, step_work, f) ? 0 : 1;
                after = station_get(station, "A");
                g_assert_cmpuint(station_history(station, "A") - records, ==,
                                 before->status != after->status);
                g_assert_cmpint(after->status == GUARD_STATUS_ISSUED, ==, after->holder != NULL);
                g_assert_true(guard_station_verify(station, NULL, NULL));
        } while (done == 0);
        g_assert_cmpuint(at, >, 5);
}

typedef struct {
        char *dir, *sheet;
} Import;

static void
import_work(gpointer user_data)
{
        const Import *i = user_data;
        g_autoptr(GuardStation) station = guard_station_open(i->dir, NULL);
        g_autoptr(GuardImport) import = NULL;
        GuardAct a = station_act(NULL);

        import = guard_station_import_preview(station, i->sheet, &a, NULL, NULL, NULL);
        if (!guard_station_import_commit(station, import, FALSE, &a, NULL, NULL, NULL, NULL))
                _exit(1);
}

/* All rows of a spreadsheet, or none. */
static void
test_import_killed(Fixture *f, gconstpointer data)
{
        g_autofree char *sheet = g_build_filename(f->desk->dir, "in.csv", NULL);
        guint at = 0;
        gboolean killed;

        (void)data;
        g_assert_true(g_file_set_contents(sheet,
                                          "id,level,serial\nA,secret,60A44C413FAE\n"
                                          "B,secret,60A44C413FAF\nC,none,60A44C413FB0\n",
                                          -1, NULL));
        do {
                g_autofree char *dir = g_strdup_printf("%s/import-%u", f->desk->dir, at);
                g_autoptr(GuardStation) station = NULL;
                Import i = {dir, sheet};
                GuardAct a = station_act(NULL);
                guint records;

                g_assert_true(guard_station_init(dir, &a, NULL));
                killed = crash_at(++at, import_work, &i);
                station = guard_station_open(dir, NULL);
                records = station_history(station, NULL);
                g_assert_true(records == 1 || records == 5); /* init; three drives, the import */
                g_assert_true(killed || records == 5);
                g_assert_true(guard_station_verify(station, NULL, NULL));
        } while (killed);
        g_assert_cmpuint(at, >, 5);
}

static void
write_many(Fixture *f, guint writer)
{
        g_autoptr(GuardStation) station = station_open(f);

        for (guint i = 0; i < 10; i++) {
                g_autofree char *id = g_strdup_printf("W%u-%u", writer, i);
                g_autofree char *serial = g_strdup_printf("SER-%u-%u-XQ", writer, i);
                g_autoptr(GError) error = NULL;

                if (station_enrol(station, id, 1, serial, NULL, FALSE, 0) != 0)
                        _exit(1);
                /* a later number of the other writer may have won: that is an answer, not a loss */
                if (!station_publish_at(f, station, T0, 30, &error) &&
                    !g_error_matches(error, GUARD_ERROR, GUARD_ERROR_BUSY))
                        g_error("%s", error->message);
        }
}

static void
test_two_writers(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GuardRegistryInfo) info = NULL;
        g_autoptr(GError) error = NULL;
        pid_t children[2];

        (void)data;
        for (guint i = 0; i < 2; i++) {
                children[i] = fork();
                if (children[i] == 0) {
                        write_many(f, i);
                        _exit(0);
                }
        }
        for (guint i = 0; i < 2; i++) {
                int status;

                g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
                g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        station = station_open(f);
        g_assert_cmpuint(station_history(station, NULL), ==,
                         1 + 2 * 20); /* init; enrol and publish each */
        guard_registry_verify_file(f->desk->snapshot, f->desk->keys, 0, T0, NULL, NULL, &info,
                                   &error);
        g_assert_no_error(error);
        g_assert_cmpuint(info->sequence, ==, 20);
        g_assert_cmpuint(info->entries, ==, 20);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("publish-killed", test_publish_killed);
        ADD("enrol-killed", test_enrol_killed);
        ADD("step-killed", test_step_killed);
        ADD("import-killed", test_import_killed);
        ADD("two-writers", test_two_writers);
        return g_test_run();
}
