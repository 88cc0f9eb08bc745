/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl policy test over a real ledger file: what another policy would have said of what is in it.
 */
#include "capture.h"
#include "common/guard-names.h"
#include "ledger/kinds.h"
#include "ledger/ledger.h"
#include <glib/gstdio.h>
#include <string.h>

#define CONTENT                                                                                    \
        "\"size\":16000000000,\"volumes\":[{\"partition\":1,\"usage\":\"filesystem\",\"type\":\"vfat\"}]"
#define STICK "\"carrier\":\"usb\",\"interfaces\":[\"08:06:50\"],\"kinds\":[\"storage\"]"

typedef struct {
        char *root, *candidate;
} Fixture;

typedef struct {
        const char *kind, *serial, *media_id, *level, *rule, *details;
        GuardVerdict verdict;
        GuardReason reason;
} Told;

static const Told told[] = {
        /* 1: what an ordinary stick was on its way to, and 2, 3 what became of it, twice */
        {GUARD_KIND_USB_DECISION, "ORDINARY", NULL, NULL, "90-baomi-guard.conf:policy/unregistered",
         "{" STICK ",\"host_level\":\"none\",\"situation\":\"unregistered\"}", GUARD_VERDICT_ADMIT, GUARD_REASON_UNREGISTERED},
        {GUARD_KIND_BLOCK_DECISION, "ORDINARY", NULL, NULL, "90-baomi-guard.conf:policy/unregistered",
         "{" STICK "," CONTENT ",\"host_level\":\"none\",\"situation\":\"unregistered\",\"locked\":false}", GUARD_VERDICT_ADMIT,
         GUARD_REASON_UNREGISTERED},
        {GUARD_KIND_BLOCK_DECISION, "ORDINARY", NULL, NULL, "90-baomi-guard.conf:policy/unregistered",
         "{" STICK "," CONTENT ",\"host_level\":\"none\",\"situation\":\"unregistered\",\"locked\":false}", GUARD_VERDICT_ADMIT,
         GUARD_REASON_UNREGISTERED},
        /* 4: one of the register */
        {GUARD_KIND_BLOCK_DECISION, "OURS", "BG-1", "none", "core:registered",
         "{" STICK "," CONTENT ",\"host_level\":\"none\",\"situation\":\"registered\",\"status\":\"issued\"}", GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTERED},
        /* 5: a classified one: no policy was asked */
        {GUARD_KIND_USB_DECISION, "SECRET", "LY-1", "secret", "core:classified-on-unclassified", "{" STICK ",\"host_level\":\"none\"}",
         GUARD_VERDICT_REFUSE, GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED},
        /* 6: from before the facts were kept */
        {GUARD_KIND_BLOCK_DECISION, "OLDER", NULL, NULL, "90-baomi-guard.conf:policy/unregistered", "{\"carrier\":\"usb\"," CONTENT "}",
         GUARD_VERDICT_ADMIT, GUARD_REASON_UNREGISTERED},
        /* 7: a phone that a rule refused */
        {GUARD_KIND_USB_DECISION, "PHONE", NULL, NULL, "50-office.conf:phones",
         "{\"carrier\":\"usb\",\"interfaces\":[\"06:01:01\"],\"kinds\":[\"still-image\"],\"host_level\":\"none\",\"situation\":"
         "\"unregistered\"}",
         GUARD_VERDICT_REFUSE, GUARD_REASON_POLICY},
        {GUARD_KIND_REMOVED, "ORDINARY", NULL, NULL, NULL, NULL, GUARD_VERDICT_HOLD, GUARD_REASON_NONE},
};

