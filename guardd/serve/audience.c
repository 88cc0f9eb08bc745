/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who is told. The one place that emits signals; each has one receiver.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/serve/audience.h"

#define MAX_LISTENERS 64 /* sessions of one machine, a desk, an auditor; more is somebody wasting our memory */

typedef struct {
        GuardAudience *audience;
        GDBusConnection *connection;
        char *sender;
        GuardSeatSession *session; /* NULL: a watcher */
        GuardAgentState state;
        guint name_watch;
} Listener;

struct GuardAudience {
        GHashTable *watchers, *agents; /* sender → Listener: one caller may be both */
        void (*gone)(gpointer);
        gpointer gone_data;
};

void
guard_seat_session_free(GuardSeatSession *session)
{
        if (!session)
                return;
        g_free(session->id);
        g_free(session->user);
        g_free(session->seat);
        g_free(session);
}

static void
listener_free(gpointer data)
{
        Listener *listener = data;

        if (listener->name_watch)
                g_bus_unwatch_name(listener->name_watch);
        g_object_unref(listener->connection);
        g_free(listener->sender);
        guard_seat_session_free(listener->session);
        g_free(listener);
}

GuardAudience *
guard_audience_new(void)
{
        GuardAudience *audience = g_new0(GuardAudience, 1);

        audience->watchers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, listener_free);
        audience->agents = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, listener_free);
        return audience;
}

void
guard_audience_free(GuardAudience *audience)
{
        if (!audience)
                return;
        g_hash_table_unref(audience->watchers);
        g_hash_table_unref(audience->agents);
        g_free(audience);
}

void
guard_audience_clear(GuardAudience *audience)
{
        g_hash_table_remove_all(audience->watchers);
        g_hash_table_remove_all(audience->agents);
}

static void
on_vanished(GDBusConnection *connection, const char *name, gpointer user_data)
{
        Listener *listener = user_data;
        GHashTable *table = listener->session ? listener->audience->agents : listener->audience->watchers;

        (void)connection, (void)name;
        gboolean agent = listener->session != NULL;
        GuardAudience *audience = listener->audience;

        g_hash_table_remove(table, listener->sender);
        if (agent && audience->gone)
                audience->gone(audience->gone_data);
}

void
guard_audience_watch_agents(GuardAudience *audience, void (*gone)(gpointer), gpointer user_data)
{
        audience->gone = gone;
        audience->gone_data = user_data;
}

gboolean
guard_audience_add(GuardAudience *audience, GDBusConnection *connection, const char *sender, GuardSeatSession *session, GError **error)
{
        GHashTable *table = session ? audience->agents : audience->watchers;
        Listener *listener;

        if (!g_hash_table_contains(table, sender) && g_hash_table_size(table) >= MAX_LISTENERS) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_BUSY, _("There are %d listeners already; close one of them"), MAX_LISTENERS);
                guard_seat_session_free(session);
                return FALSE;
        }
        listener = g_new0(Listener, 1);
        listener->audience = audience;
        listener->connection = g_object_ref(connection);
        listener->sender = g_strdup(sender);
        listener->session = session;
        listener->state = (GuardAgentState){.heard_us = g_get_monotonic_time(), .notifications = TRUE, .idle_seconds = -1, .locked = -1};
        g_hash_table_replace(table, listener->sender, listener);
        listener->name_watch =
                g_bus_watch_name_on_connection(connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished, listener, NULL);
        return TRUE;
}

guint
guard_audience_size(GuardAudience *audience)
{
        return g_hash_table_size(audience->watchers) + g_hash_table_size(audience->agents);
}

const char *
guard_audience_beat(GuardAudience *audience, const char *sender, const GuardAgentState *state)
{
        Listener *listener = g_hash_table_lookup(audience->agents, sender);

        if (!listener)
                return NULL;
        listener->state = *state;
        return listener->session->id;
}

gboolean
guard_audience_agent(GuardAudience *audience, const char *session_id, GuardAgentState *state)
{
        gboolean found = FALSE;
        GHashTableIter iter;
        gpointer value;

        g_hash_table_iter_init(&iter, audience->agents);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
                const Listener *listener = value;

                if (!g_str_equal(listener->session->id, session_id) || (found && listener->state.heard_us < state->heard_us))
                        continue;
                *state = listener->state;
                found = TRUE;
        }
        return found;
}

void
guard_audience_tell_one(GDBusConnection *connection, const char *receiver, const char *path, const char *interface,
                        const char *signal, GVariant *parameters)
{
        g_return_if_fail(g_dbus_is_unique_name(receiver)); /* without a receiver it would be a broadcast */
        g_dbus_connection_emit_signal(connection, receiver, path, interface, signal, parameters, NULL);
}

void
guard_audience_tell_watchers(GuardAudience *audience, const char *path, const char *interface, const char *signal, GVariant *parameters)
{
        g_autoptr(GVariant) owned = g_variant_ref_sink(parameters);
        GHashTableIter iter;
        gpointer value;

        g_hash_table_iter_init(&iter, audience->watchers);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
                const Listener *listener = value;

                guard_audience_tell_one(listener->connection, listener->sender, path, interface, signal, owned);
        }
}

void
guard_audience_tell_agents(GuardAudience *audience, const char *session_id, const char *path, const char *interface,
                           const char *signal, GVariant *parameters)
{
        g_autoptr(GVariant) owned = g_variant_ref_sink(parameters);
        GHashTableIter iter;
        gpointer value;

        g_hash_table_iter_init(&iter, audience->agents);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
                const Listener *listener = value;
                const GuardSeatSession *session = listener->session;

                if (session_id ? g_str_equal(session->id, session_id) : *session->seat != '\0')
                        guard_audience_tell_one(listener->connection, listener->sender, path, interface, signal, owned);
        }
}
