/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of presence/ share.
 */
#pragma once
#include "guardd/presence/evidence.h"
#include "guardd/presence/input.h"
#include "guardd/presence/login.h"
#include "guardd/presence/presence.h"
#include "guardd/wall-timer.h"
#include "rules/session-agent.h"

G_BEGIN_DECLS

#define GUARD_NEVER G_MAXINT64
/* logind gives twenty seconds with our drop-in, five without it, and does not wait longer for anybody. */
#define GUARD_SLEEP_DELAY_MS 19000
#define GUARD_AGENT_PROGRAM "/usr/bin/guard-notifier"
#define GUARD_LOCK_REQUEST_UNIT "baomi-guard-lock-request-%s.service"
/* With the session's id and a number. */
#define GUARD_AGENT_UNIT "baomi-guard-agent-%s-%u.service"
/* A little longer than what an agent may be silent before its word is nobody's. */
#define GUARD_AGENT_SILENCE_US (95 * (gint64)G_USEC_PER_SEC)

typedef struct {
        GuardPresenceLocked done;
        gpointer user_data;
} GuardLockWaiter;

typedef struct { /* one guarded session */
        GuardPresence *presence;
        char *id;
        GuardPresencePlan plan;
        gint64 first_us; /* boot clock: since when its input counts */
        gint64 seen_us;  /* boot clock: when it was first seen */
        gint64 told_us;  /* boot clock: a remote person's last input, as the agent told; 0: never */
        GuardProof proof;
        char *evidence;
        gint locker_pid;       /* of the locker that proved the lock and outlives it; 0: none */
        gboolean locker_gone;
        gboolean lock_now;
        gboolean failing; /* all rungs have failed: what is tried again is not told again */
        gboolean jiggled; /* told, in this silence */
        GArray *waiters;  /* of GuardLockWaiter */
        GuardAgentPlan agent;
} GuardWatched;

struct GuardPresence {
        const GuardPresenceOwner *owner;
        gpointer owner_data;
        const GuardPresenceAgents *agents;
        char *root;
        GuardPresenceClock *clock;
        gboolean own_clock;
        GuardLogin *login;
        GuardInput *input;
        GPtrArray *watched; /* of GuardWatched */
        gboolean looking, again, covered, knows;
        gboolean sleeping;
        guint sleep_timer;
        /* after hours */
        GuardAfterHours plan;
        GuardWallTimer *wall;
        gint64 known_us, due_us; /* due_us: when to try once more to switch off */
        guint attempts;
};

/* watched.c */
GuardWatched *guard_watched_new(GuardPresence *presence, const char *id);
void guard_watched_free(GuardWatched *watched);
/* What session @id's agent says; FALSE: there is none, or it says nothing, and @claims are -1. */
gboolean guard_presence_claims(const GuardPresence *presence, const char *id, GuardPresenceClaims *claims);
gint64 guard_watched_input_us(GuardWatched *watched, const GuardLoginSession *session, gint64 now_us);
/* Steps until nothing more is to be done; when to look again. */
gint64 guard_watched_look(GuardWatched *watched, const GuardLoginSession *session);
gboolean guard_session_is_guarded(const GuardLoginSession *session);
gboolean guard_session_is_graphical(const GuardLoginSession *session);

/* agents.c: whether the program is there to be started. */
gboolean guard_presence_has_agent(const GuardPresence *presence);
/* Records and starts what is missing; when to look again. */
gint64 guard_watched_look_agent(GuardWatched *watched, const GuardLoginSession *session);

/* act.c */
void guard_presence_act(GuardPresence *presence, const GuardLoginSession *session, guint actions);
void guard_presence_start_unit(GuardPresence *presence, const char *unit);
void guard_presence_stop_unit(GuardPresence *presence, const char *unit);
/* A transient unit of @session's user, with its display; at a console with its terminal, for as long as the session. */
void guard_presence_start_program(GuardPresence *presence, const GuardLoginSession *session, const char *unit,
                                  const char *description, const char *const argv[]);

/* tell.c */
void guard_watched_note(GuardWatched *watched, const GuardLoginSession *session,
                        GuardPresenceEdge edge, gint64 idle_us);
void guard_watched_note_jiggler(GuardWatched *watched, const GuardLoginSession *session,
                                gint64 agent_idle_us, gint64 idle_us);
void guard_watched_note_agent(GuardWatched *watched, const GuardLoginSession *session, const char *edge,
                              GuardSeverity severity, const char *message);
void guard_watched_countdown(GuardWatched *watched, const GuardLoginSession *session,
                             const char *state, gint64 idle_us);
GVariant *guard_watched_show(GuardPresence *presence, GuardWatched *watched,
                             const GuardLoginSession *session, gboolean with_proven);

/* shutdown.c */
gint64 guard_shutdown_look(GuardPresence *presence);

G_END_DECLS
