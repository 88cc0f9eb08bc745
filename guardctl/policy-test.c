/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl policy test: the decisions of the event log, taken anew by policy files that are not in force, and what they would
 * have changed. Nothing is carried out, and guardd need not run.
 */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "common/guard-conf-dir.h"
#include "common/guard-conf.h"
#include "common/guard-names.h"
#include "common/guard-text.h"
#include "guardctl/log.h"
#include "guardctl/policy.h"
#include "guardctl/replay.h"
#include "guardctl/words.h"

static const GuardctlUsage usage = {
        "policy test", "[DIR]",
        N_("Takes the decisions in the event log anew with the *.conf files in DIR, as if DIR stood in the place of "
           "/etc/baomi-guard/policy.d, and shows each that would come out differently. Without DIR: with the files that are there "
           "now, before a reload. What the fixed rules decided (a classified drive, a lost one …) no policy changes. Devices that "
           "the guard does not hold are in no record, so a policy that would hold them too shows nothing here.\n"
           "Times as in 'guardctl log'.\n"
           "Exit status: 0 when it was tried, whatever came out; 1 if DIR has errors or the log cannot be read; 3 if guardd would "
           "have to be asked and cannot be reached."),
        0, 1,
};

typedef struct { /* one line of the table: the same drive, the same change */
        char *key;
        guint count;
        char *last, *drive;
        GuardVerdict then, now;
        char *then_rule, *now_rule;
} Change;

typedef struct {
        GuardctlContext *ctx;
        GuardPolicy *policy;
        GuardLevel host_level;
        guint64 replayed, changed, fixed, assumed;
        GPtrArray *changes;   /* of Change, by when they first came up */
        GHashTable *by_key;   /* into it */
        JsonBuilder *builder; /* NULL: for people */
} Test;

static void
change_free(gpointer data)
{
        Change *change = data;

        g_free(change->key);
        g_free(change->last);
        g_free(change->drive);
        g_free(change->then_rule);
        g_free(change->now_rule);
        g_free(change);
}

static char *
name_drive(const GuardRecord *record)
{
        g_autofree char *serial = guard_text_display(record->serial, 40);

        if (record->media_id != NULL)
                return guard_text_display(record->media_id, 40);
        if (record->vendor_id == NULL)
                return g_steal_pointer(&serial);
        return g_strdup_printf("%s:%s%s%s", record->vendor_id, record->product_id != NULL ? record->product_id : "?",
                               serial != NULL ? " " : "", serial != NULL ? serial : "");
}

static void
note_change(Test *test, const GuardRecord *record, const GuardDecision *now)
{
        g_autofree char *drive = name_drive(record);
        g_autofree char *key = g_strdup_printf("%s|%d|%d|%s|%s", drive, record->verdict, now->verdict,
                                               record->rule != NULL ? record->rule : "", now->rule);
        Change *change = g_hash_table_lookup(test->by_key, key);
        g_autoptr(GDateTime) when = g_date_time_new_from_unix_local(record->time_us / G_USEC_PER_SEC);

        if (change == NULL) {
                change = g_new0(Change, 1);
                change->key = g_steal_pointer(&key);
                change->drive = g_steal_pointer(&drive);
                change->then = record->verdict;
                change->now = now->verdict;
                change->then_rule = g_strdup(record->rule);
                change->now_rule = g_strdup(now->rule);
                g_ptr_array_add(test->changes, change);
                g_hash_table_insert(test->by_key, change->key, change);
        }
        change->count++;
        g_free(change->last);
        change->last = when != NULL ? g_date_time_format(when, "%Y-%m-%d %H:%M") : NULL;
}

static void
add_side(JsonBuilder *builder, const char *name, GuardVerdict verdict, GuardReason reason, const char *rule)
{
        json_builder_set_member_name(builder, name);
        json_builder_begin_object(builder);
        guardctl_json_string(builder, "verdict", guard_verdict_to_string(verdict));
        guardctl_json_string(builder, "reason", reason != GUARD_REASON_NONE ? guard_reason_to_string(reason) : NULL);
        guardctl_json_string(builder, "rule", rule);
        json_builder_end_object(builder);
}

