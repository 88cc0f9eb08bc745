/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/scan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/guard-text.h"

/* Of one file; a scanner that hangs must not keep the drive here. */
#define PATIENCE_MS 120000
#define MAX_ANSWER 1024
#define MAX_NAME 120

/* FALSE: it takes too long, or nobody waits for it any more. */
static gboolean
wait_for(const ImportScan *scan, short events)
{
        struct pollfd both[] = {{.fd = scan->fd, .events = events}, {.fd = scan->left, .events = POLLRDHUP}};
        int n;

        do
                n = poll(both, G_N_ELEMENTS(both), PATIENCE_MS);
        while (n < 0 && errno == EINTR);
        return n > 0 && both[1].revents == 0;
}

static gboolean
send_all(const ImportScan *scan, const void *bytes, gsize size)
{
        const guint8 *from = bytes;

        while (size > 0) {
                ssize_t n = send(scan->fd, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);

                if (n < 0 && (errno == EINTR || (errno == EAGAIN && wait_for(scan, POLLOUT))))
                        continue;
                if (n <= 0)
                        return FALSE;
                from += n;
                size -= (gsize)n;
        }
        return TRUE;
}

static void
stop(ImportScan *scan)
{
        if (scan->fd >= 0)
                close(scan->fd);
        scan->fd = -1;
}

/* To the zero byte that ends it, or to its end. */
static void
listen_to(ImportScan *scan)
{
        char said[MAX_ANSWER + 1];
        gsize size = 0;

        while (size < MAX_ANSWER) {
                ssize_t n = recv(scan->fd, said + size, MAX_ANSWER - size, MSG_DONTWAIT);

                if (n < 0 && (errno == EINTR || (errno == EAGAIN && wait_for(scan, POLLIN))))
                        continue;
                if (n <= 0)
                        break;
                size += (gsize)n;
                if (memchr(said, 0, size) != NULL)
                        break;
        }
        said[size] = '\0';
        if (size > 0)
                scan->said = g_strdup(said);
        stop(scan);
}

void
import_scan_begin(ImportScan *scan, const char *socket_path, int left)
{
        static const char command[] = "zINSTREAM";
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        scan->said = NULL;
        scan->fd = -1;
        scan->left = left;
        if (g_strlcpy(address.sun_path, socket_path, sizeof address.sun_path) >= sizeof address.sun_path)
                return;
        scan->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (scan->fd < 0)
                return;
        if (connect(scan->fd, (struct sockaddr *)&address, sizeof address) < 0 ||
            !send_all(scan, command, sizeof command))
                stop(scan);
}

void
import_scan_feed(ImportScan *scan, const void *bytes, gsize size)
{
        guint32 length = htonl((guint32)size);

        /* one that stops listening in the middle has said why (too large) */
        if (scan->fd >= 0 && size > 0 &&
            (!send_all(scan, &length, sizeof length) || !send_all(scan, bytes, size)))
                listen_to(scan);
}

ImportScanned
import_scan_read(const char *said, char **name)
{
        static const char before[] = "stream: ", found[] = " FOUND";
        g_autofree char *line = g_strstrip(g_strdup(said != NULL ? said : ""));

        *name = NULL;
        if (strcmp(line, "stream: OK") == 0)
                return IMPORT_CLEAN;
        if (!g_str_has_prefix(line, before) || !g_str_has_suffix(line, found))
                return IMPORT_NOT_SCANNED;
        line[strlen(line) - strlen(found)] = '\0';
        *name = guard_text_display(line + strlen(before), MAX_NAME);
        return IMPORT_FOUND;
}

ImportScanned
import_scan_end(ImportScan *scan, char **name)
{
        const guint32 nothing_more = 0;
        ImportScanned result;

        if (scan->fd >= 0 && send_all(scan, &nothing_more, sizeof nothing_more))
                listen_to(scan);
        stop(scan);
        result = import_scan_read(scan->said, name);
        g_clear_pointer(&scan->said, g_free);
        return result;
}
