/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The real guard-probe, in its cage, on image files: through the pool that guardd uses.
 */
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "common/guard-mark.h"
#include "guardd/block/probe-client.h"
#include "guardd/probe/protocol.h"

#define IMAGE_SIZE (8 * 1024 * 1024)
#define UUID "6a1c2d3e-1111-4222-8333-0123456789ab"

typedef struct {
        GMainLoop *loop;
        GuardBlockFacts *facts;
        GError *error;
        guint left;
} Outcome;

static int
image(void)
{
        int fd = memfd_create("image", MFD_CLOEXEC);

        g_assert_cmpint(fd, >=, 0);
        g_assert_cmpint(ftruncate(fd, IMAGE_SIZE), ==, 0);
        return fd;
}

static void
put(int fd, off_t offset, const void *data, gsize size)
{
        g_assert_cmpint(pwrite(fd, data, size, offset), ==, (ssize_t)size);
}

static void
put_luks(int fd, off_t offset)
{
        put(fd, offset, "LUKS\xba\xbe\0\1", 8);
        put(fd, offset + 168, UUID, sizeof UUID);
}

/* One partition from sector 2048 to the end. */
static void
put_mbr(int fd)
{
        static const guint8 ENTRY[16] = {0, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 0x38, 0, 0};

        put(fd, 440, "\x78\x56\x34\x12", 4);
        put(fd, 446, ENTRY, sizeof ENTRY);
        put(fd, 510, "\x55\xaa", 2);
}

static void
done(const char *text, gsize size, const GError *error, gpointer data)
{
        Outcome *outcome = data;

        if (error)
                outcome->error = g_error_copy(error);
        else
                guard_probe_parse(text, size, outcome->facts, &outcome->error);
        if (--outcome->left == 0)
                g_main_loop_quit(outcome->loop);
}

static void
probe(GuardProbePool *pool, int fd, Outcome *outcome)
{
        outcome->loop = g_main_loop_new(NULL, FALSE);
        outcome->facts = guard_block_facts_new();
        outcome->error = NULL;
        outcome->left = 1;
        guard_probe_pool_run(pool, 1, fd, done, outcome);
        if (outcome->left > 0)
                g_main_loop_run(outcome->loop);
        g_main_loop_unref(outcome->loop);
}

static void
clear(Outcome *outcome)
{
        guard_block_facts_free(outcome->facts);
        g_clear_error(&outcome->error);
}

static void
test_whole_disk(void)
{
        g_autoptr(GuardProbePool) pool = guard_probe_pool_new(GUARD_PROBE_BUILT, 20000);
        const GuardVolumeFacts *volume;
        Outcome outcome;
        int fd = image();

        put_luks(fd, 0);
        guard_probe_pool_warm(pool);
        probe(pool, fd, &outcome);
        g_assert_no_error(outcome.error);
        g_assert_cmpuint(outcome.facts->size, ==, IMAGE_SIZE);
        g_assert_cmpuint(outcome.facts->volumes->len, ==, 1);
        volume = g_ptr_array_index(outcome.facts->volumes, 0);
        g_assert_cmpuint(volume->partition, ==, 0);
        g_assert_cmpstr(volume->type, ==, "crypto_LUKS");
        g_assert_cmpstr(volume->uuid, ==, UUID);
        clear(&outcome);
        close(fd);
}

static void
test_partition(void)
{
        g_autoptr(GuardProbePool) pool = guard_probe_pool_new(GUARD_PROBE_BUILT, 20000);
        const GuardVolumeFacts *volume;
        Outcome outcome;
        int fd = image();

        put_mbr(fd);
        put_luks(fd, 2048 * 512);
        probe(pool, fd, &outcome); /* without a spare */
        g_assert_no_error(outcome.error);
        g_assert_cmpstr(outcome.facts->pt_type, ==, "dos");
        g_assert_cmpstr(outcome.facts->pt_uuid, ==, "12345678");
        g_assert_cmpuint(outcome.facts->volumes->len, ==, 1);
        volume = g_ptr_array_index(outcome.facts->volumes, 0);
        g_assert_cmpuint(volume->partition, ==, 1);
        g_assert_cmpuint(volume->start, ==, 2048 * 512);
        g_assert_cmpstr(volume->uuid, ==, UUID);
        g_assert_cmpstr(volume->part_uuid, ==, "12345678-01");
        clear(&outcome);
        close(fd);
}

