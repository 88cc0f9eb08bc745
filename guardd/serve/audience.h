/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who is told: session agents (their own session's media) and watchers (everything). Every signal has
 * one receiver; there is no broadcast here, and no other place in serve/ emits signals.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GuardAudience GuardAudience;

typedef struct { /* an agent's session, as logind knows it */
        char *id, *user, *seat;
        guint32 uid;
} GuardSeatSession;

void guard_seat_session_free(GuardSeatSession *session);

GuardAudience *guard_audience_new(void);
void guard_audience_free(GuardAudience *audience);
/* @gone is called when an agent has left the bus. */
void guard_audience_watch_agents(GuardAudience *audience, void (*gone)(gpointer), gpointer user_data);
/* The bus is gone: nobody listens any more. */
void guard_audience_clear(GuardAudience *audience);
/* A listener stays until it leaves the bus; registering again replaces. @session NULL: a watcher; else taken.
 * GUARD_ERROR_BUSY when there are too many. */
gboolean guard_audience_add(GuardAudience *audience, GDBusConnection *connection, const char *sender, GuardSeatSession *session,
                            GError **error);
guint guard_audience_size(GuardAudience *audience);

typedef struct { /* what an agent last said of itself: claims */
        gint64 heard_us;        /* CLOCK_MONOTONIC */
        gboolean notifications; /* somebody shows popups there */
        gint64 idle_seconds;    /* what the display server counts; -1: not told */
        gint locked;            /* what the desktop's locker says; -1: not told */
} GuardAgentState;

/* The agent's session, its id; NULL: @sender is no agent. */
const char *guard_audience_beat(GuardAudience *audience, const char *sender, const GuardAgentState *state);
/* The agent of that session that was heard last; FALSE: it has none. */
gboolean guard_audience_agent(GuardAudience *audience, const char *session_id, GuardAgentState *state);
/* To each watcher. @parameters is consumed when floating. */
void guard_audience_tell_watchers(GuardAudience *audience, const char *path, const char *interface, const char *signal,
                                  GVariant *parameters);
/* To the agents of session @session_id; where it is NULL (nobody was logged in, or not known) to all agents at a seat. */
void guard_audience_tell_agents(GuardAudience *audience, const char *session_id, const char *path, const char *interface,
                                const char *signal, GVariant *parameters);
/* To one caller, listener or not. */
void guard_audience_tell_one(GDBusConnection *connection, const char *receiver, const char *path, const char *interface,
                             const char *signal, GVariant *parameters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardAudience, guard_audience_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardSeatSession, guard_seat_session_free)

G_END_DECLS
