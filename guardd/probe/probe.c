/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libblkid on the whole disk and on each partition through the disk's descriptor. Every superblock is
 * told, not only the likeliest one: any identifier of a classified drive must be seen.
 */
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/cdrom.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common/guard-mark.h"
#include "guardd/probe/probe.h"

#define MAX_PARTITIONS 256
/* Superblocks told of one place; more than that is a forgery, and the first ones identify it. */
#define MAX_SUPERBLOCKS 16
/* Where superblocks are: behind the begin of a disk or partition, and before its end. */
#define HEAD_SIZE (288 * 1024)
#define TAIL_SIZE (512 * 1024)
/* Of a disk with more partitions the others are read as libblkid asks. */
#define MAX_EXPECTED 8

__attribute__((format(printf, 2, 3))) static void
add(struct probe_output *out, const char *format, ...)
{
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(out->text + out->size, out->capacity - out->size, format, args);
        va_end(args);
        if (n < 0 || (size_t)n >= out->capacity - out->size)
                out->full = true;
        else
                out->size += (size_t)n;
}

static bool
is_plain(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               (c && strchr("._:-", c));
}

static void
add_value(struct probe_output *out, const char *key, const char *value)
{
        if (!value)
                return;
        add(out, " %s=", key);
        for (; *value; value++) {
                if (is_plain(*value))
                        add(out, "%c", *value);
                else
                        add(out, "%%%02X", (unsigned)(unsigned char)*value);
        }
}

/* libblkid reads some eighty places of one page, each a command to the drive that is waited for. Asked
 * for at once they are a handful, and udev's own look at the disk a moment later costs nothing. Not at
 * the end of an optical disc, where the last sectors of some cannot be read. */
static void
expect_reads(int fd, bool disc, uint64_t start, uint64_t size)
{
        uint64_t head = size < HEAD_SIZE ? size : HEAD_SIZE;
        uint64_t tail = size - head < TAIL_SIZE ? size - head : TAIL_SIZE;

        (void)posix_fadvise(fd, (off_t)start, (off_t)head, POSIX_FADV_WILLNEED);
        if (!disc && tail > 0)
                (void)posix_fadvise(fd, (off_t)(start + size - tail), (off_t)tail,
                                    POSIX_FADV_WILLNEED);
}

static const char *
lookup(blkid_probe probe, const char *name)
{
        const char *data = NULL;

        return blkid_probe_lookup_value(probe, name, &data, NULL) == 0 ? data : NULL;
}

static void
tell_superblock(blkid_probe probe, struct probe_output *out, int partition, uint64_t start,
                uint64_t size)
{
        const char *type = lookup(probe, "TYPE");
        const char *usage = lookup(probe, "USAGE");

        if (!type)
                return;
        add(out, "volume partition=%d start=%" PRIu64 " size=%" PRIu64, partition, start, size);
        add_value(out, "usage", usage ? usage : "other");
        add_value(out, "type", type);
        add_value(out, "version", lookup(probe, "VERSION"));
        add_value(out, "uuid", lookup(probe, "UUID"));
        add_value(out, "label", lookup(probe, "LABEL"));
        add(out, "\n");
}

/* FALSE: not everything could be looked at. libblkid stops at the first place that it cannot read, and
 * what comes behind it would be taken for nothing. */
static bool
probe_superblocks(blkid_probe probe, struct probe_output *out, int partition, uint64_t start,
                  uint64_t size)
{
        int result = 0;

        blkid_probe_enable_partitions(probe, 0);
        blkid_probe_enable_superblocks(probe, 1);
        blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE |
                                                         BLKID_SUBLKS_UUID | BLKID_SUBLKS_LABEL |
                                                         BLKID_SUBLKS_VERSION);
        blkid_reset_probe(probe);
        for (int i = 0; i < MAX_SUPERBLOCKS && (result = blkid_do_probe(probe)) == 0; i++)
                tell_superblock(probe, out, partition, start, size);
        return result >= 0;
}

struct extent {
        int number;
        uint64_t start, size;
};

/* Tells table and partitions; returns how many extents were filled, -1: it could not be read. */
static int
probe_table(blkid_probe probe, struct probe_output *out, struct extent extents[MAX_PARTITIONS])
{
        blkid_partlist list;
        blkid_parttable table;
        int n, told = 0;

        blkid_probe_enable_superblocks(probe, 0);
        blkid_probe_enable_partitions(probe, 1);
        errno = 0; /* all that tells a table that cannot be read from none */
        list = blkid_probe_get_partitions(probe);
        table = list ? blkid_partlist_get_table(list) : NULL;
        if (!table)
                return errno == EIO ? -1 : 0;
        add(out, "table");
        add_value(out, "type", blkid_parttable_get_type(table));
        add_value(out, "uuid", blkid_parttable_get_id(table));
        add(out, "\n");
        n = blkid_partlist_numof_partitions(list);
        for (int i = 0; i < n && told < MAX_PARTITIONS; i++) {
                blkid_partition part = blkid_partlist_get_partition(list, i);
                blkid_loff_t start = part ? blkid_partition_get_start(part) : -1;
                blkid_loff_t size = part ? blkid_partition_get_size(part) : -1;
                int number = part ? blkid_partition_get_partno(part) : 0;

                if (start < 0 || size < 0 || number < 1 || number > 65535 ||
                    start > INT64_MAX / 512 || size > INT64_MAX / 512)
                        continue;
                extents[told] = (struct extent){number, (uint64_t)start * 512, (uint64_t)size * 512};
                add(out, "part number=%d start=%" PRIu64 " size=%" PRIu64, number,
                    extents[told].start, extents[told].size);
                add_value(out, "uuid", blkid_partition_get_uuid(part));
                add(out, "\n");
                told++;
        }
        return told;
}

