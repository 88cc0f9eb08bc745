/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decides every case of the tables and compares. Fails too where a reason has no case, or a key of
 * a case is none, so that a table cannot silently test nothing.
 */
#include "common/guard-text.h"
#include "tests/tables/case.h"
#include <locale.h>
#include <string.h>

static char *shipped;
static GPtrArray *confs; /* of GuardConf: cases point into them until the process ends */
/* By the host's level, unknown first. */
static gboolean reason_seen[GUARD_N_REASONS][GUARD_LEVEL_TOP_SECRET + 2];

typedef struct {
        GuardConf *conf;
        GuardConfGroup *group;
} Job;

typedef struct {
        const char *key;
        gboolean (*holds)(const GuardDecision *d, const char *expected);
} Expectation;

static gboolean
expect_verdict(const GuardDecision *d, const char *expected)
{
        g_autofree char *told = g_strdup_printf("%s %s %s", guard_verdict_to_string(d->verdict),
                                                guard_reason_to_string(d->reason),
                                                guard_severity_to_string(d->severity));
        return g_str_equal(told, expected);
}

static gboolean
expect_rule(const GuardDecision *d, const char *expected)
{
        return g_strcmp0(d->rule, expected) == 0;
}

static gboolean
expect_drive(const GuardDecision *d, const char *expected)
{
        g_autofree char *told = g_strdup_printf("%s %s", d->media_id != NULL ? d->media_id : "-",
                                                guard_level_to_string(d->level));
        return g_str_equal(told, expected);
}

static gboolean
expect_would_be(const GuardDecision *d, const char *expected)
{
        g_autofree char *told =
                d->observed ? g_strdup_printf("%s %s", guard_verdict_to_string(d->would_be),
                                              guard_reason_to_string(d->would_be_reason))
                            : g_strdup("-");
        return g_str_equal(told, expected);
}

static gboolean
expect_popup(const GuardDecision *d, const char *expected)
{
        return d->popup == g_str_equal(expected, "yes");
}

static gboolean
expect_lost(const GuardDecision *d, const char *expected)
{
        return d->reported_lost == g_str_equal(expected, "yes");
}

static gboolean
expect_keyboard(const GuardDecision *d, const char *expected)
{
        return d->pass_keyboard == g_str_equal(expected, "yes");
}

static gboolean
expect_until(const GuardDecision *d, const char *expected)
{
        gint64 until = G_MAXINT64;
        return (g_str_equal(expected, "-") || guard_time_parse(expected, 0, &until, NULL)) &&
               d->valid_until_us == until;
}

/* "rule-name text": a near miss of that rule with that text in it; "-": none at all. */
static gboolean
expect_near(const GuardDecision *d, const char *expected)
{
        if (g_str_equal(expected, "-"))
                return d->near_misses->len == 0;
        g_auto(GStrv) words = g_strsplit(expected, " ", 2);
        for (guint n = 0; n < d->near_misses->len; n++) {
                const GuardNearMiss *miss = g_ptr_array_index(d->near_misses, n);
                g_autofree char *why = guard_text_plain(miss->why);
                if (g_str_equal(miss->rule, words[0]) &&
                    strstr(why, words[1] != NULL ? words[1] : "") != NULL)
                        return TRUE;
        }
        return FALSE;
}

/* Names in the order of the bits. */
static gboolean
expect_depends(const GuardDecision *d, const char *expected)
{
        static const char *const names[] = {"host", "policy",  "registry", "session",
                                            "time", "content", "others"};
        GString *told = g_string_new(NULL);
        for (guint n = 0; n < G_N_ELEMENTS(names); n++)
                if ((d->depends >> n & 1) != 0)
                        g_string_append_printf(told, "%s%s", told->len > 0 ? " " : "", names[n]);
        gboolean same = g_str_equal(told->str, expected);
        g_string_free(told, TRUE);
        return same;
}

static const Expectation expectations[] = {
        {"expect", expect_verdict},    {"rule", expect_rule},   {"drive", expect_drive},
        {"would-be", expect_would_be}, {"popup", expect_popup}, {"pass-keyboard", expect_keyboard},
        {"until", expect_until},       {"near", expect_near},   {"near2", expect_near},
        {"depends", expect_depends},   {"lost", expect_lost},
};

static char *
describe(const GuardDecision *d)
{
        GString *out = g_string_new(NULL);
        g_string_append_printf(
                out,
                "%s %s %s, rule %s, drive %s %s, depends 0x%x, until %" G_GINT64_FORMAT
                ", observed %d %s %s, popup %d",
                guard_verdict_to_string(d->verdict), guard_reason_to_string(d->reason),
                guard_severity_to_string(d->severity), d->rule,
                d->media_id != NULL ? d->media_id : "-", guard_level_to_string(d->level),
                d->depends, d->valid_until_us, d->observed, guard_verdict_to_string(d->would_be),
                guard_reason_to_string(d->would_be_reason), d->popup);
        for (guint n = 0; n < d->near_misses->len; n++) {
                const GuardNearMiss *miss = g_ptr_array_index(d->near_misses, n);
                g_autofree char *why = guard_text_plain(miss->why);
                g_string_append_printf(out, "; near %s: %s", miss->rule, why);
        }
        return g_string_free(out, FALSE);
}

static void
refuse_unknown_keys(const Job *job)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        guard_conf_refuse_unused(job->conf, job->group, "see README", errors);
        for (guint n = 0; n < errors->len; n++) {
                g_test_message("%s", ((GError *)g_ptr_array_index(errors, n))->message);
                g_test_fail();
        }
}

