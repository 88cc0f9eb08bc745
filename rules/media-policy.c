/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rules and settings of policy.d, for what the core leaves open. Pure.
 *
 * Before a disk has been probed several things may still turn out to be true ("worlds"). The device
 * is let into quarantine if any of them would be served, and refused at once only if none would.
 */
#include "common/guard-text.h"
#include "rules/exception.h"
#include "rules/media-private.h"
#include <glib/gi18n-lib.h>

enum { MAX_OUTCOMES = 32 };

typedef struct {
        GuardVerdict verdict;
        GuardReason reason;
        const char *rule;
        gboolean popup;
        gboolean sure; /* not only one of several things that may turn out */
        gint severity; /* as its rule has it, from 1; 0: as the verdict has it */
} Outcome;

typedef struct {
        GuardDeciding *d;
        GuardRuleFacts facts;
        Outcome outcomes[MAX_OUTCOMES];
        guint n_outcomes;
        const GuardRule *watched; /* first rule in mode=observe that applies */
        gboolean truncated;
} Policing;

#define SITUATION(s) (1u << GUARD_SITUATION_##s)

static void
find_worlds(const GuardDeciding *d, GuardPolicyView *view)
{
        GuardRegistryState state = d->input.registry->state;
        guint stale = 0, in_book, not_in_book = 1u << 4;

        if (state == GUARD_REGISTRY_ABSENT ||
            (state != GUARD_REGISTRY_GOOD && state != GUARD_REGISTRY_STALE &&
             state != GUARD_REGISTRY_NOT_YET_VALID)) {
                view->worlds[view->n_worlds++] = state == GUARD_REGISTRY_ABSENT
                                                         ? SITUATION(REGISTRY_ABSENT)
                                                         : SITUATION(REGISTRY_LOST);
                view->levels = not_in_book;
                return;
        }
        if (state != GUARD_REGISTRY_GOOD)
                stale = SITUATION(REGISTRY_STALE);
        if (d->registered != NULL || d->pending) {
                if (!d->content_changed)
                        view->worlds[view->n_worlds++] = SITUATION(REGISTERED) | stale;
                if (d->content_changed || d->content_unread || d->registered == NULL)
                        view->worlds[view->n_worlds++] = SITUATION(CONTENT_CHANGED) | stale;
        }
        in_book = d->registered != NULL ? 1u << (guint)CLAMP(d->registered->level, 0, 3)
                  : d->pending          ? 0xf
                                        : 0;
        view->levels = in_book;
        view->statuses = d->registered != NULL ? 1u << d->registered->status
                         : d->pending          ? GUARD_OPEN_STATUSES
                                               : 0;
        if (d->registered == NULL) {
                view->worlds[view->n_worlds++] = SITUATION(UNREGISTERED) | stale;
                view->levels |= not_in_book;
        }
}

static void
add_outcome(Policing *p, Outcome outcome)
{
        if (p->n_outcomes < MAX_OUTCOMES)
                p->outcomes[p->n_outcomes++] = outcome;
        else /* nobody writes so many open rules; let the disk be probed, which settles them */
                p->truncated = TRUE;
}

static void
note_near_miss(Policing *p, const GuardRule *rule, const GuardRuleMatch *match)
{
        if (match->near && p->d->out->near_misses->len < 16)
                guard_decision_near_miss(p->d->out, rule->name,
                                         guard_rule_fact_text(match->failed, &p->facts));
}

/* TRUE where a rule surely applies, so that nothing below it counts. */
static gboolean
try_rules(Policing *p)
{
        const GuardPolicy *policy = p->d->input.policy;
        guint shown = policy->popup[p->d->host_level];

        for (guint n = 0; n < policy->rules->len; n++) {
                const GuardRule *rule = g_ptr_array_index(policy->rules, n);
                GuardRuleMatch match = guard_rule_match(rule, &p->facts);
                p->d->out->depends |= match.depends;
                p->d->out->valid_until_us = MIN(p->d->out->valid_until_us, match.valid_until_us);
                if (match.result == GUARD_NO) {
                        note_near_miss(p, rule, &match);
                        continue;
                }
                if (rule->observe) {
                        if (match.result == GUARD_YES && p->watched == NULL)
                                p->watched = rule;
                        continue;
                }
                add_outcome(p, (Outcome){rule->verdict, GUARD_REASON_POLICY, rule->name,
                                         rule->popup >= 0 ? rule->popup
                                                          : (shown >> rule->verdict & 1) != 0,
                                         match.result == GUARD_YES, rule->severity + 1});
                if (match.result == GUARD_YES)
                        return TRUE;
        }
        return FALSE;
}

