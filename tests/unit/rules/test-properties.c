/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What must hold whatever comes in: the whole lattice of levels, and random facts, answers,
 * policies and sessions. The seed is printed by the test frame; give it back with --seed.
 */
#include "tests/tables/case.h"
#include <locale.h>
#include <string.h>

static const char *const policies[] = {
        "",
        "[policy]\nunregistered=admit\nregistry-absent=admit\nregistry-lost=admit\nregistry-stale="
        "admit\ncontent-changed=admit\n"
        "[policy "
        "classified]\nunregistered=admit\nregistry-absent=admit\nregistry-lost=admit\nregistry-"
        "stale=admit\ncontent-changed=admit\n",
        "[policy]\nmode=observe\n[policy classified]\nmode=observe\n[rule all]\nverdict=admit\n",
        "[rule all]\nverdict=admit\n",
        "[rule a]\nfilesystem=vfat\nverdict=admit\n[rule "
        "b]\nstate=content-changed;registered\nverdict=read-only\n[rule "
        "c]\nlevel=secret\nverdict=admit\nmode=observe\n",
        "[hold]\nclasses=mtp;e0\n[rule "
        "a]\nkind=mtp;still-image\nhours=08:00-18:00\nverdict=read-only\n[rule "
        "b]\nlocked=yes\nverdict=refuse\n",
        "[rule all]\nverdict=refuse\nmode=observe\n[rule two]\nusers=li\nverdict=read-only\n",
};

static int
pick(int n)
{
        return g_test_rand_int_range(0, n);
}

static GuardEntry *
random_entry(void)
{
        static const char *const names[] = {"PC-1", "PC-2", "li", "wang", NULL};
        GuardEntry *e = guard_entry_new();
        e->media_id = g_strdup_printf("LY-%d", pick(5));
        e->level = (GuardLevel)pick(4);
        e->status = pick(2) == 0 ? GUARD_STATUS_IN_USE : (GuardStatus)pick(GUARD_N_STATUSES);
        for (guint t = 0; t < GUARD_N_IDS; t++) {
                e->match[t] = (GuardMatchState)pick(4);
                e->weak[t] = pick(3) == 0;
        }
        char ***bindings[] = {&e->hosts, &e->units, &e->users};
        for (guint n = 0; n < G_N_ELEMENTS(bindings); n++)
                if (pick(4) == 0) {
                        *bindings[n] = g_new0(char *, 2);
                        **bindings[n] = g_strdup(names[pick(4)]);
                }
        return e;
}

static GuardBlockFacts *
random_block(void)
{
        static const char *const types[] = {"vfat", "ntfs", "crypto_LUKS"};
        GuardBlockFacts *block = guard_block_facts_new();
        block->probe = pick(3) == 0 ? (GuardProbeState)pick(5) : GUARD_PROBE_OK;
        for (int n = pick(3); n > 0; n--) {
                GuardVolumeFacts *v = guard_volume_facts_new();
                int type = pick(3);
                v->type = g_strdup(types[type]);
                v->usage = g_strdup(type == 2 ? "crypto" : "filesystem");
                g_ptr_array_add(block->volumes, v);
        }
        return block;
}

static GuardMedium *
random_medium(GuardStage stage)
{
        static const char *const kinds[] = {
                "storage", "uas",      "storage+keyboard", "still-image",
                "mtp",     "wireless", "keyboard",         "storage+malformed"};
        GuardMedium *m = guard_medium_new();
        m->carrier = pick(5) == 0 ? (GuardCarrier)pick(GUARD_N_CARRIERS) : GUARD_CARRIER_USB;
        if (m->carrier == GUARD_CARRIER_USB && pick(20) != 0) {
                m->usb = guard_usb_facts_new();
                g_assert_true(case_descriptors(kinds[pick(pick(2) == 0 ? 2 : G_N_ELEMENTS(kinds))],
                                               &m->usb->descriptors));
                m->usb->only_keyboard = pick(2) == 0;
        }
        if (stage == GUARD_STAGE_BLOCK && pick(20) != 0)
                m->block = random_block();
        return m;
}

