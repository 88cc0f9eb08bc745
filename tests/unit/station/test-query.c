/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lists of the book: each filter, each order, pages, and what is not published yet.
 */
#include <locale.h>
#include <string.h>
#include "station-fixture.h"
#include "station/pending.h"
#include "station/query.h"
#include "station/stocktake.h"

static void
enrol(GuardStation *station, const char *id, GuardLevel level, const char *name, const char *who)
{
        g_autoptr(GuardDrive) drive = guard_drive_new();
        g_autofree char *serial = g_strconcat("SER-", id, "-XQ7", NULL);
        g_autoptr(GError) error = NULL;
        GuardAct a = station_act("new");

        drive->media_id = g_strdup(id);
        drive->level = level;
        drive->name = g_strdup(name);
        drive->custodian = g_strdup(who);
        drive->department = g_strdup("办公室");
        guard_drive_add_usb(drive, 0x0951, 1, serial);
        guard_station_enrol(station, drive, FALSE, &a, NULL, &error);
        g_assert_no_error(error);
}

/* The media ids of a list as one line. */
static char *
ask(GuardStation *station, const GuardDriveQuery *query)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardDriveView) view = guard_station_query(station, query, &error);
        g_autoptr(GPtrArray) rows = NULL;
        GString *line = g_string_new(NULL);
        guint64 count = 0;

        g_assert_no_error(error);
        rows = guard_drive_view_rows(station, view, 0, G_MAXUINT, &error);
        g_assert_no_error(error);
        g_assert_true(guard_station_count(station, query, &count, NULL));
        g_assert_cmpuint(count, ==, rows->len);
        g_assert_cmpuint(count, ==, guard_drive_view_count(view));
        for (guint i = 0; i < rows->len; i++)
                g_string_append_printf(line, "%s%s", i > 0 ? " " : "",
                                       ((GuardDrive *)g_ptr_array_index(rows, i))->media_id);
        return g_string_free(line, FALSE);
}

#define GIVES(expected, ...)                                                                       \
        do {                                                                                       \
                GuardDriveQuery q = {__VA_ARGS__};                                                 \
                g_autofree char *line = ask(station, &q);                                          \
                g_assert_cmpstr(line, ==, expected);                                               \
        } while (0)

static void
fill(GuardStation *station)
{
        GuardAct a = station_act("trip");
        GuardStep out = {.kind = GUARD_STEP_ISSUE,
                         .media_id = "LY-2",
                         .holder = "王五",
                         .due = "2026-01-10"};

        enrol(station, "LY-1", GUARD_LEVEL_SECRET, "red stick", "张三");
        enrol(station, "LY-2", GUARD_LEVEL_CONFIDENTIAL, "Blue Stick", "李四");
        enrol(station, "LY-3", GUARD_LEVEL_TOP_SECRET, NULL, "张三");
        g_assert_true(guard_station_step(station, &out, &a, NULL));
        g_assert_true(station_change(station, "LY-3", "lost"));
}

static void
test_filters(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);

        (void)data;
        fill(station);
        GIVES("LY-1 LY-2 LY-3", .text = NULL);
        GIVES("LY-3 LY-2 LY-1", .descending = TRUE);
        GIVES("LY-1 LY-2", .text = "stick");
        GIVES("LY-2", .text = "blue STICK");
        GIVES("LY-2", .text = "  stick   王五 ");
        GIVES("LY-1", .text = "ser-ly-1-xq7");
        GIVES("", .text = "red blue");
        GIVES("LY-1 LY-3", .text = "张三");
        GIVES("LY-1 LY-3", .custodian = "张三");
        GIVES("", .custodian = "张");
        GIVES("LY-2", .holder = "王五");
        GIVES("LY-1 LY-2 LY-3", .department = "办公室");
        GIVES("LY-2 LY-3", .levels = 1u << GUARD_LEVEL_CONFIDENTIAL | 1u << GUARD_LEVEL_TOP_SECRET);
        GIVES("LY-3", .statuses = 1u << GUARD_STATUS_LOST);
        GIVES("LY-1", .statuses = 1u << GUARD_STATUS_IN_USE);
        GIVES("LY-1", .levels = 1u << GUARD_LEVEL_SECRET);
        GIVES("", .statuses = 1u << GUARD_STATUS_LOST, .levels = 1u << GUARD_LEVEL_NONE);
        GIVES("LY-2 LY-1 LY-3", .sort = GUARD_SORT_LEVEL);
        GIVES("LY-3 LY-1 LY-2", .sort = GUARD_SORT_LEVEL, .descending = TRUE);
        GIVES("LY-1 LY-2 LY-3", .sort = GUARD_SORT_STATUS);
        GIVES("LY-3 LY-2 LY-1", .sort = GUARD_SORT_NAME);
        /* quotes, and what SQL takes for more, are searched as they are */
        GIVES("", .text = "' OR 1=1 --");
        GIVES("", .text = "LY%");
}

