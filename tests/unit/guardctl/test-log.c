/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl log over a real ledger file: keys, filters, the proof and its exit status.
 */
#include "capture.h"
#include "common/guard-names.h"
#include "common/guard-text.h"
#include "ledger/kinds.h"
#include "ledger/ledger.h"
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

typedef struct {
        char *root, *db, *head, *dir;
} Fixture;

static void
add(GuardLedger *ledger, const char *kind, const char *media_id, gint64 time_us)
{
        g_autoptr(GuardRecord) record = guard_record_new(kind, GUARD_SEVERITY_CRITICAL);

        record->time_us = time_us;
        record->media_id = g_strdup(media_id);
        record->has_verdict = media_id != NULL;
        record->reason = media_id != NULL ? GUARD_REASON_DRIVE_LOST : GUARD_REASON_NONE;
        record->vendor_id = g_strdup("46f4");
        record->product_id = g_strdup("0001");
        record->serial = g_strdup("S\x1b[31m\xff\n");
        record->details = g_strdup("{\"n\":1}");
        record->message = guard_record_message(record);
        g_assert_true(guard_ledger_append(ledger, record, NULL));
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
        GuardLedger *ledger;

        (void)data;
        fixture->root = g_dir_make_tmp("guardctl-log-XXXXXX", NULL);
        fixture->db = g_strconcat(fixture->root, GUARD_LEDGER_DB, NULL);
        fixture->head = g_strconcat(fixture->root, GUARD_LEDGER_HEAD, NULL);
        fixture->dir = g_path_get_dirname(fixture->db);
        g_assert_cmpint(g_mkdir_with_parents(fixture->dir, 0700), ==, 0);
        ledger = guard_ledger_open(fixture->db, fixture->head, NULL, NULL);
        g_assert_nonnull(ledger);
        add(ledger, GUARD_KIND_USB_DECISION, "LY-017", G_GINT64_CONSTANT(1000000000));
        add(ledger, GUARD_KIND_REMOVED, "LY-017", G_GINT64_CONSTANT(2000000000));
        add(ledger, GUARD_KIND_USB_DECISION, "LY-018", G_GINT64_CONSTANT(3000000000));
        add(ledger, GUARD_KIND_GUARDD_STOP, NULL, G_GINT64_CONSTANT(4000000000));
        guard_ledger_free(ledger);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
        const char *argv[] = {"rm", "-rf", fixture->root, NULL};

        (void)data;
        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                                   NULL, NULL, NULL));
        g_free(fixture->root);
        g_free(fixture->db);
        g_free(fixture->head);
        g_free(fixture->dir);
}

static int
run(Fixture *fixture, Capture *capture, const char *line)
{
        g_auto(GStrv) words = g_strsplit(line, " ", -1);
        /* Parsing takes options out of the vector that it is given; the words stay ours. */
        g_autofree char **argv = g_memdup(words, (guint)((g_strv_length(words) + 1) * sizeof(char *)));
        int status;

        capture_begin(capture);
        capture->ctx.root = fixture->root;
        capture->ctx.bus_address = "unix:path=/nonexistent";
        status = guardctl_main(&capture->ctx, (int)g_strv_length(words), argv);
        capture_end(capture);
        return status;
}

/* How many records a command line gives. */
static guint
count(Fixture *fixture, const char *line)
{
        g_auto(Capture) capture = {0};
        g_autoptr(JsonNode) node = NULL;

        g_assert_cmpint(run(fixture, &capture, line), ==, GUARDCTL_DONE);
        node = json_from_string(capture.out, NULL);
        g_assert_nonnull(node);
        return json_array_get_length(json_node_get_array(node));
}

static void
test_keys(Fixture *fixture, gconstpointer data)
{
        static const char *const keys[] = {"seq",       "time",       "boot_id", "kind",
                                           "severity",  "verdict",    "reason",  "media_id",
                                           "vendor_id", "product_id", "serial",  "user",
                                           "session",   "digest",     "message"};
        g_auto(Capture) capture = {0};
        g_autoptr(JsonNode) node = NULL;
        JsonObject *first;
        gint64 time_us = 0;

        (void)data;
        g_assert_cmpint(run(fixture, &capture, "guardctl log --json --media-id LY-017"), ==, 0);
        node = json_from_string(capture.out, NULL);
        first = json_array_get_object_element(json_node_get_array(node), 0);
        for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
                g_assert_true(json_object_has_member(first, keys[i]));
        g_assert_cmpint(json_object_get_int_member(first, "seq"), ==, 2);
        g_assert_cmpstr(json_object_get_string_member(first, "verdict"), ==, "refuse");
        g_assert_cmpstr(json_object_get_string_member(first, "reason"), ==, "drive-lost");
        g_assert_true(
                guard_time_parse(json_object_get_string_member(first, "time"), 0, &time_us, NULL));
        g_assert_cmpint(time_us, ==, G_GINT64_CONSTANT(1000000000));
        g_assert_true(json_object_get_null_member(first, "user"));
        g_assert_cmpint(
                json_object_get_int_member(json_object_get_object_member(first, "details"), "n"),
                ==, 1);
        g_assert_true(g_utf8_validate(capture.out, -1, NULL));
}

static void
test_filters(Fixture *fixture, gconstpointer data)
{
        (void)data;
        g_assert_cmpuint(count(fixture, "guardctl log --json"), ==, 5);
        g_assert_cmpuint(count(fixture, "guardctl log --json --kind usb-decision"), ==, 2);
        g_assert_cmpuint(
                count(fixture, "guardctl log --json --kind usb-decision --media-id LY-018"), ==, 1);
        g_assert_cmpuint(count(fixture, "guardctl log --json --media-id nobody"), ==, 0);
        /* since includes its moment, until does not */
        g_assert_cmpuint(count(fixture, "guardctl log --json --since 1970-01-01T00:33:20Z --until "
                                        "1970-01-01T01:06:40Z"),
                         ==, 2);
        g_assert_cmpuint(count(fixture, "guardctl log --json --since -2h"), ==, 1);
}

