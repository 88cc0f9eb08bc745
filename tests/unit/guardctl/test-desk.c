/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl station as a clerk uses it: spreadsheets, lists, the stock-take, computers, what comes
 * back from the workstations. The library's own tests go deeper; here it is what is said and shown.
 */
#include <locale.h>
#include <string.h>

#include "tests/unit/guardctl/station-fixture.h"

static void
put_file(Fixture *f, const char *text)
{
        g_assert_true(g_file_set_contents(f->file, text, -1, NULL));
}

static const char sheet[] = "编号,密级,序列号,VID,PID,责任人\n"
                            "LY-1,机密,60A44C413FAE,0951,1666,张三\n"
                            "LY-2,绝秘,60A44C413FAF,0951,1666,李四\n"
                            "LY-3,秘密,60A44C413FB0,0951,1666,张三\n";

static void
test_csv(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *import = g_strdup_printf("import-csv %s", f->file);
        g_autofree char *confirm = g_strdup_printf("import-csv %s --confirm", f->file);
        g_autofree char *dry =
                g_strdup_printf("import-csv %s --confirm --skip-bad --dry-run", f->file);
        g_autofree char *skip = g_strdup_printf("import-csv %s --confirm --skip-bad", f->file);
        g_autofree char *export = g_strdup_printf("export-csv %s.out", f->file);
        g_autofree char *other = g_strdup_printf("export-csv %s.out --encoding latin", f->file);
        g_autoptr(JsonNode) preview = NULL, done = NULL, list = NULL;

        put_file(f, sheet);
        says(f, import, GUARDCTL_FAILED, "绝秘", NULL);
        says(f, import, GUARDCTL_FAILED, "--skip-bad", NULL);
        preview = document(f, import, GUARDCTL_FAILED);
        g_assert_cmpint(number(preview, "bad"), ==, 1);
        g_assert_cmpint(number(preview, "imported"), ==, 0);
        g_assert_cmpuint(length(preview, "faults"), ==, 1);
        says(f, confirm, GUARDCTL_FAILED, NULL, "--skip-bad");
        says(f, dry, GUARDCTL_FAILED, NULL, NULL);
        list = document(f, "list", GUARDCTL_DONE);
        g_assert_cmpuint(length(list, NULL), ==, 0);
        done = document(f, skip, GUARDCTL_DONE);
        g_assert_cmpint(number(done, "imported"), ==, 2);
        says(f, export, GUARDCTL_DONE, "2 ", NULL);
        says(f, other, GUARDCTL_USAGE_ERROR, NULL, "latin");
        says(f, "import-csv /nowhere/at/all.csv", GUARDCTL_FAILED, NULL, "/nowhere/at/all.csv");
        says(f, "pending", GUARDCTL_FAILED, "2 drives", NULL);
}

static void
test_lists(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        static const struct {
                const char *words;
                guint n;
        } cases[] = {
                {"list", 2},
                {"list --text 张三", 2},
                {"list --level secret", 1},
                {"list --level secret --level confidential", 2},
                {"list --status issued", 1},
                {"list --holder 王五", 1},
                {"list --limit 1", 1},
                {"list --offset 1 --limit 5", 1},
                {"list --offset 7", 0},
                {"list --sort level --descending", 2},
                {"overdue", 1},
                {"not-seen --days 0", 2},
                {"not-seen", 0},
        };
        g_autofree char *skip = g_strdup_printf("import-csv %s --confirm --skip-bad", f->file);
        g_autoptr(JsonNode) sorted = NULL;

        put_file(f, sheet);
        says(f, skip, GUARDCTL_DONE, NULL, NULL);
        says(f, "issue LY-3 --reason trip --holder 王五 --due 2020-01-31", GUARDCTL_DONE, NULL,
             NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(JsonNode) list = document(f, cases[i].words, GUARDCTL_DONE);

                g_assert_cmpuint(length(list, NULL), ==, cases[i].n);
        }
        sorted = document(f, "list --sort level", GUARDCTL_DONE);
        g_assert_cmpstr(
                json_object_get_string_member(
                        json_array_get_object_element(json_node_get_array(sorted), 0), "media_id"),
                ==, "LY-3");
        says(f, "list", GUARDCTL_DONE, "王五", NULL);
        says(f, "show LY-3", GUARDCTL_DONE, "2020-01-31", NULL);
        says(f, "list --level x", GUARDCTL_USAGE_ERROR, NULL, "'x'");
        says(f, "list --status x", GUARDCTL_USAGE_ERROR, NULL, "'x'");
        says(f, "list --sort x", GUARDCTL_USAGE_ERROR, NULL, "'x'");
        says(f, "list --limit -1", GUARDCTL_USAGE_ERROR, NULL, "--limit");
}

