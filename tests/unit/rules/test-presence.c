/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The presence guard's states over tests/tables/presence.conf, the grades of a lock, and that no
 * sequence of facts makes it spin, sleep through, or believe a claim.
 */
#include "common/guard-conf.h"
#include "rules/presence-parse.h"
#include "rules/presence-proof.h"
#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000)

static GuardConf *table;

typedef struct {
        GuardPresenceSettings *settings;
        GuardPresencePlan plan;
        GuardPresenceFacts facts;
        guint actions;
} Play;

static const struct {
        const char *word;
        gsize offset;
        gboolean value;
} switches[] = {
        {"front", G_STRUCT_OFFSET(GuardPresenceFacts, active), TRUE},
        {"back", G_STRUCT_OFFSET(GuardPresenceFacts, active), FALSE},
        {"greeter", G_STRUCT_OFFSET(GuardPresenceFacts, greeter), TRUE},
        {"no-greeter", G_STRUCT_OFFSET(GuardPresenceFacts, greeter), FALSE},
        {"behind", G_STRUCT_OFFSET(GuardPresenceFacts, behind), TRUE},
        {"not-behind", G_STRUCT_OFFSET(GuardPresenceFacts, behind), FALSE},
        {"lock", G_STRUCT_OFFSET(GuardPresenceFacts, lock_now), TRUE},
        {"hurry", G_STRUCT_OFFSET(GuardPresenceFacts, hurry), TRUE},
        {"gone", G_STRUCT_OFFSET(GuardPresenceFacts, locker_gone), TRUE},
        {"consoles", G_STRUCT_OFFSET(GuardPresenceFacts, consoles), TRUE},
        {"no-consoles", G_STRUCT_OFFSET(GuardPresenceFacts, consoles), FALSE},
        {"locker", G_STRUCT_OFFSET(GuardPresenceFacts, locker), TRUE},
        {"exempt", G_STRUCT_OFFSET(GuardPresenceFacts, exempt), TRUE},
};
static const char *const action_words[] = {"warn",     "end-warning", "logind",    "locker",
                                           "physlock", "foreground",  "terminate", "suspend"};

static void
happen(Play *play, const char *word)
{
        if (strcmp(word, "input") == 0)
                play->facts.input_us = play->facts.now_us;
        else if (strcmp(word, "proof") == 0)
                play->facts.proof = GUARD_PROOF_CORROBORATED;
        else if (strcmp(word, "strong") == 0)
                play->facts.proof = GUARD_PROOF_STRONG;
        else if (strcmp(word, "no-proof") == 0)
                play->facts.proof = GUARD_PROOF_NONE;
        else if (strcmp(word, "terminate") == 0)
                play->settings->terminate = TRUE;
        else if (strcmp(word, "lock=no") == 0)
                play->settings->lock = FALSE;
        else if (strcmp(word, "lock=yes") == 0)
                play->settings->lock = TRUE;
        else if (g_str_has_prefix(word, "exempt-for="))
                play->settings->exempt_minutes = (guint)g_ascii_strtoull(word + 11, NULL, 10);
        else if (g_str_has_prefix(word, "suspend-after="))
                play->settings->suspend_after = (guint)g_ascii_strtoull(word + 14, NULL, 10);
        else
                for (guint n = 0; n < G_N_ELEMENTS(switches); n++) {
                        if (strcmp(switches[n].word, word) == 0) {
                                *(gboolean *)G_STRUCT_MEMBER_P(&play->facts, switches[n].offset) =
                                        switches[n].value;
                                return;
                        }
                        g_assert_cmpuint(n + 1, <, G_N_ELEMENTS(switches));
                }
}

static gint64
run(Play *play)
{
        play->actions = 0;
        for (guint n = 0; n < 6; n++) {
                GuardPresenceStep step =
                        guard_presence_step(&play->plan, play->settings, &play->facts);
                play->actions |= step.actions;
                play->facts.lock_now = FALSE;
                if (step.edge == GUARD_PRESENCE_NO_EDGE)
                        return step.next_us;
                g_assert_cmpstr(guard_presence_edge_describe(step.edge), !=, "");
        }
        g_error("no rest");
}

static char *
outcome(const Play *play)
{
        GString *text = g_string_new(guard_presence_to_string(play->plan.state));
        gboolean first = TRUE;
        if (play->plan.rung != GUARD_RUNG_NONE)
                g_string_append_printf(text, " %s", guard_rung_to_string(play->plan.rung));
        for (guint n = 0; n < G_N_ELEMENTS(action_words); n++)
                if ((play->actions >> n & 1) != 0) {
                        g_string_append_printf(text, "%s%s", first ? "; " : " ", action_words[n]);
                        first = FALSE;
                }
        return g_string_free(text, FALSE);
}