/* A mark is read in the gap before the first partition, and nowhere else. */
static void
test_mark(void)
{
        static const struct {
                gboolean table;
                off_t place;
                gboolean seen;
        } rows[] = {{TRUE, 262144, TRUE}, {TRUE, 24576, TRUE}, {TRUE, 65536, FALSE}, {TRUE, 2048 * 512 + 24576, FALSE}, {FALSE, 262144, FALSE}};
        static const char text[] = GUARD_MARK_MAGIC "media-id=机要 %1\n";

        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autoptr(GuardProbePool) pool = guard_probe_pool_new(GUARD_PROBE_BUILT, 20000);
                Outcome outcome;
                int fd = image();

                if (rows[i].table)
                        put_mbr(fd);
                put(fd, rows[i].place, text, sizeof text);
                probe(pool, fd, &outcome);
                g_assert_no_error(outcome.error);
                g_assert_cmpstr(outcome.facts->mark, ==, rows[i].seen ? text : NULL);
                clear(&outcome);
                close(fd);
        }
}

static void
test_blank(void)
{
        g_autoptr(GuardProbePool) pool = guard_probe_pool_new(GUARD_PROBE_BUILT, 20000);
        Outcome outcome;
        int fd = image();

        probe(pool, fd, &outcome);
        g_assert_no_error(outcome.error);
        g_assert_cmpint(outcome.facts->probe, ==, GUARD_PROBE_OK);
        g_assert_cmpuint(outcome.facts->volumes->len, ==, 0);
        g_assert_null(outcome.facts->pt_type);
        clear(&outcome);
        close(fd);
}

/* A reader that never answers: the caller goes on at the deadline. */
static void
test_deadline(void)
{
        g_autoptr(GuardProbePool) pool = guard_probe_pool_new("/bin/cat", 50);
        Outcome outcome;
        int fd = image();

        probe(pool, fd, &outcome);
        /* cat ends at once where it cannot read the message, or waits: both are no answer. */
        g_assert_nonnull(outcome.error);
        clear(&outcome);
        close(fd);
}

static void
count_done(const char *text G_GNUC_UNUSED, gsize size G_GNUC_UNUSED, const GError *error, gpointer data)
{
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_TIMEOUT);
        ++*(guint *)data;
}

/* A device with many disks that never answer (cat waits for more): another device's turn comes at once,
 * not behind all of them. */
static void
test_device_that_hangs(void)
{
        g_autoptr(GuardProbePool) pool = guard_probe_pool_new("/bin/cat", 200);
        int fd = image();
        guint hanging = 0, other = 0;

        for (guint i = 0; i < 20; i++)
                guard_probe_pool_run(pool, 7, fd, count_done, &hanging);
        guard_probe_pool_run(pool, 8, fd, count_done, &other);
        while (other == 0)
                g_main_context_iteration(NULL, TRUE);
        /* Those that came to a helper before it; and the one that came beside it ends at the same moment. */
        g_assert_cmpuint(hanging, >=, 2);
        g_assert_cmpuint(hanging, <=, 3);
        close(fd);
}

static void
test_no_program(void)
{
        g_autoptr(GuardProbePool) pool = guard_probe_pool_new("/nonexistent/guard-probe", 1000);
        Outcome outcome;
        int fd = image();

        probe(pool, fd, &outcome);
        g_assert_nonnull(outcome.error);
        clear(&outcome);
        close(fd);
}

/* A bare helper: whatever its descriptor is, it gets no more than a pipe's worth of rope. */
static void
test_wrong_descriptor(void)
{
        g_autoptr(GuardProbePool) pool = guard_probe_pool_new(GUARD_PROBE_BUILT, 20000);
        Outcome outcome;
        int pair[2];

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
        probe(pool, pair[0], &outcome);
        g_assert_error(outcome.error, GUARD_ERROR, GUARD_ERROR_IO);
        g_assert_cmpstr(outcome.facts->probe_error, ==, "no-access");
        clear(&outcome);
        close(pair[0]);
        close(pair[1]);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/probe-run/whole-disk", test_whole_disk);
        g_test_add_func("/probe-run/partition", test_partition);
        g_test_add_func("/probe-run/mark", test_mark);
        g_test_add_func("/probe-run/blank", test_blank);
        g_test_add_func("/probe-run/deadline", test_deadline);
        g_test_add_func("/probe-run/device-that-hangs", test_device_that_hangs);
        g_test_add_func("/probe-run/no-program", test_no_program);
        g_test_add_func("/probe-run/wrong-descriptor", test_wrong_descriptor);
        return g_test_run();
}