static void
add_defaults(Policing *p)
{
        GuardLevel level = p->d->host_level;
        const GuardPolicy *policy = p->d->input.policy;

        for (guint n = 0; n < p->facts.view.n_worlds; n++) {
                const GuardSetting *worst = NULL;
                GuardSituation situation = GUARD_SITUATION_UNREGISTERED;
                for (guint s = 0; s < GUARD_N_SITUATIONS; s++) { /* in the order of the reasons */
                        const GuardSetting *setting = &policy->settings[level][s];
                        if ((p->facts.view.worlds[n] >> s & 1) != 0 &&
                            (worst == NULL || setting->verdict < worst->verdict)) {
                                worst = setting;
                                situation = (GuardSituation)s;
                        }
                }
                gboolean guess = p->d->registered == NULL && p->facts.view.n_worlds > 1 &&
                                 (p->facts.view.worlds[n] & SITUATION(UNREGISTERED)) == 0;
                add_outcome(p, (Outcome){worst->verdict, guard_situation_reason(situation),
                                         worst->origin,
                                         (policy->popup[level] >> worst->verdict & 1) != 0, !guess,
                                         0});
        }
}

/* The least severe of what may turn out; of equals a sure one. */
static Outcome
choose(const Policing *p)
{
        Outcome best = p->outcomes[0];
        for (guint n = 1; n < p->n_outcomes; n++) {
                const Outcome *o = &p->outcomes[n];
                if (o->verdict > best.verdict ||
                    (o->verdict == best.verdict && o->sure && !best.sure))
                        best = *o;
        }
        if (p->truncated)
                best.verdict = GUARD_VERDICT_ADMIT;
        if ((!best.sure && best.verdict != GUARD_VERDICT_REFUSE) || p->truncated) {
                best.reason = GUARD_REASON_NONE;
                best.rule = "core:content-needed";
                best.popup = FALSE;
        }
        return best;
}

static GuardSeverity
severity_of(GuardVerdict verdict, GuardReason reason)
{
        if (verdict == GUARD_VERDICT_REFUSE || reason == GUARD_REASON_REGISTRY_LOST ||
            reason == GUARD_REASON_REGISTRY_STALE)
                return GUARD_SEVERITY_WARNING;
        return verdict == GUARD_VERDICT_READ_ONLY || reason == GUARD_REASON_CONTENT_CHANGED
                       ? GUARD_SEVERITY_NOTICE
                       : GUARD_SEVERITY_INFO;
}

/* No writing down holds whatever policy says. */
static void
apply_cap(const GuardDeciding *d, Outcome *o)
{
        GuardVerdict cap = d->core.verdict;
        if (o->verdict > cap || (o->verdict == cap && d->core.reason != GUARD_REASON_NONE &&
                                 d->core.reason < o->reason))
                *o = (Outcome){cap, d->core.reason, NULL, TRUE, TRUE, 0};
        /* Only a disk can be made read-only. */
        if (o->verdict == GUARD_VERDICT_READ_ONLY && !d->storage)
                o->verdict = GUARD_VERDICT_REFUSE;
}

static void
observe(Policing *p, const Outcome *done, const Outcome *would)
{
        GuardDecision *out = p->d->out;
        if (done->verdict == would->verdict)
                return;
        out->observed = TRUE;
        out->would_be = would->verdict;
        out->would_be_reason = would->reason;
        out->severity = MAX(out->severity, GUARD_SEVERITY_NOTICE);
}

static void
tell(Policing *p, const Outcome *o)
{
        GuardDecision *out = p->d->out;
        out->verdict = o->verdict;
        out->reason = o->reason;
        out->severity = o->severity > 0 ? (GuardSeverity)(o->severity - 1)
                                        : severity_of(o->verdict, o->reason);
        /* that it may be used is said once, when it is so */
        out->popup = o->popup && (o->verdict != GUARD_VERDICT_ADMIT || !p->d->storage ||
                                  p->d->input.stage == GUARD_STAGE_BLOCK);
        out->rule = o->rule != NULL
                            ? g_strdup(o->rule)
                            : g_strdup_printf("%s:%s",
                                              o->reason == p->d->core.reason ||
                                                              o->reason == GUARD_REASON_REGISTERED
                                                      ? "core"
                                                      : "builtin",
                                              guard_reason_to_string(o->reason));
}

