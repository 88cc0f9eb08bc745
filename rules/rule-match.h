/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Does a rule of policy.d apply to these facts? Three answers, since before a disk has been probed
 * some facts are still to come. Only rules/ and its tests may include this.
 */
#pragma once
#include "rules/media-rule.h"
#include "rules/policy-private.h"

G_BEGIN_DECLS

typedef enum { GUARD_NO = 0, GUARD_MAYBE, GUARD_YES } GuardTernary;

typedef struct { /* what a rule may look at */
        const GuardDecisionInput *input;
        GuardPolicyView view;
        gboolean content_pending; /* the disk will be probed later: unknown is not "no" */
} GuardRuleFacts;

typedef struct {
        GuardTernary result;
        guint depends; /* GUARD_DEPENDS_* that the result rests on */
        gint64 valid_until_us;
        gboolean near; /* all keys but @failed apply, and there are others */
        GuardRuleKey failed;
} GuardRuleMatch;

GuardRuleMatch guard_rule_match(const GuardRule *rule, const GuardRuleFacts *facts);
GuardTernary guard_rule_match_kind(const GuardRule *rule, const GuardRuleFacts *facts); /* rule-match-kind.c */
/* "vendor-id is 0951": the fact that @key looked at, for a near miss. Caller frees. */
char *guard_rule_fact_text(GuardRuleKey key, const GuardRuleFacts *facts);

G_END_DECLS
