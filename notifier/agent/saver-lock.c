/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lockers that guardd may start, by their names on the session's bus.
 */
#include "notifier/agent/saver-lock.h"
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"

#define ANSWER_MS 20000

typedef struct {
        const char *name, *path;
} Saver;

static const Saver savers[] = {
        {"org.mate.ScreenSaver", "/org/mate/ScreenSaver"},
        {"org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"},
};

typedef struct {
        GMainLoop *loop;
        const Saver *asked;
        guint watches[G_N_ELEMENTS(savers)];
        gboolean answered;
        GError *error;
} Request;

static void
on_answer(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Request *request = user_data;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &request->error);

        request->answered = reply != NULL;
        g_main_loop_quit(request->loop);
}

static void
on_there(GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
        Request *request = user_data;

        (void)owner;
        for (gsize i = 0; !request->asked && i < G_N_ELEMENTS(savers); i++)
                if (g_str_equal(savers[i].name, name)) {
                        request->asked = &savers[i];
                        g_dbus_connection_call(connection, name, savers[i].path, name, "Lock", NULL, NULL,
                                               G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS, NULL, on_answer, request);
                }
}

static gboolean
on_late(gpointer user_data)
{
        Request *request = user_data;

        if (!request->asked) /* an answer has a deadline of its own */
                g_main_loop_quit(request->loop);
        return G_SOURCE_CONTINUE;
}

gboolean
guard_saver_lock(GDBusConnection *session, guint seconds, GError **error)
{
        g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
        Request request = {.loop = loop};
        guint late = g_timeout_add_seconds(seconds, on_late, &request);

        for (gsize i = 0; i < G_N_ELEMENTS(savers); i++)
                request.watches[i] = g_bus_watch_name_on_connection(session, savers[i].name, G_BUS_NAME_WATCHER_FLAGS_NONE, on_there, NULL,
                                                                    &request, NULL);
        g_main_loop_run(loop);
        g_source_remove(late);
        for (gsize i = 0; i < G_N_ELEMENTS(savers); i++)
                g_bus_unwatch_name(request.watches[i]);
        if (request.error)
                g_propagate_error(error, request.error);
        else if (!request.answered)
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                                    _("no screen locker runs here that could be asked; lock the screen from the desktop's menu"));
        return request.answered;
}
