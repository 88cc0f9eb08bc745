/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardd's list of media, asked for without waiting for it.
 */
#include "station/window/media-watch.h"

#include "common/client/client.h"
#include "common/guard-names.h"

#define POLL_SECONDS 2 /* where guardd does not tell this person of changes */

struct GuardMediaWatch {
        GuardClient *client; /* NULL: there is no bus */
        GCancellable *cancel;
        GPtrArray *facts;
        guint subscription, poll;
        gboolean asking, asked;
        GuardMediaSeen seen;
        gpointer data;
};

static void
on_media(GObject *bus, GAsyncResult *result, gpointer data)
{
        GuardMediaWatch *watch = data;
        GError *error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(bus), result, &error);
        g_autoptr(GVariant) media = reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;
        g_autoptr(GError) told = NULL;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
                g_error_free(error); /* the watch is gone */
                return;
        }
        if (error != NULL)
                told = guard_client_translate(error);
        watch->asking = FALSE;
        g_clear_pointer(&watch->facts, g_ptr_array_unref);
        watch->facts = media != NULL ? guard_facts_from_media(media) : g_ptr_array_new();
        watch->seen(watch->facts, told != NULL ? told->message : NULL, watch->data);
}

void
guard_media_watch_look(GuardMediaWatch *watch)
{
        if (watch->client == NULL || watch->asking)
                return;
        watch->asking = TRUE;
        /* a password is asked for once, when somebody opened this; not again and again */
        g_dbus_connection_call(guard_client_connection(watch->client), GUARD_BUS_NAME,
                               GUARD_BUS_PATH, GUARD_BUS_MANAGER, "ListMedia",
                               g_variant_new("(a{sv})", NULL), G_VARIANT_TYPE("(aa{sv})"),
                               watch->asked ? G_DBUS_CALL_FLAGS_NONE
                                            : G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                               -1, watch->cancel, on_media, watch);
        watch->asked = TRUE;
}

static gboolean
on_poll(gpointer watch)
{
        guard_media_watch_look(watch);
        return G_SOURCE_CONTINUE;
}

/* Signals are for whom polkit lets watch (the desk's rule does); everybody else asks again. */
static void
on_watching(GObject *bus, GAsyncResult *result, gpointer data)
{
        GuardMediaWatch *watch = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(bus), result, &error);

        if (reply == NULL && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                watch->poll = g_timeout_add_seconds(POLL_SECONDS, on_poll, watch);
}

static void
on_signal(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
          const char *name, GVariant *parameters, gpointer watch)
{
        (void)bus;
        (void)sender;
        (void)path;
        (void)interface;
        (void)name;
        (void)parameters;
        guard_media_watch_look(watch);
}

GuardMediaWatch *
guard_media_watch_new(GuardMediaSeen seen, gpointer user_data)
{
        GuardMediaWatch *watch = g_new0(GuardMediaWatch, 1);
        g_autoptr(GError) error = NULL;

        watch->seen = seen;
        watch->data = user_data;
        watch->cancel = g_cancellable_new();
        watch->facts = g_ptr_array_new();
        watch->client = guard_client_new(NULL, &error);
        if (watch->client == NULL) {
                seen(watch->facts, error->message, user_data);
                return watch;
        }
        watch->subscription = g_dbus_connection_signal_subscribe(
                guard_client_connection(watch->client), GUARD_BUS_NAME, NULL, NULL, NULL, NULL,
                G_DBUS_SIGNAL_FLAGS_NONE, on_signal, watch, NULL);
        g_dbus_connection_call(guard_client_connection(watch->client), GUARD_BUS_NAME,
                               GUARD_BUS_PATH, GUARD_BUS_MANAGER, "Watch",
                               g_variant_new("(a{sv})", NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                               watch->cancel, on_watching, watch);
        guard_media_watch_look(watch);
        return watch;
}

void
guard_media_watch_free(GuardMediaWatch *watch)
{
        if (watch == NULL)
                return;
        g_cancellable_cancel(watch->cancel);
        g_clear_handle_id(&watch->poll, g_source_remove);
        if (watch->subscription != 0)
                g_dbus_connection_signal_unsubscribe(guard_client_connection(watch->client),
                                                     watch->subscription);
        g_clear_pointer(&watch->client, guard_client_free);
        g_object_unref(watch->cancel);
        g_ptr_array_unref(watch->facts);
        g_free(watch);
}
