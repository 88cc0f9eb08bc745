/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Work on a disk's node and sysfs folder. Each step checks that it is still the same disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/block/disc.h"
#include "guardd/block/disk-open.h"
#include "guardd/block/disk-private.h"
#include "guardd/block/facts.h"
#include "guardd/block/shield-pass.h"
#include "guardd/sysfs.h"

#ifndef BLKGETDISKSEQ
#define BLKGETDISKSEQ _IOR(0x12, 128, guint64)
#endif

/* A disk that spins up needs ten seconds and more. */
#define OPEN_DEADLINE_MS 25000
#define HEAD_BYTES (1 << 20)

void
guard_disk_free_facts(gpointer facts)
{
        guard_block_facts_free(facts);
}

void
guard_disk_open_free(GuardDiskOpen *open)
{
        if (!open)
                return;
        if (open->fd >= 0)
                close(open->fd);
        g_free(open);
}

static void
set_gone(GError **error, const char *name)
{
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_GONE, _("The disk %s is no longer there"), name);
}

/* The node by its name, made sure of by its number. */
static int
open_node(const char *name, guint major, guint minor, int flags)
{
        g_autofree char *path = g_build_filename("/dev", name, NULL);
        struct stat st;
        int fd;

        guard_shield_let_in(major, minor);
        fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | flags);

        if (fd >= 0 && (fstat(fd, &st) < 0 || (S_ISBLK(st.st_mode) &&
                                               st.st_rdev != makedev(major, minor)))) {
                close(fd);
                errno = ENODEV;
                return -1;
        }
        return fd;
}

static gboolean
measure(GuardDiskOpen *open, const GuardBlockFacts *facts)
{
        guint64 diskseq = 0, size = 0;
        struct stat st;

        if (ioctl(open->fd, BLKGETDISKSEQ, &diskseq) == 0)
                open->diskseq = diskseq;
        if (ioctl(open->fd, BLKGETSIZE64, &size) == 0)
                open->size = size;
        else if (fstat(open->fd, &st) == 0 && S_ISREG(st.st_mode))
                open->size = (guint64)st.st_size;
        open->no_medium = open->size == 0;
        return open->diskseq == 0 || facts->diskseq == 0 || open->diskseq == facts->diskseq;
}

static gpointer
close_run(GuardJob *job G_GNUC_UNUSED, gpointer data, GError **error G_GNUC_UNUSED)
{
        GuardDiskOpen *open = data;

        if (open->fd >= 0)
                close(open->fd);
        open->fd = -1;
        return GINT_TO_POINTER(1);
}

static void
free_open(gpointer open)
{
        guard_disk_open_free(open);
}

/* All disks of one device are in one lane: what hangs is the device. Its folder is the one above the
 * SCSI host's, or the one that has the disk. Caller frees. */
static char *
lane_of(const char *syspath)
{
        const char *end = strstr(syspath, "/host");

        if (!end)
                end = strstr(syspath, "/block/");
        return end ? g_strndup(syspath, (gsize)(end - syspath)) : g_strdup(syspath);
}

void
guard_disk_run_job(GuardWorkers *workers, const GuardJobKind *kind, const GuardBlockFacts *facts, gpointer data,
                   GuardJobDone done, gpointer user_data)
{
        g_autofree char *lane = lane_of(facts->syspath);

        guard_workers_run(workers, kind, lane, data, done, user_data);
}

void
guard_disk_close(GuardWorkers *workers, GuardDiskOpen *open, GuardJobDone done, gpointer user_data)
{
        static const GuardJobKind KIND = {"disk-close", close_run, free_open, NULL,
                                          GUARD_DISK_CHANGE_MS, TRUE};

        guard_workers_run(workers, &KIND, NULL, open, done, user_data);
}

static gpointer
open_run(GuardJob *job, gpointer data, GError **error)
{
        const GuardBlockFacts *facts = data;
        g_autoptr(GuardDiskOpen) open = g_new0(GuardDiskOpen, 1);

        open->exclusive = TRUE;
        open->fd = open_node(facts->name, facts->major, facts->minor, O_EXCL);
        if (open->fd < 0 && errno == EBUSY && !guard_job_abandoned(job)) {
                open->exclusive = FALSE;
                open->fd = open_node(facts->name, facts->major, facts->minor, 0);
        }
        if (open->fd < 0 && errno == ENOMEDIUM) {
                open->no_medium = TRUE;
                return g_steal_pointer(&open);
        }
        if (open->fd < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO)) {
                set_gone(error, facts->name);
                return NULL;
        }
        if (open->fd < 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot open /dev/%s: %s"),
                            facts->name, g_strerror(errno));
                return NULL;
        }
        if (!measure(open, facts)) {
                set_gone(error, facts->name);
                return NULL;
        }
        /* Where somebody has it open, what was read before may be of another drive: one swapped in while the machine slept. What a
         * mounted file system keeps cannot be dropped; the partition table and the mark can. */
        if (!open->exclusive)
                (void)posix_fadvise(open->fd, 0, HEAD_BYTES, POSIX_FADV_DONTNEED);
        if (facts->optical && !open->no_medium && !guard_job_abandoned(job))
                open->disc = guard_disc_look(open->fd);
        return g_steal_pointer(&open);
}

