/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The notification server of the desktop.
 */
#include <glib/gi18n-lib.h>
#include "notifier/agent/popups.h"

#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"
#define TIMEOUT_MS 20000 /* a server that is started for us on a slow machine */

struct GuardPopups {
        GDBusConnection *session;
        GuardPopupsHandlers handlers;
        gpointer user_data;
        GCancellable *cancel;
        guint name_watch, subscription;
        char *owner;
        gboolean asked, failed; /* asked: what it can do is known */
        gboolean can_actions, can_body, can_markup;
};

typedef struct {
        GuardPopups *popups;
        char *key;
        GVariant *body_less; /* everything but what depends on the server: (title, body, critical, can_eject, replaces) */
} Show;

static void
show_free(Show *show)
{
        g_free(show->key);
        g_variant_unref(show->body_less);
        g_free(show);
}

static void
call(GuardPopups *popups, const char *method, GVariant *parameters, GAsyncReadyCallback done, gpointer data)
{
        g_dbus_connection_call(popups->session, SERVER, SERVER_PATH, SERVER, method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS,
                               popups->cancel, done, data);
}

static void
give_up(Show *show)
{
        GuardPopups *popups = show->popups;

        popups->failed = TRUE;
        popups->asked = FALSE;
        popups->handlers.shown(show->key, 0, popups->user_data);
        show_free(show);
}

static void
on_notified(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Show *show = user_data;
        GuardPopups *popups = show->popups;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        guint32 id = 0;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
                show_free(show);
                return;
        }
        if (reply && g_variant_is_of_type(reply, G_VARIANT_TYPE("(u)")))
                g_variant_get(reply, "(u)", &id);
        if (id == 0) {
                g_message("nobody shows popups here: %s", error ? error->message : "no number came back");
                give_up(show);
                return;
        }
        popups->failed = FALSE;
        popups->handlers.shown(show->key, id, popups->user_data);
        show_free(show);
}

static GVariant *
actions(gboolean can_eject)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_STRING_ARRAY);
        /* A click on the popup itself. Xfce makes a button of whatever has a label. */
        g_variant_builder_add(&builder, "s", "default");
        g_variant_builder_add(&builder, "s", "");
        g_variant_builder_add(&builder, "s", "details");
        g_variant_builder_add(&builder, "s", _("Details"));
        if (can_eject) {
                g_variant_builder_add(&builder, "s", "eject");
                g_variant_builder_add(&builder, "s", _("Eject"));
        }
        g_variant_builder_add(&builder, "s", "history");
        g_variant_builder_add(&builder, "s", _("My history"));
        return g_variant_builder_end(&builder);
}

static GVariant *
hints(gboolean critical)
{
        GVariantDict dict;

        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "urgency", "y", critical ? 2 : 1);
        g_variant_dict_insert(&dict, "category", "s", "device");
        g_variant_dict_insert(&dict, "desktop-entry", "s", "guard-notifier");
        if (!critical)
                g_variant_dict_insert(&dict, "suppress-sound", "b", TRUE);
        return g_variant_dict_end(&dict);
}

static void
notify(Show *show)
{
        GuardPopups *popups = show->popups;
        const char *title, *body;
        gboolean critical, can_eject;
        guint32 replaces;
        g_autofree char *summary = NULL, *text = NULL;

        g_variant_get(show->body_less, "(&s&sbbu)", &title, &body, &critical, &can_eject, &replaces);
        if (popups->can_body) {
                summary = g_strdup(title);
                text = popups->can_markup ? g_markup_escape_text(body, -1) : g_strdup(body);
        } else {
                summary = g_strdup_printf("%s: %s", title, body);
                text = g_strdup("");
        }
        call(popups, "Notify",
             g_variant_new("(susss@as@a{sv}i)", _("Baomi Guard"), replaces, critical ? "dialog-warning" : "dialog-information", summary, text,
                           popups->can_actions ? actions(can_eject) : g_variant_new_strv(NULL, 0), hints(critical), critical ? 0 : -1),
             on_notified, show);
}

