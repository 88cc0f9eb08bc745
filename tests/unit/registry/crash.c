/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * See crash.h. The wrappers go straight to the kernel, so that they need no way back into libc.
 */
#include "crash.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static guint steps, kill_at;

static void
step(void)
{
        if (kill_at != 0 && ++steps == kill_at)
                kill(getpid(), SIGKILL);
}

ssize_t
write(int fd, const void *data, size_t size)
{
        step();
        return (ssize_t)syscall(SYS_write, fd, data, size);
}

ssize_t
pwrite64(int fd, const void *data, size_t size, off64_t at)
{
        step();
        return (ssize_t)syscall(SYS_pwrite64, fd, data, size, at);
}

int
fsync(int fd)
{
        step();
        return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
        step();
        return (int)syscall(SYS_fdatasync, fd);
}

int
rename(const char *from, const char *to)
{
        step();
        return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
unlink(const char *path)
{
        step();
        return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int
ftruncate64(int fd, off64_t size)
{
        step();
        return (int)syscall(SYS_ftruncate, fd, size);
}

gboolean
crash_at(guint at, CrashWork work, gpointer user_data)
{
        pid_t child = fork();
        int status;

        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
                steps = 0;
                kill_at = at;
                work(user_data);
                kill_at = 0;
                _exit(0);
        }
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        if (WIFEXITED(status)) {
                g_assert_cmpint(WEXITSTATUS(status), ==, 0);
                return FALSE;
        }
        g_assert_true(WIFSIGNALED(status));
        g_assert_cmpint(WTERMSIG(status), ==, SIGKILL);
        return TRUE;
}
