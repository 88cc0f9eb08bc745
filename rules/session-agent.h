/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a session's agent is missed, and started again. Pure: clocks and facts are handed in.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct { /* of one session; begins as zeros; kept from step to step */
        gboolean missing;
        gboolean told;       /* of this absence */
        gint64 absent_us;  /* boot clock: since when there is none; 0: there is one */
        gint64 alive_us;   /* since when there is one; 0: there never was */
        gint64 next_us;    /* missing: when to start one again */
        guint tries;
        gboolean given_up; /* said, in this absence */
        gboolean began;    /* ours: the first one was there, or was started */
} GuardAgentPlan;

typedef struct {
        gint64 now_us;   /* boot clock */
        gint64 first_us; /* when the session was first seen */
        gboolean alive;  /* one is registered, and was heard of lately */
        gboolean ours;   /* nobody but us starts it: the first one is not missed, it is due */
} GuardAgentFacts;

typedef enum {
        GUARD_AGENT_NO_EDGE = 0,
        GUARD_AGENT_GONE,   /* it was not started, was ended, or hangs */
        GUARD_AGENT_BACK,
        GUARD_AGENT_FAILED, /* several starts have brought none; it is tried on */
        GUARD_N_AGENT_EDGES
} GuardAgentEdge;

typedef struct {
        GuardAgentEdge edge;
        gboolean start;
        gint64 next_us; /* boot clock: look again then; G_MAXINT64: when something has changed */
} GuardAgentStep;

/* One step; call again with the same facts until there is no edge. */
GuardAgentStep guard_agent_step(GuardAgentPlan *plan, const GuardAgentFacts *facts);
/* One sentence for the ledger, an N_() string. Static. */
const char *guard_agent_edge_describe(GuardAgentEdge edge);

G_END_DECLS