static void
add_change(JsonBuilder *builder, const GuardRecord *record, const GuardctlReplay *replay)
{
        g_autofree char *time = guard_time_format(record->time_us);
        g_autofree char *serial = record->serial != NULL ? g_utf8_make_valid(record->serial, -1) : NULL;
        const GuardDecision *now = replay->decision;

        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "seq");
        json_builder_add_int_value(builder, (gint64)record->seq);
        guardctl_json_string(builder, "time", time);
        guardctl_json_string(builder, "kind", record->kind);
        guardctl_json_string(builder, "media_id", record->media_id);
        guardctl_json_string(builder, "vendor_id", record->vendor_id);
        guardctl_json_string(builder, "product_id", record->product_id);
        guardctl_json_string(builder, "serial", serial);
        guardctl_json_string(builder, "user", record->user);
        add_side(builder, "then", record->verdict, record->reason, record->rule);
        add_side(builder, "now", now->verdict, now->reason, now->rule);
        guardctl_json_string(builder, "would_be", now->observed ? guard_verdict_to_string(now->would_be) : NULL);
        json_builder_set_member_name(builder, "assumed");
        json_builder_add_boolean_value(builder, replay->assumed);
        json_builder_end_object(builder);
}

static gboolean
visit(const GuardRecord *record, gpointer data)
{
        Test *test = data;
        GuardctlReplay replay;
        GuardctlReplayResult result = guardctl_replay(record, test->policy, test->host_level, &replay);

        test->fixed += result == GUARDCTL_REPLAY_CORE ? 1 : 0;
        if (result != GUARDCTL_REPLAY_DONE)
                return TRUE;
        test->replayed++;
        test->assumed += replay.assumed ? 1 : 0;
        if (replay.decision->verdict != record->verdict) {
                test->changed++;
                if (test->builder != NULL)
                        add_change(test->builder, record, &replay);
                else
                        note_change(test, record, replay.decision);
        }
        guardctl_replay_clear(&replay);
        if (test->builder == NULL && test->ctx->interactive && test->replayed % 1000 == 0)
                fprintf(test->ctx->err, "\r%" G_GUINT64_FORMAT " ", test->replayed);
        return TRUE;
}

static void
print_table(GuardctlContext *ctx, const Test *test)
{
        const char *const headers[] = {_("Last"), _("Times"), _("Drive"), _("Then"), _("By rule"), _("Now"), _("By rule")};
        g_autoptr(GuardctlTable) table = guardctl_table_new(G_N_ELEMENTS(headers), headers);

        for (guint i = 0; i < test->changes->len; i++) {
                const Change *change = test->changes->pdata[i];
                const char *then = guard_verdict_to_string(change->then), *now = guard_verdict_to_string(change->now);

                guardctl_table_cell(table, GUARDCTL_FAINT, change->last);
                guardctl_table_cell_format(table, GUARDCTL_PLAIN, "%u", change->count);
                guardctl_table_cell(table, GUARDCTL_STRONG, change->drive);
                guardctl_table_cell(table, guardctl_style_of_verdict(change->then), guardctl_verdict_word(then));
                guardctl_table_cell(table, GUARDCTL_PLAIN, change->then_rule);
                guardctl_table_cell(table, guardctl_style_of_verdict(change->now), guardctl_verdict_word(now));
                guardctl_table_cell(table, GUARDCTL_PLAIN, change->now_rule);
        }
        if (test->changes->len > 0)
                guardctl_table_print(ctx, table);
}

static void
print_sum(GuardctlContext *ctx, const Test *test)
{
        g_autofree char *tried = g_strdup_printf("%" G_GUINT64_FORMAT, test->replayed);
        g_autofree char *changed = g_strdup_printf("%" G_GUINT64_FORMAT, test->changed);
        g_autofree char *fixed = g_strdup_printf("%" G_GUINT64_FORMAT, test->fixed);
        g_autofree char *assumed = g_strdup_printf("%" G_GUINT64_FORMAT, test->assumed);

        fprintf(ctx->out,
                _("%s decisions tried, %s would come out differently; %s others were those of the fixed rules, which no policy changes\n"),
                tried, changed, fixed);
        if (test->assumed > 0)
                fprintf(ctx->out,
                        _("%s of them are from before the log kept all facts: what it does not say was taken from the reason it gives\n"),
                        assumed);
}