static Case *
random_case(void)
{
        Case *c = g_new0(Case, 1);
        const char *text = policies[pick(G_N_ELEMENTS(policies))];
        GuardPolicyText texts[] = {{"p", text, strlen(text)}};
        c->policy = pick(20) == 0 ? guard_policy_new_builtin()
                                  : guard_policy_new_from_texts(texts, 1, NULL);
        g_assert_nonnull(c->policy);
        c->input.stage = (GuardStage)pick(2);
        c->medium = random_medium(c->input.stage);
        c->host = guard_host_new();
        c->host->level = (GuardLevel)(pick(5) - 1);
        c->host->host_id = g_strdup("PC-1");
        c->registry = guard_registry_answer_new(
                (GuardRegistryState)(pick(2) == 0 ? GUARD_REGISTRY_GOOD : pick(5)));
        for (int n = pick(4); n > 0; n--)
                g_ptr_array_add(c->registry->entries, random_entry());
        if (pick(2) == 0) {
                c->session = g_new0(GuardSession, 1);
                c->session->present = TRUE;
                c->session->user = g_strdup(pick(2) == 0 ? "li" : "zhao");
                c->session->locked = pick(2) == 0;
        }
        c->input.medium = c->medium;
        c->input.host = c->host;
        c->input.policy = c->policy;
        c->input.registry = c->registry;
        c->input.session = c->session;
        c->input.duplicate_present = pick(8) == 0;
        c->input.released = TRUE;
        c->input.now_us = (gint64)g_test_rand_double_range(0, 3e15);
        return c;
}

/* Said in other words than the code's, on purpose: a strong identifier of the entry matches. */
static gboolean
strong_match(const GuardEntry *e)
{
        for (guint t = 0; t < GUARD_N_IDS; t++)
                if (e->match[t] == GUARD_MATCH_YES && !e->weak[t])
                        return TRUE;
        return FALSE;
}

static gboolean
guarded_and_serious(const Case *c)
{
        return c->input.stage == GUARD_STAGE_BLOCK || c->medium->usb == NULL ||
               guard_usb_device_guarded(&c->medium->usb->descriptors, NULL);
}

static void
check_entry(const Case *c, const GuardDecision *d, const GuardEntry *e)
{
        if (!strong_match(e))
                return;
        if (e->level > c->host->level || e->status == GUARD_STATUS_LOST ||
            (c->host->level > 0 && e->level == GUARD_LEVEL_NONE))
                g_assert_cmpint(d->verdict, ==, GUARD_VERDICT_REFUSE);
        if (e->level > GUARD_LEVEL_NONE && c->host->level == GUARD_LEVEL_NONE)
                g_assert_cmpint(d->severity, ==, GUARD_SEVERITY_CRITICAL);
        if (e->level < c->host->level && d->media_id != NULL &&
            g_str_equal(d->media_id, e->media_id) && c->registry->entries->len == 1)
                g_assert_cmpint(d->verdict, <=, GUARD_VERDICT_READ_ONLY);
}

static gboolean
of_hardware(const GuardEntry *e, GuardMatchState state)
{
        return e->match[GUARD_ID_USB] == state || e->match[GUARD_ID_SERIAL] == state ||
               e->match[GUARD_ID_MARK] == state || e->match[GUARD_ID_CID] == state;
}

/* The content of a drive that the book knows otherwise, on what is no drive of the book. */
static gboolean
is_copy(const Case *c)
{
        gboolean copied = FALSE;
        for (guint n = 0; n < c->registry->entries->len; n++) {
                const GuardEntry *e = g_ptr_array_index(c->registry->entries, n);
                if (of_hardware(e, GUARD_MATCH_YES))
                        return FALSE;
                copied = copied || (strong_match(e) && (of_hardware(e, GUARD_MATCH_NO) ||
                                                        of_hardware(e, GUARD_MATCH_NOT_READ)));
        }
        return copied;
}

static void
check_shape(const Case *c, const GuardDecision *d)
{
        g_assert_nonnull(d->rule);
        g_assert_cmpint(d->valid_until_us, >, c->input.now_us);
        if (d->verdict == GUARD_VERDICT_ADMIT || d->verdict == GUARD_VERDICT_HOLD)
                g_assert_false(d->popup);
        if (d->verdict == GUARD_VERDICT_READ_ONLY)
                g_assert_true(c->medium->usb == NULL || c->input.stage == GUARD_STAGE_BLOCK ||
                              guard_usb_device_has_storage(&c->medium->usb->descriptors));
        if (d->pass_keyboard)
                g_assert_cmpint(d->verdict, ==, GUARD_VERDICT_REFUSE);
        if (c->input.stage == GUARD_STAGE_BLOCK && d->verdict >= GUARD_VERDICT_READ_ONLY)
                g_assert_cmpint(d->reason, !=,
                                GUARD_REASON_NONE); /* nothing is released on a guess */
}

