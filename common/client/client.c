/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one client of guardd's bus face.
 */
#include <glib/gi18n-lib.h>
#include "common/client/bus-errors.h"
#include "common/client/client.h"
#include "common/guard-error.h"
#include "common/guard-text.h"
#include "common/guard-names.h"

/* Milliseconds. A guardd that is stopped answers no ping; one that answers may take long over a password or a large snapshot. */
#define PING_TIMEOUT 5000
#define CALL_TIMEOUT 90000 /* a lock is proven within a minute, or is not */

struct GuardClient {
        GDBusConnection *connection;
        gboolean interactive, answered; /* answered: guardd has shown that it is alive */
        GuardClientProgress progress;
        gpointer progress_data;
};

static const struct { /* errors of the bus that mean: nobody is there, or polkit said no */
        const char *name;
        int code;
} translations[] = {
        {"org.freedesktop.DBus.Error.ServiceUnknown", GUARD_ERROR_UNREACHABLE},
        {"org.freedesktop.DBus.Error.NameHasNoOwner", GUARD_ERROR_UNREACHABLE},
        {"org.freedesktop.DBus.Error.NoReply", GUARD_ERROR_UNREACHABLE},
        {"org.freedesktop.DBus.Error.Disconnected", GUARD_ERROR_UNREACHABLE},
        {"org.freedesktop.DBus.Error.TimedOut", GUARD_ERROR_UNREACHABLE},
        {"org.freedesktop.DBus.Error.Timeout", GUARD_ERROR_UNREACHABLE},
        {"org.freedesktop.DBus.Error.NoServer", GUARD_ERROR_UNREACHABLE},
        {"org.freedesktop.DBus.Error.AccessDenied", GUARD_ERROR_DENIED},
        {"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", GUARD_ERROR_DENIED},
};

static GError *
unreachable(const char *why)
{
        return g_error_new(GUARD_ERROR, GUARD_ERROR_UNREACHABLE,
                           _("guardd cannot be reached (%s). See 'systemctl status guardd'; 'systemctl start guardd' starts it. "
                             "While it is away new drives stay closed."),
                           why);
}

static int
translated_code(const GError *error, const char *name)
{
        for (gsize i = 0; name && i < G_N_ELEMENTS(translations); i++)
                if (g_str_equal(name, translations[i].name))
                        return translations[i].code;
        if (error->domain == G_IO_ERROR)
                return error->code == G_IO_ERROR_CANCELLED ? GUARD_ERROR_FAILED : GUARD_ERROR_UNREACHABLE;
        return GUARD_ERROR_FAILED;
}

GError *
guard_client_translate(GError *error)
{
        g_autofree char *name = g_dbus_error_get_remote_error(error);
        char *said;
        int code;

        g_dbus_error_strip_remote_error(error);
        /* guardd speaks English; what the catalogue knows is shown in the reader's language. */
        said = guard_text_translate(error->message);
        g_free(error->message);
        error->message = said;
        if (error->domain == GUARD_ERROR)
                return error;
        code = translated_code(error, name);
        if (code == GUARD_ERROR_UNREACHABLE) {
                GError *better = unreachable(error->message);

                g_error_free(error);
                return better;
        }
        error->domain = GUARD_ERROR;
        error->code = code;
        return error;
}

GuardClient *
guard_client_new(const char *bus_address, GError **error)
{
        g_autofree char *address = g_strdup(bus_address);
        g_autoptr(GDBusConnection) connection = NULL;
        g_autoptr(GError) local = NULL;
        GuardClient *client;

        guard_bus_errors_register();
        if (!address)
                address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, &local);
        if (address)
                connection = g_dbus_connection_new_for_address_sync(
                        address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                        NULL, NULL, &local);
        if (!connection) {
                g_propagate_error(error, unreachable(local->message));
                return NULL;
        }
        client = g_new0(GuardClient, 1);
        client->connection = g_steal_pointer(&connection);
        return client;
}

void
guard_client_free(GuardClient *client)
{
        if (!client)
                return;
        g_object_unref(client->connection);
        g_free(client);
}

void
guard_client_set_interactive(GuardClient *client, gboolean interactive)
{
        client->interactive = interactive;
}

void
guard_client_set_progress(GuardClient *client, GuardClientProgress progress, gpointer user_data)
{
        client->progress = progress;
        client->progress_data = user_data;
}

GDBusConnection *
guard_client_connection(GuardClient *client)
{
        return client->connection;
}

typedef struct {
        GMainContext *context;
        GVariant *reply;
        GError *error;
        gboolean done;
} Waiting;

static void
on_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Waiting *waiting = user_data;

        waiting->reply = g_dbus_connection_call_with_unix_fd_list_finish(G_DBUS_CONNECTION(source), NULL, result, &waiting->error);
        waiting->done = TRUE;
}

static void
on_progress(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
            GVariant *parameters, gpointer user_data)
{
        GuardClient *client = user_data;
        guint64 done, total;

        (void)connection, (void)sender, (void)path, (void)interface, (void)signal;
        if (!client->progress || !g_variant_is_of_type(parameters, G_VARIANT_TYPE("(stt)")))
                return;
        g_variant_get(parameters, "(&stt)", NULL, &done, &total);
        client->progress(done, total, client->progress_data);
}

static gboolean
ping(GuardClient *client, GError **error)
{
        g_autoptr(GVariant) reply = NULL;
        GError *local = NULL;

        if (client->answered)
                return TRUE;
        reply = g_dbus_connection_call_sync(client->connection, GUARD_BUS_NAME, GUARD_BUS_PATH, "org.freedesktop.DBus.Peer", "Ping",
                                            NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, PING_TIMEOUT, NULL, &local);
        client->answered = reply != NULL;
        if (local)
                g_propagate_error(error, guard_client_translate(local));
        return client->answered;
}

GVariant *
guard_client_call(GuardClient *client, const char *method, GVariant *parameters, const char *reply_type, GUnixFDList *fds,
                  GError **error)
{
        Waiting waiting = {.context = g_main_context_ref_thread_default()};
        guint progress = 0;

        if (!ping(client, error)) {
                g_main_context_unref(waiting.context);
                if (parameters)
                        g_variant_unref(g_variant_ref_sink(parameters));
                return NULL;
        }
        if (client->progress)
                progress = g_dbus_connection_signal_subscribe(client->connection, GUARD_BUS_NAME, GUARD_BUS_MANAGER, "Progress",
                                                              GUARD_BUS_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_progress, client,
                                                              NULL);
        g_dbus_connection_call_with_unix_fd_list(
                client->connection, GUARD_BUS_NAME, GUARD_BUS_PATH, GUARD_BUS_MANAGER, method, parameters,
                G_VARIANT_TYPE(reply_type),
                G_DBUS_CALL_FLAGS_NO_AUTO_START |
                        (client->interactive ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION : G_DBUS_CALL_FLAGS_NONE),
                client->interactive || client->progress ? G_MAXINT : CALL_TIMEOUT, fds, NULL, on_reply, &waiting);
        while (!waiting.done)
                g_main_context_iteration(waiting.context, TRUE);
        if (progress)
                g_dbus_connection_signal_unsubscribe(client->connection, progress);
        g_main_context_unref(waiting.context);
        if (waiting.error)
                g_propagate_error(error, guard_client_translate(waiting.error));
        return waiting.reply;
}
