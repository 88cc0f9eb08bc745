/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Session agents that are missed are started again: as units of their own, as the session's user. The
 * newcomer takes the name on the session's bus from one that hangs, which ends as soon as it can.
 */
#include <glib/gi18n-lib.h>
#include "guardd/presence/presence-private.h"

static const struct {
        const char *name;
        GuardSeverity severity;
} edges[GUARD_N_AGENT_EDGES] = {
        [GUARD_AGENT_GONE] = {"agent-gone", GUARD_SEVERITY_WARNING},
        [GUARD_AGENT_BACK] = {"agent-back", GUARD_SEVERITY_INFO},
        [GUARD_AGENT_FAILED] = {"agent-failed", GUARD_SEVERITY_WARNING},
};

gboolean
guard_presence_has_agent(const GuardPresence *presence)
{
        g_autofree char *path = g_strconcat(presence->root, GUARD_AGENT_PROGRAM, NULL);

        return g_file_test(path, G_FILE_TEST_IS_EXECUTABLE);
}

/* Somebody at a console of the machine, without a desktop: no program of his would start an agent. */
static gboolean
is_console(const GuardLoginSession *session)
{
        return g_strcmp0(session->type, "tty") == 0 && session->seat && *session->seat != '\0' && session->tty &&
               *session->tty != '\0';
}

static void
start(GuardWatched *watched, const GuardLoginSession *session)
{
        GuardPresence *presence = watched->presence;
        const char *const argv[] = {GUARD_AGENT_PROGRAM, is_console(session) ? "--terminal" : "--replace", NULL};
        g_autofree char *before = g_strdup_printf(GUARD_AGENT_UNIT, session->id, watched->agent.tries - 1);
        g_autofree char *unit = g_strdup_printf(GUARD_AGENT_UNIT, session->id, watched->agent.tries);

        guard_presence_stop_unit(presence, before);
        guard_presence_start_program(presence, session, unit, "Session agent, started by the guard", argv);
}

gint64
guard_watched_look_agent(GuardWatched *watched, const GuardLoginSession *session)
{
        GuardPresence *presence = watched->presence;
        gint64 now = guard_presence_clock_boot_us(presence->clock);
        GuardPresenceClaims claims;
        GuardAgentFacts facts = {now, watched->seen_us, FALSE, is_console(session)};
        GuardAgentStep step;

        if (!presence->agents || !(facts.ours || guard_session_is_graphical(session)) || !guard_presence_has_agent(presence))
                return GUARD_NEVER;
        facts.alive = guard_presence_claims(presence, session->id, &claims);
        do {
                step = guard_agent_step(&watched->agent, &facts);
                if (step.edge != GUARD_AGENT_NO_EDGE)
                        guard_watched_note_agent(watched, session, edges[step.edge].name, edges[step.edge].severity,
                                                 guard_agent_edge_describe(step.edge));
                if (step.start)
                        start(watched, session);
        } while (step.edge != GUARD_AGENT_NO_EDGE);
        /* One that hangs says nothing: each sign of life puts this off. */
        return facts.alive ? now + GUARD_AGENT_SILENCE_US : step.next_us;
}
