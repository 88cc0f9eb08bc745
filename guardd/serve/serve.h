/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bus face of the manager: org.baomiguard.Guard1 on the system bus. Shows what the manager knows to
 * whom polkit allows it, and takes orders the same way. Decides nothing about media.
 */
#pragma once
#include <gio/gio.h>
#include "guardd/manager.h"
#include "guardd/serve/audience.h"

G_BEGIN_DECLS

typedef struct GuardServe GuardServe;

/* Begins at once and never blocks: connects when the bus appears (guardd starts before it), owns the name, comes back after
 * the bus was lost. @bus_address NULL: the system bus. @manager outlives it. Main thread. */
GuardServe *guard_serve_new(GuardManager *manager, const char *bus_address);
/* Where QueryLog and VerifyLog read; without it the installed paths. */
void guard_serve_set_ledger(GuardServe *serve, const char *db, const char *head_file);
/* NULL while there is no bus. (transfer none) */
GDBusConnection *guard_serve_connection(GuardServe *serve);
/* Sends Countdown (its dictionary; consumed when floating) to the agents of session @session_id, NULL: to all at a seat. */
void guard_serve_countdown(GuardServe *serve, const char *session_id, GVariant *countdown);
/* The agent of that session that was heard last, and what it claims; FALSE: the session has none. */
gboolean guard_serve_agent(GuardServe *serve, const char *session_id, GuardAgentState *state);
/* How often an agent says that it lives. Behind a locked screen there is less to say: its beats fall just before what would
 * be every fourth look at the proof, and serve as that look. */
#define GUARD_AGENT_HEARTBEAT_SECONDS 30
#define GUARD_AGENT_HEARTBEAT_LOCKED_SECONDS 38
/* Leaves the bus; calls under way are dropped. */
void guard_serve_free(GuardServe *serve);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardServe, guard_serve_free)

G_END_DECLS
