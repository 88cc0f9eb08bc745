/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A new session has time to start its own; one that ends is started again at once, then ever later, so
 * that an agent which fails at once costs nothing.
 */
#include "rules/session-agent.h"
#include <glib/gi18n-lib.h>

#define SECOND_US G_GINT64_CONSTANT(1000000)
#define LOGIN_US (120 * SECOND_US) /* a desktop that is slow to start */
#define ENDING_US (5 * SECOND_US) /* the session may be ending with it */
#define KNOWN_US (3 * SECOND_US) /* one of before our own restart says so by then */
#define PROVEN_US (600 * SECOND_US)
#define MANY 4

static const gint64 pauses_us[] = {30 * SECOND_US, 30 * SECOND_US, 60 * SECOND_US, 120 * SECOND_US,
                                   300 * SECOND_US, 600 * SECOND_US};

static GuardAgentStep
alive(GuardAgentPlan *plan, const GuardAgentFacts *facts)
{
        GuardAgentStep step = {GUARD_AGENT_NO_EDGE, FALSE, G_MAXINT64};

        plan->absent_us = 0;
        plan->began = TRUE;
        if (plan->alive_us == 0)
                plan->alive_us = facts->now_us;
        if (facts->now_us - plan->alive_us >= PROVEN_US)
                plan->tries = 0;
        if (plan->missing && plan->told)
                step.edge = GUARD_AGENT_BACK;
        plan->told = FALSE;
        plan->missing = plan->given_up = FALSE;
        return step;
}

/* The first one of a session that has none of its own. */
static GuardAgentStep
begin(GuardAgentPlan *plan, const GuardAgentFacts *facts)
{
        gint64 due = facts->first_us + KNOWN_US;

        if (facts->now_us < due)
                return (GuardAgentStep){GUARD_AGENT_NO_EDGE, FALSE, due};
        plan->began = plan->missing = TRUE;
        plan->absent_us = facts->now_us;
        plan->next_us = facts->now_us + pauses_us[0];
        plan->tries = 1;
        return (GuardAgentStep){GUARD_AGENT_NO_EDGE, TRUE, plan->next_us};
}

static GuardAgentStep
absent(GuardAgentPlan *plan, const GuardAgentFacts *facts)
{
        gint64 patience = plan->alive_us != 0 ? ENDING_US : LOGIN_US;
        gint64 due;

        if (plan->absent_us == 0)
                plan->absent_us = plan->alive_us != 0 ? facts->now_us : facts->first_us;
        due = plan->absent_us + patience;
        if (facts->now_us < due)
                return (GuardAgentStep){GUARD_AGENT_NO_EDGE, FALSE, due};
        plan->missing = plan->told = TRUE;
        plan->alive_us = 0;
        plan->next_us = MAX(plan->next_us, facts->now_us); /* the pause of an agent that dies at once */
        return (GuardAgentStep){GUARD_AGENT_GONE, FALSE, facts->now_us};
}

GuardAgentStep
guard_agent_step(GuardAgentPlan *plan, const GuardAgentFacts *facts)
{
        if (facts->alive)
                return alive(plan, facts);
        if (facts->ours && !plan->began)
                return begin(plan, facts);
        if (!plan->missing)
                return absent(plan, facts);
        if (facts->now_us < plan->next_us)
                return (GuardAgentStep){GUARD_AGENT_NO_EDGE, FALSE, plan->next_us};
        if (plan->tries >= MANY && !plan->given_up) {
                plan->given_up = plan->told = TRUE;
                return (GuardAgentStep){GUARD_AGENT_FAILED, FALSE, facts->now_us};
        }
        plan->next_us = facts->now_us + pauses_us[MIN(plan->tries, G_N_ELEMENTS(pauses_us) - 1)];
        plan->tries++;
        return (GuardAgentStep){GUARD_AGENT_NO_EDGE, TRUE, plan->next_us};
}

const char *
guard_agent_edge_describe(GuardAgentEdge edge)
{
        static const char *const sentences[GUARD_N_AGENT_EDGES] = {
                [GUARD_AGENT_NO_EDGE] = "",
                [GUARD_AGENT_GONE] = N_("The notifier of this session does not run: it is started"),
                [GUARD_AGENT_BACK] = N_("The notifier of this session runs again"),
                [GUARD_AGENT_FAILED] = N_("The notifier of this session cannot be started"),
        };

        return sentences[edge];
}
