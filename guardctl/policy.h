/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl policy, between its files.
 */
#pragma once
#include "guardctl/guardctl.h"
#include "rules/policy.h"

G_BEGIN_DECLS

/* @texts: of GuardConfText, in their order. Faults go to @errors; NULL if there was any. */
GuardPolicy *guardctl_policy_parse(const GPtrArray *texts, GPtrArray *errors);
/* guardctl policy test */
int guardctl_policy_test(GuardctlContext *ctx, int argc, char **argv);

G_END_DECLS
