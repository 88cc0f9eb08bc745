/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The session that is played.
 */
#include "tests/integration/notifier/desktop.h"
#include <glib/gstdio.h>
#include <string.h>
#include "tests/integration/serve/stage.h"

#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"

static const char xml[] =
        "<node><interface name='" SERVER "'><method name='GetCapabilities'><arg type='as' direction='out'/></method>"
        "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
        "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
        "<method name='CloseNotification'><arg type='u' direction='in'/></method></interface></node>";

static const char *const usual[] = {"actions", "body", "body-markup", NULL};

/* Writes what it is given behind the log, and says once what the other file has. It keeps its output: one that is closed
 * means that the window was. */
static const char program[] = "#!/bin/sh\n# $1: the kind\ncat '%s' 2>/dev/null\nexec 3>&1\nexec tee -a '%s' >/dev/null\n";

static void
popup_free(gpointer data)
{
        Popup *popup = data;

        g_free(popup->title);
        g_free(popup->body);
        g_strfreev(popup->actions);
        g_free(popup);
}

static GVariant *
notify(Desktop *desktop, GVariant *parameters)
{
        Popup *popup = g_new0(Popup, 1);
        g_autoptr(GVariant) hints = NULL;

        g_variant_get(parameters, "(&su&sss^as@a{sv}i)", NULL, &popup->replaces, NULL, &popup->title, &popup->body, &popup->actions, &hints,
                      &popup->timeout);
        g_variant_lookup(hints, "urgency", "y", &popup->urgency);
        popup->id = popup->replaces ? popup->replaces : 100 + desktop->popups->len;
        g_ptr_array_add(desktop->popups, popup);
        return g_variant_new("(u)", popup->id);
}

static void
on_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
        GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
        Desktop *desktop = user_data;
        GVariant *reply = NULL;
        guint32 id;

        (void)connection, (void)sender, (void)path, (void)interface;
        if (g_str_equal(method, "GetCapabilities")) {
                reply = g_variant_new("(^as)", desktop->capabilities);
        } else if (g_str_equal(method, "Notify")) {
                reply = notify(desktop, parameters);
        } else {
                g_variant_get(parameters, "(u)", &id);
                g_array_append_val(desktop->closed, id);
        }
        g_dbus_method_invocation_return_value(invocation, reply);
}

static GDBusConnection *
join(Desktop *desktop)
{
        g_autoptr(GError) error = NULL;
        GDBusConnection *connection = g_dbus_connection_new_for_address_sync(
                g_test_dbus_get_bus_address(desktop->bus),
                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);

        g_assert_no_error(error);
        g_dbus_connection_set_exit_on_close(connection, FALSE);
        return connection;
}

void
desktop_start_server(Desktop *desktop)
{
        static const GDBusInterfaceVTable vtable = {.method_call = on_call};
        g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(xml, NULL);

        desktop->server = join(desktop);
        desktop->object = g_dbus_connection_register_object(desktop->server, SERVER_PATH, node->interfaces[0], &vtable, desktop, NULL, NULL);
        g_assert_cmpuint(desktop->object, >, 0);
        desktop->name = g_bus_own_name_on_connection(desktop->server, SERVER, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
}

void
desktop_stop_server(Desktop *desktop)
{
        if (!desktop->server)
                return;
        g_bus_unown_name(desktop->name);
        g_dbus_connection_unregister_object(desktop->server, desktop->object);
        g_dbus_connection_close_sync(desktop->server, NULL, NULL);
        g_clear_object(&desktop->server);
}

void
desktop_start(Desktop *desktop, gboolean with_server)
{
        g_autofree char *text = NULL;

        memset(desktop, 0, sizeof *desktop);
        desktop->capabilities = usual;
        desktop->popups = g_ptr_array_new_with_free_func(popup_free);
        desktop->closed = g_array_new(FALSE, FALSE, sizeof(guint32));
        desktop->bus = g_test_dbus_new(G_TEST_DBUS_NONE);
        g_test_dbus_up(desktop->bus);
        desktop->folder = g_dir_make_tmp("guard-desktop-XXXXXX", NULL);
        desktop->window_program = g_build_filename(desktop->folder, "window", NULL);
        desktop->window_log = g_build_filename(desktop->folder, "log", NULL);
        desktop->window_says = g_build_filename(desktop->folder, "says", NULL);
        text = g_strdup_printf(program, desktop->window_says, desktop->window_log);
        g_assert_true(g_file_set_contents(desktop->window_program, text, -1, NULL));
        g_assert_cmpint(g_chmod(desktop->window_program, 0700), ==, 0);
        desktop->agent = join(desktop);
        if (with_server)
                desktop_start_server(desktop);
}

void
desktop_stop(Desktop *desktop)
{
        g_autofree char *state = g_build_filename(desktop->folder, "notifier", NULL);
        const char *const files[] = {state, desktop->window_program, desktop->window_log, desktop->window_says};

        desktop_stop_server(desktop);
        while (g_main_context_iteration(NULL, FALSE)) /* calls that had come before it was closed */
                ;
        g_dbus_connection_close_sync(desktop->agent, NULL, NULL);
        g_object_unref(desktop->agent);
        g_test_dbus_down(desktop->bus);
        g_object_unref(desktop->bus);
        for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
                g_unlink(files[i]);
        g_assert_cmpint(g_rmdir(desktop->folder), ==, 0);
        g_ptr_array_unref(desktop->popups);
        g_array_unref(desktop->closed);
        g_free(desktop->folder);
        g_free(desktop->window_program);
        g_free(desktop->window_log);
        g_free(desktop->window_says);
}

void
desktop_settle(Desktop *desktop)
{
        g_autoptr(GVariant) reply = NULL;

        g_assert_true(g_dbus_connection_flush_sync(desktop->server, NULL, NULL));
        reply = g_dbus_connection_call_sync(desktop->agent, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                            "GetId", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
        g_assert_nonnull(reply);
        while (g_main_context_iteration(NULL, FALSE))
                ;
}

const Popup *
desktop_wait_popup(Desktop *desktop, guint n)
{
        while (desktop->popups->len < n)
                stage_iterate();
        g_assert_cmpuint(desktop->popups->len, ==, n);
        return desktop->popups->pdata[n - 1];
}

static void
emit(GDBusConnection *connection, const char *signal, GVariant *parameters)
{
        g_assert_true(g_dbus_connection_emit_signal(connection, NULL, SERVER_PATH, SERVER, signal, parameters, NULL));
}

void
desktop_press(Desktop *desktop, guint32 id, const char *action)
{
        emit(desktop->server, "ActionInvoked", g_variant_new("(us)", id, action));
}

void
desktop_close(Desktop *desktop, guint32 id, guint32 how)
{
        emit(desktop->server, "NotificationClosed", g_variant_new("(uu)", id, how));
}

static gboolean
on_look(gpointer user_data)
{
        (void)user_data;
        return G_SOURCE_CONTINUE;
}

void
desktop_wait_window(Desktop *desktop, const char *text)
{
        guint looks = g_timeout_add(10, on_look, NULL);
        gint64 deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

        for (;;) {
                g_autofree char *log = NULL;

                if (g_file_get_contents(desktop->window_log, &log, NULL, NULL) && strstr(log, text))
                        break;
                if (g_get_monotonic_time() > deadline)
                        g_error("the window was not given “%s”, but: %s", text, log ? log : "nothing");
                stage_iterate();
        }
        g_source_remove(looks);
}
