/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Connect → see guardd's name → listen → register → beat; from the start again when one of them ends.
 */
#include "notifier/agent/line.h"
#include "common/client/bus-errors.h"
#include "common/client/client.h"
#include "common/guard-error.h"
#include "common/guard-names.h"

#define CALL_TIMEOUT_MS 25000
#define FIRST_WAIT_MS 500u
#define LONGEST_WAIT_MS 60000u

struct GuardLine {
        char *address;
        GuardLineHandlers handlers;
        gpointer user_data;
        GCancellable *cancel; /* of everything that is under way */
        GDBusConnection *connection;
        gulong closed_handler;
        guint name_watch, subscription, timer, beat_seconds, wait_ms;
        char *owner; /* guardd's unique name, NULL: not there */
        gboolean registered, idle_unwanted;
};

static void connect_later(GuardLine *line);
static void register_agent(GuardLine *line);

static void
stop_timer(GuardLine *line)
{
        if (line->timer)
                g_source_remove(line->timer);
        line->timer = 0;
}

static void
forget_guardd(GuardLine *line)
{
        gboolean was = line->registered;

        stop_timer(line);
        if (line->subscription)
                g_dbus_connection_signal_unsubscribe(line->connection, line->subscription);
        line->subscription = 0;
        g_clear_pointer(&line->owner, g_free);
        line->registered = FALSE;
        if (was && line->handlers.gone)
                line->handlers.gone(line->user_data);
}

static void
forget_bus(GuardLine *line)
{
        forget_guardd(line);
        if (line->name_watch)
                g_bus_unwatch_name(line->name_watch);
        line->name_watch = 0;
        if (line->connection)
                g_signal_handler_disconnect(line->connection, line->closed_handler);
        g_clear_object(&line->connection);
}

typedef struct {
        GuardLine *line;
        GuardLineReply done;
        gpointer user_data;
        GDestroyNotify destroy;
} Call;

static void
on_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Call *call = user_data;
        GError *error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

        /* Cancelled: the line is gone, and whom it told with it. */
        if (reply || !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
                if (error)
                        error = guard_client_translate(error);
                if (call->done)
                        call->done(reply, error, call->user_data);
        }
        g_clear_error(&error);
        if (call->destroy)
                call->destroy(call->user_data);
        g_free(call);
}

void
guard_line_call(GuardLine *line, const char *method, GVariant *parameters, gint timeout_ms, GuardLineReply done, gpointer user_data,
                GDestroyNotify destroy)
{
        Call *call;

        if (!line->connection || !line->owner) {
                g_autoptr(GError) error = g_error_new_literal(GUARD_ERROR, GUARD_ERROR_UNREACHABLE, "guardd is not there");

                if (parameters)
                        g_variant_unref(g_variant_ref_sink(parameters));
                if (done)
                        done(NULL, error, user_data);
                if (destroy)
                        destroy(user_data);
                return;
        }
        call = g_new0(Call, 1);
        *call = (Call){line, done, user_data, destroy};
        g_dbus_connection_call(line->connection, line->owner, GUARD_BUS_PATH, GUARD_BUS_MANAGER, method, parameters, NULL,
                               G_DBUS_CALL_FLAGS_NO_AUTO_START, timeout_ms, line->cancel, on_reply, call);
}

static GVariant *
state_of(GuardLine *line)
{
        GVariant *state = line->handlers.state ? line->handlers.state(!line->idle_unwanted, line->user_data) : g_variant_new("a{sv}", NULL);

        return g_variant_new("(@a{sv})", state);
}

static guint
next_wait(GuardLine *line)
{
        line->wait_ms = CLAMP(line->wait_ms * 2, FIRST_WAIT_MS, LONGEST_WAIT_MS);
        return line->wait_ms;
}

static gboolean
on_register_time(gpointer user_data)
{
        GuardLine *line = user_data;

        line->timer = 0;
        register_agent(line);
        return G_SOURCE_REMOVE;
}

static gboolean on_beat_time(gpointer user_data);

/* Beats as often as guardd's answer says; as before where it says nothing. */
static void
keep_time(GuardLine *line, GVariant *told)
{
        guint before = line->timer != 0 ? line->beat_seconds : 0;

        g_variant_lookup(told, "heartbeat_seconds", "u", &line->beat_seconds);
        line->beat_seconds = MAX(line->beat_seconds, 1);
        if (line->beat_seconds == before)
                return;
        stop_timer(line);
        line->timer = g_timeout_add_seconds(line->beat_seconds, on_beat_time, line);
}

static void
on_beat(GVariant *reply, const GError *error, gpointer user_data)
{
        GuardLine *line = user_data;
        g_autoptr(GVariant) wanted = NULL;
        gboolean idle = TRUE;

        if (reply && g_variant_is_of_type(reply, G_VARIANT_TYPE("(a{sv})"))) {
                wanted = g_variant_get_child_value(reply, 0);
                g_variant_lookup(wanted, "idle", "b", &idle);
                if (line->registered)
                        keep_time(line, wanted);
        }
        line->idle_unwanted = !idle;
        if (!g_error_matches(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND) || !line->registered)
                return;
        /* guardd has forgotten us. */
        stop_timer(line);
        line->registered = FALSE;
        register_agent(line);
}

void
guard_line_beat(GuardLine *line)
{
        if (line->registered)
                guard_line_call(line, "Heartbeat", state_of(line), CALL_TIMEOUT_MS, on_beat, line, NULL);
}

