/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Small reads and writes below a root directory. Nothing here knows what the files mean.
 */
#include "udev/hold/files.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *
hold_rel(const char *path)
{
        path += strspn(path, "/");
        return *path ? path : ".";
}

ssize_t
hold_read_bytes(int dir, const char *path, void *buffer, size_t size)
{
        size_t done = 0;
        int fd = openat(dir, hold_rel(path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

        if (fd < 0)
                return -1;
        while (done < size) {
                ssize_t n = read(fd, (char *)buffer + done, size - done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0) {
                        int saved = errno;

                        close(fd);
                        errno = saved;
                        return -1;
                }
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        close(fd);
        return (ssize_t)done;
}

bool
hold_read_line(int dir, const char *path, char *buffer, size_t size)
{
        ssize_t n = hold_read_bytes(dir, path, buffer, size - 1);

        if (n < 0) {
                buffer[0] = '\0';
                return false;
        }
        if (n > 0 && buffer[n - 1] == '\n')
                n--;
        buffer[n] = '\0';
        return true;
}

bool
hold_read_number(int dir, const char *path, int base, unsigned long *value)
{
        char text[32], *end;

        if (!hold_read_line(dir, path, text, sizeof text))
                return false;
        errno = 0;
        *value = strtoul(text, &end, base);
        if (errno == 0 && (end == text || *end))
                errno = EINVAL;
        return errno == 0;
}

bool
hold_write_attribute(int dir, const char *path, const char *text)
{
        size_t size = strlen(text);
        int fd = openat(dir, hold_rel(path), O_WRONLY | O_CLOEXEC | O_NOCTTY);
        ssize_t n;
        int saved;

        if (fd < 0)
                return false;
        do
                n = write(fd, text, size);
        while (n < 0 && errno == EINTR);
        saved = n < 0 ? errno : EIO;
        close(fd);
        errno = saved;
        return n == (ssize_t)size;
}

static bool
write_all(int fd, const char *data, size_t size)
{
        while (size > 0) {
                ssize_t n = write(fd, data, size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return false;
                data += n;
                size -= (size_t)n;
        }
        return true;
}

/* The folder of @path as a descriptor, and the name in it. */
static int
open_parent(int root, const char *path, const char **name)
{
        char folder[PATH_MAX];
        const char *slash;

        path = hold_rel(path);
        slash = strrchr(path, '/');
        *name = slash ? slash + 1 : path;
        if (!hold_format(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1,
                         slash ? path : "."))
                return -1;
        return openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool
hold_write_file(int root, const char *path, const void *data, size_t size, bool durable)
{
        const char *name;
        char temporary[NAME_MAX];
        int folder = open_parent(root, path, &name), fd = -1, saved;
        bool ok = false;

        if (folder < 0)
                return false;
        /* A leading dot: readers of spool and verdict folders skip it. */
        if (hold_format(temporary, sizeof temporary, ".%.200s.%ld", name, (long)getpid()))
                fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                            0600);
        if (fd >= 0) {
                ok = write_all(fd, data, size) && (!durable || fsync(fd) == 0) &&
                     renameat(folder, temporary, folder, name) == 0 &&
                     (!durable || fsync(folder) == 0);
                saved = errno;
                if (!ok)
                        unlinkat(folder, temporary, 0);
                close(fd);
                errno = saved;
        }
        saved = errno;
        close(folder);
        errno = saved;
        return ok;
}

DIR *
hold_open_folder(int dir, const char *path)
{
        int fd = openat(dir, hold_rel(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC), saved;
        DIR *folder = fd < 0 ? NULL : fdopendir(fd);

        if (!folder && fd >= 0) {
                saved = errno;
                close(fd);
                errno = saved;
        }
        return folder;
}

bool
hold_make_folders(int root, const char *path)
{
        char part[PATH_MAX];
        char *slash;

        if (!hold_format(part, sizeof part, "%s", hold_rel(path)))
                return false;
        for (slash = strchr(part, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                if (mkdirat(root, part, 0755) < 0 && errno != EEXIST)
                        return false;
                *slash = '/';
        }
        return mkdirat(root, part, 0755) == 0 || errno == EEXIST;
}

bool
hold_real_path(int root, const char *path, char *buffer, size_t size)
{
        char base[PATH_MAX], real[PATH_MAX], link[64];
        ssize_t n, m;
        size_t skip;
        int fd = openat(root, hold_rel(path), O_PATH | O_CLOEXEC);

        if (fd < 0)
                return false;
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        n = readlink(link, real, sizeof real - 1);
        close(fd);
        snprintf(link, sizeof link, "/proc/self/fd/%d", root);
        m = readlink(link, base, sizeof base - 1);
        if (n < 0 || m < 0)
                return false;
        real[n] = '\0';
        base[m] = '\0';
        skip = m == 1 ? 0 : (size_t)m; /* "/" itself: nothing to take off */
        if (strncmp(real, base, skip) != 0) {
                errno = EXDEV;
                return false;
        }
        return hold_format(buffer, size, "%s", hold_rel(real + skip));
}

bool
hold_format(char *buffer, size_t size, const char *format, ...)
{
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(buffer, size, format, args);
        va_end(args);
        if (n >= 0 && (size_t)n < size)
                return true;
        errno = ENAMETOOLONG;
        return false;
}

void
hold_say(const char *format, ...)
{
        char line[512], tagged[600];
        va_list args;
        int fd, n;

        va_start(args, format);
        vsnprintf(line, sizeof line, format, args);
        va_end(args);
        fprintf(stderr, "%s\n", line);
        n = snprintf(tagged, sizeof tagged, "<5>baomi-guard: %s\n", line);
        fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (fd >= 0) {
                if (write(fd, tagged, (size_t)n) < 0)
                        errno = 0; /* the kernel's log is full or closed: stderr has it */
                close(fd);
        }
}

uint64_t
hold_now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void
hold_sleep_ms(unsigned ms)
{
        struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

        while (nanosleep(&pause, &pause) < 0 && errno == EINTR)
                ;
}
