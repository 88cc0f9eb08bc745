/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The few words that a service speaks with systemd (sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3)),
 * without its library; see guardd/record/journal-socket.c.
 */
#include <fcntl.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "guardd/service.h"

#define FIRST_PASSED 3
#define MAX_PASSED 16

/* What systemd says to this process, and not to the one that started it. */
static const char *
said_to_us(const char *pid_name, const char *name)
{
        const char *pid = g_getenv(pid_name), *value = g_getenv(name);

        return pid != NULL && value != NULL && g_ascii_strtoull(pid, NULL, 10) == (guint64)getpid() ? value
                                                                                                    : NULL;
}

void
guard_service_tell(const char *text)
{
        const char *path = g_getenv("NOTIFY_SOCKET");
        struct sockaddr_un to = {.sun_family = AF_UNIX};
        int sock;

        if (path == NULL || strlen(path) >= sizeof to.sun_path ||
            (sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
                return;
        memcpy(to.sun_path, path, strlen(path));
        if (to.sun_path[0] == '@')
                to.sun_path[0] = '\0';
        if (sendto(sock, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to,
                   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path))) < 0)
                g_warning("systemd was not told: %m");
        close(sock);
}

guint64
guard_service_watchdog_us(void)
{
        const char *us = said_to_us("WATCHDOG_PID", "WATCHDOG_USEC");

        return us != NULL ? g_ascii_strtoull(us, NULL, 10) : 0;
}

static gboolean
is_bound_to(int fd, guint32 group)
{
        struct sockaddr_nl address = {.nl_family = AF_UNSPEC};
        socklen_t size = sizeof address;

        return getsockname(fd, (struct sockaddr *)&address, &size) == 0 && address.nl_family == AF_NETLINK &&
               address.nl_groups == group;
}

int
guard_service_passed_netlink(guint32 group)
{
        const char *count = said_to_us("LISTEN_PID", "LISTEN_FDS");
        guint64 n = count != NULL ? g_ascii_strtoull(count, NULL, 10) : 0;

        for (int fd = FIRST_PASSED; fd < FIRST_PASSED + (int)MIN(n, MAX_PASSED); fd++)
                if (is_bound_to(fd, group))
                        return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? 0 : fd;
        return 0;
}
