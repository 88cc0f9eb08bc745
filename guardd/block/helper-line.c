/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guardd/block/helper-line.h"
#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "common/guard-talk.h"

struct GuardHelperLine {
        int fd;
        guint source;
        GuardHelperSaid said;
        gpointer user_data;
};

static gboolean
readable(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
        GuardHelperLine *line = data;
        guint8 *bytes = g_malloc(GUARD_TALK_MAX_PACKET);
        g_autoptr(GVariant) message = NULL;
        ssize_t size = recv(fd, bytes, GUARD_TALK_MAX_PACKET, MSG_DONTWAIT);

        if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
                g_free(bytes);
                return G_SOURCE_CONTINUE;
        }
        line->source = 0;
        if (size <= 0) {
                g_free(bytes);
                line->said(NULL, line->user_data);
                return G_SOURCE_REMOVE;
        }
        /* not trusted: what is not in its normal form reads as nothing */
        message = g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE_VARDICT, bytes, (gsize)size, FALSE, g_free, bytes));
        line->said(message, line->user_data);
        return G_SOURCE_REMOVE;
}

void
guard_helper_line_go_on(GuardHelperLine *line)
{
        if (line->source == 0)
                line->source = g_unix_fd_add(line->fd, G_IO_IN | G_IO_HUP, readable, line);
}

GuardHelperLine *
guard_helper_line_new(const char *path, GuardHelperSaid said, gpointer user_data, GError **error)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        g_autoptr(GuardHelperLine) line = g_new0(GuardHelperLine, 1);

        line->said = said;
        line->user_data = user_data;
        line->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (line->fd < 0 || g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path ||
            connect(line->fd, (struct sockaddr *)&address, sizeof address) < 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_UNREACHABLE,
                            _("A helper of the guard does not answer at %s (%s); is its socket unit running?"), path, g_strerror(errno));
                return NULL;
        }
        guard_helper_line_go_on(line);
        return g_steal_pointer(&line);
}

void
guard_helper_line_free(GuardHelperLine *line)
{
        if (!line)
                return;
        if (line->source)
                g_source_remove(line->source);
        if (line->fd >= 0)
                close(line->fd);
        g_free(line);
}

void
guard_helper_line_tell(GuardHelperLine *line, GVariant *message)
{
        g_autoptr(GVariant) packet = g_variant_ref_sink(message);

        if (send(line->fd, g_variant_get_data(packet), g_variant_get_size(packet), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
                (void)shutdown(line->fd, SHUT_RDWR); /* it is heard as its end */
}
