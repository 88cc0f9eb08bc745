/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the desk's window is made of, without a display: the lazy list, words, guardd's facts, papers.
 */
#include <string.h>
#include <unistd.h>
#include "station-fixture.h"
#include "station/window/authority.h"
#include "station/window/desk.h"
#include "station/window/document.h"
#include "station/window/drive-model.h"
#include "station/window/facts.h"
#include "station/window/words.h"

#define DRIVES 5000u

/* Fontconfig, Pango and cairo keep what they once made; under the leak sanitizer that is not ours to judge. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
        return "leak:libfontconfig\nleak:libpango\nleak:libcairo\n";
}

static void
fill(GuardStation *station, guint n)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardImport) import = NULL;
        g_autofree char *dir = g_dir_make_tmp("window-XXXXXX", NULL), *path = g_build_filename(dir, "in.csv", NULL);
        g_autoptr(GString) csv = g_string_new("介质编号,密级,序列号\n");
        GuardAct act = station_act("import");
        guint64 imported = 0;

        for (guint i = 0; i < n; i++)
                g_string_append_printf(csv, "LY-%05u,秘密,AZ%05uQX\n", i, i);
        g_assert_true(g_file_set_contents(path, csv->str, -1, NULL));
        import = guard_station_import_preview(station, path, &act, NULL, NULL, &error);
        g_assert_no_error(error);
        guard_station_import_commit(station, import, FALSE, &act, NULL, NULL, &imported, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(imported, ==, n);
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_cmpint(rmdir(dir), ==, 0);
}

static void
count_change(GListModel *list, guint position, guint removed, guint added, gpointer data)
{
        guint *numbers = data;

        (void)list;
        g_assert_cmpuint(position, ==, 0);
        g_assert_true(removed == 0 || added == 0); /* GTK's selection reads all rows of such a change */
        numbers[0] += removed;
        numbers[1] += added;
}

/* Each row is the right one, wherever somebody jumps; memory stays small. */
static void
test_model(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDriveModel) model = guard_drive_model_new(station);
        GuardDriveQuery query = {.descending = TRUE}, one = {.text = "LY-00007"};
        guint changed[2] = {0, 0};

        (void)data;
        fill(station, DRIVES);
        g_assert_null(g_list_model_get_item(G_LIST_MODEL(model), 0));
        g_signal_connect(model, "items-changed", G_CALLBACK(count_change), changed);
        guard_drive_model_set_view(model, guard_station_query(station, &query, NULL));
        g_assert_cmpuint(changed[0], ==, 0);
        g_assert_cmpuint(changed[1], ==, DRIVES);
        for (guint i = 0; i < DRIVES; i += 37) {
                g_autoptr(GuardDriveItem) item = g_list_model_get_item(G_LIST_MODEL(model), DRIVES - 1 - i);
                g_autofree char *id = g_strdup_printf("LY-%05u", i);

                g_assert_cmpstr(guard_drive_item_get(item)->media_id, ==, id);
        }
        g_assert_cmpuint(guard_drive_model_pages(model), ==, 32);
        g_assert_null(g_list_model_get_item(G_LIST_MODEL(model), DRIVES));
        guard_drive_model_set_view(model, guard_station_query(station, &one, NULL));
        g_assert_cmpuint(changed[0], ==, DRIVES);
        g_assert_cmpuint(changed[1], ==, DRIVES + 1);
}

static void
note_change(GListModel *list, guint position, guint removed, guint added, gpointer notes)
{
        (void)list;
        g_string_append_printf(notes, "%u-%u+%u ", position, removed, added);
}

static void
show_all(GuardStation *station, GuardDriveModel *model, GString *notes, const char *expected)
{
        GuardDriveQuery query = {0};

        g_string_truncate(notes, 0);
        guard_drive_model_set_view(model, guard_station_query(station, &query, NULL));
        g_assert_cmpstr(notes->str, ==, expected);
}

/* A new answer tells of the rows that differ, so that the list stays where it was; between its two steps each row is right. */
static void
test_model_stays(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardDriveModel) model = guard_drive_model_new(station);
        g_autoptr(GString) notes = g_string_new(NULL);
        g_autoptr(GuardDriveItem) item = NULL;

        (void)data;
        fill(station, 200);
        g_signal_connect(model, "items-changed", G_CALLBACK(note_change), notes);
        show_all(station, model, notes, "0-0+200 ");
        item = g_list_model_get_item(G_LIST_MODEL(model), 150);
        show_all(station, model, notes, "");
        g_assert_true(station_change(station, "LY-00150", "issue"));
        g_assert_true(station_change(station, "LY-00003", "issue")); /* nobody looked at it */
        show_all(station, model, notes, "150-1+1 ");
        station_enrol(station, "LY-00020-2", 7, "AZ123456QX", NULL, FALSE, 0);
        g_assert_true(station_change(station, "LY-00150", "lost"));
        show_all(station, model, notes, "21-0+1 151-1+1 ");
        g_clear_object(&item);
        item = g_list_model_get_item(G_LIST_MODEL(model), 151);
        g_assert_cmpstr(guard_drive_item_get(item)->media_id, ==, "LY-00150");
        g_assert_cmpint(guard_drive_item_get(item)->status, ==, GUARD_STATUS_LOST);
}

