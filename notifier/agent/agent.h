/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The session agent: what guardd says becomes messages, what a person presses becomes calls. It decides nothing.
 */
#pragma once
#include <gio/gio.h>
#include "notifier/agent/display.h"
#include "notifier/agent/terminal.h"

G_BEGIN_DECLS

typedef struct GuardAgent GuardAgent;

typedef struct {
        const char *system_address; /* NULL: the system bus */
        GDBusConnection *session;   /* NULL: this session has no bus, so no popups */
        GuardTerminal *terminal;    /* instead of popups and windows; NULL: none. It outlives the agent */
        const char *state_folder;   /* NULL: the usual one */
        const char *window_program;
        const char *mark_style;     /* none, corner, banner; NULL: none */
        gint64 (*now_us)(void); /* NULL: g_get_monotonic_time */
} GuardAgentOptions;

GuardAgent *guard_agent_new(const GuardAgentOptions *options);
/* What was not read is kept for the next login. */
void guard_agent_free(GuardAgent *agent);
/* (transfer none) Whose idle time the heartbeat tells; NULL: none. It outlives the agent. */
void guard_agent_set_display(GuardAgent *agent, GuardDisplay *display);
/* Opens the history: of guardd where it is there, else what this user's file has. */
void guard_agent_show_history(GuardAgent *agent);
/* Of tests: is it registered with guardd? */
gboolean guard_agent_is_registered(GuardAgent *agent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardAgent, guard_agent_free)

G_END_DECLS
