/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Spreadsheets into the book and out of it: each fault with its row and column, nothing before it
 * is confirmed, and an export that comes back as the same book.
 */
#include <string.h>

#include "station-fixture.h"
#include "station/import.h"

static char *
put(Fixture *f, const char *name, const char *text)
{
        char *path = g_build_filename(f->desk->dir, name, NULL);

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        return path;
}

static GuardImport *
preview(Fixture *f, GuardStation *station, const char *text, GError **error)
{
        g_autofree char *path = put(f, "in.csv", text);
        GuardAct a = station_act(NULL);

        return guard_station_import_preview(station, path, &a, NULL, NULL, error);
}

static const char sheet[] =
        "介质编号,名称,密级,序列号,VID,PID,启用时间,容量,状态,责任人,绑定主机,无关\r\n"
        "LY-1,一号,机密,60A44C413FAE,0951,1666,2025年3月1日,32GB,在用,张三,pc-1;pc-2,x\r\n"
        "LY-2,二号,绝秘,60A44C413FAF,0951,1666,,,,,,\r\n"                /* level */
        ",三号,机密,60A44C413FB0,0951,1666,,,,,,\r\n"                    /* no number */
        "LY-4,四号,秘密,60A44C413FB1,951,1666,,,,,,\r\n"                 /* vendor */
        "\r\n"                                                           /* nothing at all */
        "LY-5,\"五,号\",秘密,60A44C413FB2,0951,1666,2025-02-30,,,,,\r\n" /* day */
        "LY-1,六号,秘密,60A44C413FB3,0951,1666,,,,,,\r\n"                /* number twice */
        "LY-7,七号,秘密,60A44C413FAE,0951,1666,,,,,,\r\n"                /* drive twice */
        "LY-8,八号,秘密,无,,,,,,,,\r\n"                                  /* nothing to know it by */
        "LY-9,九号,非涉密,60A44C413FB4,0951,1666,20250301,8 GiB,挂失,,,\r\n";

/* Row, column and what the reason must say. */
static const struct {
        guint64 row;
        const char *column, *value, *says;
} faults[] = {
        {3, "密级", "绝秘", "绝密"},
        {4, "介质编号", NULL, "needed"},
        {5, "VID", "951", "four"},
        {7, "启用时间", "2025-02-30", "day"},
        {8, "介质编号", "LY-1", "further up"},
        {9, "序列号", "60A44C413FAE", "LY-1"},
        {10, NULL, NULL, "recognised"},
};

static void
test_preview(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardImport) import = preview(f, station, sheet, &error);
        const GuardImportInfo *info;

        (void)data;
        g_assert_no_error(error);
        info = guard_import_info(import);
        g_assert_cmpuint(info->rows, ==, 9);
        g_assert_cmpuint(info->good, ==, 2);
        g_assert_cmpuint(info->bad, ==, 7);
        g_assert_cmpuint(g_strv_length((char **)info->columns), ==, 11);
        g_assert_cmpstr(info->ignored[0], ==, "无关");
        g_assert_cmpuint(info->faults->len, ==, G_N_ELEMENTS(faults));
        for (guint i = 0; i < info->faults->len; i++) {
                const GuardRowFault *fault = g_ptr_array_index(info->faults, i);

                g_test_message("%u: %s", (guint)fault->row, fault->reason);
                g_assert_cmpuint(fault->row, ==, faults[i].row);
                g_assert_cmpstr(fault->column, ==, faults[i].column);
                g_assert_cmpstr(fault->value, ==, faults[i].value);
                g_assert_nonnull(strstr(fault->reason, faults[i].says));
        }
        /* and nothing of it is in the book */
        g_assert_null(guard_station_get(station, "LY-1", NULL));
        g_assert_cmpuint(station_history(station, NULL), ==, 1);
}