static void
play_words(Play *play, const char *text)
{
        g_auto(GStrv) words = g_strsplit(text, " ", -1);
        for (guint n = 0; words[n] != NULL; n++)
                if (*words[n] != '\0')
                        happen(play, words[n]);
}

static void
play_case(gconstpointer data)
{
        const GuardConfGroup *group = data;
        Play play = {.settings = guard_presence_settings_new(), .facts = {.active = TRUE}};
        gint64 next = G_MAXINT64;
        play.settings->lock_after = 60;
        play.settings->warning = 20;
        for (guint n = 0; n < group->entries->len; n++) {
                const GuardConfEntry *entry = g_ptr_array_index(group->entries, n);
                if (strcmp(entry->key, "settings") == 0) {
                        play_words(&play, entry->value);
                        continue;
                }
                g_auto(GStrv) sides = g_strsplit(entry->value, ">", 2);
                g_autofree char *result = NULL;
                gint64 now = 1000 * SECOND + g_ascii_strtoll(entry->key, NULL, 10) * SECOND;
                /* Whatever it wanted to look at in between must not change the outcome. */
                while (next < now && n > 0) {
                        play.facts.now_us = MAX(next, play.facts.now_us + SECOND / 10);
                        if (play.facts.now_us < now)
                                next = run(&play);
                        else
                                break;
                }
                play.facts.now_us = now;
                play_words(&play, sides[0]);
                next = run(&play);
                result = outcome(&play);
                g_test_message("%s: %s", entry->key, result);
                g_assert_cmpstr(result, ==, g_strstrip(sides[1]));
        }
        guard_presence_settings_free(play.settings);
}

/* Any facts at all: it comes to rest, and asks to be called at a time that is not past. */
static void
always_rests(void)
{
        Play play = {.settings = guard_presence_settings_new(), .facts = {.now_us = SECOND}};
        play.settings->terminate = TRUE;
        play.settings->suspend_after = 60;
        for (guint n = 0; n < 200000; n++) {
                guint bits = (guint)g_test_rand_int_range(0, 1 << 10);
                gint64 next;
                play.facts.now_us += g_test_rand_int_range(0, 40) * SECOND;
                if (bits & 1)
                        play.facts.input_us = play.facts.now_us;
                play.facts.active = (bits & 2) != 0;
                play.facts.greeter = (bits & 4) != 0;
                play.facts.consoles = (bits & 8) != 0;
                play.facts.locker = (bits & 16) != 0;
                play.facts.proof = (bits & 32) != 0 ? GUARD_PROOF_STRONG : GUARD_PROOF_NONE;
                play.facts.locker_gone = (bits & 64) != 0;
                play.facts.lock_now = (bits & 0x180) == 0x180;
                play.facts.behind = (bits & 0x200) != 0 && !play.facts.active;
                next = run(&play);
                g_assert_cmpint(next, >, play.facts.now_us);
                if (play.plan.state == GUARD_PRESENCE_LOCKING)
                        g_assert_cmpint(next - play.facts.now_us, <=, 30 * SECOND);
        }
        guard_presence_settings_free(play.settings);
}

/* ---- proof ---- */

