/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * policy.d as an immutable snapshot. Parsing takes text, not files: rules/ does no I/O (loading the
 * directories is common/'s or the caller's work: guard_policy_new_from_texts()).
 */
#pragma once
#include <glib.h>
#include "common/guard-error.h"
#include "common/guard-level.h"
#include "common/guard-verdict.h"
#include "common/usb-descriptors.h"

G_BEGIN_DECLS

typedef struct GuardPolicy GuardPolicy; /* refcounted, immutable after it is built */

typedef struct { const char *name; const char *text; gsize size; } GuardPolicyText; /* name: for messages, a path */

/* Texts in the order in which they count (lexical, masks already applied). All errors of all texts are gathered in
 * @errors (GPtrArray of GError*, may be NULL); NULL if there was any: the caller keeps the last good one. */
GuardPolicy *guard_policy_new_from_texts(const GuardPolicyText *texts, gsize n, GPtrArray *errors);
/* What serves where nothing was ever loaded: built-in, the strictest of the shipped defaults. */
GuardPolicy *guard_policy_new_builtin(void);
GuardPolicy *guard_policy_ref(GuardPolicy *policy);
void guard_policy_unref(GuardPolicy *policy);
guint guard_policy_n_rules(const GuardPolicy *policy);
gboolean guard_policy_counts(const GuardPolicy *policy); /* some rule has limit= */
gboolean guard_policy_observes(const GuardPolicy *policy); /* mode=observe for everything, on every host */
gboolean guard_policy_observes_on(const GuardPolicy *policy, GuardLevel host_level);
/* Classes to be held besides storage, on a non-classified host. */
const struct guard_usb_hold *guard_policy_hold(const GuardPolicy *policy);
/* The same for a host of @host_level; UNKNOWN: all that any level holds. */
const struct guard_usb_hold *guard_policy_hold_on(const GuardPolicy *policy, GuardLevel host_level);
/* As text for GUARD_HOLD_FILE, which guard_usb_hold_parse() reads in the static helper; may be empty. Caller frees. */
char *guard_policy_hold_text(const GuardPolicy *policy, GuardLevel host_level);
/* (transfer none), never NULL. Without a calendar in policy.d nothing is ever switched off. */
const struct GuardPresenceSettings *guard_policy_presence(const GuardPolicy *policy);
const struct GuardAfterHoursSettings *guard_policy_after_hours(const GuardPolicy *policy);
/* Who may make exceptions on a host of @host_level; UNKNOWN: as on a classified one. */
const struct GuardExceptionSettings *guard_policy_exceptions(const GuardPolicy *policy, GuardLevel host_level);
/* What of transfers is put on record on a host of @host_level; UNKNOWN: nothing. */
const struct GuardTransferSettings *guard_policy_transfers(const GuardPolicy *policy, GuardLevel host_level);
guint guard_policy_busy_seconds(const GuardPolicy *policy);       /* wait before a forced removal */
guint guard_policy_retention_days(const GuardPolicy *policy);     /* ledger; default 366, at least 184 */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardPolicy, guard_policy_unref)

G_END_DECLS
