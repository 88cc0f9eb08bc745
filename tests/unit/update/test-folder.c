/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder as the source: what is found there, and what is not taken for a file.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "update/update-folder.h"
#include "update/update-settings.h"
#include "update/update-user.h"

typedef struct {
        char *folder, *file, *copy;
        int to;
} Place;

static void
place_new(Place *place)
{
        place->folder = g_dir_make_tmp("update-XXXXXX", NULL);
        place->file = g_build_filename(place->folder, GUARD_UPDATE_FILE, NULL);
        place->copy = g_build_filename(place->folder, "copy", NULL);
        place->to = open(place->copy, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        g_assert_cmpint(place->to, >=, 0);
}

static void
place_clear(Place *place)
{
        close(place->to);
        g_remove(place->file);
        g_rmdir(place->file);
        g_remove(place->copy);
        g_assert_cmpint(g_rmdir(place->folder), ==, 0);
        g_free(place->folder);
        g_free(place->file);
        g_free(place->copy);
}

static void
refused(const char *from, const char *says)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *name = NULL;

        g_assert_cmpint(guard_update_folder_open(from, &name, &error), <, 0);
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_FAILED);
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, says));
}

static void
opens(void)
{
        g_autoptr(GError) error = NULL;
        Place place;
        int fd;

        place_new(&place);
        refused("/nowhere/at/all", "is the share mounted?");
        refused(place.folder, "did the desk put its file there?");
        g_assert_cmpint(mkfifo(place.file, 0600), ==, 0);
        refused(place.folder, "not an ordinary file");
        g_remove(place.file);
        g_assert_cmpint(g_mkdir(place.file, 0700), ==, 0);
        refused(place.folder, "not an ordinary file");
        g_rmdir(place.file);
        g_assert_true(g_file_set_contents(place.file, "x", 1, NULL));
        for (int i = 0; i < 2; i++) { /* the folder, the file */
                g_autofree char *name = NULL;

                fd = guard_update_folder_open(i == 0 ? place.folder : place.file, &name, &error);
                g_assert_no_error(error);
                g_assert_cmpstr(name, ==, place.file);
                close(fd);
        }
        place_clear(&place);
}

static void
copies(void)
{
        g_autofree char *text = g_strnfill(700000, 'r'), *back = NULL;
        g_autoptr(GError) error = NULL;
        GuardUpdateTag one = {0}, two = {0};
        Place place;
        gsize size;
        int fd;

        place_new(&place);
        g_assert_cmpint(write(place.to, "older and longer", 16), ==, 16);
        g_assert_true(g_file_set_contents(place.file, text, 700000, NULL));
        fd = open(place.file, O_RDWR | O_CLOEXEC);
        g_assert_true(guard_update_folder_copy(fd, place.to, 700000, "f", &error));
        g_assert_no_error(error);
        g_assert_true(g_file_get_contents(place.copy, &back, &size, NULL));
        g_assert_cmpuint(size, ==, 700000);
        g_assert_cmpstr(back, ==, text);
        g_assert_false(guard_update_folder_copy(fd, place.to, 699999, "f", &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_nonnull(strstr(error->message, "max-size="));

        g_assert_true(guard_update_folder_tag(fd, "f", &one, NULL));
        g_assert_true(guard_update_folder_tag(fd, "f", &two, NULL));
        g_assert_cmpstr(one.etag, ==, two.etag);
        g_assert_cmpint(ftruncate(fd, 5), ==, 0);
        g_assert_true(guard_update_folder_tag(fd, "f", &two, NULL));
        g_assert_cmpstr(one.etag, !=, two.etag);
        guard_update_tag_clear(&one);
        guard_update_tag_clear(&two);
        close(fd);
        place_clear(&place);
}

/* As who does not exist nothing is done; root alone changes at all. */
static void
becomes(void)
{
        g_autoptr(GError) error = NULL;

        if (geteuid() == 0) {
                g_assert_false(guard_update_become("no-such-user-here", &error));
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
                g_clear_error(&error);
                g_assert_false(guard_update_become("root", &error));
        } else {
                g_assert_true(guard_update_become("no-such-user-here", &error));
        }
        if (geteuid() == 0 && g_test_subprocess()) {
                g_assert_true(guard_update_become("nobody", NULL));
                g_assert_cmpuint(getuid(), !=, 0);
                g_assert_cmpint(open("/etc/shadow", O_RDONLY | O_CLOEXEC), <, 0);
                return;
        }
        if (geteuid() == 0) {
                g_test_trap_subprocess(NULL, 0, 0);
                g_test_trap_assert_passed();
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/update/folder/open", opens);
        g_test_add_func("/update/folder/copy", copies);
        g_test_add_func("/update/user/become", becomes);
        return g_test_run();
}