static gpointer
count_drives(GuardStation *station, gpointer input, GuardProgress progress, gpointer data, GError **error)
{
        g_autofree guint64 *count = g_new0(guint64, 1);
        GuardDriveQuery query = {0};

        progress(1, 2, data);
        if (input == NULL) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_DENIED, "no");
                return NULL;
        }
        return guard_station_count(station, &query, count, error) ? g_steal_pointer(&count) : NULL;
}

static void
on_done(GObject *source, GAsyncResult *result, gpointer data)
{
        (void)source;
        *(GAsyncResult **)data = g_object_ref(result);
}

static void
test_desk(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardDesk) desk = guard_desk_new(f->dir, TRUE, &error);

        (void)data;
        g_assert_no_error(error);
        fill(guard_desk_station(desk), 3);
        g_assert_true(guard_desk_may(desk, GUARD_DUTY_EDIT, NULL));
        for (guint good = 0; good < 2; good++) {
                g_autoptr(GAsyncResult) result = NULL;
                g_autofree guint64 *count = NULL;

                guard_desk_run(desk, "counting", count_drives, good ? desk : NULL, NULL, g_free, NULL, on_done, &result);
                g_assert_true(guard_desk_busy(desk));
                while (result == NULL)
                        g_main_context_iteration(NULL, TRUE);
                count = guard_desk_finish(result, &error);
                if (good)
                        g_assert_cmpuint(*count, ==, 3);
                else
                        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_DENIED);
                g_clear_error(&error);
                while (guard_desk_busy(desk))
                        g_main_context_iteration(NULL, TRUE);
        }
}

static void
test_facts(void)
{
        g_autoptr(GVariant) media = g_variant_ref_sink(g_variant_new_parsed(
                "[{'device': <'1-2'>, 'vendor_id': <'0951'>, 'product_id': <'1666'>, 'serial': <'AZ1QX77'>,"
                " 'manufacturer': <'Kingston'>, 'product': <'DT'>, 'blocks': <[{'name': <'sda'>, 'size': <uint64 "
                "32000000000>, 'pt_uuid': <'1234abcd'>, 'filesystems': <[{'type': <'vfat'>, 'uuid': <'AB12-CD34'>}]>}]>},"
                " {'device': <'1-3'>, 'serial': <'  '>}, {'serial': <'no device'>}]"));
        g_autoptr(GPtrArray) all = guard_facts_from_media(media);
        const GuardFacts *one, *bare;
        g_autofree char *ids = NULL, *warning = NULL, *same_warning = NULL;
        g_autoptr(GPtrArray) same = g_ptr_array_new();

        g_assert_cmpuint(all->len, ==, 2);
        one = g_ptr_array_index(all, 0);
        bare = g_ptr_array_index(all, 1);
        g_assert_cmpstr(one->drive->model, ==, "Kingston DT");
        g_assert_cmpuint(one->drive->capacity, ==, 32000000000);
        ids = guard_words_identifiers(one->drive);
        g_assert_nonnull(strstr(ids, "USB identity "));
        g_assert_nonnull(strstr(ids, "\nFile system "));
        g_assert_nonnull(strstr(ids, "\nPartition table "));
        g_assert_null(guard_words_warning(one->drive, NULL));
        g_assert_null(bare->serial);
        warning = guard_words_warning(bare->drive, NULL);
        g_assert_nonnull(strstr(warning, "no serial number"));
        g_ptr_array_add(same, (char *)"LY-009");
        same_warning = guard_words_warning(one->drive, same);
        g_assert_nonnull(strstr(same_warning, "LY-009"));
}

static void
test_words(void)
{
        GuardRowFault fault = {12, 14, (char *)"密级", (char *)"绝", (char *)"no level"};
        GuardPending pending = {.entries = 5, .added = 5};
        g_autoptr(GuardDrive) drive = guard_drive_new();
        g_autofree char *row = guard_words_fault(&fault), *first = guard_words_pending(&pending), *next = NULL;
        g_auto(GStrv) details = NULL;

        g_assert_cmpstr(row, ==, "Row 12, 密级 '绝': no level");
        g_assert_nonnull(strstr(first, "5 drives"));
        pending.sequence = 7;
        pending.changed = 2;
        next = guard_words_pending(&pending);
        g_assert_nonnull(strstr(next, "5 drives entered, 0 out of use, 2 changed"));
        drive->media_id = g_strdup("LY-1");
        drive->level = GUARD_LEVEL_SECRET;
        details = guard_words_details(drive);
        g_assert_cmpuint(g_strv_length(details) % 2, ==, 0);
        g_assert_cmpstr(details[1], ==, "LY-1");
        for (guint i = 0; i < GUARD_N_SORTS; i++) {
                g_autofree char *cell = guard_words_cell(i, drive);

                g_assert_nonnull(cell);
                g_assert_nonnull(guard_words_title(i));
        }
}

