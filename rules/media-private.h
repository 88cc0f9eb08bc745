/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One decision in the making, handed from the core table to policy. Only rules/ may include this.
 */
#pragma once
#include "rules/exception.h"
#include "rules/identity-match.h"
#include "rules/rule-match.h"

G_BEGIN_DECLS

/* The states of a drive in the register that do not refuse by themselves. */
#define GUARD_OPEN_STATUSES (1u << GUARD_STATUS_IN_USE | 1u << GUARD_STATUS_ISSUED)

typedef struct {
        GuardVerdict verdict;
        GuardReason reason;
        GuardSeverity severity;
        const GuardEntry *entry; /* NULL: not because of an entry */
} GuardCandidate;

typedef struct {
        GuardDecisionInput input; /* never with a NULL host, medium, policy or registry */
        GuardLevel host_level;
        gboolean storage; /* a disk, or a device that can become one */
        GuardDecision *out;
        GuardCandidate core; /* the worst that the core says; ADMIT where it leaves the verdict to
                                policy */
        guint core_applied;  /* bit per reason: all rows that applied */
        const GuardEntry
                *registered;      /* an entry that is in order and all of whose hardware matches */
        const GuardEntry *known;  /* the highest of all proven entries, for the record */
        const GuardEntry *copied; /* an entry that is in order and whose content this other drive
                                     carries */
        const GuardException *import; /* of this medium: hidden, read in by guardd; NULL: none */
        gboolean content_changed, content_unread;
        gboolean pending; /* content may yet prove an entry */
} GuardDeciding;

/* Applies the fixed table: fills core, registered, known and the rest. */
void guard_core_decide(GuardDeciding *d);
/* Rules and settings of policy.d, within what the core allows. */
void guard_policy_decide(GuardDeciding *d);
/* The same where what policy is asked about is known already. */
void guard_policy_decide_view(GuardDeciding *d, const GuardPolicyView *view);
void guard_decision_near_miss(GuardDecision *out, const char *rule, char *why);
/* Sets verdict, reason and rule "core:REASON" from d->core. */
void guard_core_finish(GuardDeciding *d);

G_END_DECLS