static const struct {
        const char *what;
        gboolean greeter, hint, agent, physlock, front;
        const char *lockers; /* "path" trusted, "!path" not */
        GuardProof proof;
} proofs[] = {
        {"nothing", 0, 0, 0, 0, 0, "", GUARD_PROOF_NONE},
        {"the hint alone is a claim", 0, 1, 1, 0, 0, "", GUARD_PROOF_NONE},
        {"light-locker lives all day", 0, 0, 0, 0, 0, "/usr/bin/light-locker", GUARD_PROOF_NONE},
        {"its hint is a claim too", 0, 1, 1, 0, 0, "/usr/bin/light-locker", GUARD_PROOF_NONE},
        {"a greeter alone", 1, 1, 0, 0, 0, "", GUARD_PROOF_NONE},
        {"greeter and light-locker", 1, 0, 0, 0, 0, "/usr/bin/light-locker", GUARD_PROOF_STRONG},
        {"somebody's own light-locker", 1, 0, 0, 0, 0, "!/usr/bin/light-locker", GUARD_PROOF_NONE},
        {"gnome-shell without the hint", 0, 0, 0, 0, 0, "/usr/bin/gnome-shell", GUARD_PROOF_NONE},
        {"gnome-shell with it", 0, 1, 0, 0, 0, "/usr/bin/gnome-shell", GUARD_PROOF_CORROBORATED},
        {"a hint beside a locker that gives none", 0, 1, 0, 0, 0, "/usr/bin/mate-screensaver", GUARD_PROOF_NONE},
        {"mate by the agent's word", 0, 0, 1, 0, 0, "/usr/bin/mate-screensaver",
         GUARD_PROOF_CORROBORATED},
        {"i3lock", 0, 0, 0, 0, 0, "/usr/bin/i3lock", GUARD_PROOF_CORROBORATED},
        {"a copy of i3lock", 0, 1, 0, 0, 0, "!/usr/bin/i3lock", GUARD_PROOF_NONE},
        {"kde", 0, 0, 0, 0, 0, "/usr/lib/x86_64-linux-gnu/libexec/kscreenlocker_greet",
         GUARD_PROOF_CORROBORATED},
        {"physlock in front", 0, 0, 0, 1, 1, "", GUARD_PROOF_STRONG},
        {"physlock behind", 0, 0, 0, 1, 0, "", GUARD_PROOF_NONE},
};

static void
grades(void)
{
        for (guint n = 0; n < G_N_ELEMENTS(proofs); n++) {
                g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(GuardLockerFound));
                const char *path = proofs[n].lockers;
                g_autofree char *evidence = NULL;
                gint pid;
                if (*path != '\0') {
                        GuardLockerFound one = {guard_locker_find(path + (*path == '!'), NULL), 42,
                                                *path != '!'};
                        g_assert_nonnull(one.locker);
                        g_array_append_val(found, one);
                }
                GuardLockFacts facts = {proofs[n].greeter,  proofs[n].hint, proofs[n].agent, found,
                                        proofs[n].physlock, proofs[n].front};
                g_test_message("%s", proofs[n].what);
                g_assert_cmpint(guard_lock_proof(&facts, &evidence, &pid), ==, proofs[n].proof);
                g_assert_nonnull(evidence);
        }
}

static void
finds_lockers(void)
{
        char *more[] = {(char *)"/opt/office/lock", NULL};
        g_assert_null(guard_locker_find("/tmp/i3lock", NULL));
        g_assert_null(guard_locker_find("/usr/bin/i3lock-color", NULL));
        g_assert_null(guard_locker_find("/opt/office/lock", NULL));
        g_assert_nonnull(guard_locker_find("/opt/office/lock", more));
        for (const GuardLocker *locker = guard_lockers; locker->path != NULL; locker++)
                g_assert_cmpint(locker->path[0], ==, '/');
}

static void
jiggler(void)
{
        GuardPresenceSettings *settings = guard_presence_settings_new();
        g_assert_true(guard_presence_jiggled(settings, SECOND, 301 * SECOND));
        g_assert_false(guard_presence_jiggled(settings, 200 * SECOND, 301 * SECOND));
        g_assert_false(guard_presence_jiggled(settings, SECOND, 100 * SECOND));
        settings->lock_after = 30;
        g_assert_false(guard_presence_jiggled(settings, SECOND, 40 * SECOND));
        guard_presence_settings_free(settings);
}

int
main(int argc, char **argv)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autofree char *text = NULL;
        gsize size;
        int status;
        g_test_init(&argc, &argv, NULL);
        g_assert_cmpint(argc, ==, 2);
        g_assert_true(g_file_get_contents(argv[1], &text, &size, NULL));
        table = guard_conf_parse(argv[1], text, size, errors);
        for (guint n = 0; n < errors->len; n++)
                g_error("%s", ((GError *)g_ptr_array_index(errors, n))->message);
        for (guint n = 0; n < table->groups->len; n++) {
                GuardConfGroup *group = g_ptr_array_index(table->groups, n);
                g_autofree char *path = g_strconcat("/presence/", group->name, NULL);
                g_test_add_data_func(path, group, play_case);
        }
        g_test_add_func("/presence/always-rests", always_rests);
        g_test_add_func("/presence/proof/grades", grades);
        g_test_add_func("/presence/proof/finds-lockers", finds_lockers);
        g_test_add_func("/presence/jiggler", jiggler);
        status = g_test_run();
        guard_conf_free(table);
        return status;
}
