/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input that is noticed and not read: pipes stand for devices.
 */
#include <fcntl.h>
#include <linux/input.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "guardd/presence/input.h"

#define BITS_PER_LONG (8 * sizeof(unsigned long))

static gboolean
persons(guint key)
{
        unsigned long keys[KEY_CNT / BITS_PER_LONG + 1] = {0};

        keys[key / BITS_PER_LONG] |= 1UL << (key % BITS_PER_LONG);
        return guard_input_has_persons_keys(keys);
}

static void
test_whose(void)
{
        const unsigned long none[KEY_CNT / BITS_PER_LONG + 1] = {0};

        g_assert_true(persons(KEY_A));
        g_assert_true(persons(KEY_POWER));
        g_assert_true(persons(BTN_LEFT));
        g_assert_true(persons(BTN_TOUCH));
        /* Drift by themselves. */
        g_assert_false(persons(BTN_GAMEPAD));
        g_assert_false(persons(BTN_TRIGGER));
        g_assert_false(guard_input_has_persons_keys(none));
}

static gint64 now_us = 5;

static void
read_clock(GuardPresenceClock *clock G_GNUC_UNUSED, GuardClocks *clocks)
{
        clocks->boot_us = now_us;
}

static gboolean
anybody(int fd G_GNUC_UNUSED)
{
        return TRUE;
}

static gboolean
nobody(int fd G_GNUC_UNUSED)
{
        return FALSE;
}

static void
count(gpointer data)
{
        ++*(guint *)data;
}

static void
test_heard(void)
{
        GuardPresenceClock clock = {.read = read_clock};
        g_autofree char *folder = g_dir_make_tmp("guard-input-XXXXXX", NULL);
        g_autofree char *device = g_build_filename(folder, "event0", NULL);
        g_autofree char *other = g_build_filename(folder, "mouse0", NULL);
        GuardInput *input;
        guint heard = 0;
        char byte;
        int fd;

        g_assert_cmpint(mkfifo(device, 0600), ==, 0);
        g_assert_cmpint(mkfifo(other, 0600), ==, 0);
        fd = open(device, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        g_assert_cmpint(fd, >=, 0);

        input = guard_input_new(folder, nobody, &clock, count, &heard);
        g_assert_cmpuint(guard_input_n_devices(input), ==, 0);
        g_assert_false(guard_input_is_blind(input));
        guard_input_free(input);

        input = guard_input_new(folder, anybody, &clock, count, &heard);
        g_assert_cmpuint(guard_input_n_devices(input), ==, 1);
        g_assert_cmpint(guard_input_last_us(input), ==, 5);
        now_us = 77;
        g_assert_cmpint(write(fd, "x", 1), ==, 1);
        while (heard == 0)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpint(guard_input_last_us(input), ==, 77);
        /* Once a stretch; and what came is still there: nobody has read it. */
        for (guint i = 0; i < 20; i++)
                g_main_context_iteration(NULL, FALSE);
        g_assert_cmpuint(heard, ==, 1);
        g_assert_cmpint(read(fd, &byte, 1), ==, 1);
        g_assert_cmpint(byte, ==, 'x');
        guard_input_free(input);
        close(fd);
        unlink(device);
        unlink(other);
        rmdir(folder);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/presence/input/whose", test_whose);
        g_test_add_func("/presence/input/heard", test_heard);
        return g_test_run();
}
