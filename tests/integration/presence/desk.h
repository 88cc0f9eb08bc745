/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A machine for the presence guard: a private bus with a logind on it, a folder that is its root, a
 * clock that is set by hand, and an owner that writes down what it is told.
 */
#pragma once
#include <gio/gio.h>
#include "guardd/presence/presence.h"

#define SECOND G_GINT64_CONSTANT(1000000)

typedef struct {
        GuardPresenceClock clock; /* first */
        GuardClocks now;
        gint64 wake_us;
        GTestDBus *dbus;
        guint objects[2];
        GDBusConnection *logind, *bus;
        char *root;
        gboolean active, remote, hint, refuse_flags;
        GString *orders; /* "LockSession(2) " … as logind got them */
        GString *notes;  /* the edges, as "warned " … */
        GString *told;   /* countdowns, as "lock:running " … */
        char *alarm;     /* the keys that are set, one at most in these tests */
        guint resumed, covered;
        GuardPresenceSettings settings;
        GuardAfterHoursSettings after_hours;
        GuardPresenceAgents agents;
        GuardPresenceClaims claims;
        gboolean has_agent;
        GuardPresence *presence;
} Desk;

/* @remote: the session has no seat. */
void desk_set_up(Desk *desk, gboolean remote);
void desk_tear_down(Desk *desk);
/* Waits for @word in @text: for what comes over the bus. */
void desk_wait(GString *text, const char *word);
/* The clock goes on by @seconds, and the timer fires where it is due on the way. */
void desk_pass(Desk *desk, guint seconds);
/* logind says that something about the session has changed. */
void desk_announce(Desk *desk);
/* A process in the session: pid and executable; NULL: it has ended. */
void desk_process(Desk *desk, int pid, const char *exe);