static void
core_holds(void)
{
        guint verdicts[GUARD_N_VERDICTS] = {0}, copies = 0;
        for (guint round = 0; round < 60000; round++) {
                g_autoptr(Case) c = random_case();
                g_autoptr(GuardDecision) d = guard_media_decide(&c->input);
                check_shape(c, d);
                verdicts[d->verdict]++;
                if (!guarded_and_serious(c))
                        continue;
                if (c->host->level == GUARD_LEVEL_UNKNOWN || c->input.duplicate_present ||
                    (c->host->level > 0 && c->registry->state != GUARD_REGISTRY_GOOD &&
                     c->registry->state != GUARD_REGISTRY_ABSENT))
                        g_assert_cmpint(d->verdict, ==, GUARD_VERDICT_REFUSE);
                if (c->input.stage == GUARD_STAGE_BLOCK && is_copy(c)) {
                        g_assert_cmpint(d->verdict, ==, GUARD_VERDICT_REFUSE);
                        copies++;
                }
                for (guint n = 0; n < c->registry->entries->len; n++)
                        check_entry(c, d, g_ptr_array_index(c->registry->entries, n));
        }
        for (guint n = 0; n < GUARD_N_VERDICTS; n++)
                g_assert_cmpuint(verdicts[n], >, 100); /* else the inputs try too little */
        g_assert_cmpuint(copies, >, 100);
}

/* What many media share says nothing by itself, whoever's it is in the book. */
static void
weak_alone_changes_nothing(void)
{
        for (guint round = 0; round < 20000; round++) {
                g_autoptr(Case) c = random_case();
                c->input.stage = GUARD_STAGE_BLOCK;
                g_autoptr(GuardDecision) before = guard_media_decide(&c->input);
                GuardEntry *shared = random_entry();
                GuardIdType type = (GuardIdType)pick(GUARD_N_IDS);
                for (guint t = 0; t < GUARD_N_IDS; t++)
                        if (shared->match[t] == GUARD_MATCH_YES)
                                shared->match[t] = GUARD_MATCH_NO;
                shared->match[type] = GUARD_MATCH_YES;
                shared->weak[type] = TRUE;
                g_ptr_array_add(c->registry->entries, shared);
                g_autoptr(GuardDecision) after = guard_media_decide(&c->input);
                g_assert_cmpint(after->verdict, ==, before->verdict);
                g_assert_cmpint(after->reason, ==, before->reason);
                g_assert_cmpstr(after->media_id, ==, before->media_id);
        }
}

/* Waiting for a person takes the place of a release, never of a refusal, and ends with the waiting. */
static void
waiting_only_postpones(void)
{
        for (guint round = 0; round < 20000; round++) {
                g_autoptr(Case) c = random_case();
                g_autoptr(GuardDecision) usual = guard_media_decide(&c->input);
                c->input.released = FALSE;
                g_autoptr(GuardDecision) new = guard_media_decide(&c->input);
                if (new->reason != GUARD_REASON_NOBODY_PRESENT) {
                        g_assert_cmpint(new->verdict, ==, usual->verdict);
                        g_assert_cmpint(new->reason, ==, usual->reason);
                        continue;
                }
                g_assert_cmpint(new->verdict, ==, GUARD_VERDICT_HOLD);
                g_assert_cmpint(usual->verdict, >=, GUARD_VERDICT_READ_ONLY);
                g_assert_true(c->session == NULL || c->session->locked);
                g_assert_true((new->depends & GUARD_DEPENDS_SESSION) != 0);
                g_assert_cmpstr(new->media_id, ==, usual->media_id);
        }
}

/* One more proven entry of a worse kind never makes the verdict milder. */
static void
more_evidence_never_loosens(void)
{
        for (guint round = 0; round < 20000; round++) {
                g_autoptr(Case) c = random_case();
                g_autoptr(GuardDecision) before = guard_media_decide(&c->input);
                GuardEntry *worse = random_entry();
                worse->status = GUARD_STATUS_LOST;
                worse->match[GUARD_ID_FS_UUID] = GUARD_MATCH_YES;
                worse->weak[GUARD_ID_FS_UUID] = FALSE;
                g_ptr_array_add(c->registry->entries, worse);
                g_autoptr(GuardDecision) after = guard_media_decide(&c->input);
                g_assert_cmpint(after->verdict, <=, before->verdict);
                if (before->verdict == GUARD_VERDICT_REFUSE)
                        g_assert_cmpint(after->severity, >=, before->severity);
        }
}

/* Every host level with every drive level, and every policy above: the verdict is the rule book's.
 */