static void
test_commit(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardImport) import = preview(f, station, sheet, NULL);
        g_autoptr(GuardDrive) first = NULL, last = NULL;
        g_autoptr(GError) bad = NULL, meanwhile = NULL, error = NULL;
        GuardAct a = station_act(NULL);
        guint64 n = 0;

        (void)data;
        g_assert_false(
                guard_station_import_commit(station, import, FALSE, &a, NULL, NULL, &n, &bad));
        g_assert_error(bad, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_cmpuint(station_history(station, NULL), ==, 1);
        guard_station_import_commit(station, import, TRUE, &a, NULL, NULL, &n, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(n, ==, 2);
        g_assert_cmpuint(station_history(station, NULL), ==, 4); /* init, two drives, the import */
        first = station_get(station, "LY-1");
        g_assert_cmpstr(first->in_use_date, ==, "2025-03-01");
        g_assert_cmpuint(first->capacity, ==, G_GUINT64_CONSTANT(32000000000));
        g_assert_cmpuint(g_strv_length(first->hosts), ==, 2);
        g_assert_cmpuint(first->ids->len, ==, 2);
        last = station_get(station, "LY-9");
        g_assert_cmpint(last->status, ==, GUARD_STATUS_LOST);
        g_assert_cmpint(last->level, ==, GUARD_LEVEL_NONE);
        g_assert_cmpuint(last->capacity, ==, G_GUINT64_CONSTANT(8589934592));
        /* once more: what was good is not any more */
        g_assert_false(
                guard_station_import_commit(station, import, TRUE, &a, NULL, NULL, &n, &meanwhile));
        g_assert_error(meanwhile, GUARD_ERROR, GUARD_ERROR_BUSY);
        g_assert_cmpuint(station_history(station, NULL), ==, 4);
}

static void
test_files(Fixture *f, gconstpointer data)
{
        static const struct {
                const char *text, *says;
        } cases[] = {
                {"", "介质编号"},
                {"名称,密级\nx,机密\n", "介质编号"},
                {"编号,名称\nx,y\n", "密级"},
                {"编号,密级,级\xe5\xae\xb6,介质编号\n", "介质编号"},
                {"编号,密级\n\"x,y\n", "line 2"},
                {"PK\x03\x04", "workbook"},
        };
        g_autoptr(GuardStation) station = station_open(f);

        (void)data;
        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_null(preview(f, station, cases[i].text, &error));
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX);
                g_assert_nonnull(strstr(error->message, cases[i].says));
        }
        g_assert_cmpuint(station_history(station, NULL), ==, 1);
}

/* A drive with everything that is hard to write down. */
static void
enrol_hard(GuardStation *station)
{
        g_autoptr(GuardDrive) drive = guard_drive_new();
        const char *hosts[] = {"pc-1", "pc;2", NULL}, *units[] = {"a|b", NULL};
        GuardAct a = station_act("new");

        drive->media_id = g_strdup("LY,\"1");
        drive->name = g_strdup("=cmd|' /C calc'!A0");
        drive->note = g_strdup("'-'");
        drive->custodian = g_strdup("欧阳𠮷");
        drive->level = GUARD_LEVEL_TOP_SECRET;
        drive->in_use_date = g_strdup("2024-02-29");
        drive->capacity = G_GUINT64_CONSTANT(31914983424);
        drive->hosts = g_strdupv((char **)hosts);
        drive->units = g_strdupv((char **)units);
        guard_drive_add_usb(drive, 0x0951, 0x0001, "-60A44C:413FAE");
        guard_drive_add_id(drive, GUARD_ID_FS_UUID, "5A3C-91F0");
        guard_drive_add_id(drive, GUARD_ID_FS_UUID, "6B4D-A201");
        g_assert_true(guard_station_enrol(station, drive, FALSE, &a, NULL, NULL));
        station_enrol(station, "P", 7, "70A44C413FAE", NULL, FALSE, 0);
        station_enrol(station, "Q", 7, "70A44C413FAE", "77AA-0B0C", TRUE, 0);
        g_assert_true(station_change(station, "P", "lost"));
        g_assert_true(station_change(station, "Q", "issue"));
}

static char *export(Fixture *f, GuardStation *station, const char *name, GuardCsvEncoding encoding,
                    gboolean english)
{
        char *path = g_build_filename(f->desk->dir, name, NULL);
        g_autoptr(GError) error = NULL;
        GuardExport how = {path, encoding, english, NULL, NULL};
        GuardAct a = station_act(NULL);
        guint64 n;

        guard_station_export_csv(station, &how, &a, &n, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(n, ==, 3);
        return path;
}

static void
test_round_trip(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        GuardAct a = station_act(NULL);

        (void)data;
        enrol_hard(station);
        for (guint i = 0; i < 6; i++) {
                g_autofree char *dir = g_strdup_printf("%s/other-%u", f->desk->dir, i);
                g_autofree char *path =
                        export(f, station, "out.csv", (GuardCsvEncoding)(i % 3), i > 2);
                g_autofree char *again = NULL, *one = NULL, *two = NULL;
                g_autoptr(GuardStation) other = NULL;
                g_autoptr(GuardImport) import = NULL;
                g_autoptr(GError) error = NULL;

                g_assert_true(guard_station_init(dir, &a, NULL));
                other = guard_station_open(dir, NULL);
                import = guard_station_import_preview(other, path, &a, NULL, NULL, &error);
                g_assert_no_error(error);
                guard_station_import_commit(other, import, FALSE, &a, NULL, NULL, NULL, &error);
                g_assert_no_error(error);
                again = export(f, other, "again.csv", (GuardCsvEncoding)(i % 3), i > 2);
                g_assert_true(g_file_get_contents(path, &one, NULL, NULL));
                g_assert_true(g_file_get_contents(again, &two, NULL, NULL));
                g_assert_cmpstr(one, ==, two);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("import/preview", test_preview);
        ADD("import/commit", test_commit);
        ADD("import/files", test_files);
        ADD("import/round-trip", test_round_trip);
        return g_test_run();
}
