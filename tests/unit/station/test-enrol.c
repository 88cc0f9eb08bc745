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

static gboolean
edit(GuardStation *station, GuardDrive *drive, int code)
{
        g_autoptr(GError) error = NULL;
        GuardAct a = station_act("correction");

        if (guard_station_edit(station, drive, FALSE, &a, NULL, &error)) {
                g_assert_cmpint(code, ==, 0);
                return TRUE;
        }
        g_assert_error(error, GUARD_ERROR, code);
        return FALSE;
}

/* What is written is corrected; what happened to it is not. */
static void
test_edit(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) drive = NULL, read = NULL, taken = NULL;
        g_autoptr(GPtrArray) same = NULL;
        const char *hosts[] = {"pc-1", "pc-2", NULL}, *other[] = {"pc-3", NULL};

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", "5A3C-91F0", FALSE, 0);
        station_enrol(station, "B", 1, "60A44C413FAF", NULL, FALSE, 0);
        g_assert_true(station_change(station, "A", "issue"));
        drive = station_get(station, "A");
        edit(station, drive, GUARD_ERROR_INVALID_VALUE); /* nothing would change */
        drive->hosts = g_strdupv((char **)hosts);
        g_assert_true(edit(station, drive, 0));
        g_strfreev(drive->hosts);
        drive->hosts = g_strdupv((char **)other);
        drive->department = g_strdup("办公室");
        drive->status = GUARD_STATUS_DESTROYED; /* not by this way */
        drive->level = GUARD_LEVEL_NONE;
        g_assert_true(edit(station, drive, 0));
        read = station_get(station, "A");
        g_assert_cmpuint(g_strv_length(read->hosts), ==, 1);
        g_assert_cmpstr(read->hosts[0], ==, "pc-3");
        g_assert_cmpstr(read->department, ==, "办公室");
        g_assert_cmpint(read->status, ==, GUARD_STATUS_ISSUED);
        g_assert_cmpint(read->level, ==, GUARD_LEVEL_SECRET);
        g_assert_cmpstr(read->holder, ==, "张三");
        g_assert_cmpuint(read->ids->len, ==, 3);
        g_assert_cmpuint(station_history(station, "A"), ==, 4);
        /* another drive's identity is not to be had */
        taken = station_get(station, "B");
        guard_drive_add_usb(taken, 0x0951, 1, "60A44C413FAE");
        same = guard_station_find_same(station, taken, NULL);
        g_assert_cmpuint(same->len, ==, 1);
        g_assert_cmpstr(g_ptr_array_index(same, 0), ==, "A");
        g_ptr_array_remove_index(taken->ids, 0);
        edit(station, taken, GUARD_ERROR_EXISTS);
        g_assert_cmpuint(station_history(station, "B"), ==, 1);
}

/* A drive of a batch with one serial number is corrected without being asked about it again. */
static void
test_edit_shared(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDrive) drive = NULL;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", "5A3C-91F0", FALSE, 0);
        station_enrol(station, "B", 1, "60A44C413FAE", "77AA-0B0C", TRUE, 0);
        g_assert_cmpuint(station_history(station, "A"), ==, 2); /* marked weak, once */
        drive = station_get(station, "B");
        drive->name = g_strdup("second");
        g_assert_true(edit(station, drive, 0));
        g_assert_true(is_weak(station, "B", GUARD_ID_SERIAL));
        g_assert_cmpuint(station_history(station, "A"), ==, 2);
}

/* Two numbers that look the same. */
static void
test_invisible(Fixture *f, gconstpointer data)
{
        static const char *const ids[] = {"LY\u200b-1", "\ufeffLY-1", "LY-\u202e1", "LY\u2028-1"};
        g_autoptr(GuardStation) station = station_open(f);

        (void)data;
        for (gsize i = 0; i < G_N_ELEMENTS(ids); i++)
                station_enrol(station, ids[i], 1, "60A44C413FAE", NULL, FALSE,
                              GUARD_ERROR_INVALID_VALUE);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("init-twice", test_init_twice);
        ADD("enrol", test_enrol);
        ADD("weak", test_weak);
        ADD("edit", test_edit);
        ADD("edit-shared", test_edit_shared);
        ADD("invisible", test_invisible);
        return g_test_run();
}