static int
run(GuardctlContext *ctx, Test *test, const GuardLedgerQuery *query)
{
        g_autoptr(JsonBuilder) builder = ctx->json ? json_builder_new() : NULL;
        const struct {
                const char *name;
                const guint64 *value;
        } sums[] = {{"tried", &test->replayed}, {"changed", &test->changed}, {"fixed", &test->fixed}, {"assumed", &test->assumed}};
        int status;

        test->builder = builder;
        if (builder != NULL) {
                json_builder_begin_object(builder);
                json_builder_set_member_name(builder, "changes");
                json_builder_begin_array(builder);
        }
        status = guardctl_log_read(ctx, query, visit, test);
        if (!ctx->json && ctx->interactive && test->replayed >= 1000)
                fputs("\r          \r", ctx->err);
        if (status != GUARDCTL_DONE)
                return status;
        if (builder == NULL) {
                print_table(ctx, test);
                print_sum(ctx, test);
                return status;
        }
        json_builder_end_array(builder);
        for (gsize i = 0; i < G_N_ELEMENTS(sums); i++) {
                json_builder_set_member_name(builder, sums[i].name);
                json_builder_add_int_value(builder, (gint64)*sums[i].value);
        }
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return status;
}

/* The files as guardd would read them; NULL: told. */
static GuardPolicy *
load(GuardctlContext *ctx, const char *dir)
{
        g_autofree char *vendor = guardctl_path(ctx, GUARD_POLICY_DIR_VENDOR), *etc = guardctl_path(ctx, GUARD_POLICY_DIR);
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GPtrArray) texts = NULL;
        GuardPolicy *policy = NULL;
        GError *error = NULL;

        if (dir != NULL && !g_file_test(dir, G_FILE_TEST_IS_DIR)) {
                guardctl_warn(ctx, _("%s is no folder"), dir);
                return NULL;
        }
        texts = guard_conf_dir_load(vendor, dir != NULL ? dir : etc, &error);
        if (texts != NULL)
                policy = guardctl_policy_parse(texts, errors);
        else
                g_ptr_array_add(errors, error);
        for (guint i = 0; i < errors->len; i++)
                fprintf(ctx->err, "%s\n", ((GError *)errors->pdata[i])->message);
        return policy;
}

int
guardctl_policy_test(GuardctlContext *ctx, int argc, char **argv)
{
        g_autofree char *since = NULL, *until = NULL;
        const GOptionEntry entries[] = {
                {"since", 0, 0, G_OPTION_ARG_STRING, &since, N_("Decisions from this time on"), N_("TIME")},
                {"until", 0, 0, G_OPTION_ARG_STRING, &until, N_("Decisions before this time"), N_("TIME")},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        GuardLedgerQuery query = {0};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        Test test = {.ctx = ctx};
        g_autoptr(GuardHost) host = NULL;

        if (status != GUARDCTL_GO_ON)
                return status;
        if (!guardctl_take_time(ctx, &usage, since, &query.since_us) || !guardctl_take_time(ctx, &usage, until, &query.until_us))
                return GUARDCTL_USAGE_ERROR;
        test.policy = load(ctx, argc > 1 ? argv[1] : NULL);
        if (test.policy == NULL)
                return GUARDCTL_FAILED;
        host = guardctl_host(ctx->root, NULL);
        test.host_level = host->level;
        test.changes = g_ptr_array_new_with_free_func(change_free);
        test.by_key = g_hash_table_new(g_str_hash, g_str_equal);
        status = run(ctx, &test, &query);
        g_hash_table_unref(test.by_key);
        g_ptr_array_unref(test.changes);
        guard_policy_unref(test.policy);
        return status;
}
