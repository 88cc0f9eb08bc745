/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The presence guard's methods, and its way to the session agents. Whose session is meant is asked of
 * the bus and logind, never of the caller.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/serve/serve-private.h"
#include "guardd/serve/session.h"

/* NULL: the call was answered. */
static GuardPresence *
presence_of(GuardCall *call)
{
        GuardPresence *presence = call->serve->manager ? guard_manager_presence(call->serve->manager) : NULL;

        if (!presence)
                guard_call_fail(call, g_error_new_literal(GUARD_ERROR, GUARD_ERROR_FAILED,
                                                          _("The presence guard does not run")));
        return presence;
}

void
guard_handle_get_presence(GuardCall *call)
{
        GuardPresence *presence = presence_of(call);

        if (presence)
                guard_call_reply(call, g_variant_new("(@a{sv})", guard_presence_show(presence)));
}

static void
locked(GVariant *session, const GError *error, gpointer user_data)
{
        GuardCall *call = user_data;

        if (session)
                guard_call_reply(call, g_variant_new("(@a{sv})", session));
        else
                guard_call_fail(call, g_error_copy(error));
}

static void
lock(GuardCall *call, const char *session)
{
        GuardPresence *presence = presence_of(call);

        if (presence)
                guard_presence_lock(presence, session, locked, call);
}

static void
on_locker(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardCall *call = user_data;
        GError *error = NULL;
        g_autoptr(GuardSeatSession) session = guard_session_of_sender_finish(result, &error);

        (void)source;
        if (session)
                lock(call, session->id);
        else
                guard_call_fail(call, error);
}

static void
on_uid(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardCall *call = user_data;
        GError *error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autoptr(GVariant) options = g_variant_get_child_value(call->parameters, 0);
        const char *session = NULL;
        guint32 uid = G_MAXUINT32;

        if (!reply)
                return guard_call_fail(call, error);
        g_variant_get(reply, "(u)", &uid);
        if (uid != 0 || !g_variant_lookup(options, "session", "&s", &session))
                return guard_call_fail(call, g_error_new_literal(GUARD_ERROR, GUARD_ERROR_DENIED,
                                                                 _("Only root may lock another session")));
        lock(call, session);
}

void
guard_handle_lock(GuardCall *call)
{
        GDBusConnection *connection = g_dbus_method_invocation_get_connection(call->invocation);
        g_autoptr(GVariant) options = g_variant_get_child_value(call->parameters, 0);

        if (g_variant_lookup(options, "session", "&s", NULL))
                g_dbus_connection_call(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                       "GetConnectionUnixUser", g_variant_new("(s)", call->sender), G_VARIANT_TYPE("(u)"),
                                       G_DBUS_CALL_FLAGS_NONE, -1, call->cancel, on_uid, call);
        else
                guard_session_of_sender_async(connection, call->sender, call->cancel, on_locker, call);
}

static void
on_postponer(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardCall *call = user_data;
        GError *error = NULL;
        g_autoptr(GuardSeatSession) session = guard_session_of_sender_finish(result, NULL);
        GuardPresence *presence = presence_of(call);
        const char *reason;
        guint32 minutes;

        (void)source;
        if (!presence)
                return;
        /* polkit has let the caller through: without a session it is an administrator. */
        g_variant_get(call->parameters, "(u&s@a{sv})", &minutes, &reason, NULL);
        if (guard_presence_postpone(presence, minutes, reason, session ? session->user : "root", session ? session->id : NULL, &error))
                guard_call_reply(call, g_variant_new("(@a{sv})", guard_presence_show_shutdown(presence)));
        else
                guard_call_fail(call, error);
}

void
guard_handle_postpone(GuardCall *call)
{
        guard_session_of_sender_async(g_dbus_method_invocation_get_connection(call->invocation), call->sender, call->cancel, on_postponer,
                                      call);
}

static gboolean
claims(const char *session, GuardPresenceClaims *found, gpointer data)
{
        GuardAgentState state;
        gint64 age;

        if (!guard_serve_agent(data, session, &state))
                return FALSE;
        age = g_get_monotonic_time() - state.heard_us;
        /* Two beats may be missed on a busy machine (behind a lock one); what is older is nobody's word. */
        if (age > 3 * GUARD_AGENT_HEARTBEAT_SECONDS * (gint64)G_USEC_PER_SEC)
                return FALSE;
        found->locked = state.locked;
        found->idle_us = state.idle_seconds < 0 ? -1 : state.idle_seconds * (gint64)G_USEC_PER_SEC + age;
        return TRUE;
}

static void
countdown(const char *session, GVariant *what, gpointer data)
{
        guard_serve_countdown(data, session, what);
}

void
guard_serve_carry_presence(GuardServe *serve, gboolean on)
{
        GuardPresence *presence = guard_manager_presence(serve->manager);

        serve->presence_agents = (GuardPresenceAgents){claims, countdown, serve};
        if (presence)
                guard_presence_set_agents(presence, on ? &serve->presence_agents : NULL);
}

void
guard_serve_heard_agent(GuardServe *serve)
{
        GuardPresence *presence = serve->manager ? guard_manager_presence(serve->manager) : NULL;

        if (presence)
                guard_presence_look(presence);
}
