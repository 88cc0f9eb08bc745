/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file from a folder. What the desk is just writing there is told by the length in the snapshot itself
 * (registry/), and by the file having changed while it was read.
 */
#include "update/update-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "registry/durable.h"
#include "update/update-settings.h"

#define CHUNK (256 * 1024)

static int
refuse_open(int code, const char *path, gboolean is_folder, GError **error)
{
        const char *advice = _("check from=");

        if (code == ENOENT && is_folder)
                advice = _("is the share mounted, and did the desk put its file there?");
        else if (code == ENOENT || code == ENOTCONN || code == ESTALE || code == EHOSTDOWN)
                advice = _("is the share mounted?");
        else if (code == EACCES || code == EPERM)
                advice = _("the user baomi-guard-update must be able to read it");
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED, _("Cannot open %s: %s; %s"), path, g_strerror(code), advice);
        return -1;
}

int
guard_update_folder_open(const char *from, char **name, GError **error)
{
        struct stat st;
        gboolean is_folder;
        int fd;

        *name = NULL;
        if (stat(from, &st) < 0)
                return refuse_open(errno, from, FALSE, error);
        is_folder = S_ISDIR(st.st_mode);
        *name = is_folder ? g_build_filename(from, GUARD_UPDATE_FILE, NULL) : g_strdup(from);
        /* O_NONBLOCK: a pipe would wait for a writer for ever. */
        fd = open(*name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return refuse_open(errno, *name, is_folder, error);
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
                return fd;
        close(fd);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED, _("%s is not an ordinary file; name the desk's file, or the folder it is in"), *name);
        return -1;
}

gboolean
guard_update_folder_tag(int fd, const char *name, GuardUpdateTag *tag, GError **error)
{
        g_autofree char *etag = NULL;
        struct stat st;

        if (fstat(fd, &st) < 0) {
                guard_durable_set_error(error, errno, _("Cannot read"), name);
                return FALSE;
        }
        etag = g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT ".%09ld-%" G_GUINT64_FORMAT, (gint64)st.st_size,
                               (gint64)st.st_mtim.tv_sec, (long)st.st_mtim.tv_nsec, (guint64)st.st_ino);
        guard_update_tag_set(tag, etag, NULL);
        return TRUE;
}

static gboolean
copy_bytes(int from_fd, int to_fd, guint64 max_size, const char *name, GError **error)
{
        g_autofree guint8 *chunk = g_malloc(CHUNK);
        guint64 done = 0;

        for (;;) {
                ssize_t n = pread(from_fd, chunk, CHUNK, (off_t)done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0) {
                        guard_durable_set_error(error, errno, _("Cannot read"), name);
                        return FALSE;
                }
                if (n == 0)
                        return TRUE;
                done += (guint64)n;
                if (done > max_size) {
                        g_autofree char *most = g_format_size(max_size);

                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                                    _("%s is larger than max-size= allows (%s): not a registry, or max-size= is too small"), name, most);
                        return FALSE;
                }
                if (!guard_durable_write_all(to_fd, chunk, (gsize)n)) {
                        guard_durable_set_error(error, errno, _("Cannot write"), _("the staged file"));
                        return FALSE;
                }
        }
}

gboolean
guard_update_folder_copy(int from_fd, int to_fd, guint64 max_size, const char *name, GError **error)
{
        GuardUpdateTag before = {0}, after = {0};
        gboolean same;

        if (ftruncate(to_fd, 0) < 0 || lseek(to_fd, 0, SEEK_SET) < 0) {
                guard_durable_set_error(error, errno, _("Cannot write"), _("the staged file"));
                return FALSE;
        }
        if (!guard_update_folder_tag(from_fd, name, &before, error))
                return FALSE;
        same = copy_bytes(from_fd, to_fd, max_size, name, error) && guard_update_folder_tag(from_fd, name, &after, error);
        if (same && g_strcmp0(before.etag, after.etag) != 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_BUSY, _("%s was changed while it was being read; the next run tries again"), name);
                same = FALSE;
        }
        guard_update_tag_clear(&before);
        guard_update_tag_clear(&after);
        return same;
}
