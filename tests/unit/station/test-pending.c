/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a snapshot would say otherwise than the last one: told of each way in which a drive can change, and only of those.
 */
#include <string.h>
#include "station-fixture.h"
#include "station/pending.h"
#include "station/stocktake.h"

typedef struct {
        guint n;
        GuardChangeKind kind;
        char *media_id, *before, *after, *text; /* of the last one */
} Seen;

static void
seen_clear(Seen *seen)
{
        g_free(seen->media_id);
        g_free(seen->before);
        g_free(seen->after);
        g_free(seen->text);
        *seen = (Seen){0};
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Seen, seen_clear)

static void
note(const GuardChange *change, gpointer data)
{
        Seen *seen = data;
        guint n = seen->n + 1;

        seen_clear(seen);
        *seen = (Seen){n, change->kind, g_strdup(change->media_id), g_strdup(change->before), g_strdup(change->after),
                       guard_change_describe(change)};
        g_test_message("%s %s: %s", change->media_id, guard_change_to_string(change->kind), seen->text);
}

static Seen
look(GuardStation *station, GuardPending *pending)
{
        g_autoptr(GError) error = NULL;
        Seen seen = {0};

        guard_station_pending(station, pending, note, 0, &seen, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(seen.n, ==, pending->added + pending->removed + pending->changed);
        return seen;
}

/* LY-001 changed as @change does, since it was published. */
static void
step(GuardStation *station, const char *name)
{
        g_assert_true(station_change(station, "LY-001", name));
}

static void
set_level(GuardStation *station, GuardLevel level)
{
        GuardAct a = station_act("order 7");
        GuardStep s = {.kind = GUARD_STEP_SET_LEVEL, .media_id = "LY-001", .level = level};

        g_assert_true(guard_station_step(station, &s, &a, NULL));
}

static void
edit(GuardStation *station, char ***list, const char *value, const char *custodian)
{
        g_autoptr(GuardDrive) drive = station_get(station, "LY-001");
        GuardAct a = station_act("correction");
        g_autoptr(GError) error = NULL;

        if (list != NULL) {
                char ***field = (char ***)(gpointer)((guint8 *)drive + GPOINTER_TO_SIZE(list));

                g_strfreev(*field);
                *field = value != NULL ? g_strsplit(value, ",", -1) : NULL;
        }
        g_free(drive->custodian);
        drive->custodian = g_strdup(custodian);
        guard_station_edit(station, drive, FALSE, &a, NULL, &error);
        g_assert_no_error(error);
}

#define HOSTS ((char ***)GSIZE_TO_POINTER(G_STRUCT_OFFSET(GuardDrive, hosts)))
#define UNITS ((char ***)GSIZE_TO_POINTER(G_STRUCT_OFFSET(GuardDrive, units)))
#define USERS ((char ***)GSIZE_TO_POINTER(G_STRUCT_OFFSET(GuardDrive, users)))

static void
change_lost(GuardStation *station)
{
        step(station, "lost");
}

static void
change_lost_and_found(GuardStation *station)
{
        step(station, "lost");
        step(station, "found");
}

static void
change_level(GuardStation *station)
{
        set_level(station, GUARD_LEVEL_TOP_SECRET);
}

static void
change_level_twice(GuardStation *station)
{
        set_level(station, GUARD_LEVEL_TOP_SECRET);
        set_level(station, GUARD_LEVEL_CONFIDENTIAL);
}

static void
change_level_back(GuardStation *station)
{
        set_level(station, GUARD_LEVEL_TOP_SECRET);
        set_level(station, GUARD_LEVEL_SECRET);
}

static void
change_person(GuardStation *station)
{
        edit(station, NULL, NULL, "李四");
}

static void
change_hosts(GuardStation *station)
{
        edit(station, HOSTS, "pc-7,pc-8", "张三");
}

static void
change_units(GuardStation *station)
{
        edit(station, UNITS, "office", "张三");
}

static void
change_users(GuardStation *station)
{
        edit(station, USERS, "wang", "李四");
}

static void
change_hosts_back(GuardStation *station)
{
        edit(station, HOSTS, "pc-7", "张三");
        edit(station, HOSTS, NULL, "张三");
}

static void
change_all(GuardStation *station)
{
        edit(station, HOSTS, "pc-7", "李四");
        set_level(station, GUARD_LEVEL_TOP_SECRET);
        step(station, "issue");
}

static void
change_retired(GuardStation *station)
{
        step(station, "retire");
}

static void
change_identifier(GuardStation *station)
{
        g_autoptr(GuardDrive) drive = station_get(station, "LY-001");
        GuardAct a = station_act("formatted anew");

        g_assert_true(guard_drive_add_id(drive, GUARD_ID_FS_UUID, "5A3C-91F0"));
        g_assert_true(guard_station_edit(station, drive, FALSE, &a, NULL, NULL));
}

static void
change_shared(GuardStation *station)
{
        station_enrol(station, "LY-002", 1, "60A44C413FAE", NULL, TRUE, 0);
}

static void
change_new(GuardStation *station)
{
        station_enrol(station, "LY-002", 1, "60A44C413FAF", NULL, FALSE, 0);
        g_assert_true(station_change(station, "LY-002", "lost"));
}

static void
change_tick(GuardStation *station)
{
        GuardAct a = station_act("yearly");

        g_assert_true(guard_station_stocktake_begin(station, &a, NULL));
}

static const struct {
        const char *name;
        void (*change)(GuardStation *station);
        guint added, removed, changed;
        const char *says; /* of the last one, for people */
} cases[] = {
        {"nothing", NULL, 0, 0, 0, NULL},
        {"lost", change_lost, 0, 0, 1, "Status: in use → reported lost"},
        {"lost and found", change_lost_and_found, 0, 0, 0, NULL},
        {"level", change_level, 0, 0, 1, "Level: Secret → Top secret"},
        {"level twice", change_level_twice, 0, 0, 1, "Level: Secret → Confidential"},
        {"level and back", change_level_back, 0, 0, 0, NULL},
        {"a person", change_person, 0, 0, 0, NULL},
        {"hosts", change_hosts, 0, 0, 1, "Hosts: - → pc-7, pc-8"},
        {"units", change_units, 0, 0, 1, "Units: - → office"},
        {"users", change_users, 0, 0, 1, "Users: - → wang"},
        {"hosts and back", change_hosts_back, 0, 0, 0, NULL},
        {"all", change_all, 0, 0, 1, "Hosts: - → pc-7"},
        {"retired", change_retired, 0, 1, 0, "Status: in use → retired"},
        {"identifier", change_identifier, 0, 0, 1, "5A3C91F0"},
        {"shared serial", change_shared, 1, 0, 1, "(weak)"},
        {"new", change_new, 1, 0, 0, "Status: reported lost"},
        {"stock-take", change_tick, 0, 0, 0, NULL},
};

static void
test_changes(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GuardStation) station = NULL;
                g_auto(Seen) seen = {0}, none = {0};
                GuardPending pending;
                Fixture f;

                g_test_message("%s", cases[i].name);
                station_set_up(&f, NULL);
                station = station_open(&f);
                station_enrol(station, "LY-001", 1, "60A44C413FAE", NULL, FALSE, 0);
                station_publish(&f, station);
                if (cases[i].change != NULL)
                        cases[i].change(station);
                seen = look(station, &pending);
                g_assert_cmpuint(pending.sequence, ==, 1);
                g_assert_cmpuint(pending.added, ==, cases[i].added);
                g_assert_cmpuint(pending.removed, ==, cases[i].removed);
                g_assert_cmpuint(pending.changed, ==, cases[i].changed);
                if (cases[i].says != NULL)
                        g_assert_nonnull(strstr(seen.text, cases[i].says));
                /* no person is told of */
                g_assert_true(seen.text == NULL || strstr(seen.text, "李四") == NULL);
                station_publish(&f, station);
                none = look(station, &pending);
                g_assert_cmpuint(none.n, ==, 0);
                g_clear_pointer(&station, guard_station_free);
                station_tear_down(&f, NULL);
        }
}

