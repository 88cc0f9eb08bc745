/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The agent's inside, shared by the files agent*.c and nobody else.
 */
#pragma once
#include "notifier/agent/agent.h"
#include "notifier/agent/line.h"
#include "notifier/agent/popups.h"
#include "notifier/agent/saver.h"
#include "notifier/agent/windows.h"
#include "notifier/core/queue.h"
#include "notifier/core/store.h"

G_BEGIN_DECLS

enum { GUARD_N_COUNTS = 2 };

typedef struct { /* one countdown: to a lock, to a shutdown */
        GuardAgent *agent;
        GVariant *told; /* the running one, NULL: none */
        gint64 end_us;
        guint timer;    /* until the window is due */
        GuardWindow *window;
} GuardCount;

struct GuardAgent {
        char *window_program, *mark_style;
        gint64 (*now_us)(void);
        GuardStore *store;
        GuardQueue *queue;
        GuardLine *line;
        GuardPopups *popups;       /* NULL: no session bus */
        GuardTerminal *terminal;   /* NULL: none */
        GuardSaver *saver;         /* NULL: no session bus */
        GuardDisplay *display;     /* NULL: none */
        char *contact_name, *contact_phone;
        GVariant *host;            /* a{sv}, NULL: not told yet */
        GHashTable *alarms;        /* key → text that was told */
        GHashTable *windowed;      /* keys of messages that a window of ours has shown instead of a popup */
        gboolean notifications;    /* what the heartbeat says of the popups */
        GuardWindow *details, *history, *mark, *ask;
        char *ask_device;          /* what an exception is asked for */
        char *details_device, *details_title; /* what the details are about */
        GuardCount counts[GUARD_N_COUNTS];
};

/* agent.c */
void guard_agent_tell(GuardAgent *agent, GuardMessage *message); /* takes */
void guard_agent_withdraw(GuardAgent *agent, const char *key);
void guard_agent_save(GuardAgent *agent);
/* agent-events.c: what guardd says */
void guard_agent_on_registered(GVariant *session, gpointer user_data);
void guard_agent_on_decided(GVariant *event, gpointer user_data);
void guard_agent_on_alarms(GVariant *alarms, gpointer user_data);
void guard_agent_on_host(GVariant *host, gpointer user_data);
/* agent-windows.c: what a person sees and presses */
void guard_agent_show_details(GuardAgent *agent, const GuardMessage *message);
void guard_agent_eject(GuardAgent *agent, const char *device);
void guard_agent_close_windows(GuardAgent *agent);
/* agent-ask.c: an exception, by a code of the coordination group's */
void guard_agent_ask(GuardAgent *agent, const char *device, const char *title);
/* agent-mark.c */
void guard_agent_show_mark(GuardAgent *agent);
/* agent-countdown.c */
void guard_agent_on_countdown(GVariant *countdown, gpointer user_data);
void guard_agent_end_countdowns(GuardAgent *agent);

G_END_DECLS