static void
test_lists_and_records(void)
{
        GuardHistory record = {.action = "issue",
                               .who = "root",
                               .reason = "a\tb",
                               .before = "{\"status\":\"in-use\"}",
                               .after = "{\"status\":\"issued\",\"usb.0\":\"x\"}"};
        GuardStocktake none = {0}, open = {.number = 3, .open = TRUE, .expected = 20, .ticked = 12, .missing = 8};
        g_auto(GStrv) list = guard_words_list(" a,b，c、 d ；;\ne"), empty = guard_words_list(" , ");
        g_autofree char *joined = g_strjoinv("|", list), *kept = guard_words_keep_record(&record);
        g_autofree char *text = guard_words_record(kept);
        g_autofree char *sentence = guard_words_record("You may not"), *first = guard_words_stocktake(&none);
        g_autofree char *going = guard_words_stocktake(&open);

        g_assert_cmpstr(joined, ==, "a|b|c|d|e");
        g_assert_null(empty);
        g_assert_nonnull(strstr(text, "hand out  root\nStatus: "));
        g_assert_nonnull(strstr(text, " → handed out; USB identity: - → x\nReason: a b"));
        g_assert_cmpstr(sentence, ==, "You may not");
        g_assert_nonnull(strstr(first, "no stock-take yet"));
        g_assert_nonnull(strstr(going, "of 20 drives 12 are ticked off, 8 are missing"));
}

static void
test_duties(void)
{
        /* what changes something is also polkit's to say; what only reads is not */
        for (guint duty = 0; duty < GUARD_N_DUTIES; duty++)
                g_assert_true((guard_authority_action(duty) == NULL) ==
                              (duty == GUARD_DUTY_READ || duty == GUARD_DUTY_AUDIT));
        g_assert_cmpstr(guard_authority_action(GUARD_DUTY_PUBLISH), ==, "org.baomiguard.station.publish");
}

static char **
some_row(guint row, gpointer data)
{
        const char *cells[] = {"LY-001", "涉密专用U盘", NULL};

        g_assert_cmpuint(row, <, GPOINTER_TO_UINT(data));
        return g_strdupv((char **)cells);
}

static void
check_pdf(GuardDocument *document, guint pages)
{
        g_autofree char *dir = g_dir_make_tmp("paper-XXXXXX", NULL), *path = g_build_filename(dir, "a.pdf", NULL);
        g_autofree char *text = NULL, *count = g_strdup_printf("/Count %u", pages);
        g_autoptr(GError) error = NULL;
        gsize size = 0;

        g_assert_true(guard_document_to_pdf(document, path, NULL, NULL, &error));
        g_assert_no_error(error);
        g_assert_true(g_file_get_contents(path, &text, &size, NULL));
        g_assert_true(size > 5 && memcmp(text, "%PDF-", 5) == 0);
        g_assert_true(memmem(text, size, count, strlen(count)) != NULL);
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_cmpint(rmdir(dir), ==, 0);
        g_assert_false(guard_document_to_pdf(document, path, NULL, NULL, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
}

static void
test_papers(void)
{
        static const GuardSort columns[] = {GUARD_SORT_MEDIA_ID, GUARD_SORT_NAME, GUARD_N_SORTS};
        g_autoptr(GuardDrive) drive = guard_drive_new();
        g_autoptr(GPtrArray) records = g_ptr_array_new();
        g_autoptr(GuardDocument) list = guard_document_list(columns, 100, some_row, GUINT_TO_POINTER(100), NULL);
        g_autoptr(GuardDocument) none = guard_document_list(columns, 0, some_row, GUINT_TO_POINTER(0), NULL);
        g_autoptr(GuardDocument) card = NULL, form = NULL;

        drive->media_id = g_strdup("LY-001");
        drive->note = g_strdup("两行\n备注");
        for (guint i = 0; i < 60; i++)
                g_ptr_array_add(records, (char *)"2026-01-01 08:00\t发放\t王芳\t状态: 在用 → 已发放\t出差");
        card = guard_document_card(drive, records);
        form = guard_document_issue(drive);
        check_pdf(list, 4); /* 25 rows lie on A4 */
        check_pdf(none, 1);
        check_pdf(card, 5); /* a record is three lines */
        check_pdf(form, 1);
        g_assert_cmpuint(guard_document_rows(form), ==, 5); /* number, level, status, and two of the note */
        g_free(drive->note);
        drive->note = g_strnfill(600, 'n'); /* it goes on in the next line instead of over the edge */
        g_clear_pointer(&form, guard_document_free);
        form = guard_document_issue(drive);
        g_assert_cmpuint(guard_document_rows(form), >, 8);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("window/model", test_model);
        ADD("window/model-stays", test_model_stays);
        ADD("window/desk", test_desk);
        g_test_add_func("/station/window/facts", test_facts);
        g_test_add_func("/station/window/words", test_words);
        g_test_add_func("/station/window/records", test_lists_and_records);
        g_test_add_func("/station/window/duties", test_duties);
        g_test_add_func("/station/window/papers", test_papers);
        return g_test_run();
}
