/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * sysfs access by descriptor. No caching: every answer is the kernel's of this moment.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/sysfs.h"

int
guard_sysfs_open(const char *syspath, GError **error)
{
        int fd = open(syspath, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_GONE,
                            _("The device %s is no longer there"), syspath);
        return fd;
}

guint64
guard_sysfs_inode(int dirfd)
{
        struct stat st;

        return fstat(dirfd, &st) == 0 ? (guint64)st.st_ino : 0;
}

char *
guard_sysfs_read(int dirfd, const char *attribute, gsize max, gsize *size)
{
        g_autofree char *buffer = g_malloc(max + 1);
        gsize length = 0;
        ssize_t n = 0;
        int fd = openat(dirfd, attribute, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
                return NULL;
        while (length < max && (n = read(fd, buffer + length, max - length)) > 0)
                length += (gsize)n;
        close(fd);
        if (n < 0 && length == 0)
                return NULL;
        buffer[length] = '\0';
        if (size)
                *size = length;
        return g_steal_pointer(&buffer);
}

char *
guard_sysfs_read_text(int dirfd, const char *attribute)
{
        gsize size = 0;
        char *text = guard_sysfs_read(dirfd, attribute, 4096, &size);

        /* Only the kernel's own newline goes: one inside is the device's claim. */
        if (text && size > 0 && text[size - 1] == '\n')
                text[size - 1] = '\0';
        return text;
}

guint64
guard_sysfs_read_number(int dirfd, const char *attribute, guint base, guint64 fallback)
{
        g_autofree char *text = guard_sysfs_read_text(dirfd, attribute);
        guint64 number = 0;

        if (!text || !g_ascii_string_to_unsigned(g_strstrip(text), base, 0, G_MAXUINT64, &number, NULL))
                return fallback;
        return number;
}

gboolean
guard_sysfs_write(int dirfd, const char *attribute, const char *value, GError **error)
{
        int fd = openat(dirfd, attribute, O_WRONLY | O_CLOEXEC);
        ssize_t n = fd >= 0 ? write(fd, value, strlen(value)) : -1;
        int saved = errno;

        if (fd >= 0)
                close(fd);
        if (n >= 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR,
                    saved == ENOENT || saved == ENODEV ? GUARD_ERROR_GONE : GUARD_ERROR_IO,
                    _("Cannot write %s: %s"), attribute, g_strerror(saved));
        return FALSE;
}

char *
guard_sysfs_link_name(const char *syspath, const char *name)
{
        g_autofree char *link = g_build_filename(syspath, name, NULL);
        g_autofree char *target = g_file_read_link(link, NULL);

        return target ? g_path_get_basename(target) : NULL;
}