static void
test_dates(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);

        (void)data;
        fill(station);
        GIVES("", .overdue_on = "2026-01-10");
        GIVES("LY-2", .overdue_on = "2026-01-11");
        GIVES("", .not_seen_since_us = T0);
        GIVES("LY-1 LY-2 LY-3", .not_seen_since_us = T0 + 1);
        g_assert_true(station_change(station, "LY-2", "return"));
        GIVES("", .overdue_on = "2026-01-11");
}

static void
test_pages(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f), other = station_open(f);
        g_autoptr(GuardDriveView) view = NULL;
        g_autoptr(GPtrArray) rows = NULL, end = NULL;
        g_auto(GStrv) values = NULL;
        GuardDriveQuery query = {.sort = GUARD_SORT_MEDIA_ID};
        guint64 before = guard_station_version(other);

        (void)data;
        for (guint i = 0; i < 50; i++) {
                g_autofree char *id = g_strdup_printf("P-%02u", i);

                enrol(station, id, GUARD_LEVEL_SECRET, "x", i < 25 ? "甲" : "乙");
        }
        g_assert_cmpuint(guard_station_version(other), !=, before);
        view = guard_station_query(station, &query, NULL);
        rows = guard_drive_view_rows(other, view, 20, 10, NULL);
        g_assert_cmpuint(rows->len, ==, 10);
        g_assert_cmpstr(((GuardDrive *)g_ptr_array_index(rows, 0))->media_id, ==, "P-20");
        g_assert_cmpuint(((GuardDrive *)g_ptr_array_index(rows, 0))->ids->len, ==, 2);
        end = guard_drive_view_rows(other, view, 45, 10, NULL);
        g_assert_cmpuint(end->len, ==, 5);
        values = guard_station_values(station, GUARD_FIELD_CUSTODIAN, 10, NULL);
        g_assert_cmpuint(g_strv_length(values), ==, 2);
        for (guint i = 0; i < GUARD_N_SORTS; i++) {
                GuardSort back = GUARD_N_SORTS;

                g_assert_true(guard_sort_from_string(guard_sort_to_string((GuardSort)i), &back));
                g_assert_cmpint(back, ==, i);
                query.sort = back;
                g_clear_pointer(&view, guard_drive_view_free);
                view = guard_station_query(station, &query, NULL);
                g_assert_cmpuint(guard_drive_view_count(view), ==, 50);
        }
}

static void
test_pending(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        GuardPending pending;

        (void)data;
        fill(station);
        g_assert_true(guard_station_pending(station, &pending, NULL, 0, NULL, NULL));
        g_assert_cmpuint(pending.sequence, ==, 0);
        g_assert_cmpuint(pending.entries, ==, 3);
        g_assert_cmpuint(pending.added, ==, 3);
        station_publish(f, station);
        g_assert_true(guard_station_pending(station, &pending, NULL, 0, NULL, NULL));
        g_assert_cmpuint(pending.sequence, ==, 1);
        g_assert_cmpuint(pending.added + pending.removed + pending.changed, ==, 0);
        station_change(station, "LY-3", "found");
        station_change(station, "LY-3", "issue");
        enrol(station, "LY-4", GUARD_LEVEL_SECRET, NULL, NULL);
        g_assert_true(guard_station_pending(station, &pending, NULL, 0, NULL, NULL));
        g_assert_cmpuint(pending.added, ==, 1);
        g_assert_cmpuint(pending.changed, ==, 1);
}

