/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import/deliver.h"

static void
put(int folder, const char *name)
{
        int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        g_assert_cmpint(fd, >=, 0);
        close(fd);
}

static gboolean
is_there(const char *folder, const char *path)
{
        g_autofree char *file = g_build_filename(folder, path, NULL);

        return g_file_test(file, G_FILE_TEST_EXISTS);
}

static void
test_handed_over(void)
{
        g_autofree char *folder = g_dir_make_tmp("guard-deliver-XXXXXX", NULL), *where = NULL, *again = NULL;
        g_autoptr(GError) error = NULL;
        ImportStaging staging, other;

        g_assert_true(import_staging_open(&staging, folder, "one", &error));
        g_assert_no_error(error);
        put(staging.files, "a");
        g_assert_cmpint(mkdirat(staging.files, "sub", 0700), ==, 0);
        g_assert_true(is_there(folder, ".staging/one/a"));
        /* another one beside it leaves it alone */
        g_assert_true(import_staging_open(&other, folder, "two", &error));
        g_assert_true(is_there(folder, ".staging/one/a"));
        where = import_deliver(&staging, "clerk", "2026-K7QM2", getuid(), getgid(), &error);
        g_assert_no_error(error);
        g_assert_cmpstr(where, ==, "clerk/2026-K7QM2");
        g_assert_true(is_there(folder, "clerk/2026-K7QM2/a"));
        g_assert_true(is_there(folder, "clerk/2026-K7QM2/sub"));
        g_assert_false(is_there(folder, ".staging/one"));
        import_staging_close(&staging);
        g_assert_true(is_there(folder, "clerk/2026-K7QM2/a"));
        /* never over anything */
        again = import_deliver(&other, "clerk", "2026-K7QM2", getuid(), getgid(), &error);
        g_assert_null(again);
        g_assert_nonnull(error);
        import_staging_close(&other);
        g_assert_false(is_there(folder, ".staging/two"));
}

/* Of a run that was cut off. */
static void
test_left_over(void)
{
        g_autofree char *folder = g_dir_make_tmp("guard-deliver-XXXXXX", NULL);
        ImportStaging staging, next;

        g_assert_true(import_staging_open(&staging, folder, "one", NULL));
        put(staging.files, "a");
        close(staging.files);
        g_assert_true(import_staging_open(&next, folder, "two", NULL));
        g_assert_false(is_there(folder, ".staging/one"));
        import_staging_close(&next);
        staging.files = -1;
        import_staging_close(&staging);
}

/* Folders that people have emptied go, others stay. */
static void
test_tidy(void)
{
        g_autofree char *folder = g_dir_make_tmp("guard-deliver-XXXXXX", NULL), *first = NULL, *second = NULL, *file = NULL;
        ImportStaging staging;

        g_assert_true(import_staging_open(&staging, folder, "one", NULL));
        first = import_deliver(&staging, "clerk", "empty", getuid(), getgid(), NULL);
        import_staging_close(&staging);
        g_assert_nonnull(first);
        g_assert_true(import_staging_open(&staging, folder, "two", NULL));
        put(staging.files, "a");
        second = import_deliver(&staging, "clerk", "full", getuid(), getgid(), NULL);
        import_staging_close(&staging);
        g_assert_nonnull(second);
        g_assert_false(is_there(folder, "clerk/empty"));
        g_assert_true(is_there(folder, "clerk/full/a"));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/import/deliver/handed-over", test_handed_over);
        g_test_add_func("/import/deliver/left-over", test_left_over);
        g_test_add_func("/import/deliver/tidy", test_tidy);
        return g_test_run();
}
