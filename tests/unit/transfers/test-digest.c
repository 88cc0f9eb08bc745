/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "transfers/digest.h"

static void
test_digest(void)
{
        g_autofree char *path = NULL, *whole = NULL, *part = NULL, *none = NULL;
        int fd = g_file_open_tmp("guard-digest-XXXXXX", &path, NULL);

        g_assert_cmpint(write(fd, "abcdef", 6), ==, 6);
        whole = transfers_digest(fd, 3);
        g_assert_cmpstr(whole, ==, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); /* FIPS 180-4, "abc" */
        part = transfers_digest(fd, 0);
        g_assert_cmpstr(part, ==, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        none = transfers_digest(fd, 7); /* it is shorter than it was */
        g_assert_null(none);
        close(fd);
        g_unlink(path);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/transfers/digest", test_digest);
        return g_test_run();
}
