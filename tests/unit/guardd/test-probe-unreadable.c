/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A disk on which one place cannot be read is not a disk with nothing there: a classified drive that is known by
 * its content alone must not pass for a blank one. libblkid's read() is taken over to fail at that place.
 */
#include <dlfcn.h>
#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "guardd/probe/probe.h"

#define IMAGE_SIZE (8 * 1024 * 1024)
#define PARTITION (2048 * 512)

static int bad_fd = -1;
static off_t bad_place;
static guint bad_times; /* then it can be read */

ssize_t
read(int fd, void *buffer, size_t size)
{
        static ssize_t (*real)(int, void *, size_t);
        off_t at = fd == bad_fd ? lseek(fd, 0, SEEK_CUR) : -1;

        if (!real)
                *(void **)&real = dlsym(RTLD_NEXT, "read");
        if (at >= 0 && bad_times > 0 && at <= bad_place && bad_place < at + (off_t)size) {
                bad_times--;
                errno = EIO;
                return -1;
        }
        return real(fd, buffer, size);
}

static void
put(int fd, off_t offset, const void *data, gsize size)
{
        g_assert_cmpint(pwrite(fd, data, size, offset), ==, (ssize_t)size);
}

/* A table with one partition, a container in it. */
static int
image(void)
{
        static const guint8 ENTRY[16] = {0, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 0x38, 0, 0};
        int fd = memfd_create("image", MFD_CLOEXEC);

        g_assert_cmpint(fd, >=, 0);
        g_assert_cmpint(ftruncate(fd, IMAGE_SIZE), ==, 0);
        put(fd, 446, ENTRY, sizeof ENTRY);
        put(fd, 510, "\x55\xaa", 2);
        put(fd, PARTITION, "LUKS\xba\xbe\0\1", 8);
        put(fd, PARTITION + 168, "6a1c2d3e-1111-4222-8333-0123456789ab", 37);
        return fd;
}

static void
probe(off_t place, guint times, const char *expected)
{
        static char text[65536];
        struct probe_output out = {.text = text, .capacity = sizeof text - 1};
        int fd = image();

        bad_fd = fd;
        bad_place = place;
        bad_times = times;
        probe_disk(fd, &out);
        bad_fd = -1;
        close(fd);
        text[out.size] = '\0';
        g_test_message("%s", text);
        g_assert_nonnull(strstr(text, expected));
        if (times > 0)
                g_assert_cmpstr(text, ==, "probe 1\nend error=read-error\n");
}

static void
test_readable(void)
{
        probe(0, 0, "type=crypto_LUKS version=1 uuid=6a1c2d3e-1111-4222-8333-0123456789ab");
}

static void
test_superblock(void)
{
        probe(PARTITION, 1, "read-error");
        probe(PARTITION, G_MAXUINT, "read-error");
}

static void
test_table(void)
{
        probe(510, G_MAXUINT, "read-error"); /* at its first try libblkid looks twice */
}

/* Of the whole disk's superblocks some are far behind the first page. */
static void
test_far_superblock(void)
{
        probe(64 * 1024, 1, "read-error");
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/probe-unreadable/readable", test_readable);
        g_test_add_func("/probe-unreadable/superblock", test_superblock);
        g_test_add_func("/probe-unreadable/table", test_table);
        g_test_add_func("/probe-unreadable/far-superblock", test_far_superblock);
        return g_test_run();
}
