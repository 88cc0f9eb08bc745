/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The agent's line to guardd: finds it, registers, says that it lives, and begins anew when guardd or the bus
 * comes back. Never waits. What signals mean is not known here.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GuardLine GuardLine;

typedef struct { /* each may be NULL */
        void (*registered)(GVariant *session, gpointer user_data); /* a{sv} of RegisterAgent */
        void (*gone)(gpointer user_data);                          /* guardd left, or the bus */
        void (*decided)(GVariant *event, gpointer user_data);
        void (*countdown)(GVariant *countdown, gpointer user_data);
        void (*alarms)(GVariant *alarms, gpointer user_data); /* aa{sv} */
        void (*host)(GVariant *host, gpointer user_data);     /* a{sv}: host.conf has changed */
        /* a{sv} for Heartbeat, floating; asked at each beat, as often as guardd says. @idle FALSE: guardd has no use for idle_seconds now. */
        GVariant *(*state)(gboolean idle, gpointer user_data);
} GuardLineHandlers;

/* @address NULL: the system bus. */
GuardLine *guard_line_new(const char *address, const GuardLineHandlers *handlers, gpointer user_data);
void guard_line_free(GuardLine *line);
gboolean guard_line_is_registered(GuardLine *line);
/* Says at once what changed (guard_line's state handler), not only at the next beat. */
void guard_line_beat(GuardLine *line);
/* @reply NULL: @error tells why, in the contract's codes; neither is given away. Not called once the line is freed. */
typedef void (*GuardLineReply)(GVariant *reply, const GError *error, gpointer user_data);
/* @parameters is consumed when floating; @destroy frees @user_data in any case. */
void guard_line_call(GuardLine *line, const char *method, GVariant *parameters, gint timeout_ms, GuardLineReply done, gpointer user_data,
                     GDestroyNotify destroy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardLine, guard_line_free)

G_END_DECLS
