/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The order of write, fsync and rename that survives a power cut. Used for snapshots, sequence and
 * keys.
 */
#include "registry/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "common/guard-error.h"

void
guard_durable_set_error(GError **error, int code, const char *what, const char *path)
{
        gboolean full = code == ENOSPC || code == EDQUOT;

        g_set_error(error, GUARD_ERROR, full ? GUARD_ERROR_FULL : GUARD_ERROR_IO, "%s %s: %s", what,
                    path, g_strerror(code));
}

gboolean
guard_durable_write_all(int fd, const void *data, gsize size)
{
        const guint8 *at = data;

        while (size > 0) {
                ssize_t n = write(fd, at, size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0) {
                        if (n == 0)
                                errno = EIO;
                        return FALSE;
                }
                at += n;
                size -= (gsize)n;
        }
        return TRUE;
}

static gboolean
write_new(const char *path, const void *data, gsize size, mode_t mode, GError **error)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        int code = 0;

        if (fd < 0) {
                if (errno == EEXIST)
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS, _("%s exists already"),
                                    path);
                else
                        guard_durable_set_error(error, errno, _("Cannot create"), path);
                return FALSE;
        }
        /* fchmod, since the umask may have taken bits away; never adds any before the content is
         * there */
        if (!guard_durable_write_all(fd, data, size) || fchmod(fd, mode) < 0 || fsync(fd) < 0)
                code = errno;
        if (close(fd) < 0 && code == 0)
                code = errno;
        if (code != 0) {
                unlink(path);
                guard_durable_set_error(error, code, _("Cannot write"), path);
                return FALSE;
        }
        return TRUE;
}

gboolean
guard_durable_sync_dir_of(const char *path, GError **error)
{
        g_autofree char *dir = g_path_get_dirname(path);
        int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int code = 0;

        /* EINVAL: a file system whose directories cannot be synced does it by itself. */
        if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
                code = errno;
        if (fd >= 0)
                close(fd);
        if (code != 0)
                guard_durable_set_error(error, code, _("Cannot sync the directory"), dir);
        return code == 0;
}

gboolean
guard_durable_create(const char *path, const void *data, gsize size, mode_t mode, GError **error)
{
        return write_new(path, data, size, mode, error) && guard_durable_sync_dir_of(path, error);
}

gboolean
guard_durable_rename(const char *from, const char *to, GError **error)
{
        if (rename(from, to) < 0) {
                guard_durable_set_error(error, errno, _("Cannot replace"), to);
                return FALSE;
        }
        return guard_durable_sync_dir_of(to, error);
}

gboolean
guard_durable_replace(const char *path, const void *data, gsize size, mode_t mode, GError **error)
{
        /* The process id in the name: guardd and guardctl may both mend the same file. */
        g_autofree char *aside = g_strdup_printf("%s.%d.new", path, (int)getpid());

        unlink(aside);
        if (!write_new(aside, data, size, mode, error))
                return FALSE;
        if (!guard_durable_rename(aside, path, error)) {
                unlink(aside);
                return FALSE;
        }
        return TRUE;
}
