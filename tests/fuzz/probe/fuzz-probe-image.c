/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guard-probe makes of a hostile medium: libblkid on a disk in memory. The input is the disk's
 * content without its empty parts, so that a corpus of whole file systems stays small: pieces of a head
 * (place in sectors from the begin, 4 bytes; from the end where the highest bit is set; length, 2 bytes;
 * little endian) and their bytes. pack.py makes it from an image. Besides not crashing: whatever is on a
 * disk, guardd understands every line that is told of it, or is told that it cannot be read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "guardd/probe/probe.h"
#include "guardd/probe/protocol.h"

#define DISK_SIZE (4 * 1024 * 1024) /* libblkid takes less than 1.4 MiB for a floppy */
#define SECTOR 512
#define HEAD_SIZE 6
#define FROM_END 0x80000000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put(int fd, uint32_t place, const uint8_t *bytes, size_t size)
{
        uint64_t offset = (uint64_t)(place & ~FROM_END) * SECTOR % DISK_SIZE;

        if (place & FROM_END)
                offset = DISK_SIZE - offset;
        if (size > DISK_SIZE - offset)
                size = DISK_SIZE - offset;
        if (size > 0 && pwrite(fd, bytes, size, (off_t)offset) != (ssize_t)size)
                abort();
}

static int
disk_of(const uint8_t *data, size_t size)
{
        int fd = memfd_create("disk", MFD_CLOEXEC);

        if (fd < 0 || ftruncate(fd, DISK_SIZE) != 0)
                abort();
        while (size > HEAD_SIZE) {
                uint32_t place = (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
                                 (uint32_t)data[3] << 24;
                size_t length = data[4] | (size_t)data[5] << 8;

                data += HEAD_SIZE;
                size -= HEAD_SIZE;
                if (length > size)
                        length = size;
                put(fd, place, data, length);
                data += length;
                size -= length;
        }
        return fd;
}

/* Where a volume says that it is must be on the disk: what reads there takes its word for it. */
static void
check(const GuardBlockFacts *facts)
{
        if (facts->size != DISK_SIZE)
                abort();
        for (guint i = 0; i < facts->volumes->len; i++) {
                const GuardVolumeFacts *volume = g_ptr_array_index(facts->volumes, i);

                if (volume->type && (volume->start > DISK_SIZE || volume->size > DISK_SIZE - volume->start))
                        abort();
        }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static char text[GUARD_PROBE_MAX_OUTPUT];
        struct probe_output out = {.text = text, .capacity = sizeof text};
        g_autoptr(GuardBlockFacts) facts = guard_block_facts_new();
        g_autoptr(GError) error = NULL;
        int fd = disk_of(data, size);

        probe_disk(fd, &out);
        close(fd);
        if (guard_probe_parse(out.text, out.size, facts, &error))
                check(facts);
        else if (!g_error_matches(error, GUARD_ERROR, GUARD_ERROR_IO))
                abort();
        return 0;
}
