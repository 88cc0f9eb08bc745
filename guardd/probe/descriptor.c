/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SCM_RIGHTS, one descriptor a message.
 */
#include <string.h>
#include <sys/socket.h>
#include "guardd/probe/descriptor.h"

union control {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
};

bool
descriptor_send(int sock, int fd)
{
        char byte = 'p';
        union control control;
        struct iovec iov = {.iov_base = &byte, .iov_len = 1};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = control.space,
                                 .msg_controllen = sizeof control.space};
        struct cmsghdr *header;

        memset(&control, 0, sizeof control);
        header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
        return sendmsg(sock, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

int
descriptor_receive(int sock)
{
        char byte;
        union control control;
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
