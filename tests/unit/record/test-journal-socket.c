/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What arrives at the journal's socket, byte for byte: plain fields, one with a line break, one that is
 * too long for a message.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "guardd/record/journal-socket.h"

typedef struct {
        char *folder, *path;
        int sock;
} Journal;

static void
set_up(Journal *journal, gconstpointer data G_GNUC_UNUSED)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        journal->folder = g_dir_make_tmp("journal-XXXXXX", NULL);
        journal->path = g_build_filename(journal->folder, "socket", NULL);
        journal->sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        g_strlcpy(address.sun_path, journal->path, sizeof address.sun_path);
        g_assert_cmpint(bind(journal->sock, (const struct sockaddr *)&address, sizeof address), ==, 0);
}

static void
tear_down(Journal *journal, gconstpointer data G_GNUC_UNUSED)
{
        close(journal->sock);
        g_unlink(journal->path);
        g_rmdir(journal->folder);
        g_free(journal->path);
        g_free(journal->folder);
}

static int
send_two(Journal *journal, const char *first, const char *second)
{
        const struct iovec iov[] = {{(void *)(guintptr)first, strlen(first)},
                                    {(void *)(guintptr)second, strlen(second)}};

        return guard_journal_socket_send_to(journal->path, iov, G_N_ELEMENTS(iov));
}

/* One message; *@fd is the file that came with it, or -1. */
static gsize
receive(Journal *journal, char *text, gsize size, int *fd)
{
        char control[CMSG_SPACE(sizeof(int))] = {0};
        struct iovec iov = {text, size};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t n = recvmsg(journal->sock, &message, MSG_CMSG_CLOEXEC);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);

        g_assert_cmpint(n, >=, 0);
        *fd = -1;
        if (header != NULL)
                memcpy(fd, CMSG_DATA(header), sizeof *fd);
        return (gsize)n;
}

static void
test_fields(Journal *journal, gconstpointer data G_GNUC_UNUSED)
{
        static const char WANTED[] = "MESSAGE=plain\nBAOMI_SERIAL\n\x0d\0\0\0\0\0\0\0a\nPRIORITY=0=\n";
        char text[256];
        int fd;

        g_assert_cmpint(send_two(journal, "MESSAGE=plain", "BAOMI_SERIAL=a\nPRIORITY=0="), ==, 0);
        g_assert_cmpuint(receive(journal, text, sizeof text, &fd), ==, sizeof WANTED - 1);
        g_assert_true(memcmp(text, WANTED, sizeof WANTED - 1) == 0);
        g_assert_cmpint(fd, ==, -1);
}

static void
test_long(Journal *journal, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *value = g_strnfill(1 << 20, 'x');
        g_autofree char *field = g_strconcat("BAOMI_DETAILS=", value, NULL);
        g_autofree char *wanted = g_strconcat("MESSAGE=long\n", field, "\n", NULL);
        gsize size = strlen(wanted);
        g_autofree char *text = g_malloc(size + 1);
        int fd;

        g_assert_cmpint(send_two(journal, "MESSAGE=long", field), ==, 0);
        g_assert_cmpuint(receive(journal, text, size + 1, &fd), ==, 0);
        g_assert_cmpint(fd, >=, 0);
        g_assert_cmpint(pread(fd, text, size + 1, 0), ==, (gssize)size);
        g_assert_true(memcmp(text, wanted, size) == 0);
        /* The journal takes sealed files only. */
        g_assert_cmpint(pwrite(fd, "y", 1, 0), <, 0);
        close(fd);
}

static void
test_nobody(Journal *journal, gconstpointer data G_GNUC_UNUSED)
{
        close(journal->sock);
        g_assert_cmpint(send_two(journal, "MESSAGE=a", "B=b"), ==, -ECONNREFUSED);
        g_unlink(journal->path);
        g_assert_cmpint(send_two(journal, "MESSAGE=a", "B=b"), ==, 0);
        journal->sock = -1;
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/journal-socket/" name, Journal, NULL, set_up, function, tear_down)
        ADD("fields", test_fields);
        ADD("long", test_long);
        ADD("nobody", test_nobody);
        return g_test_run();
}
