/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads the kernel's uevents: "add@/devices/…", then KEY=VALUE, each ended by a NUL.
 */
#include <string.h>
#include <sys/socket.h>
#include <glib-unix.h>
#include "guardd/kernel-source.h"

/* The kernel's own limit is 2048 and the first line. */
#define MESSAGE_MAX 8192
/* As many are taken in one turn of the loop, so that a storm starves nobody. */
#define BATCH 64
/* The group that the kernel sends to; udevd sends to another. */
#define KERNEL_GROUP 1

struct GuardKernelSource {
        guint source;
        GuardKernelAdded added;
        gpointer user_data;
};

/* The value of @key ("SUBSYSTEM="), NULL: there is none. */
static const char *
value_of(const char *message, gsize length, const char *key)
{
        for (gsize at = 0; at < length; at += strlen(message + at) + 1)
                if (g_str_has_prefix(message + at, key))
                        return message + at + strlen(key);
        return NULL;
}

char *
guard_kernel_message_added(const struct sockaddr_nl *from, const char *message, gsize length,
                           gboolean *is_disk)
{
        const char *path, *subsystem, *devtype;

        /* Anybody privileged may write to the socket; only the kernel has no address. */
        if (from->nl_family != AF_NETLINK || from->nl_pid != 0 || from->nl_groups != KERNEL_GROUP)
                return NULL;
        if (length == 0 || message[length - 1] != '\0' || !g_str_has_prefix(message, "add@"))
                return NULL;
        path = value_of(message, length, "DEVPATH=");
        if (!path || !g_str_has_prefix(path, "/devices/") || strstr(path, "/../"))
                return NULL;
        subsystem = value_of(message, length, "SUBSYSTEM=");
        devtype = value_of(message, length, "DEVTYPE=");
        *is_disk = g_strcmp0(subsystem, "block") == 0 && g_strcmp0(devtype, "disk") == 0;
        if (!*is_disk && (g_strcmp0(subsystem, "usb") != 0 || g_strcmp0(devtype, "usb_device") != 0))
                return NULL;
        return g_strconcat("/sys", path, NULL);
}

static gboolean
readable(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
        GuardKernelSource *source = data;
        char message[MESSAGE_MAX];

        for (int i = 0; i < BATCH; i++) {
                struct sockaddr_nl from = {.nl_family = AF_UNSPEC};
                socklen_t size = sizeof from;
                gboolean is_disk = FALSE;
                g_autofree char *syspath = NULL;
                ssize_t n = recvfrom(fd, message, sizeof message, MSG_DONTWAIT | MSG_TRUNC,
                                     (struct sockaddr *)&from, &size);

                if (n < 0)
                        break;
                if (n <= (ssize_t)sizeof message && size == sizeof from)
                        syspath = guard_kernel_message_added(&from, message, (gsize)n, &is_disk);
                if (syspath)
                        source->added(syspath, is_disk, source->user_data);
        }
        return G_SOURCE_CONTINUE;
}

GuardKernelSource *
guard_kernel_source_new(int socket, GuardKernelAdded added, gpointer user_data)
{
        GuardKernelSource *source = g_new0(GuardKernelSource, 1);

        source->added = added;
        source->user_data = user_data;
        source->source = g_unix_fd_add(socket, G_IO_IN, readable, source);
        return source;
}

void
guard_kernel_source_free(GuardKernelSource *source)
{
        if (!source)
                return;
        g_source_remove(source->source);
        g_free(source);
}
