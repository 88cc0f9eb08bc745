/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words of the presence guard, as tables.
 */
#include <glib/gi18n-lib.h>
#include "rules/presence.h"

static const char *const states[GUARD_N_PRESENCE] = {
        [GUARD_PRESENCE_ACTIVE] = "active",       [GUARD_PRESENCE_WARNING] = "warning",
        [GUARD_PRESENCE_LOCKING] = "locking",     [GUARD_PRESENCE_LOCKED] = "locked",
        [GUARD_PRESENCE_ESCALATED] = "escalated",
};
static const char *const rungs[GUARD_N_RUNGS] = {
        [GUARD_RUNG_NONE] = "none",           [GUARD_RUNG_LOGIND] = "logind",
        [GUARD_RUNG_LOCKER] = "locker",       [GUARD_RUNG_PHYSLOCK] = "physlock",
        [GUARD_RUNG_TERMINATE] = "terminate",
};
static const char *const proofs[GUARD_N_PROOFS] = {
        [GUARD_PROOF_NONE] = "none",
        [GUARD_PROOF_CORROBORATED] = "corroborated",
        [GUARD_PROOF_STRONG] = "strong",
};
static const char *const edges[GUARD_N_PRESENCE_EDGES] = {
        [GUARD_PRESENCE_NO_EDGE] = "",
        [GUARD_PRESENCE_WARNED] = N_("Nobody has touched the machine: the screen will be locked"),
        [GUARD_PRESENCE_RETURNED] = N_("The person is back before the screen was locked"),
        [GUARD_PRESENCE_IDLE_LOCK] = N_("The person has left: the screen is being locked"),
        [GUARD_PRESENCE_ASKED_LOCK] = N_("The screen is being locked on demand"),
        [GUARD_PRESENCE_RUNG_FAILED] = N_("No lock was proven in time: the next means is tried"),
        [GUARD_PRESENCE_PROVEN] = N_("The screen is locked, and that is proven"),
        [GUARD_PRESENCE_LOCKED_ITSELF] = N_("The screen was locked by the person or the desktop"),
        [GUARD_PRESENCE_UNLOCKED] = N_("The screen was unlocked by the person"),
        [GUARD_PRESENCE_TAMPERED] =
                N_("The lock went away without being unlocked: it is being made again"),
        [GUARD_PRESENCE_FAILED] = N_("The screen could not be locked by any means"),
        [GUARD_PRESENCE_BACK_UNLOCKED] =
                N_("The person is back at a screen that could not be locked"),
        [GUARD_PRESENCE_LATER] =
                N_("Another session is in front: this one is locked when it comes back"),
        [GUARD_PRESENCE_SUSPENDS] = N_("The machine is locked and goes to sleep"),
};

const char *
guard_presence_to_string(GuardPresenceState state)
{
        return states[state];
}

const char *
guard_rung_to_string(GuardRung rung)
{
        return rungs[rung];
}

const char *
guard_proof_to_string(GuardProof proof)
{
        return proofs[proof];
}

const char *
guard_presence_edge_describe(GuardPresenceEdge edge)
{
        return edges[edge];
}
