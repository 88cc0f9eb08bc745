/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GetRegistry, short. InstallRegistry: hands the caller's descriptor to the manager and tells the caller how far it is. The
 * work runs on the manager's worker; progress comes from there and is carried over here.
 */
#include <glib/gi18n-lib.h>
#include <gio/gunixfdlist.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "common/guard-names.h"
#include "guardd/serve/serve-private.h"
#include "guardd/serve/show.h"

typedef struct { /* shared with the worker; freed by the last of the two */
        gint refs;
        GMutex lock;
        GDBusConnection *connection;
        char *sender;
        int fd;
        guint64 done, total;
        gboolean queued, over;
        GuardCall *call;
} Installation;

static void
installation_unref(gpointer data)
{
        Installation *installation = data;

        if (!g_atomic_int_dec_and_test(&installation->refs))
                return;
        if (installation->fd >= 0)
                close(installation->fd);
        g_object_unref(installation->connection);
        g_free(installation->sender);
        g_mutex_clear(&installation->lock);
        g_free(installation);
}

static gboolean
tell_progress(gpointer user_data)
{
        Installation *installation = user_data;
        guint64 done, total;
        gboolean over;

        g_mutex_lock(&installation->lock);
        installation->queued = FALSE;
        done = installation->done;
        total = installation->total;
        over = installation->over;
        g_mutex_unlock(&installation->lock);
        if (!over)
                guard_audience_tell_one(installation->connection, installation->sender, GUARD_BUS_PATH, GUARD_BUS_MANAGER,
                                        "Progress", g_variant_new("(stt)", "InstallRegistry", done, total));
        return G_SOURCE_REMOVE;
}

/* In whatever thread the manager uses. One message is under way at a time, so that a fast disk does not flood the bus. */
static void
on_progress(guint64 done, guint64 total, gpointer user_data)
{
        Installation *installation = user_data;
        gboolean queue;

        g_mutex_lock(&installation->lock);
        installation->done = done;
        installation->total = total;
        queue = !installation->queued && !installation->over;
        installation->queued = installation->queued || queue;
        g_mutex_unlock(&installation->lock);
        if (!queue)
                return;
        g_atomic_int_inc(&installation->refs);
        g_idle_add_full(G_PRIORITY_DEFAULT, tell_progress, installation, installation_unref);
}

static void
on_installed(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Installation *installation = user_data;
        GError *error = NULL;
        g_autoptr(GuardRegistryInfo) info = guard_manager_install_registry_finish(GUARD_MANAGER(source), result, &error);

        g_mutex_lock(&installation->lock);
        installation->over = TRUE;
        g_mutex_unlock(&installation->lock);
        if (info)
                guard_call_reply(installation->call, g_variant_new("(@a{sv})", guard_show_registry(info)));
        else
                guard_call_fail(installation->call, error);
        installation_unref(installation);
}

static int
take_fd(GuardCall *call, GError **error)
{
        GUnixFDList *list = g_dbus_message_get_unix_fd_list(g_dbus_method_invocation_get_message(call->invocation));
        gint32 handle;

        g_variant_get(call->parameters, "(h@a{sv})", &handle, NULL);
        if (!list || handle < 0 || handle >= g_unix_fd_list_get_length(list)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_USAGE, _("No file was passed"));
                return -1;
        }
        return g_unix_fd_list_get(list, handle, error);
}

void
guard_handle_get_registry(GuardCall *call)
{
        const GuardRegistryInfo *info = guard_manager_registry_info(call->serve->manager);

        guard_call_reply(call, g_variant_new("(@a{sv})", guard_show_registry(info)));
}

void
guard_handle_install_registry(GuardCall *call)
{
        Installation *installation;
        GError *error = NULL;
        int fd = take_fd(call, &error);

        if (fd < 0)
                return guard_call_fail(call, error);
        installation = g_new0(Installation, 1);
        g_mutex_init(&installation->lock);
        installation->refs = 1;
        installation->connection = g_object_ref(g_dbus_method_invocation_get_connection(call->invocation));
        installation->sender = g_strdup(call->sender);
        installation->fd = fd;
        installation->call = call;
        guard_manager_install_registry_async(call->serve->manager, fd, on_progress, installation, on_installed, installation);
}
