/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/guard-error.h"

/* noload: a journal is not played back, since nothing may be written. */
static const struct {
        const char *type, *kernel, *options;
} types[] = {
        {"vfat", "vfat", "utf8=1"},   {"exfat", "exfat", "iocharset=utf8"}, {"ntfs", "ntfs3", "iocharset=utf8"},
        {"iso9660", "iso9660", "iocharset=utf8"}, {"udf", "udf", ""},       {"ext2", "ext4", ""},
        {"ext3", "ext4", "noload"},   {"ext4", "ext4", "noload"},
};

const char *
import_mount_type(const char *type, const char **options)
{
        for (gsize n = 0; n < G_N_ELEMENTS(types); n++)
                if (g_strcmp0(types[n].type, type) == 0) {
                        *options = types[n].options;
                        return types[n].kernel;
                }
        return NULL;
}

static gboolean
same_disk(const ImportJob *job)
{
        g_autofree char *path = g_strdup_printf("/sys/block/%s/diskseq", job->disk);
        g_autofree char *text = NULL;

        if (job->diskseq == 0) /* a kernel without; then guardd ends us when the disk goes */
                return TRUE;
        return g_file_get_contents(path, &text, NULL, NULL) && g_ascii_strtoull(text, NULL, 10) == job->diskseq;
}

/* The very device, and read-only as guardd has set it. */
static gboolean
check_node(const ImportVolume *volume, const char *node, GError **error)
{
        int fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW), read_only = 0;
        struct stat st;
        gboolean same = fd >= 0 && fstat(fd, &st) == 0 && S_ISBLK(st.st_mode) && major(st.st_rdev) == volume->major &&
                        minor(st.st_rdev) == volume->minor;

        if (fd < 0)
                guard_error_set(error, GUARD_ERROR_IO, N_("The drive could not be opened: %s"), g_strerror(errno), NULL);
        else if (!same)
                guard_error_set(error, GUARD_ERROR_GONE, N_("The drive was pulled out (%s)"), volume->node, NULL);
        else if (ioctl(fd, BLKROGET, &read_only) != 0 || read_only == 0)
                guard_error_set(error, GUARD_ERROR_DENIED, N_("The drive could be written to (%s), so nothing was read"), volume->node, NULL);
        if (fd >= 0)
                close(fd);
        return same && read_only != 0;
}

static int
open_top(const ImportJob *job, const ImportVolume *volume, const char *where, GError **error)
{
        int top = open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

        if (top < 0) {
                guard_error_set(error, GUARD_ERROR_IO, N_("The drive could not be read: %s"), g_strerror(errno), NULL);
                return -1;
        }
        /* looked at again now that it cannot become another one any more */
        if (same_disk(job))
                return top;
        guard_error_set(error, GUARD_ERROR_GONE, N_("The drive was pulled out (%s)"), volume->node, NULL);
        close(top);
        return -1;
}

int
import_mount(const ImportJob *job, const ImportVolume *volume, GError **error)
{
        const char *options = NULL, *kernel = import_mount_type(volume->type, &options);
        g_autofree char *node = g_strconcat("/dev/", volume->node, NULL);
        g_autofree char *where = g_strconcat("/tmp/", volume->node, NULL);

        if (kernel == NULL) {
                guard_error_set(error, GUARD_ERROR_INVALID_VALUE, N_("A file system of the kind “%s” cannot be imported"), volume->type, NULL);
                return -1;
        }
        if (!check_node(volume, node, error))
                return -1;
        if (mkdir(where, 0700) != 0 || mount(node, where, kernel, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, options) != 0) {
                guard_error_set(error, GUARD_ERROR_IO, N_("The drive could not be read: %s"), g_strerror(errno), NULL);
                return -1;
        }
        return open_top(job, volume, where, error);
}