static void
write_ledger(const char *root)
{
        g_autofree char *db = g_strconcat(root, GUARD_LEDGER_DB, NULL), *head = g_strconcat(root, GUARD_LEDGER_HEAD, NULL);
        g_autofree char *dir = g_path_get_dirname(db);
        g_autoptr(GuardLedger) ledger = NULL;

        g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
        ledger = guard_ledger_open(db, head, NULL, NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(told); i++) {
                g_autoptr(GuardRecord) record = guard_record_new(told[i].kind, GUARD_SEVERITY_INFO);

                record->time_us = (gint64)(i + 1) * 1000 * G_USEC_PER_SEC;
                record->vendor_id = g_strdup("0951");
                record->product_id = g_strdup("1666");
                record->serial = g_strdup(told[i].serial);
                record->media_id = g_strdup(told[i].media_id);
                record->level = g_strdup(told[i].level);
                record->rule = g_strdup(told[i].rule);
                record->details = g_strdup(told[i].details);
                record->has_verdict = told[i].rule != NULL;
                record->verdict = told[i].verdict;
                record->reason = told[i].reason;
                record->user = g_strdup("root");
                record->message = guard_record_message(record);
                g_assert_true(guard_ledger_append(ledger, record, NULL));
        }
}

static void
put(const char *root, const char *path, const char *text)
{
        g_autofree char *file = g_strconcat(root, path, NULL), *dir = g_path_get_dirname(file);

        g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
        g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
        (void)data;
        fixture->root = g_dir_make_tmp("guardctl-policy-XXXXXX", NULL);
        fixture->candidate = g_strconcat(fixture->root, "/candidate", NULL);
        write_ledger(fixture->root);
        put(fixture->root, GUARD_HOST_CONF, "[host]\nlevel=none\n");
        put(fixture->root, GUARD_POLICY_DIR_VENDOR "/90-baomi-guard.conf", "[policy]\nunregistered=admit\nregistry-absent=admit\n");
        put(fixture->root, GUARD_POLICY_DIR "/50-office.conf", "[rule phones]\nkind=still-image\nverdict=refuse\n");
        put(fixture->root, "/candidate/readme", "no policy");
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
        const char *argv[] = {"rm", "-rf", fixture->root, NULL};

        (void)data;
        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
        g_free(fixture->root);
        g_free(fixture->candidate);
}

static int
run(Fixture *fixture, Capture *capture, const char *const *words)
{
        g_autofree char **argv = g_memdup(words, (guint)((g_strv_length((char **)words) + 1) * sizeof(char *)));
        int status;

        capture_begin(capture);
        capture->ctx.root = fixture->root;
        capture->ctx.bus_address = "unix:path=/nonexistent";
        status = guardctl_main(&capture->ctx, (int)g_strv_length((char **)words), argv);
        capture_end(capture);
        return status;
}

/* The document about the candidate's only file. */
static JsonNode *
try(Fixture *fixture, const char *policy, const char *since)
{
        const char *words[] = {"guardctl", "policy", "test", fixture->candidate, "--json", since ? "--since" : NULL, since, NULL};
        g_auto(Capture) capture = {0};

        put(fixture->root, "/candidate/50-office.conf", policy);
        g_assert_cmpint(run(fixture, &capture, words), ==, GUARDCTL_DONE);
        g_assert_cmpstr(capture.err, ==, "");
        return json_from_string(capture.out, NULL);
}

static void
check_sums(JsonNode *node, gint64 tried, gint64 changed, gint64 fixed, gint64 assumed)
{
        JsonObject *object = json_node_get_object(node);

        g_assert_cmpint(json_object_get_int_member(object, "tried"), ==, tried);
        g_assert_cmpint(json_object_get_int_member(object, "changed"), ==, changed);
        g_assert_cmpint(json_object_get_int_member(object, "fixed"), ==, fixed);
        g_assert_cmpint(json_object_get_int_member(object, "assumed"), ==, assumed);
        g_assert_cmpint(json_array_get_length(json_object_get_array_member(object, "changes")), ==, changed);
}

static void
check_change(JsonNode *node, guint n, gint64 seq, const char *then, const char *now, const char *rule)
{
        JsonObject *change = json_array_get_object_element(json_object_get_array_member(json_node_get_object(node), "changes"), n);
        JsonObject *new = json_object_get_object_member(change, "now");

        g_assert_cmpint(json_object_get_int_member(change, "seq"), >=, seq);
        g_assert_cmpstr(json_object_get_string_member(json_object_get_object_member(change, "then"), "verdict"), ==, then);
        g_assert_cmpstr(json_object_get_string_member(new, "verdict"), ==, now);
        g_assert_cmpstr(json_object_get_string_member(new, "rule"), ==, rule);
}

