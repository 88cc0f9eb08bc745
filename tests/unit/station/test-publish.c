/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the desk to a workstation: what arrives, what never does, and what is not published.
 */
#include <string.h>
#include "station-fixture.h"

static GuardRegistryAnswer *
ask(Fixture *f, GuardMedium *medium)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardRegistry) registry = NULL;

        desk_install(f->desk, T0, &error);
        g_assert_no_error(error);
        registry = desk_open(f->desk, T0);
        return guard_registry_lookup(registry, medium, T0);
}

/* Desk to workstation: level, status, weakness and bindings arrive; names do not. */
static void
test_publish(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 1, "60a44c413fae");
        g_autoptr(GuardRegistryAnswer) answer = NULL, after = NULL;
        g_autofree char *bytes = NULL;
        const GuardEntry *entry;
        gsize size;

        (void)data;
        station_enrol(station, "LY-001", 1, "60A44C413FAE", "5A3C-91F0", FALSE, 0);
        station_publish(f, station);
        answer = ask(f, medium);
        g_assert_cmpuint(answer->entries->len, ==, 1);
        entry = g_ptr_array_index(answer->entries, 0);
        g_assert_cmpstr(entry->media_id, ==, "LY-001");
        g_assert_cmpint(entry->level, ==, GUARD_LEVEL_SECRET);
        g_assert_cmpint(entry->status, ==, GUARD_STATUS_IN_USE);
        g_assert_true(station_change(station, "LY-001", "lost"));
        station_publish(f, station);
        after = ask(f, medium);
        g_assert_cmpuint(after->sequence, ==, 2);
        g_assert_cmpint(((const GuardEntry *)g_ptr_array_index(after->entries, 0))->status, ==,
                        GUARD_STATUS_LOST);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &bytes, &size, NULL));
        g_assert_null(memmem(bytes, size, "张三", strlen("张三")));
        g_assert_null(memmem(bytes, size, "60A44C413FAE", 12));
        g_assert_null(memmem(bytes, size, "5A3C91F0", 8));
}

/* Whatever the book knows of persons and places, none of it leaves. */
static void
test_no_names(Fixture *f, gconstpointer data)
{
        static const char *const secrets[] = {"secret-name",       "secret-model",  "secret-person",
                                              "secret-department", "secret-unit",   "2031-12-24",
                                              "2032-11-23",        "secret-holder", "secret-note"};
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) drive = guard_drive_new();
        g_autofree char *bytes = NULL;
        GuardAct a = station_act("new");
        GuardStep issue = {.kind = GUARD_STEP_ISSUE,
                           .media_id = "LY-001",
                           .holder = "secret-holder",
                           .due = "2032-11-23"};
        gsize size;

        (void)data;
        drive->media_id = g_strdup("LY-001");
        drive->level = GUARD_LEVEL_SECRET;
        drive->name = g_strdup("secret-name");
        drive->model = g_strdup("secret-model");
        drive->custodian = g_strdup("secret-person");
        drive->department = g_strdup("secret-department");
        drive->unit = g_strdup("secret-unit");
        drive->in_use_date = g_strdup("2031-12-24");
        drive->note = g_strdup("secret-note");
        guard_drive_add_usb(drive, 0x0951, 1, "60A44C413FAE");
        g_assert_true(guard_station_enrol(station, drive, FALSE, &a, NULL, NULL));
        g_assert_true(guard_station_step(station, &issue, &a, NULL));
        station_publish(f, station);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &bytes, &size, NULL));
        g_assert_nonnull(memmem(bytes, size, "LY-001", 6));
        for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++)
                g_assert_null(memmem(bytes, size, secrets[i], strlen(secrets[i])));
}

static void
test_publish_refused(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GError) back = NULL, days = NULL, old = NULL, other = NULL;
        g_autofree char *book = g_build_filename(f->dir, "register.db", NULL);
        g_autofree char *copy = NULL;
        gsize size;

        (void)data;
        station_publish(f, station);
        g_assert_true(g_file_get_contents(book, &copy, &size, NULL));
        /* the clock went back */
        g_assert_false(station_publish_at(f, station, T0 - DAY, 30, &back));
        g_assert_error(back, GUARD_ERROR, GUARD_ERROR_ROLLBACK);
        g_assert_false(station_publish_at(f, station, T0, 0, &days));
        g_assert_error(days, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        station_publish(f, station);
        /* an old copy of the book is put back: its next number was given already */
        g_clear_pointer(&station, guard_station_free);
        g_assert_true(g_file_set_contents(book, copy, (gssize)size, NULL));
        station = station_open(f);
        g_assert_false(station_publish_at(f, station, T0, 30, &old));
        g_assert_error(old, GUARD_ERROR, GUARD_ERROR_ROLLBACK);
        /* never over something else */
        g_assert_true(g_file_set_contents(f->desk->snapshot, "a letter", -1, NULL));
        g_assert_false(station_publish_at(f, station, T0, 30, &other));
        g_assert_error(other, GUARD_ERROR, GUARD_ERROR_EXISTS);
}

static void
test_publish_same(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autofree char *one = NULL, *two = NULL;
        gsize one_size, two_size;

        (void)data;
        station_enrol(station, "B", 1, "60A44C413FAE", NULL, FALSE, 0);
        station_enrol(station, "A", 1, "70A44C413FAE", "5A3C-91F0", FALSE, 0);
        station_publish(f, station);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &one, &one_size, NULL));
        station_publish(f, station);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &two, &two_size, NULL));
        g_assert_cmpuint(one_size, ==, two_size);
        g_assert_cmpint(memcmp(one + GUARD_MANIFEST_BLOCK, two + GUARD_MANIFEST_BLOCK,
                               one_size - GUARD_MANIFEST_BLOCK),
                        ==, 0);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("publish", test_publish);
        ADD("no-names", test_no_names);
        ADD("publish-refused", test_publish_refused);
        ADD("publish-same", test_publish_same);
        return g_test_run();
}
