/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The decision about a medium. Pure: all that it depends on is in the input, all that it says is in
 * the output. No file, clock, bus, environment or logging (a static check proves it).
 */
#pragma once
#include <glib.h>
#include "common/guard-host.h"
#include "common/guard-medium.h"
#include "common/guard-verdict.h"
#include "registry/registry-answer.h"
#include "rules/policy.h"

G_BEGIN_DECLS

typedef struct { /* the active session of the medium's seat */
        gboolean present, remote, locked, greeter;
        char *user, *seat, *session;
        char **groups; /* NULL-terminated; NULL: none known */
} GuardSession;

typedef enum { GUARD_STAGE_USB = 0, /* before anything is configured: identity only */
        GUARD_STAGE_BLOCK /* the disk is there, quarantined, and probed */ } GuardStage;

typedef struct {
        GuardStage stage;
        const GuardMedium *medium;
        const GuardHost *host;
        const GuardPolicy *policy;
        const GuardRegistryAnswer *registry;
        const GuardSession *session;    /* NULL: nobody */
        gboolean duplicate_present;     /* another present device has the same registered, strong identity */
        gboolean system_disk;           /* carries /, /usr, … */
        gboolean released;              /* it was, before somebody left: it does not wait for a person */
        const GPtrArray *exceptions;    /* of GuardException, those in force; NULL: none */
        guint changed;                  /* GUARD_CHANGED_…: how it looks otherwise than when it was last used here */
        GHashTable *by_rule;            /* name of a rule: how many other devices are here by it; NULL: none */
        gint64 now_us;                  /* wall clock, since 1970 UTC */
        gint64 utc_offset_us;           /* of local time, for hours= */
} GuardDecisionInput;

enum { /* what the decision depends on */
        GUARD_DEPENDS_HOST = 1 << 0, GUARD_DEPENDS_POLICY = 1 << 1, GUARD_DEPENDS_REGISTRY = 1 << 2,
        GUARD_DEPENDS_SESSION = 1 << 3, GUARD_DEPENDS_TIME = 1 << 4, GUARD_DEPENDS_CONTENT = 1 << 5,
        GUARD_DEPENDS_OTHERS = 1 << 6 /* other present devices */
};

enum { GUARD_MAX_WORLDS = 8 };

typedef struct { /* what policy is asked about, where the core leaves the verdict to it */
        guint worlds[GUARD_MAX_WORLDS]; /* each a mask of GuardSituation that hold together; one of them is true */
        guint n_worlds;                 /* 0: the core has decided, policy was not asked */
        guint levels;                   /* bit per level that the drive may have; bit 4: in no book */
        guint statuses;                 /* bit per GuardStatus that it may have in the register */
} GuardPolicyView;

typedef struct { char *rule; char *why; } GuardNearMiss; /* a rule that almost applied, and the fact that was missing (guard_text_pack()) */

typedef struct {
        /* At the USB stage, for a device with storage, ADMIT and READ_ONLY mean: may become a block device in quarantine;
         * the block stage decides again. A device without storage is never READ_ONLY: that could not be enforced. */
        GuardVerdict verdict;
        GuardReason reason;
        GuardSeverity severity;
        char *rule;              /* "core:level-above-host", or the policy rule "50-office.conf:usb-phones" */
        char *media_id;          /* of the entry that decided; NULL */
        GuardLevel level;        /* the drive's; UNKNOWN where it is in no book */
        gboolean observed;       /* mode=observe: verdict is what is done, would_be what it would have been */
        GuardVerdict would_be;
        GuardReason would_be_reason;
        gboolean reported_lost;  /* the register says so of it, also where something worse decides */
        gboolean popup;          /* a person should be told */
        gboolean remember;       /* how it looks now is to be remembered: a drive of the register that may be used */
        GuardPolicyView view;
        gboolean pass_keyboard;  /* refused storage beside the machine's only keyboard: that keyboard's interfaces pass */
        guint depends;           /* GUARD_DEPENDS_* */
        gint64 valid_until_us;   /* ask again then; G_MAXINT64: no end */
        GPtrArray *near_misses;  /* of GuardNearMiss */
} GuardDecision;

/* Never NULL, never fails: what is not understood is refused. Caller frees. The core (DESIGN, "Deciding") cannot be
 * switched off by policy or observe mode for classified-on-unclassified … cross-use. */
GuardDecision *guard_media_decide(const GuardDecisionInput *input);
/* What @input->policy says of a medium about which the core once left the verdict to policy: @view as it was then (n_worlds > 0),
 * @drive_level and @media_id of the register's entry (UNKNOWN, NULL: in no book). @input->registry is not asked, and nobody is
 * waited for. Never NULL; caller frees. */
GuardDecision *guard_media_replay(const GuardDecisionInput *input, const GuardPolicyView *view, GuardLevel drive_level,
                                  const char *media_id);
/* "registered+registry-stale|unregistered": the worlds, for a record. NULL where policy was not asked. Caller frees. */
char *guard_policy_view_to_text(const GuardPolicyView *view);
/* Back again; @drive_level: of the register's entry, UNKNOWN where the drive is in no book or in one that is not proven. FALSE on
 * anything else, @view is not touched then. */
gboolean guard_policy_view_from_text(const char *text, GuardLevel drive_level, GuardPolicyView *view);
/* Have both answers an entry in common by a strong hardware identifier, so that their media cannot both be it? What
 * `duplicate_present` is made of. */
gboolean guard_answers_same_drive(const GuardRegistryAnswer *a, const GuardRegistryAnswer *b);
GuardDecision *guard_decision_new(void);
GuardDecision *guard_decision_copy(const GuardDecision *decision);
void guard_decision_free(GuardDecision *decision);
void guard_session_free(GuardSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardDecision, guard_decision_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardSession, guard_session_free)

G_END_DECLS
