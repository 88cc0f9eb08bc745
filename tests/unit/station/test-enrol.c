/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The desk's book: a new book, enrolling, weak identifiers.
 */
#include "station-fixture.h"

static gboolean
is_weak(GuardStation *station, const char *media_id, GuardIdType type)
{
        g_autoptr(GuardDrive) drive = station_get(station, media_id);

        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                if (id->type == type)
                        return id->weak;
        }
        g_error("%s has no %s", media_id, guard_id_type_to_string(type));
}

static void
test_init_twice(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) exists = NULL, missing = NULL;
        g_autofree char *nowhere = g_build_filename(f->desk->dir, "nowhere", NULL);
        GuardAct a = station_act(NULL);

        (void)data;
        g_assert_false(guard_station_init(f->dir, &a, &exists));
        g_assert_error(exists, GUARD_ERROR, GUARD_ERROR_EXISTS);
        g_assert_null(guard_station_open(nowhere, &missing));
        g_assert_error(missing, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
}

static void
test_enrol(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) drive = NULL;

        (void)data;
        g_assert_cmpint(
                station_enrol(station, "LY-001", 1, " 60a44c413fae ", "5a3c-91f0", FALSE, 0), ==,
                0);
        drive = station_get(station, "LY-001");
        g_assert_cmpint(drive->level, ==, GUARD_LEVEL_SECRET);
        g_assert_cmpint(drive->status, ==, GUARD_STATUS_IN_USE);
        g_assert_cmpstr(drive->custodian, ==, "张三");
        g_assert_cmpuint(drive->ids->len, ==, 3);
        g_assert_cmpuint(station_history(station, "LY-001"), ==, 1);
        /* twice the same number, twice the same drive */
        g_assert_cmpint(station_enrol(station, "LY-001", 2, "OTHER-SERIAL", NULL, FALSE,
                                      GUARD_ERROR_EXISTS),
                        ==, -1);
        g_assert_cmpint(station_enrol(station, "LY-002", 1, "60A44C413FAE", NULL, FALSE,
                                      GUARD_ERROR_EXISTS),
                        ==, -1);
        /* nothing to be recognised by; a name that breaks lines */
        g_assert_cmpint(
                station_enrol(station, "LY-003", 1, "", NULL, FALSE, GUARD_ERROR_INVALID_VALUE), ==,
                -1);
        g_assert_cmpint(station_enrol(station, "LY\n4", 1, "ABC123XYZ", NULL, FALSE,
                                      GUARD_ERROR_INVALID_VALUE),
                        ==, -1);
        g_assert_cmpint(
                station_enrol(station, "", 1, "ABC123XYZ", NULL, FALSE, GUARD_ERROR_INVALID_VALUE),
                ==, -1);
        g_assert_cmpuint(station_history(station, NULL), ==,
                         2); /* init, one enrol: refusals leave nothing */
}

static void
test_weak(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);

        (void)data;
        g_assert_cmpint(station_enrol(station, "A", 1, "123456789", "5A3C-91F0", FALSE, 0), ==, 1);
        g_assert_true(is_weak(station, "A", GUARD_ID_USB));
        g_assert_true(is_weak(station, "A", GUARD_ID_SERIAL));
        g_assert_false(is_weak(station, "A", GUARD_ID_FS_UUID));
        /* only weak ones: a second warning */
        g_assert_cmpint(station_enrol(station, "B", 1, "000000000000", NULL, FALSE, 0), ==, 2);
        /* one serial on two models */
        g_assert_cmpint(station_enrol(station, "C", 1, "60A44C413FAE", NULL, FALSE, 0), ==, 0);
        g_assert_false(is_weak(station, "C", GUARD_ID_SERIAL));
        g_assert_cmpint(station_enrol(station, "D", 2, "60A44C413FAE", "77AA-0B0C", FALSE, 0), ==,
                        1);
        g_assert_true(is_weak(station, "C", GUARD_ID_SERIAL));
        g_assert_true(is_weak(station, "C", GUARD_ID_USB));
        g_assert_true(is_weak(station, "D", GUARD_ID_SERIAL));
        g_assert_cmpuint(station_history(station, "C"), ==, 2);
        /* one serial on two drives of one model: only when it is said to be so */
        g_assert_cmpint(station_enrol(station, "E", 2, "60A44C413FAE", "11BB-0C0D", FALSE,
                                      GUARD_ERROR_EXISTS),
                        ==, -1);
        g_assert_cmpint(station_enrol(station, "E", 2, "60A44C413FAE", "11BB-0C0D", TRUE, 0), ==,
                        2);
        g_assert_true(is_weak(station, "E", GUARD_ID_SERIAL));
        /* a copied file system is told, and stays strong */
        g_assert_cmpint(station_enrol(station, "F", 3, "QWERTY-77", "77AA-0B0C", FALSE, 0), ==, 1);
        g_assert_false(is_weak(station, "F", GUARD_ID_FS_UUID));
        /* no serial number at all */
        g_assert_cmpint(station_enrol(station, "G", 4, "", "33CC-0D0E", FALSE, 0), ==, 1);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("init-twice", test_init_twice);
        ADD("enrol", test_enrol);
        ADD("weak", test_weak);
        return g_test_run();
}
