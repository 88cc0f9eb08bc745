/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guardd/block/import-client.h"
#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "common/guard-import.h"

struct GuardImporter {
        int fd;
        guint source;
        GuardImporterSaid said;
        gpointer user_data;
};

static gboolean
readable(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
        GuardImporter *importer = data;
        guint8 *bytes = g_malloc(GUARD_IMPORT_MAX_PACKET);
        g_autoptr(GVariant) message = NULL;
        ssize_t size = recv(fd, bytes, GUARD_IMPORT_MAX_PACKET, MSG_DONTWAIT);

        if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
                g_free(bytes);
                return G_SOURCE_CONTINUE;
        }
        importer->source = 0;
        if (size <= 0) {
                g_free(bytes);
                importer->said(NULL, importer->user_data);
                return G_SOURCE_REMOVE;
        }
        /* not trusted: what is not in its normal form reads as nothing */
        message = g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE_VARDICT, bytes, (gsize)size, FALSE, g_free, bytes));
        importer->said(message, importer->user_data);
        return G_SOURCE_REMOVE;
}

void
guard_importer_go_on(GuardImporter *importer)
{
        if (importer->source == 0)
                importer->source = g_unix_fd_add(importer->fd, G_IO_IN | G_IO_HUP, readable, importer);
}

GuardImporter *
guard_importer_new(const char *path, GuardImporterSaid said, gpointer user_data, GError **error)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        g_autoptr(GuardImporter) importer = g_new0(GuardImporter, 1);

        importer->said = said;
        importer->user_data = user_data;
        importer->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (importer->fd < 0 || g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path ||
            connect(importer->fd, (struct sockaddr *)&address, sizeof address) < 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_UNREACHABLE,
                            _("The importer does not answer (%s); is baomi-guard-import.socket running?"), g_strerror(errno));
                return NULL;
        }
        guard_importer_go_on(importer);
        return g_steal_pointer(&importer);
}

void
guard_importer_free(GuardImporter *importer)
{
        if (!importer)
                return;
        if (importer->source)
                g_source_remove(importer->source);
        if (importer->fd >= 0)
                close(importer->fd);
        g_free(importer);
}

void
guard_importer_tell(GuardImporter *importer, GVariant *message)
{
        g_autoptr(GVariant) packet = g_variant_ref_sink(message);

        if (send(importer->fd, g_variant_get_data(packet), g_variant_get_size(packet), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
                (void)shutdown(importer->fd, SHUT_RDWR); /* it is heard as its end */
}