/* Only a locale that knows the language sorts by it: one is made for this test, as guests have it. */
static gboolean
speak_chinese(const char *dir)
{
        g_autofree char *path = g_build_filename(dir, "zh_CN.UTF-8", NULL);
        const char *argv[] = {"localedef", "-i", "zh_CN", "-f", "UTF-8", path, NULL};
        int status = 1;

        return g_spawn_sync(NULL, (char **)argv, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                                    G_SPAWN_STDERR_TO_DEV_NULL,
                            NULL, NULL, NULL, NULL, &status, NULL) &&
               g_setenv("LOCPATH", dir, TRUE) && setlocale(LC_ALL, "zh_CN.UTF-8") != NULL;
}

static void
test_language(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardCollator) collator = guard_collator_new();
        g_autofree char *dir = g_dir_make_tmp("locale-XXXXXX", NULL), *clean = NULL;
        gboolean chinese = speak_chinese(dir);

        (void)data;
        clean = g_strdup_printf("rm -rf '%s'", dir);
        g_spawn_command_line_sync(clean, NULL, NULL, NULL, NULL);
        if (!chinese) {
                g_test_skip("localedef cannot make zh_CN here (package locales)");
                return;
        }
        enrol(station, "LY-1", GUARD_LEVEL_SECRET, "张", NULL); /* zhang */
        enrol(station, "LY-2", GUARD_LEVEL_SECRET, "李", NULL); /* li */
        enrol(station, "LY-3", GUARD_LEVEL_SECRET, "阿", NULL); /* a, U+963F: behind the others */
        enrol(station, "LY-4", GUARD_LEVEL_SECRET, NULL, NULL);
        enrol(station, "LY-5", GUARD_LEVEL_SECRET, "李", NULL);
        GIVES("LY-4 LY-3 LY-2 LY-5 LY-1", .sort = GUARD_SORT_NAME);
        GIVES("LY-4 LY-3 LY-2 LY-5 LY-1", .sort = GUARD_SORT_NAME, .collator = collator);
        g_assert_cmpuint(guard_collator_kept(collator), ==, 3); /* once for each text … */
        GIVES("LY-1 LY-5 LY-2 LY-3 LY-4", .sort = GUARD_SORT_NAME, .collator = collator,
              .descending = TRUE);
        GIVES("LY-2 LY-5", .text = "李", .sort = GUARD_SORT_NAME, .collator = collator);
        g_assert_cmpuint(guard_collator_kept(collator), ==, 3); /* … and for all questions */
        setlocale(LC_ALL, "C");
        g_unsetenv("LOCPATH");
}

static void
test_missing(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        GuardAct a = station_act("here");

        (void)data;
        fill(station);
        GIVES("", .missing = TRUE); /* there was no stock-take */
        g_assert_true(guard_station_stocktake_begin(station, &a, NULL));
        GIVES("LY-1 LY-2", .missing = TRUE); /* LY-3 is lost */
        g_assert_true(guard_station_stocktake_tick(station, "LY-2", &a, NULL, NULL));
        GIVES("LY-1", .missing = TRUE);
        g_assert_true(guard_station_stocktake_end(station, &a, NULL, NULL));
        g_assert_true(station_change(station, "LY-1", "lost"));
        GIVES("LY-1", .missing = TRUE); /* as it was written down */
        GIVES("", .missing = TRUE, .text = "blue");
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("filters", test_filters);
        ADD("dates", test_dates);
        ADD("pages", test_pages);
        ADD("pending", test_pending);
        ADD("language", test_language);
        ADD("missing", test_missing);
        return g_test_run();
}
