/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A connection to the bus that is made when the bus appears and made again when it was lost.
 */
#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "guardd/serve/link.h"

#define SYSTEM_BUS "unix:path=/run/dbus/system_bus_socket"
#define FIRST_DELAY_MS 50
#define LAST_DELAY_MS 60000

struct GuardLink {
        char *address, *socket;
        GuardLinkUp up;
        GuardLinkDown down;
        gpointer user_data;
        GDBusConnection *connection;
        gulong closed_id;
        GCancellable *cancel; /* set while connecting */
        guint retry_id, delay_ms;
        int inotify_fd;
        guint inotify_id;
};

static void try_connect(GuardLink *link);
static void retry_later(GuardLink *link);

char *
guard_link_socket_of(const char *address)
{
        g_auto(GStrv) alternatives = g_strsplit(address, ";", -1);

        for (char **one = alternatives; *one; one++) {
                g_auto(GStrv) pairs = NULL;

                if (!g_str_has_prefix(*one, "unix:"))
                        continue;
                pairs = g_strsplit(*one + strlen("unix:"), ",", -1);
                for (char **pair = pairs; *pair; pair++)
                        if (g_str_has_prefix(*pair, "path="))
                                return g_uri_unescape_string(*pair + strlen("path="), NULL);
        }
        return NULL;
}

static gboolean
socket_present(GuardLink *link)
{
        return !link->socket || access(link->socket, F_OK) == 0;
}

static void
unwatch(GuardLink *link)
{
        g_clear_handle_id(&link->inotify_id, g_source_remove);
        if (link->inotify_fd >= 0)
                close(link->inotify_fd);
        link->inotify_fd = -1;
}

static gboolean on_inotify(int fd, GIOCondition condition, gpointer user_data);

/* Watches the nearest folder above the socket that is there already: /run/dbus may itself be yet to come. */
static void
watch(GuardLink *link)
{
        g_autofree char *folder = NULL;

        unwatch(link);
        if (!link->socket)
                return;
        link->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (link->inotify_fd < 0)
                return;
        for (folder = g_path_get_dirname(link->socket);;) {
                char *above;

                if (inotify_add_watch(link->inotify_fd, folder, IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR) >= 0)
                        break;
                if (errno != ENOENT || strlen(folder) <= 1)
                        return unwatch(link);
                above = g_path_get_dirname(folder);
                g_free(folder);
                folder = above;
        }
        link->inotify_id = g_unix_fd_add(link->inotify_fd, G_IO_IN, on_inotify, link);
}

static gboolean
on_inotify(int fd, GIOCondition condition, gpointer user_data)
{
        GuardLink *link = user_data;

        (void)fd, (void)condition;
        link->inotify_id = 0; /* watch() makes a new one, perhaps in a deeper folder */
        watch(link);
        if (socket_present(link))
                try_connect(link);
        else
                retry_later(link);
        return G_SOURCE_REMOVE;
}

static gboolean
on_retry(gpointer user_data)
{
        GuardLink *link = user_data;

        link->retry_id = 0;
        try_connect(link);
        return G_SOURCE_REMOVE;
}

static void
retry_later(GuardLink *link)
{
        if (!socket_present(link) && link->inotify_fd >= 0)
                return; /* inotify will tell */
        if (link->retry_id)
                return;
        link->retry_id = g_timeout_add(link->delay_ms, on_retry, link);
        link->delay_ms = MIN(link->delay_ms * 2, LAST_DELAY_MS);
}

static void
on_closed(GDBusConnection *connection, gboolean by_peer, GError *error, gpointer user_data)
{
        GuardLink *link = user_data;

        (void)by_peer, (void)error;
        g_signal_handler_disconnect(connection, link->closed_id);
        link->closed_id = 0;
        link->down(link->user_data);
        g_clear_object(&link->connection);
        watch(link);
        retry_later(link);
}

static void
on_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
        GuardLink *link = user_data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GDBusConnection) connection = g_dbus_connection_new_for_address_finish(result, &error);

        (void)source;
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return; /* the link is gone */
        g_clear_object(&link->cancel);
        if (!connection) {
                retry_later(link);
                return;
        }
        unwatch(link);
        g_clear_handle_id(&link->retry_id, g_source_remove);
        link->delay_ms = FIRST_DELAY_MS;
        g_dbus_connection_set_exit_on_close(connection, FALSE);
        link->connection = g_steal_pointer(&connection);
        link->closed_id = g_signal_connect(link->connection, "closed", G_CALLBACK(on_closed), link);
        link->up(link->connection, link->user_data);
}

static void
try_connect(GuardLink *link)
{
        if (link->connection || link->cancel)
                return;
        g_clear_handle_id(&link->retry_id, g_source_remove);
        link->cancel = g_cancellable_new();
        g_dbus_connection_new_for_address(
                link->address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
                link->cancel, on_connected, link);
}

GuardLink *
guard_link_new(const char *address, GuardLinkUp up, GuardLinkDown down, gpointer user_data)
{
        const char *system = g_getenv("DBUS_SYSTEM_BUS_ADDRESS");
        GuardLink *link = g_new0(GuardLink, 1);

        link->address = g_strdup(address ? address : system ? system : SYSTEM_BUS);
        link->socket = guard_link_socket_of(link->address);
        link->up = up;
        link->down = down;
        link->user_data = user_data;
        link->delay_ms = FIRST_DELAY_MS;
        link->inotify_fd = -1;
        watch(link);
        if (socket_present(link))
                try_connect(link);
        else
                retry_later(link);
        return link;
}

GDBusConnection *
guard_link_connection(GuardLink *link)
{
        return link->connection;
}

void
guard_link_free(GuardLink *link)
{
        if (!link)
                return;
        unwatch(link);
        g_clear_handle_id(&link->retry_id, g_source_remove);
        if (link->cancel) {
                g_cancellable_cancel(link->cancel);
                g_clear_object(&link->cancel);
        }
        if (link->connection) {
                if (link->closed_id)
                        g_signal_handler_disconnect(link->connection, link->closed_id);
                g_dbus_connection_close(link->connection, NULL, NULL, NULL);
                g_object_unref(link->connection);
        }
        g_free(link->address);
        g_free(link->socket);
        g_free(link);
}