static void
lattice(void)
{
        for (guint p = 0; p < G_N_ELEMENTS(policies); p++)
                for (int host = GUARD_LEVEL_UNKNOWN; host <= GUARD_LEVEL_TOP_SECRET; host++)
                        for (int drive = GUARD_LEVEL_NONE; drive <= GUARD_LEVEL_TOP_SECRET;
                             drive++) {
                                g_autoptr(Case) c = random_case();
                                GuardPolicyText texts[] = {{"p", policies[p], strlen(policies[p])}};
                                g_autofree char *text =
                                        g_strdup_printf("LY-1 %s in-use usb:yes serial:yes",
                                                        guard_level_to_string((GuardLevel)drive));
                                g_autoptr(GuardPolicy) policy =
                                        guard_policy_new_from_texts(texts, 1, NULL);
                                g_autoptr(GuardMedium) medium = guard_medium_new();
                                g_autoptr(GuardRegistryAnswer) answer =
                                        guard_registry_answer_new(GUARD_REGISTRY_GOOD);
                                medium->usb = guard_usb_facts_new();
                                medium->block = guard_block_facts_new();
                                medium->block->probe = GUARD_PROBE_OK;
                                g_assert_true(
                                        case_descriptors("storage", &medium->usb->descriptors));
                                g_ptr_array_add(answer->entries, case_entry(text));
                                c->host->level = (GuardLevel)host;
                                c->input = (GuardDecisionInput){.stage = GUARD_STAGE_BLOCK,
                                                                .medium = medium,
                                                                .host = c->host,
                                                                .policy = policy,
                                                                .registry = answer,
                                                                .released = TRUE};
                                g_autoptr(GuardDecision) d = guard_media_decide(&c->input);
                                GuardVerdict most = host == GUARD_LEVEL_UNKNOWN || drive > host ||
                                                                    (host > 0 && drive == 0)
                                                            ? GUARD_VERDICT_REFUSE
                                                    : drive < host ? GUARD_VERDICT_READ_ONLY
                                                                   : GUARD_VERDICT_ADMIT;
                                g_assert_cmpint(d->verdict, <=, most);
                                if (p == 0) /* nothing said: exactly that */
                                        g_assert_cmpint(d->verdict, ==, most);
                        }
}

/* Nothing given at all. */
static void
missing_input_refuses(void)
{
        GuardDecisionInput nothing = {0};
        g_autoptr(GuardDecision) d = guard_media_decide(&nothing);
        g_assert_cmpint(d->verdict, ==, GUARD_VERDICT_REFUSE);
        g_assert_cmpint(d->reason, ==, GUARD_REASON_HOST_LEVEL_UNKNOWN);
        g_autoptr(GuardDecision) copy = guard_decision_copy(d);
        g_assert_cmpstr(copy->rule, ==, d->rule);
        g_assert_cmpuint(copy->near_misses->len, ==, d->near_misses->len);
}

/* A decision takes microseconds; the bound is far above, so that it is no test of the machine's
 * mood. */
static void
fast(void)
{
        enum { ROUNDS = 5000 };
        g_autoptr(GTimer) timer = g_timer_new();
        gdouble total = 0;
        for (guint round = 0; round < ROUNDS; round++) {
                g_autoptr(Case) c = random_case();
                g_timer_start(timer);
                g_autoptr(GuardDecision) d = guard_media_decide(&c->input);
                total += g_timer_elapsed(timer, NULL);
        }
        g_test_message("%.2f µs a decision", total * 1e6 / ROUNDS);
        g_assert_cmpfloat(total / ROUNDS, <, 0.0005);
}

static void
same_drive(void)
{
        g_autoptr(GuardRegistryAnswer) a = guard_registry_answer_new(GUARD_REGISTRY_GOOD),
                                       b = guard_registry_answer_new(GUARD_REGISTRY_GOOD);
        g_ptr_array_add(a->entries, case_entry("LY-1 secret in-use serial:yes"));
        g_ptr_array_add(b->entries, case_entry("LY-1 secret in-use serial:yes*"));
        g_assert_false(guard_answers_same_drive(a, b)); /* a shared serial is no one's */
        g_ptr_array_add(b->entries, case_entry("LY-1 secret in-use fs-uuid:yes"));
        g_assert_false(guard_answers_same_drive(a, b)); /* content is copied */
        g_ptr_array_add(b->entries, case_entry("LY-2 secret in-use usb:yes"));
        g_assert_false(guard_answers_same_drive(a, b));
        g_ptr_array_add(b->entries, case_entry("LY-1 secret in-use usb:yes"));
        g_assert_true(guard_answers_same_drive(a, b));
}

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "C.UTF-8");
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/properties/core-holds", core_holds);
        g_test_add_func("/properties/more-evidence-never-loosens", more_evidence_never_loosens);
        g_test_add_func("/properties/weak-alone-changes-nothing", weak_alone_changes_nothing);
        g_test_add_func("/properties/waiting-only-postpones", waiting_only_postpones);
        g_test_add_func("/properties/lattice", lattice);
        g_test_add_func("/properties/missing-input-refuses", missing_input_refuses);
        g_test_add_func("/properties/same-drive", same_drive);
        g_test_add_func("/properties/fast", fast);
        return g_test_run();
}