static void
on_capabilities(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Show *show = user_data;
        GuardPopups *popups = show->popups;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autofree const char **names = NULL;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
                show_free(show);
                return;
        }
        if (!reply || !g_variant_is_of_type(reply, G_VARIANT_TYPE("(as)"))) {
                g_message("nobody shows popups here: %s", error ? error->message : "it does not say what it can do");
                give_up(show);
                return;
        }
        g_variant_get(reply, "(^a&s)", &names);
        popups->can_actions = g_strv_contains(names, "actions");
        popups->can_body = g_strv_contains(names, "body");
        popups->can_markup = g_strv_contains(names, "body-markup");
        popups->asked = TRUE;
        notify(show);
}

void
guard_popups_show(GuardPopups *popups, const GuardMessage *message, guint32 replaces)
{
        Show *show = g_new0(Show, 1);

        show->popups = popups;
        show->key = g_strdup(message->key);
        show->body_less = g_variant_ref_sink(
                g_variant_new("(ssbbu)", message->title, message->body, message->critical, message->can_eject, replaces));
        if (popups->asked)
                notify(show);
        else
                call(popups, "GetCapabilities", NULL, on_capabilities, show);
}

void
guard_popups_close(GuardPopups *popups, guint32 id)
{
        if (id && popups->owner)
                call(popups, "CloseNotification", g_variant_new("(u)", id), NULL, NULL);
}

static void
on_signal(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
          GVariant *parameters, gpointer user_data)
{
        GuardPopups *popups = user_data;
        const char *action;
        guint32 id, how;

        (void)connection, (void)path, (void)interface;
        /* Anybody on the session bus may send such a signal; the server's alone count. */
        if (g_strcmp0(sender, popups->owner) != 0)
                return;
        if (g_str_equal(signal, "NotificationClosed") && g_variant_is_of_type(parameters, G_VARIANT_TYPE("(uu)"))) {
                g_variant_get(parameters, "(uu)", &id, &how);
                popups->handlers.closed(id, how >= GUARD_CLOSED_EXPIRED && how <= GUARD_CLOSED_BY_CALL ? (GuardClosed)how : GUARD_CLOSED_UNKNOWN,
                                        popups->user_data);
        } else if (g_str_equal(signal, "ActionInvoked") && g_variant_is_of_type(parameters, G_VARIANT_TYPE("(us)"))) {
                g_variant_get(parameters, "(u&s)", &id, &action);
                popups->handlers.action(id, g_str_equal(action, "default") ? "details" : action, popups->user_data);
        }
}

static void
on_appeared(GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
        GuardPopups *popups = user_data;

        (void)connection, (void)name;
        g_free(popups->owner);
        popups->owner = g_strdup(owner);
        popups->asked = popups->failed = FALSE;
        popups->handlers.server(TRUE, popups->user_data);
}

static void
on_vanished(GDBusConnection *connection, const char *name, gpointer user_data)
{
        GuardPopups *popups = user_data;

        (void)connection, (void)name;
        popups->asked = FALSE;
        if (!popups->owner)
                return;
        g_clear_pointer(&popups->owner, g_free);
        popups->handlers.server(FALSE, popups->user_data);
}

GuardPopups *
guard_popups_new(GDBusConnection *session, const GuardPopupsHandlers *handlers, gpointer user_data)
{
        GuardPopups *popups = g_new0(GuardPopups, 1);

        popups->session = g_object_ref(session);
        popups->handlers = *handlers;
        popups->user_data = user_data;
        popups->cancel = g_cancellable_new();
        popups->subscription = g_dbus_connection_signal_subscribe(session, NULL, SERVER, NULL, SERVER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                                  on_signal, popups, NULL);
        popups->name_watch = g_bus_watch_name_on_connection(session, SERVER, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, popups,
                                                            NULL);
        return popups;
}

void
guard_popups_free(GuardPopups *popups)
{
        if (!popups)
                return;
        g_cancellable_cancel(popups->cancel);
        g_object_unref(popups->cancel);
        g_bus_unwatch_name(popups->name_watch);
        g_dbus_connection_signal_unsubscribe(popups->session, popups->subscription);
        g_object_unref(popups->session);
        g_free(popups->owner);
        g_free(popups);
}

void
guard_popups_flush(GuardPopups *popups)
{
        g_dbus_connection_flush_sync(popups->session, NULL, NULL);
}

gboolean
guard_popups_available(GuardPopups *popups)
{
        return !popups->failed;
}

void
guard_popups_retry(GuardPopups *popups)
{
        popups->failed = FALSE;
}