void
guard_disk_open(GuardWorkers *workers, const GuardBlockFacts *facts, GuardJobDone done,
                gpointer user_data)
{
        static const GuardJobKind KIND = {"disk-open", open_run, guard_disk_free_facts, free_open,
                                          OPEN_DEADLINE_MS, FALSE};

        guard_disk_run_job(workers, &KIND, facts, guard_block_facts_copy(facts), done, user_data);
}

static gboolean
is_same(const GuardBlockFacts *facts, int dirfd)
{
        return guard_sysfs_inode(dirfd) == facts->inode &&
               guard_sysfs_read_number(dirfd, "diskseq", 10, 0) == facts->diskseq;
}

int
guard_disk_open_folder(const GuardBlockFacts *facts, GError **error)
{
        int dirfd = guard_sysfs_open(facts->syspath, error);

        if (dirfd >= 0 && !is_same(facts, dirfd)) {
                close(dirfd);
                set_gone(error, facts->name);
                return -1;
        }
        return dirfd;
}

static gboolean
set_read_only(const char *name, guint major, guint minor, gboolean read_only, GError **error)
{
        int fd = open_node(name, major, minor, 0);
        int value = read_only ? 1 : 0;
        gboolean good;

        if (fd >= 0 && !read_only) /* the kernel shield lets nobody undo it, us neither */
                guard_shield_let_write(major, minor, TRUE);
        good = fd >= 0 && ioctl(fd, BLKROSET, &value) == 0;
        if (!good)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO,
                            _("Cannot make /dev/%s read-only: %s"), name, g_strerror(errno));
        if (good == read_only)
                guard_shield_let_write(major, minor, FALSE);
        if (fd >= 0)
                close(fd);
        return good;
}

typedef struct {
        GuardBlockFacts *facts;
        gboolean read_only;
} ReadOnly;

static void
read_only_free(gpointer data)
{
        ReadOnly *request = data;

        guard_block_facts_free(request->facts);
        g_free(request);
}

static gpointer
read_only_run(GuardJob *job, gpointer data, GError **error)
{
        const ReadOnly *request = data;
        const GuardBlockFacts *facts = request->facts;
        g_autoptr(GPtrArray) partitions = NULL;
        int dirfd = guard_disk_open_folder(facts, error);

        if (dirfd < 0)
                return NULL;
        partitions = guard_block_partitions(facts);
        for (guint i = 0; i < partitions->len; i++) {
                const char *name = g_ptr_array_index(partitions, i);
                g_autofree char *attribute = g_build_filename(name, "dev", NULL);
                g_autofree char *dev = guard_sysfs_read_text(dirfd, attribute);
                guint64 major = 0, minor = 0;
                char *colon = dev ? strchr(dev, ':') : NULL;

                if (guard_job_abandoned(job))
                        break;
                if (colon) {
                        major = g_ascii_strtoull(dev, NULL, 10);
                        minor = g_ascii_strtoull(colon + 1, NULL, 10);
                }
                if (!set_read_only(name, (guint)major, (guint)minor, request->read_only, error)) {
                        close(dirfd);
                        return NULL;
                }
        }
        close(dirfd);
        return set_read_only(facts->name, facts->major, facts->minor, request->read_only, error)
                       ? GINT_TO_POINTER(1)
                       : NULL;
}

void
guard_disk_set_read_only(GuardWorkers *workers, const GuardBlockFacts *facts, gboolean read_only,
                         GuardJobDone done, gpointer user_data)
{
        static const GuardJobKind KIND = {"read-only", read_only_run, read_only_free, NULL,
                                          GUARD_DISK_CHANGE_MS, FALSE};
        ReadOnly *request = g_new0(ReadOnly, 1);

        request->facts = guard_block_facts_copy(facts);
        request->read_only = read_only;
        guard_disk_run_job(workers, &KIND, facts, request, done, user_data);
}

static gboolean
unbind_mmc(const GuardBlockFacts *facts, GError **error)
{
        g_autofree char *link = g_build_filename(facts->syspath, "device", NULL);
        g_autofree char *target = g_file_read_link(link, NULL);
        g_autofree char *card = target ? g_path_get_basename(target) : NULL;
        int dirfd = card ? guard_sysfs_open("/sys/bus/mmc/drivers/mmcblk", error) : -1;
        gboolean good = dirfd >= 0 && guard_sysfs_write(dirfd, "unbind", card, error);

        if (dirfd >= 0)
                close(dirfd);
        return good;
}

static gpointer
delete_run(GuardJob *job G_GNUC_UNUSED, gpointer data, GError **error)
{
        const GuardBlockFacts *facts = data;
        int dirfd = guard_disk_open_folder(facts, error);
        gboolean good;

        if (dirfd < 0)
                return NULL;
        good = unbind_mmc(facts, error);
        close(dirfd);
        return good ? GINT_TO_POINTER(1) : NULL;
}

void
guard_disk_delete(GuardWorkers *workers, const GuardBlockFacts *facts, GuardJobDone done,
                  gpointer user_data)
{
        static const GuardJobKind KIND = {"delete", delete_run, guard_disk_free_facts, NULL,
                                          GUARD_DISK_CHANGE_MS, TRUE};

        guard_disk_run_job(workers, &KIND, facts, guard_block_facts_copy(facts), done, user_data);
}