static void
test_people(Fixture *fixture, gconstpointer data)
{
        g_auto(Capture) capture = {0};
        g_auto(Capture) none = {0};

        (void)data;
        g_assert_cmpint(run(fixture, &capture, "guardctl log"), ==, GUARDCTL_DONE);
        g_assert_nonnull(strstr(capture.out, "Refused: drive LY-017."));
        g_assert_nonnull(strstr(capture.out, "reported lost"));
        g_assert_null(strchr(capture.out, '\x1b'));
        g_assert_cmpint(run(fixture, &none, "guardctl log --media-id nobody"), ==, GUARDCTL_DONE);
        g_assert_cmpstr(none.out, ==, "No records match.\n");
}

static void
test_wrong_usage(Fixture *fixture, gconstpointer data)
{
        static const char *const lines[] = {
                "guardctl log --since soon", "guardctl log --until 2026-13-01",
                "guardctl log --nothing",    "guardctl log what",
                "guardctl log verify what",  "guardctl log anchor what"};

        (void)data;
        for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
                g_auto(Capture) capture = {0};

                g_test_message("%s", lines[i]);
                g_assert_cmpint(run(fixture, &capture, lines[i]), ==, GUARDCTL_USAGE_ERROR);
                g_assert_cmpuint(capture.out_size, ==, 0);
                g_assert_cmpuint(capture.err_size, >, 0);
        }
}

static void
edit(Fixture *fixture, const char *sql)
{
        sqlite3 *database = NULL;

        g_assert_cmpint(sqlite3_open(fixture->db, &database), ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_exec(database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
        sqlite3_close(database);
}

static void
test_verify(Fixture *fixture, gconstpointer data)
{
        g_auto(Capture) good = {0}, bad = {0}, json = {0};
        g_autoptr(JsonNode) node = NULL;

        (void)data;
        g_assert_cmpint(run(fixture, &good, "guardctl log verify"), ==, GUARDCTL_DONE);
        g_assert_nonnull(strstr(good.out, "complete: records 1 to 5"));
        edit(fixture, "DROP TRIGGER records_are_not_changed; UPDATE records SET media_id='LY-019' "
                      "WHERE seq=3");
        g_assert_cmpint(run(fixture, &bad, "guardctl log verify"), ==, GUARDCTL_FAILED);
        g_assert_nonnull(strstr(bad.err, "record 3 was altered"));
        g_assert_cmpuint(bad.out_size, ==, 0);
        g_assert_cmpint(run(fixture, &json, "guardctl log verify --json"), ==, GUARDCTL_FAILED);
        node = json_from_string(json.out, NULL);
        g_assert_false(json_object_get_boolean_member(json_node_get_object(node), "good"));
        g_assert_cmpint(json_object_get_int_member(json_node_get_object(node), "first_bad_seq"), ==,
                        3);
}

/* The tail cut off, head file and all: only the anchor knows. */
static void
test_anchor(Fixture *fixture, gconstpointer data)
{
        g_auto(Capture) anchor = {0}, good = {0}, bad = {0}, broken = {0};
        g_autofree char *file = g_build_filename(fixture->root, "anchor", NULL);
        g_autofree char *line = g_strdup_printf("guardctl log verify --anchor %s", file);
        g_autofree char *other = g_strdup_printf("guardctl log verify --anchor %s", fixture->head);

        (void)data;
        g_assert_cmpint(run(fixture, &anchor, "guardctl log anchor"), ==, GUARDCTL_DONE);
        g_assert_true(g_file_set_contents(file, anchor.out, -1, NULL));
        g_assert_cmpint(run(fixture, &good, line), ==, GUARDCTL_DONE);
        edit(fixture, "DROP TRIGGER records_are_not_removed; DELETE FROM records WHERE seq>3");
        g_unlink(fixture->head);
        g_assert_cmpint(run(fixture, &bad, line), ==, GUARDCTL_FAILED);
        g_assert_nonnull(strstr(bad.err, "record 4 is missing"));
        g_assert_true(g_file_set_contents(fixture->head, "no anchor", -1, NULL));
        g_assert_cmpint(run(fixture, &broken, other), ==, GUARDCTL_FAILED);
        g_assert_nonnull(strstr(broken.err, "not an anchor"));
}

static void
test_no_ledger(Fixture *fixture, gconstpointer data)
{
        g_auto(Capture) capture = {0}, anchor = {0};

        (void)data;
        g_unlink(fixture->db);
        g_assert_cmpint(run(fixture, &capture, "guardctl log"), ==, GUARDCTL_FAILED);
        g_assert_nonnull(strstr(capture.err, "there is no event log"));
        g_assert_cmpint(run(fixture, &anchor, "guardctl log anchor"), ==, GUARDCTL_FAILED);
        g_assert_nonnull(strstr(anchor.err, "there is no event log"));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
        g_test_add("/guardctl-log/" path, Fixture, NULL, set_up, function, tear_down)
        ADD("keys", test_keys);
        ADD("filters", test_filters);
        ADD("people", test_people);
        ADD("wrong-usage", test_wrong_usage);
        ADD("verify", test_verify);
        ADD("anchor", test_anchor);
        ADD("no-ledger", test_no_ledger);
        return g_test_run();
}