/* A mark lies before the first partition; what looks like one inside of a partition is somebody's file. FALSE: it could not be
 * read. */
static bool
probe_mark(int fd, struct probe_output *out, const struct extent extents[MAX_PARTITIONS], int n)
{
        static const uint64_t places[GUARD_MARK_N_PLACES] = GUARD_MARK_PLACES;
        uint64_t gap = n > 0 ? UINT64_MAX : 0;
        char text[GUARD_MARK_BLOCK + 1];

        for (int i = 0; i < n; i++)
                if (extents[i].start < gap)
                        gap = extents[i].start;
        for (int i = 0; i < GUARD_MARK_N_PLACES; i++) {
                if (gap < places[i] + GUARD_MARK_BLOCK)
                        continue;
                if (pread(fd, text, GUARD_MARK_BLOCK, (off_t)places[i]) != GUARD_MARK_BLOCK)
                        return false;
                text[GUARD_MARK_BLOCK] = '\0';
                if (strncmp(text, GUARD_MARK_MAGIC, strlen(GUARD_MARK_MAGIC)) != 0)
                        continue;
                add(out, "mark");
                add_value(out, "text", text);
                add(out, "\n");
                return true;
        }
        return true;
}

/* Extended containers and entries beyond the end have nothing of their own to read. */
static bool
is_readable(const struct extent *e, uint64_t bytes)
{
        return e->size >= 1024 && e->start < bytes && e->size <= bytes - e->start;
}

static bool
probe_all(blkid_probe probe, int fd, bool disc, struct probe_output *out)
{
        static struct extent extents[MAX_PARTITIONS];
        blkid_loff_t size = blkid_probe_get_size(probe);
        uint64_t bytes = size > 0 ? (uint64_t)size : 0;
        int n;

        add(out, "disk size=%" PRIu64 " sector=%u\n", bytes, blkid_probe_get_sectorsize(probe));
        n = probe_table(probe, out, extents);
        if (n < 0)
                return false;
        if (!probe_mark(fd, out, extents, n))
                return false;
        for (int i = 0; i < n && i < MAX_EXPECTED; i++)
                if (is_readable(&extents[i], bytes))
                        expect_reads(fd, disc, extents[i].start, extents[i].size);
        if (!probe_superblocks(probe, out, 0, 0, bytes))
                return false;
        for (int i = 0; i < n; i++) {
                const struct extent *e = &extents[i];

                if (is_readable(e, bytes) &&
                    blkid_probe_set_device(probe, fd, (blkid_loff_t)e->start,
                                           (blkid_loff_t)e->size) == 0 &&
                    !probe_superblocks(probe, out, e->number, e->start, e->size))
                        return false;
        }
        return true;
}

/* What was told so far is of a part of the disk only. */
static void
end_with(struct probe_output *out, const char *error)
{
        out->size = 0;
        out->full = false;
        add(out, "probe 1\nend error=%s\n", error);
}

void
probe_disk(int fd, struct probe_output *out)
{
        blkid_probe probe = blkid_new_probe();
        bool disc = ioctl(fd, CDROM_GET_CAPABILITY, NULL) >= 0;
        blkid_loff_t size;
        char byte;

        add(out, "probe 1\n");
        if (!probe || blkid_probe_set_device(probe, fd, 0, 0) != 0) {
                add(out, "end error=no-access\n");
                blkid_free_probe(probe);
                return;
        }
        size = blkid_probe_get_size(probe);
        if (size > 0)
                expect_reads(fd, disc, 0, (uint64_t)size);
        /* libblkid takes an unreadable sector for an empty one; this guard does not. */
        if ((size > 0 && pread(fd, &byte, 1, 0) != 1) || !probe_all(probe, fd, disc, out))
                end_with(out, "read-error");
        else if (out->full)
                end_with(out, "too-much");
        else
                add(out, "end ok\n");
        blkid_free_probe(probe);
}

void
probe_warm_up(void)
{
        static char text[4096];
        struct probe_output out = {.text = text, .capacity = sizeof text};
        int fd = memfd_create("guard-probe", MFD_CLOEXEC);

        if (fd < 0)
                return;
        if (ftruncate(fd, 2 * 1024 * 1024) == 0)
                probe_disk(fd, &out);
        close(fd);
}