static void
test_life(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        says(f,
             "enrol --media-id A --level secret --serial ZZ99XX --department 办公室 --capacity 8GB",
             GUARDCTL_DONE, NULL, NULL);
        says(f, "enrol --media-id B --level secret --serial ZZ99YY --capacity big",
             GUARDCTL_USAGE_ERROR, NULL, "big");
        says(f, "return A --reason x", GUARDCTL_FAILED, NULL, "not handed out");
        says(f, "return A --reason x --holder me", GUARDCTL_USAGE_ERROR, NULL, "holder");
        says(f, "edit A --custodian 张三 --capacity 16GB --reason error", GUARDCTL_DONE, NULL,
             NULL);
        says(f, "edit A --custodian 张三 --reason error", GUARDCTL_FAILED, NULL, "Nothing");
        says(f, "edit A --custodian '' --reason left", GUARDCTL_DONE, NULL, NULL);
        says(f, "edit A --custodian x", GUARDCTL_USAGE_ERROR, NULL, "--reason");
        says(f, "declassify A --reason 'order 7'", GUARDCTL_DONE, NULL, NULL);
        says(f, "retire A --reason old", GUARDCTL_DONE, NULL, NULL);
        says(f, "destroy A --reason shredded", GUARDCTL_FAILED, NULL, "two names");
        says(f, "destroy A --reason shredded --by 李四 --witness 王五", GUARDCTL_DONE, NULL, NULL);
        says(f, "history A", GUARDCTL_DONE, "Witness: - → 王五", NULL);
        says(f, "history A", GUARDCTL_DONE, "Status: retired → destroyed", NULL);
        says(f, "history A", GUARDCTL_DONE, "Custodian: 张三 → -", NULL);
        says(f, "history A", GUARDCTL_DONE, "Department: 办公室", NULL);
        says(f, "verify", GUARDCTL_DONE, "7 ", NULL);
        says(f, "roles", GUARDCTL_DONE, "off", NULL);
        says(f, "roles x --reason y", GUARDCTL_USAGE_ERROR, NULL, "'x'");
        says(f, "roles on", GUARDCTL_USAGE_ERROR, NULL, "--reason");
}

static void
test_stocktake(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        g_autoptr(JsonNode) missing = NULL, state = NULL;

        says(f, "stocktake status", GUARDCTL_DONE, "no stock-take", NULL);
        says(f, "stocktake end", GUARDCTL_FAILED, NULL, "No stock-take");
        says(f, "enrol --media-id A --level secret --serial ZZ99XX", GUARDCTL_DONE, NULL, NULL);
        says(f, "enrol --media-id B --level secret --serial ZZ99YY", GUARDCTL_DONE, NULL, NULL);
        says(f, "stocktake begin", GUARDCTL_DONE, "0 of 2", NULL);
        says(f, "stocktake tick A X", GUARDCTL_FAILED, NULL, "X");
        says(f, "stocktake tick A", GUARDCTL_DONE, "1 of 2", NULL);
        missing = document(f, "stocktake missing", GUARDCTL_DONE);
        g_assert_cmpuint(length(missing, NULL), ==, 1);
        state = document(f, "stocktake end", GUARDCTL_DONE);
        g_assert_cmpint(number(state, "missing"), ==, 1);
}

static void
test_host(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *secret = g_strdup_printf("host secret pc-1 --output %s.secret", f->file);
        g_autoptr(JsonNode) list = NULL, all = NULL;

        says(f, "host add pc-1", GUARDCTL_USAGE_ERROR, NULL, "--level");
        says(f, "host add pc-1 --level none --room 302 --address 10.0.0.7", GUARDCTL_DONE, "302",
             NULL);
        says(f, "host edit pc-1 --room 303 --reason moved", GUARDCTL_DONE, "303", NULL);
        says(f, "host list", GUARDCTL_DONE, "10.0.0.7", NULL);
        says(f, secret, GUARDCTL_DONE, NULL, NULL);
        says(f, secret, GUARDCTL_FAILED, NULL, "already");
        says(f, "host renew pc-1 --reason lost", GUARDCTL_DONE, NULL, NULL);
        says(f, "host retire pc-1 --reason old", GUARDCTL_DONE, "out of use", NULL);
        says(f, "host show pc-2", GUARDCTL_FAILED, NULL, "pc-2");
        list = document(f, "host list", GUARDCTL_DONE);
        g_assert_cmpuint(length(list, NULL), ==, 0);
        all = document(f, "host list --all", GUARDCTL_DONE);
        g_assert_cmpuint(length(all, NULL), ==, 1);
        says(f, "history", GUARDCTL_DONE, "out of use", NULL);
        says(f, "history --json", GUARDCTL_DONE, "host-retire", NULL);
}

static void
test_events(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *words = g_strdup_printf("import-events %s", f->file);
        g_autoptr(JsonNode) first = NULL;

        says(f, "enrol --media-id A --level secret --serial ZZ99XX", GUARDCTL_DONE, NULL, NULL);
        says(f, "lost A --reason taxi", GUARDCTL_DONE, NULL, NULL);
        put_file(f, "[{\"seq\":3,\"kind\":\"usb-decision\",\"time\":\"2039-01-03T08:00:00Z\","
               "\"media_id\":\"A\",\"host_id\":\"pc-7\",\"user\":\"wang\"}]");
        first = document(f, words, GUARDCTL_FAILED);
        g_assert_cmpuint(length(first, "lost_seen"), ==, 1);
        says(f, words, GUARDCTL_FAILED, "CRITICAL", NULL);
        says(f, words, GUARDCTL_FAILED, "pc-7", NULL);
        says(f, words, GUARDCTL_FAILED, "wang", NULL);
        put_file(f, "[{]");
        says(f, words, GUARDCTL_FAILED, NULL, f->file);
}

#define ADD_TEST(name, test)                                                                       \
        g_test_add("/guardctl/desk/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "");
        g_test_init(&argc, &argv, NULL);
        ADD_TEST("csv", test_csv);
        ADD_TEST("lists", test_lists);
        ADD_TEST("life", test_life);
        ADD_TEST("stocktake", test_stocktake);
        ADD_TEST("host", test_host);
        ADD_TEST("events", test_events);
        return g_test_run();
}
