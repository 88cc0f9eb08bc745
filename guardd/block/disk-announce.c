/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Has the kernel tell of a disk anew, when its verdict is there: the rules read it then.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "guardd/block/disk-open.h"
#include "guardd/block/disk-private.h"
#include "guardd/sysfs.h"

static gpointer
announce_run(GuardJob *job G_GNUC_UNUSED, gpointer data, GError **error)
{
        const GuardBlockFacts *facts = data;
        g_autoptr(GPtrArray) partitions = NULL;
        int dirfd = guard_disk_open_folder(facts, error);
        gboolean good;

        if (dirfd < 0)
                return NULL;
        good = guard_sysfs_write(dirfd, "uevent", "add", error);
        partitions = guard_block_partitions(facts);
        for (guint i = 0; good && i < partitions->len; i++) {
                g_autofree char *attribute =
                        g_build_filename(g_ptr_array_index(partitions, i), "uevent", NULL);

                good = guard_sysfs_write(dirfd, attribute, "add", error);
        }
        close(dirfd);
        return good ? GINT_TO_POINTER(1) : NULL;
}

void
guard_disk_announce(GuardWorkers *workers, const GuardBlockFacts *facts, GuardJobDone done,
                    gpointer user_data)
{
        static const GuardJobKind KIND = {"announce", announce_run, guard_disk_free_facts, NULL,
                                          GUARD_DISK_CHANGE_MS, FALSE};

        guard_disk_run_job(workers, &KIND, facts, guard_block_facts_copy(facts), done, user_data);
}

/* Of class @folder below the disk's SCSI device, if it has any. */
static void
announce_class(int dirfd, const char *folder)
{
        int fd = openat(dirfd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
        const struct dirent *entry;

        while (dir && (entry = readdir(dir)) != NULL) {
                g_autofree char *attribute = g_build_filename(folder, entry->d_name, "uevent", NULL);

                if (entry->d_name[0] != '.')
                        (void)guard_sysfs_write(dirfd, attribute, "add", NULL);
        }
        if (dir)
                closedir(dir);
        else if (fd >= 0)
                close(fd);
}

/* Beside an NVMe disk, not below it: "ng0n1" of "nvme0n1". */
static void
announce_nvme(int dirfd, const char *name)
{
        g_autofree char *attribute = NULL;

        if (!g_str_has_prefix(name, "nvme"))
                return;
        attribute = g_strdup_printf("../ng%s/uevent", name + strlen("nvme"));
        (void)guard_sysfs_write(dirfd, attribute, "add", NULL);
}

static gpointer
announce_raw_run(GuardJob *job G_GNUC_UNUSED, gpointer data, GError **error)
{
        const GuardBlockFacts *facts = data;
        int dirfd = guard_disk_open_folder(data, error);

        if (dirfd < 0)
                return NULL;
        announce_class(dirfd, "device/scsi_generic");
        announce_class(dirfd, "device/bsg");
        announce_nvme(dirfd, facts->name);
        close(dirfd);
        return GINT_TO_POINTER(1);
}

void
guard_disk_announce_raw(GuardWorkers *workers, const GuardBlockFacts *facts)
{
        static const GuardJobKind KIND = {"announce-raw", announce_raw_run, guard_disk_free_facts, NULL, GUARD_DISK_CHANGE_MS, FALSE};

        guard_disk_run_job(workers, &KIND, facts, guard_block_facts_copy(facts), NULL, NULL);
}