/* Before the first snapshot all is new, and a window wants only so many lines. */
static void
test_first(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_auto(Seen) all = {0}, some = {0};
        GuardPending pending;

        (void)data;
        station_enrol(station, "B", 1, "60A44C413FAE", NULL, FALSE, 0);
        station_enrol(station, "A", 1, "70A44C413FAE", "5A3C-91F0", FALSE, 0);
        station_enrol(station, "C", 1, "80A44C413FAE", NULL, FALSE, 0);
        all = look(station, &pending);
        g_assert_cmpuint(all.n, ==, 3);
        g_assert_cmpstr(all.media_id, ==, "C");
        g_assert_cmpint(all.kind, ==, GUARD_CHANGE_ADDED);
        g_assert_null(all.before);
        g_assert_nonnull(strstr(all.after, "\"level\":\"secret\""));
        g_assert_null(strstr(all.after, "张三"));
        g_assert_true(guard_station_pending(station, &pending, note, 2, &some, NULL));
        g_assert_cmpuint(some.n, ==, 2);
        g_assert_cmpuint(pending.added, ==, 3);
        g_assert_cmpuint(pending.entries, ==, 3);
}

static void
test_names(void)
{
        for (guint i = 0; i < GUARD_N_CHANGES; i++) {
                g_assert_cmpstr(guard_change_to_string((GuardChangeKind)i), !=, "unknown");
                g_assert_cmpstr(guard_change_label((GuardChangeKind)i), !=, "?");
        }
        g_assert_cmpstr(guard_change_to_string(GUARD_N_CHANGES), ==, "unknown");
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/station/pending/changes", test_changes);
        ADD("pending/first", test_first);
        g_test_add_func("/station/pending/names", test_names);
        return g_test_run();
}
