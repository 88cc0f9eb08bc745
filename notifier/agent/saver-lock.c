/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lockers that guardd may start, by their names on the session's bus.
 */
#include "notifier/agent/saver-lock.h"
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"

typedef struct {
        const char *name, *path;
} Saver;

static const Saver savers[] = {
        {"org.mate.ScreenSaver", "/org/mate/ScreenSaver"},
        {"org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"},
};

typedef struct {
        GMainLoop *loop;
        const Saver *found;
} Wait;

static void
on_there(GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
        Wait *wait = user_data;

        (void)connection, (void)owner;
        for (gsize i = 0; i < G_N_ELEMENTS(savers); i++)
                if (g_str_equal(savers[i].name, name))
                        wait->found = &savers[i];
        g_main_loop_quit(wait->loop);
}

static gboolean
on_late(gpointer user_data)
{
        g_main_loop_quit(((Wait *)user_data)->loop);
        return G_SOURCE_CONTINUE;
}

static const Saver *
wait_for_one(GDBusConnection *session, guint seconds)
{
        g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
        Wait wait = {loop, NULL};
        guint watches[G_N_ELEMENTS(savers)], late = g_timeout_add_seconds(seconds, on_late, &wait);

        for (gsize i = 0; i < G_N_ELEMENTS(savers); i++)
                watches[i] = g_bus_watch_name_on_connection(session, savers[i].name, G_BUS_NAME_WATCHER_FLAGS_NONE, on_there, NULL, &wait,
                                                            NULL);
        g_main_loop_run(loop);
        g_source_remove(late);
        for (gsize i = 0; i < G_N_ELEMENTS(savers); i++)
                g_bus_unwatch_name(watches[i]);
        return wait.found;
}

/* They lock, and answer nothing. */
gboolean
guard_saver_lock(GDBusConnection *session, guint seconds, GError **error)
{
        const Saver *saver = wait_for_one(session, seconds);
        g_autoptr(GDBusMessage) message = NULL;

        if (!saver) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                                    _("no screen locker runs here that could be asked; lock the screen from the desktop's menu"));
                return FALSE;
        }
        message = g_dbus_message_new_method_call(saver->name, saver->path, saver->name, "Lock");
        g_dbus_message_set_flags(message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED | G_DBUS_MESSAGE_FLAGS_NO_AUTO_START);
        return g_dbus_connection_send_message(session, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, error) &&
               g_dbus_connection_flush_sync(session, NULL, error);
}
