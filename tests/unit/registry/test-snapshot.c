/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Snapshots in use: the trusted serve; older, too early, too late and no longer trusted ones are refused with
 * their reason, and the old one goes on serving.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "desk.h"

static const GuardAlgorithm algorithms[] = {GUARD_ALGORITHM_ED25519, GUARD_ALGORITHM_SM2};

static void
test_good(gconstpointer data)
{
        g_autoptr(Desk) desk = desk_new(*(const GuardAlgorithm *)data);
        g_autoptr(GuardRegistryInfo) info = NULL;
        g_autoptr(GError) error = NULL;

        desk_publish_plain(desk, 7);
        guard_registry_verify_file(desk->snapshot, desk->keys, 7, T0, NULL, NULL, &info, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(info->sequence, ==, 7);
        g_assert_cmpuint(info->entries, ==, 3);
        g_assert_cmpint(info->issued_us, ==, T0);
        g_assert_cmpint(info->expires_us, ==, T0 + 90 * DAY);
        g_assert_cmpstr(info->algorithm, ==,
                        guard_algorithm_to_string(*(const GuardAlgorithm *)data));
        g_assert_true(info->payload_verified);
        desk_install(desk, T0, &error);
        g_assert_no_error(error);
        assert_serves(desk, 7);
        /* the same one again is no rollback */
        desk_install(desk, T0, &error);
        g_assert_no_error(error);
        assert_serves(desk, 7);
}

/* The key is taken away after the install: nothing that it signed is believed any more. */
static void
test_key_withdrawn(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autofree char *key = g_build_filename(desk->keys, "desk.pem", NULL);
        g_autoptr(GuardRegistry) registry = NULL;

        desk_publish_plain(desk, 1);
        g_assert_true(desk_install(desk, T0, NULL));
        g_unlink(key);
        registry = guard_registry_open(desk->db, desk->keys, desk->sequence, T0);
        g_assert_cmpint(guard_registry_info(registry, T0)->state, ==, GUARD_REGISTRY_LOST);
        g_assert_nonnull(guard_registry_info(registry, T0)->why);
}

static void
test_dates(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GError) error = NULL;

        desk_publish_plain(desk, 1);
        assert_refused(desk, T0 - DAY, GUARD_ERROR_NOT_YET_VALID);
        assert_refused(desk, T0 + 90 * DAY, GUARD_ERROR_EXPIRED);
        /* a clock that is a minute behind the desk's is no reason */
        desk_install(desk, T0 - DAY / 1440, &error);
        g_assert_no_error(error);
}

static void
test_rollback(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) registry = NULL;

        desk_publish_plain(desk, 5);
        g_assert_true(desk_install(desk, T0, NULL));
        desk_publish_plain(desk, 4);
        assert_refused(desk, T0, GUARD_ERROR_ROLLBACK);
        /* another one with the same number */
        desk_publish(desk, 5, T0, T0 + 91 * DAY, NULL, desk_drives, desk_n_drives);
        assert_refused(desk, T0, GUARD_ERROR_ROLLBACK);
        /* deleting one of the two memories opens no way back */
        g_unlink(desk->sequence);
        desk_publish_plain(desk, 4);
        assert_refused(desk, T0, GUARD_ERROR_ROLLBACK);
        assert_serves(desk, 5); /* and writes the sequence again */
        g_unlink(desk->db);
        assert_refused(desk, T0, GUARD_ERROR_ROLLBACK);
        /* an old file put in place by hand is not used */
        g_assert_cmpint(g_rename(desk->snapshot, desk->db), ==, 0);
        registry = guard_registry_open(desk->db, desk->keys, desk->sequence, T0);
        g_assert_cmpint(guard_registry_info(registry, T0)->state, ==, GUARD_REGISTRY_LOST);
}