static void
test_same(Fixture *fixture, gconstpointer data)
{
        g_autoptr(JsonNode) node = try(fixture, "[rule phones]\nkind=still-image\nverdict=refuse\n", NULL);

        (void)data;
        check_sums(node, 5, 0, 1, 1);
}

static void
test_stricter(Fixture *fixture, gconstpointer data)
{
        const char *refuse = "[policy]\nunregistered=refuse\n[rule phones]\nkind=still-image\nverdict=refuse\n";
        g_autoptr(JsonNode) node = try(fixture, refuse, NULL);
        g_autoptr(JsonNode) later = try(fixture, refuse, "1970-01-01T00:50:00Z");

        (void)data;
        check_sums(node, 5, 3, 1, 1); /* the same stick twice, and the older record */
        check_change(node, 0, 2, "admit", "refuse", "50-office.conf:policy/unregistered");
        check_sums(later, 4, 2, 1, 1);
}

static void
test_facts(Fixture *fixture, gconstpointer data)
{
        g_autoptr(JsonNode) node = try(fixture,
                                       "[rule large]\nsize-min=8G\nfilesystem=vfat\nstate=unregistered\nusers=root\nlocked=no\n"
                                       "groups=root\nverdict=read-only\n[rule phones]\nkind=still-image\nverdict=admit\n"
                                       "[rule cupboard]\nstatus=in-use\nverdict=read-only\n[rule ours]\nlevel=none\nstatus=issued\nverdict=refuse\n",
                                       NULL);

        (void)data;
        check_sums(node, 5, 5, 1, 1);
        check_change(node, 0, 2, "admit", "read-only", "50-office.conf:large");
        check_change(node, 2, 4, "admit", "refuse", "50-office.conf:ours");
        check_change(node, 4, 7, "refuse", "admit", "50-office.conf:phones");
}

static void
test_for_people(Fixture *fixture, gconstpointer data)
{
        const char *const words[] = {"guardctl", "policy", "test", fixture->candidate, NULL};
        const char *const in_place[] = {"guardctl", "policy", "test", NULL};
        g_auto(Capture) capture = {0}, bad = {0}, same = {0};

        (void)data;
        put(fixture->root, "/candidate/50-office.conf", "[policy]\nunregistered=refuse\n[rule phones]\nkind=still-image\nverdict=refuse\n");
        g_assert_cmpint(run(fixture, &capture, words), ==, GUARDCTL_DONE);
        g_assert_nonnull(strstr(capture.out, "0951:1666 ORDINARY"));
        g_assert_nonnull(strstr(capture.out, "5 decisions tried, 3 would come out differently; 1 others"));
        g_assert_nonnull(strstr(capture.out, "1 of them are from before"));

        put(fixture->root, "/candidate/50-office.conf", "[policy]\nunregistered=perhaps\n");
        g_assert_cmpint(run(fixture, &bad, words), ==, GUARDCTL_FAILED);
        g_assert_nonnull(strstr(bad.err, "50-office.conf:2: "));
        g_assert_cmpstr(bad.out, ==, "");

        g_assert_cmpint(run(fixture, &same, in_place), ==, GUARDCTL_DONE);
        g_assert_nonnull(strstr(same.out, "5 decisions tried, 0 would come out differently"));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/guardctl/policy/same", Fixture, NULL, set_up, test_same, tear_down);
        g_test_add("/guardctl/policy/stricter", Fixture, NULL, set_up, test_stricter, tear_down);
        g_test_add("/guardctl/policy/facts", Fixture, NULL, set_up, test_facts, tear_down);
        g_test_add("/guardctl/policy/for-people", Fixture, NULL, set_up, test_for_people, tear_down);
        return g_test_run();
}
