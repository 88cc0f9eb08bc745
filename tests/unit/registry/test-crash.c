/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * kill -9 at every step of an install: afterwards the old or the new snapshot serves, whole, and
 * the install can be made again. And two installers at once.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "crash.h"
#include "desk.h"
#include "registry/sequence.h"

static void
install(gpointer user_data)
{
        g_autoptr(GError) error = NULL;

        if (!desk_install(user_data, T0, &error))
                g_error("%s", error->message);
}

static guint64
serving(Desk *desk)
{
        g_autoptr(GuardRegistry) registry = desk_open(desk, T0);
        const GuardRegistryInfo *info = guard_registry_info(registry, T0);
        GuardSequence last;

        g_assert_cmpint(info->state, ==, GUARD_REGISTRY_GOOD);
        /* opening has mended what the install could not write any more */
        g_assert_true(guard_sequence_read(desk->sequence, &last, NULL));
        g_assert_cmpuint(last.sequence, ==, info->sequence);
        return info->sequence;
}

static void
refuse_older(Desk *desk, guint64 newer)
{
        g_autoptr(GError) error = NULL;

        desk_publish_plain(desk, newer - 1);
        g_assert_false(desk_install(desk, T0, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_ROLLBACK);
}

static void
test_install_killed(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        guint old_served = 0, new_served = 0, at = 0;
        gboolean killed = TRUE;
        guint64 now = 10;

        desk_publish_plain(desk, now);
        install(desk);
        for (at = 1; killed; at++) {
                guint64 got;

                desk_publish_plain(desk, now + 10);
                killed = crash_at(at, install, desk);
                got = serving(desk);
                if (got == now)
                        old_served++;
                else
                        new_served++;
                g_assert_true(got == now || got == now + 10);
                /* whatever the sequence file missed is mended: nothing older than what served gets
                 * in */
                refuse_older(desk, got);
                now += 10;
                desk_publish_plain(desk, now);
                install(desk);
                g_assert_cmpuint(serving(desk), ==, now);
                now += 10;
                desk_publish_plain(desk, now);
                install(desk);
        }
        g_test_message("%u steps: the old one served after %u, the new one after %u", at - 1,
                       old_served, new_served);
        g_assert_cmpuint(old_served, >, 3);
        g_assert_cmpuint(new_served, >, 3);
}

static void
test_two_installers(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GError) error = NULL;
        int dir;

        desk_publish_plain(desk, 1);
        dir = open(desk->dir, O_RDONLY | O_DIRECTORY);
        g_assert_cmpint(flock(dir, LOCK_EX), ==, 0);
        g_assert_false(desk_install(desk, T0, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_BUSY);
        close(dir);
        install(desk);
        g_assert_cmpuint(serving(desk), ==, 1);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/registry/crash/install-killed", test_install_killed);
        g_test_add_func("/registry/crash/two-installers", test_two_installers);
        return g_test_run();
}