static void
test_damaged_sequence(void)
{
        static const char *const texts[] = {"", "sequence=5\n", "sequence=05\nmanifest=00\n", "5"};
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);

        desk_publish_plain(desk, 5);
        g_assert_true(desk_install(desk, T0, NULL));
        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(GuardRegistry) registry = NULL;
                g_autoptr(GError) error = NULL;

                g_assert_true(g_file_set_contents(desk->sequence, texts[i], -1, NULL));
                registry = guard_registry_open(desk->db, desk->keys, desk->sequence, T0);
                g_assert_cmpint(guard_registry_info(registry, T0)->state, ==, GUARD_REGISTRY_LOST);
                g_assert_false(desk_install(desk, T0, &error));
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT);
        }
}

static void
test_not_a_file(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GError) error = NULL;
        int fds[2];

        g_assert_cmpint(pipe(fds), ==, 0);
        g_assert_false(guard_registry_install_fd(fds[0], desk->db, desk->keys, desk->sequence, T0,
                                                 NULL, NULL, NULL, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        close(fds[0]);
        close(fds[1]);
}

/* The same entries give the same bytes, whatever the number and the dates. */
static void
test_deterministic(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_SM2);
        g_autofree char *one = NULL, *two = NULL;
        gsize one_size, two_size;

        desk_publish_plain(desk, 1);
        g_assert_true(g_file_get_contents(desk->snapshot, &one, &one_size, NULL));
        desk_publish(desk, 2, T0 + DAY, T0 + 2 * DAY, NULL, desk_drives, desk_n_drives);
        g_assert_true(g_file_get_contents(desk->snapshot, &two, &two_size, NULL));
        g_assert_cmpuint(one_size, ==, two_size);
        g_assert_cmpint(memcmp(one + GUARD_MANIFEST_BLOCK, two + GUARD_MANIFEST_BLOCK,
                               one_size - GUARD_MANIFEST_BLOCK),
                        ==, 0);
        g_assert_cmpint(memcmp(one, two, GUARD_MANIFEST_BLOCK), !=, 0);
}

static void
test_empty_book(void)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autoptr(GuardRegistry) registry = NULL;
        g_autoptr(GError) error = NULL;

        desk_publish(desk, 1, T0, T0 + DAY, NULL, NULL, 0);
        desk_install(desk, T0, &error);
        g_assert_no_error(error);
        registry = desk_open(desk, T0);
        g_assert_cmpuint(guard_registry_info(registry, T0)->entries, ==, 0);
}

static void
test_keygen(gconstpointer data)
{
        g_autoptr(Desk) desk = desk_new(*(const GuardAlgorithm *)data);
        g_autofree char *other = g_build_filename(desk->dir, "other.pem", NULL);
        g_autoptr(GuardKey) key = guard_key_load_private(desk->private_key, NULL);
        g_autoptr(GError) error = NULL, wrong = NULL;
        GStatBuf st;

        g_assert_cmpint(guard_key_algorithm(key), ==, *(const GuardAlgorithm *)data);
        g_assert_cmpint(g_stat(desk->private_key, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0600);
        g_assert_false(
                guard_key_generate(GUARD_ALGORITHM_ED25519, desk->private_key, other, NULL, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS);
        g_assert_false(g_file_test(other, G_FILE_TEST_EXISTS));
        g_assert_null(guard_key_load_public(desk->private_key, &wrong));
        g_assert_error(wrong, GUARD_ERROR, GUARD_ERROR_SYNTAX);
}

static void
add_for_each(const char *name, GTestDataFunc test)
{
        for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
                g_autofree char *path = g_strdup_printf("/registry/snapshot/%s/%s", name,
                                                        guard_algorithm_to_string(algorithms[i]));

                g_test_add_data_func(path, &algorithms[i], test);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        add_for_each("good", test_good);
        add_for_each("keygen", test_keygen);
        g_test_add_func("/registry/snapshot/key-withdrawn", test_key_withdrawn);
        g_test_add_func("/registry/snapshot/dates", test_dates);
        g_test_add_func("/registry/snapshot/rollback", test_rollback);
        g_test_add_func("/registry/snapshot/damaged-sequence", test_damaged_sequence);
        g_test_add_func("/registry/snapshot/not-a-file", test_not_a_file);
        g_test_add_func("/registry/snapshot/deterministic", test_deterministic);
        g_test_add_func("/registry/snapshot/empty-book", test_empty_book);
        return g_test_run();
}