static gboolean
on_beat_time(gpointer user_data)
{
        guard_line_beat(user_data);
        return G_SOURCE_CONTINUE;
}

static void
on_registered(GVariant *reply, const GError *error, gpointer user_data)
{
        GuardLine *line = user_data;
        g_autoptr(GVariant) session = NULL;

        (void)error; /* not ready yet, or full: later again */
        if (!line->owner)
                return;
        stop_timer(line);
        if (!reply || !g_variant_is_of_type(reply, G_VARIANT_TYPE("(a{sv})"))) {
                line->timer = g_timeout_add(next_wait(line), on_register_time, line);
                return;
        }
        line->registered = TRUE;
        line->idle_unwanted = FALSE;
        line->wait_ms = 0;
        session = g_variant_get_child_value(reply, 0);
        line->beat_seconds = 30;
        keep_time(line, session);
        if (line->handlers.registered)
                line->handlers.registered(session, line->user_data);
}

static void
register_agent(GuardLine *line)
{
        guard_line_call(line, "RegisterAgent", state_of(line), CALL_TIMEOUT_MS, on_registered, line, NULL);
}

static void
on_properties(GuardLine *line, GVariant *parameters)
{
        g_autoptr(GVariant) changed = g_variant_get_child_value(parameters, 1);
        g_autoptr(GVariant) host = g_variant_lookup_value(changed, "Host", G_VARIANT_TYPE_VARDICT);

        if (host && line->handlers.host)
                line->handlers.host(host, line->user_data);
}

static void
on_signal(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
          GVariant *parameters, gpointer user_data)
{
        GuardLine *line = user_data;
        const struct {
                const char *signal, *type;
                void (*handler)(GVariant *, gpointer);
        } rows[] = {
                {"Decided", "(a{sv})", line->handlers.decided},
                {"Countdown", "(a{sv})", line->handlers.countdown},
                {"AlarmsChanged", "(aa{sv})", line->handlers.alarms},
        };

        (void)connection, (void)sender, (void)path, (void)interface;
        if (g_str_equal(signal, "PropertiesChanged") && g_variant_is_of_type(parameters, G_VARIANT_TYPE("(sa{sv}as)")))
                on_properties(line, parameters);
        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autoptr(GVariant) told = NULL;

                if (!g_str_equal(rows[i].signal, signal) || !rows[i].handler ||
                    !g_variant_is_of_type(parameters, G_VARIANT_TYPE(rows[i].type)))
                        continue;
                told = g_variant_get_child_value(parameters, 0);
                rows[i].handler(told, line->user_data);
        }
}

static void
on_appeared(GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
        GuardLine *line = user_data;

        (void)name;
        forget_guardd(line);
        line->owner = g_strdup(owner);
        line->wait_ms = 0;
        /* By unique name: GDBus drops signals of a well-known one until it has asked who owns it. */
        line->subscription = g_dbus_connection_signal_subscribe(connection, owner, NULL, NULL, GUARD_BUS_PATH, NULL,
                                                                G_DBUS_SIGNAL_FLAGS_NONE, on_signal, line, NULL);
        register_agent(line);
}

static void
on_vanished(GDBusConnection *connection, const char *name, gpointer user_data)
{
        (void)connection, (void)name;
        forget_guardd(user_data);
}

static void
on_closed(GDBusConnection *connection, gboolean by_peer, GError *error, gpointer user_data)
{
        GuardLine *line = user_data;

        (void)connection, (void)by_peer, (void)error;
        forget_bus(line);
        connect_later(line);
}

static void
on_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardLine *line;
        g_autoptr(GError) error = NULL;
        GDBusConnection *connection = g_dbus_connection_new_for_address_finish(result, &error);

        (void)source;
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        line = user_data;
        if (!connection) {
                connect_later(line);
                return;
        }
        line->connection = connection;
        line->wait_ms = 0;
        g_dbus_connection_set_exit_on_close(connection, FALSE);
        line->closed_handler = g_signal_connect(connection, "closed", G_CALLBACK(on_closed), line);
        line->name_watch = g_bus_watch_name_on_connection(connection, GUARD_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
                                                          on_vanished, line, NULL);
}

static void
connect_now(GuardLine *line)
{
        g_autofree char *address = line->address ? g_strdup(line->address) : g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);

        if (!address) {
                connect_later(line);
                return;
        }
        g_dbus_connection_new_for_address(address,
                                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                          NULL, line->cancel, on_connected, line);
}

static gboolean
on_connect_time(gpointer user_data)
{
        GuardLine *line = user_data;

        line->timer = 0;
        connect_now(line);
        return G_SOURCE_REMOVE;
}

static void
connect_later(GuardLine *line)
{
        stop_timer(line);
        line->timer = g_timeout_add(next_wait(line), on_connect_time, line);
}

GuardLine *
guard_line_new(const char *address, const GuardLineHandlers *handlers, gpointer user_data)
{
        GuardLine *line = g_new0(GuardLine, 1);

        guard_bus_errors_register();
        line->address = g_strdup(address);
        line->handlers = *handlers;
        line->user_data = user_data;
        line->cancel = g_cancellable_new();
        connect_now(line);
        return line;
}

void
guard_line_free(GuardLine *line)
{
        if (!line)
                return;
        line->handlers.gone = NULL;
        g_cancellable_cancel(line->cancel);
        g_object_unref(line->cancel);
        forget_bus(line);
        g_free(line->address);
        g_free(line);
}

gboolean
guard_line_is_registered(GuardLine *line)
{
        return line->registered;
}