/* Into the quarantine, and no further: there guardd reads it in. Nobody else sees it, so no cap is needed. */
static void
take_in(GuardDeciding *d)
{
        gboolean block = d->input.stage == GUARD_STAGE_BLOCK;
        g_autofree char *rule = g_strdup_printf(GUARD_RULE_EXCEPTION "%s", d->import->id);
        const Outcome outcome = {block ? GUARD_VERDICT_HOLD : GUARD_VERDICT_READ_ONLY, GUARD_REASON_IMPORT, rule, block, TRUE,
                                 GUARD_SEVERITY_NOTICE + 1};
        Policing p = {.d = d, .facts = {.input = &d->input}};

        tell(&p, &outcome);
}

/* Somebody who may has said so: the policy of all other days is not asked, so its view stays empty.
 */
static gboolean
try_exception(GuardDeciding *d)
{
        const GuardException *exception =
                guard_exception_find(d->input.exceptions, d->input.medium);
        Policing p = {.d = d, .facts = {.input = &d->input}};
        g_autofree char *rule = NULL;
        Outcome outcome;

        if (exception == NULL)
                return FALSE;
        rule = g_strdup_printf(GUARD_RULE_EXCEPTION "%s", exception->id);
        outcome = (Outcome){exception->verdict,
                            GUARD_REASON_POLICY,
                            rule,
                            exception->verdict != GUARD_VERDICT_ADMIT,
                            TRUE,
                            0};
        apply_cap(d, &outcome);
        tell(&p, &outcome);
        d->out->severity = MAX(d->out->severity, GUARD_SEVERITY_NOTICE);
        return TRUE;
}

/* The same drive of the register, that looks otherwise than before: it may be a clone. Policy says what that is worth. */
static void
look_at_change(GuardDeciding *d)
{
        GuardDecision *out = d->out;
        GuardOnChange what = d->input.policy->on_change[d->host_level];
        gboolean usable = d->registered != NULL && d->input.stage == GUARD_STAGE_BLOCK && out->verdict >= GUARD_VERDICT_READ_ONLY;

        out->remember = usable && what != GUARD_ON_CHANGE_IGNORE;
        if (!out->remember || d->input.changed == 0)
                return;
        guard_decision_near_miss(out, "policy:identity-changed", guard_text_pack(guard_fingerprint_sentence(d->input.changed), NULL));
        out->severity = MAX(out->severity, GUARD_SEVERITY_WARNING);
        if (what != GUARD_ON_CHANGE_REFUSE || guard_policy_observes_on(d->input.policy, d->host_level))
                return;
        out->verdict = GUARD_VERDICT_REFUSE;
        out->reason = GUARD_REASON_IDENTITY_MISMATCH;
        out->severity = GUARD_SEVERITY_CRITICAL;
        out->popup = TRUE;
        out->remember = FALSE;
        out->view = (GuardPolicyView){0}; /* no other policy's files say anything about it */
        g_free(out->rule);
        out->rule = g_strdup("policy:identity-changed");
}

void
guard_policy_decide(GuardDeciding *d)
{
        GuardPolicyView view = {0};

        if (d->import != NULL) {
                take_in(d);
                return;
        }
        if (try_exception(d))
                return;
        find_worlds(d, &view);
        guard_policy_decide_view(d, &view);
        look_at_change(d);
}

void
guard_policy_decide_view(GuardDeciding *d, const GuardPolicyView *view)
{
        Policing p = {.d = d, .facts = {.input = &d->input, .view = *view}};
        p.facts.content_pending = d->storage && d->input.stage == GUARD_STAGE_USB;
        d->out->view = *view;
        if (!try_rules(&p))
                add_defaults(&p);

        Outcome outcome = choose(&p);
        apply_cap(d, &outcome);
        if (guard_policy_observes_on(d->input.policy, d->host_level)) {
                Outcome done = outcome;
                done.verdict = GUARD_VERDICT_ADMIT;
                done.popup = FALSE;
                apply_cap(d, &done);
                done.rule = done.rule != NULL ? done.rule : outcome.rule;
                tell(&p, &done);
                observe(&p, &done, &outcome);
                return;
        }
        tell(&p, &outcome);
        if (p.watched != NULL) {
                guard_decision_near_miss(
                        d->out, p.watched->name,
                        guard_text_pack(N_("it only observes; it would have said %s"),
                                        guard_verdict_to_string(p.watched->verdict), NULL));
                Outcome would = {
                        p.watched->verdict, GUARD_REASON_POLICY, p.watched->name, FALSE, TRUE, 0};
                apply_cap(d, &would);
                observe(&p, &outcome, &would);
        }
}
