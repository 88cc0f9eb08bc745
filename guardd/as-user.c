/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The raw system calls, since they change the calling thread alone: the C library's setresuid() changes
 * all of them. The real user stays root, so that the way back is always open.
 */
#include "guardd/as-user.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SAME ((uid_t)-1)

static gboolean
set_fsuid(uid_t uid)
{
        (void)syscall(SYS_setfsuid, uid);
        return (uid_t)syscall(SYS_setfsuid, SAME) == uid;
}

int
guard_open_as(guint32 uid, const char *path, int flags)
{
        uid_t own = geteuid();
        int fd = open(path, flags | O_CLOEXEC);
        int code = errno;

        if (fd >= 0 || code != EACCES || uid == SAME || !set_fsuid(uid)) {
                errno = code;
                return fd;
        }
        fd = open(path, flags | O_CLOEXEC);
        code = errno;
        if (!set_fsuid(own))
                g_error("Cannot become user %u again", own);
        errno = code;
        return fd;
}

void
guard_kill_as(guint32 uid, GSubprocess *child)
{
        uid_t own = geteuid();

        g_subprocess_force_exit(child); /* it has not become @uid yet, or we are it */
        if (syscall(SYS_setresuid, SAME, uid, SAME) != 0)
                return;
        g_subprocess_force_exit(child);
        if (syscall(SYS_setresuid, SAME, own, SAME) != 0)
                g_error("Cannot become user %u again", own);
}
