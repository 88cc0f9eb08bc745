/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A decision of the event log, taken anew by another policy.
 */
#pragma once
#include "guardctl/guardctl.h"
#include "ledger/ledger.h"
#include "rules/media-rule.h"

G_BEGIN_DECLS

typedef enum {
        GUARDCTL_REPLAY_DONE = 0,
        GUARDCTL_REPLAY_NOT_A_DECISION, /* of another kind, or one that another record speaks for: storage on its way into quarantine */
        GUARDCTL_REPLAY_CORE,           /* policy was not asked, and would not be */
} GuardctlReplayResult;

typedef struct {
        GuardDecision *decision; /* what @policy says; NULL unless DONE */
        gboolean assumed;        /* the record is from before its facts were kept: the rest was guessed from what it says */
} GuardctlReplay;

/* @host_level: for records that do not say it. @replay is filled in; guardctl_replay_clear() it. */
GuardctlReplayResult guardctl_replay(const GuardRecord *record, const GuardPolicy *policy, GuardLevel host_level, GuardctlReplay *replay);
void guardctl_replay_clear(GuardctlReplay *replay);

G_END_DECLS
