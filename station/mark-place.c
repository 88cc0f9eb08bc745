/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The gap before the first partition, as libblkid sees it.
 */
#include "station/mark-place.h"
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "common/guard-mark.h"

static const guint64 places[GUARD_MARK_N_PLACES] = GUARD_MARK_PLACES;

static gboolean
io_failed(const char *node, GError **error)
{
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("%s: %s"), node, g_strerror(errno));
        return FALSE;
}

/* Where the first partition begins, in bytes. 0: there is no table, or no partition in it. */
static guint64
gap_of(int fd)
{
        blkid_probe probe = blkid_new_probe();
        blkid_partlist list = NULL;
        guint64 gap = 0;
        int n = 0;

        if (probe && blkid_probe_set_device(probe, fd, 0, 0) == 0) {
                blkid_probe_enable_superblocks(probe, 0);
                blkid_probe_enable_partitions(probe, 1);
                list = blkid_probe_get_partitions(probe);
        }
        n = list && blkid_partlist_get_table(list) ? blkid_partlist_numof_partitions(list) : 0;
        for (int i = 0; i < n; i++) {
                blkid_loff_t start = blkid_partition_get_start(blkid_partlist_get_partition(list, i));

                if (start > 0 && (gap == 0 || (guint64)start * 512 < gap))
                        gap = (guint64)start * 512;
        }
        blkid_free_probe(probe);
        return gap;
}

/* Where a GPT's entries end; they may be zeros there, and are counted in its checksum. */
static guint64
tables_end(int fd)
{
        guint8 header[92];
        int sector = 512;
        guint64 place;
        guint32 n, size;

        if (ioctl(fd, BLKSSZGET, &sector) < 0 || sector < 512)
                sector = 512;
        if (pread(fd, header, sizeof header, sector) != sizeof header || memcmp(header, "EFI PART", 8) != 0)
                return 512;
        memcpy(&place, header + 72, sizeof place);
        memcpy(&n, header + 80, sizeof n);
        memcpy(&size, header + 84, sizeof size);
        place = GUINT64_FROM_LE(place);
        if (place > G_MAXUINT32)
                return G_MAXUINT64;
        return place * (guint64)sector + (guint64)GUINT32_FROM_LE(n) * GUINT32_FROM_LE(size);
}

typedef enum { EMPTY, MARKED, TAKEN } Content;

/* Around a mark there is nothing, either: a boot loader has zeros inside. */
#define AROUND 7168u

static gboolean
look(int fd, const char *node, guint64 place, guint64 gap, Content *content, GError **error)
{
        static char around[AROUND + GUARD_MARK_BLOCK + AROUND];
        guint64 end = MIN(place + GUARD_MARK_BLOCK + AROUND, gap);
        gsize size = (gsize)(end - (place - AROUND));
        gssize n = pread(fd, around, size, (off_t)(place - AROUND));

        if (n != (gssize)size) {
                errno = n < 0 ? errno : EIO;
                return io_failed(node, error);
        }
        *content = EMPTY;
        for (gsize i = 0; i < size; i++)
                if (around[i] != '\0')
                        *content = TAKEN;
        if (strncmp(around + AROUND, GUARD_MARK_MAGIC, strlen(GUARD_MARK_MAGIC)) == 0)
                *content = MARKED;
        return TRUE;
}

gboolean
guard_mark_place_find(int fd, const char *node, guint64 *place, gboolean *marked, GError **error)
{
        guint64 gap = gap_of(fd);
        guint64 tables = tables_end(fd);
        gboolean found = FALSE, taken = FALSE;

        *marked = FALSE;
        if (gap == 0) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("%s has no partitions, so there is no place for a mark. Copy its files away, make a partition on it (gnome-disks "
                              "does, and erases the drive), copy them back, and try again"),
                            node);
                return FALSE;
        }
        for (guint i = 0; i < GUARD_MARK_N_PLACES && !*marked; i++) {
                Content content = TAKEN;

                if (places[i] + GUARD_MARK_BLOCK > gap || places[i] < tables)
                        continue;
                if (!look(fd, node, places[i], gap, &content, error))
                        return FALSE;
                *marked = content == MARKED;
                taken |= content == TAKEN;
                if (*marked || (content == EMPTY && !found)) {
                        *place = places[i];
                        found = TRUE;
                }
        }
        if (found)
                return TRUE;
        if (taken)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("%s: something lies before the first partition, such as a boot loader; a mark is never written over it. Make the "
                              "partition table anew (that erases the drive), and try again"),
                            node);
        else
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("%s: its first partition begins at byte %" PRIu64 ", which leaves no place for a mark. Make the partition "
                              "anew from 1 MiB on (that erases the drive), and try again"),
                            node, gap);
        return FALSE;
}

gboolean
guard_mark_place_write(int fd, const char *node, guint64 place, const char *text, GError **error)
{
        char block[GUARD_MARK_BLOCK] = "", there[GUARD_MARK_BLOCK];

        if (text)
                g_strlcpy(block, text, sizeof block);
        if (pwrite(fd, block, sizeof block, (off_t)place) != sizeof block || fsync(fd) < 0)
                return io_failed(node, error);
        /* What the drive kept, not what the page cache has. */
        (void)posix_fadvise(fd, (off_t)place, sizeof block, POSIX_FADV_DONTNEED);
        if (pread(fd, there, sizeof there, (off_t)place) != sizeof there)
                return io_failed(node, error);
        if (memcmp(block, there, sizeof block) == 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO,
                    _("%s did not keep what was written to it: it is write-protected or broken; do not hand it out"), node);
        return FALSE;
}
