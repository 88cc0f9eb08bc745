/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-probe: started by guardd before it is needed, waits in its cage on descriptor 0 for one
 * message with a disk's descriptor, tells the disk's content on descriptor 1, ends. One process a disk.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "guardd/probe/probe.h"
#include "guardd/probe/sandbox.h"

#define MAX_OUTPUT (256 * 1024)

/* The descriptor passed with the first byte, or -1 at end of file and for anything else. */
static int
receive_descriptor(int sock)
{
        char byte;
        union {
                char space[CMSG_SPACE(sizeof(int))];
                struct cmsghdr align;
        } control;
        struct iovec iov = {.iov_base = &byte, .iov_len = 1};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = control.space,
                                 .msg_controllen = sizeof control.space};
        struct cmsghdr *header;
        int fd;

        if (recvmsg(sock, &message, MSG_CMSG_CLOEXEC) != 1)
                return -1;
        header = CMSG_FIRSTHDR(&message);
        if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
            header->cmsg_len != CMSG_LEN(sizeof(int)))
                return -1;
        memcpy(&fd, CMSG_DATA(header), sizeof fd);
        return fd;
}

int
main(int argc, char **argv)
{
        static char text[MAX_OUTPUT];
        struct probe_output out = {.text = text, .capacity = sizeof text};
        size_t sent = 0;
        int fd;

        (void)argv;
        if (argc != 1) {
                fputs("guard-probe is started by guardd only\n", stderr);
                return 2;
        }
        if (!sandbox_drop_privileges())
                return 3;
        probe_warm_up();
        if (!sandbox_close_system_calls())
                return 3;
        fd = receive_descriptor(0);
        if (fd < 0)
                return 0;
        probe_disk(fd, &out);
        while (sent < out.size) {
                ssize_t n = write(1, text + sent, out.size - sent);

                if (n <= 0)
                        return 1;
                sent += (size_t)n;
        }
        return 0;
}
