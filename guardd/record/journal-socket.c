/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL). By hand, since libsystemd would
 * bring three compressors and libgcrypt into a privileged process, and a tenth of its memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "guardd/record/journal-socket.h"

#define JOURNAL "/run/systemd/journal/socket"

/* One line a field; a value with a line break of its own is preceded by its length. */
static GString *
serialise(const struct iovec *iov, int n)
{
        GString *text = g_string_new(NULL);

        for (int i = 0; i < n; i++) {
                const char *field = iov[i].iov_base, *value = memchr(field, '=', iov[i].iov_len);

                if (value != NULL && memchr(field, '\n', iov[i].iov_len) != NULL) {
                        gsize length = iov[i].iov_len - (gsize)(++value - field);
                        guint64 little = GUINT64_TO_LE(length);

                        g_string_append_len(text, field, value - 1 - field);
                        g_string_append_c(text, '\n');
                        g_string_append_len(text, (const char *)&little, sizeof little);
                        g_string_append_len(text, value, (gssize)length);
                } else {
                        g_string_append_len(text, field, (gssize)iov[i].iov_len);
                }
                g_string_append_c(text, '\n');
        }
        return text;
}

static ssize_t
send_text(int sock, const struct sockaddr_un *to, const GString *text)
{
        return sendto(sock, text->str, text->len, MSG_NOSIGNAL, (const struct sockaddr *)to, sizeof *to);
}

/* What is too long for a message goes as a sealed file. */
static ssize_t
send_file(int sock, const struct sockaddr_un *to, const GString *text)
{
        union {
                struct cmsghdr header;
                char room[CMSG_SPACE(sizeof(int))];
        } control = {0};
        struct msghdr message = {.msg_name = (void *)(guintptr)to,
                                 .msg_namelen = sizeof *to,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof control};
        int fd = memfd_create("journal-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING), failed;
        ssize_t sent = -1;

        if (fd < 0)
                return -1;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
        if (write(fd, text->str, text->len) == (ssize_t)text->len &&
            fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
                sent = sendmsg(sock, &message, MSG_NOSIGNAL);
        failed = errno;
        close(fd);
        errno = failed;
        return sent;
}

int
guard_journal_socket_send_to(const char *path, const struct iovec *iov, int n)
{
        g_autoptr(GString) text = serialise(iov, n);
        struct sockaddr_un to = {.sun_family = AF_UNIX};
        int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), code = 0;

        if (sock < 0)
                return -errno;
        g_strlcpy(to.sun_path, path, sizeof to.sun_path);
        if (send_text(sock, &to, text) < 0 &&
            ((errno != EMSGSIZE && errno != ENOBUFS) || send_file(sock, &to, text) < 0))
                code = -errno;
        close(sock);
        /* A machine without a journal has none to fail. */
        return code == -ENOENT ? 0 : code;
}

int
guard_journal_socket_send(const struct iovec *iov, int n)
{
        return guard_journal_socket_send_to(JOURNAL, iov, n);
}