/* What a record keeps of this decision says the same again, by the same policy: what "policy test" rests on. */
static void
replay(const Case *c, const GuardDecision *decision)
{
        g_autofree char *text = guard_policy_view_to_text(&decision->view);
        g_autoptr(GuardDecision) again = NULL;
        GuardPolicyView view;

        g_assert_true((text != NULL) == (decision->view.n_worlds > 0));
        if (text == NULL || decision->verdict == GUARD_VERDICT_HOLD)
                return;
        g_assert_true(guard_policy_view_from_text(text, decision->level, &view));
        view.statuses = decision->view.statuses; /* has a key of its own */
        again = guard_media_replay(&c->input, &view, decision->level, decision->media_id);
        if (again->verdict == decision->verdict && again->reason == decision->reason && again->observed == decision->observed &&
            again->would_be == decision->would_be && g_strcmp0(again->rule, decision->rule) == 0)
                return;
        g_autofree char *was = describe(decision), *is = describe(again);
        g_test_message("it was: %s; replayed from \"%s\": %s", was, text, is);
        g_test_fail();
}

static void
run_case(gconstpointer data)
{
        const Job *job = data;
        g_autoptr(Case) c = case_new(job->conf, job->group, shipped);
        g_autoptr(GuardDecision) decision = guard_media_decide(&c->input);
        gboolean expected_something = FALSE;

        for (guint n = 0; n < G_N_ELEMENTS(expectations); n++) {
                GuardConfEntry *entry = guard_conf_take(job->group, expectations[n].key);
                if (entry == NULL)
                        continue;
                expected_something = expected_something || n == 0;
                if (expectations[n].holds(decision, entry->value))
                        continue;
                g_autofree char *got = describe(decision);
                g_test_message("%s:%u: %s=%s, but it was: %s", job->conf->file, entry->line,
                               entry->key, entry->value, got);
                g_test_fail();
        }
        g_assert_true(expected_something);
        replay(c, decision);
        reason_seen[decision->reason][c->host->level - GUARD_LEVEL_UNKNOWN] = TRUE;
        refuse_unknown_keys(job);
}

#define ON(level) (1u << (GUARD_LEVEL_##level - GUARD_LEVEL_UNKNOWN))
#define CLASSIFIED (ON(CONFIDENTIAL) | ON(SECRET) | ON(TOP_SECRET))

/* A reason that no table shows is a reason that nobody has tried; on each level of a host. */
static void
every_reason_has_a_case(void)
{
        static const struct {
                GuardReason reason;
                guint levels; /* where it can be at all; else on every level that is known */
        } fewer[] = {
                {GUARD_REASON_HOST_LEVEL_UNKNOWN, ON(UNKNOWN)},
                {GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED, ON(NONE)},
                {GUARD_REASON_LEVEL_ABOVE_HOST, ON(CONFIDENTIAL) | ON(SECRET)},
                {GUARD_REASON_CROSS_USE, CLASSIFIED},
                /* below confidential there is only the other kind of drive */
                {GUARD_REASON_NO_WRITE_DOWN, ON(SECRET) | ON(TOP_SECRET)},
                /* said by guardd itself, not by the rules */
                {GUARD_REASON_RECORD_FAILED, 0},
                {GUARD_REASON_ESCAPE_HATCH, 0},
                {GUARD_REASON_SPOOLED, 0},
        };
        guint possible[GUARD_N_REASONS];

        for (guint n = 0; n < GUARD_N_REASONS; n++)
                possible[n] = ON(NONE) | CLASSIFIED;
        for (guint n = 0; n < G_N_ELEMENTS(fewer); n++)
                possible[fewer[n].reason] = fewer[n].levels;
        for (guint n = 0; n < GUARD_N_REASONS; n++)
                for (guint l = 0; l < G_N_ELEMENTS(reason_seen[n]); l++) {
                        gboolean known = l > 0; /* what is never judged has no level to know */
                        gboolean may = (possible[n] >> l & 1) != 0;
                        if (reason_seen[n][l] == may || (!known && !may))
                                continue;
                        g_test_message(
                                "%s %s on a host of level %s",
                                may ? "no case expects" : "nothing should give",
                                guard_reason_to_string((GuardReason)n),
                                guard_level_to_string((GuardLevel)((int)l + GUARD_LEVEL_UNKNOWN)));
                        g_test_fail();
                }
}

static void
add_file(const char *path)
{
        g_autofree char *text = NULL;
        g_autofree char *base = g_path_get_basename(path);
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GError) error = NULL;
        gsize size;

        if (!g_file_get_contents(path, &text, &size, &error))
                g_error("%s", error->message);
        GuardConf *conf = guard_conf_parse(base, text, size, errors);
        g_ptr_array_add(confs, conf);
        if (errors->len > 0)
                g_error("%s", ((GError *)g_ptr_array_index(errors, 0))->message);
        for (guint n = 0; n < conf->groups->len; n++) {
                Job *job = g_new0(Job, 1);
                job->conf = conf;
                job->group = g_ptr_array_index(conf->groups, n);
                g_autofree char *name = g_strdup_printf("/tables/%s/%s", base, job->group->name);
                g_test_add_data_func_full(name, job, run_case, g_free);
        }
}

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "C.UTF-8");
        g_test_init(&argc, &argv, NULL);
        confs = g_ptr_array_new_with_free_func((GDestroyNotify)guard_conf_free);
        if (argc < 3)
                g_error("usage: %s SHIPPED-POLICY TABLE …", argv[0]);
        if (!g_file_get_contents(argv[1], &shipped, NULL, NULL))
                g_error("%s cannot be read", argv[1]);
        for (int n = 2; n < argc; n++)
                add_file(argv[n]);
        g_test_add_func("/tables/afterwards/every-reason-has-a-case", every_reason_has_a_case);
        int status = g_test_run();
        g_ptr_array_unref(confs);
        g_free(shipped);
        return status;
}
