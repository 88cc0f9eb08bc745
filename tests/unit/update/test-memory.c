/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is remembered comes back; what is damaged counts as not there.
 */
#include <glib/gstdio.h>
#include <sys/stat.h>
#include "update/update-memory.h"

typedef struct {
        char *folder, *file;
} Place;

static void
place_new(Place *place)
{
        place->folder = g_dir_make_tmp("update-XXXXXX", NULL);
        place->file = g_build_filename(place->folder, "state", NULL);
}

static void
place_clear(Place *place)
{
        g_remove(place->file);
        g_assert_cmpint(g_rmdir(place->folder), ==, 0); /* nothing is left beside it */
        g_free(place->folder);
        g_free(place->file);
}

static void
comes_back(void)
{
        Place place;
        g_autoptr(GuardUpdateMemory) memory = g_new0(GuardUpdateMemory, 1), back = NULL;
        g_autoptr(GError) error = NULL, failure = g_error_new_literal(GUARD_ERROR, GUARD_ERROR_IO, "网络不通\nsecond line");
        struct stat st;

        place_new(&place);
        guard_update_memory_set_source(memory, "https://x/");
        guard_update_tag_set(&memory->installed, "\"a\"", "Mon, 01 Jun 2026 00:00:00 GMT");
        guard_update_tag_set(&memory->staged, "W/\"b\"", NULL);
        memory->sequence = G_MAXUINT64;
        memory->complete = TRUE;
        guard_update_memory_note(memory, 1000, NULL);
        guard_update_memory_note(memory, 2000, failure);
        guard_update_memory_note(memory, 3000, failure);
        g_assert_true(guard_update_memory_save(memory, place.file, &error));
        g_assert_no_error(error);
        g_assert_cmpint(g_stat(place.file, &st), ==, 0);
        g_assert_cmpuint(st.st_mode & 07777, ==, 0644);
        back = guard_update_memory_load(place.file);
        g_assert_cmpstr(back->source, ==, "https://x/");
        g_assert_cmpstr(back->installed.etag, ==, "\"a\"");
        g_assert_cmpstr(back->installed.modified, ==, "Mon, 01 Jun 2026 00:00:00 GMT");
        g_assert_cmpstr(back->staged.etag, ==, "W/\"b\"");
        g_assert_null(back->staged.modified);
        g_assert_cmpuint(back->sequence, ==, G_MAXUINT64);
        g_assert_true(back->complete);
        g_assert_cmpint(back->run_us, ==, 3000);
        g_assert_cmpint(back->success_us, ==, 1000);
        g_assert_cmpint(back->failing_us, ==, 2000);
        g_assert_cmpuint(back->failures, ==, 2);
        g_assert_cmpstr(back->error, ==, failure->message);
        guard_update_memory_note(back, 4000, NULL);
        g_assert_cmpuint(back->failures, ==, 0);
        g_assert_cmpint(back->failing_us, ==, 0);
        g_assert_null(back->error);
        place_clear(&place);
}

static void
another_source_is_another_file(void)
{
        g_autoptr(GuardUpdateMemory) memory = g_new0(GuardUpdateMemory, 1);

        guard_update_memory_set_source(memory, "/a");
        guard_update_tag_set(&memory->installed, "1", NULL);
        guard_update_tag_set(&memory->staged, "2", NULL);
        memory->sequence = 5;
        memory->complete = TRUE;
        memory->success_us = 7;
        guard_update_memory_set_source(memory, "/a");
        g_assert_cmpstr(memory->installed.etag, ==, "1");
        guard_update_memory_set_source(memory, "/b");
        g_assert_true(guard_update_tag_is_empty(&memory->installed) && guard_update_tag_is_empty(&memory->staged));
        g_assert_cmpuint(memory->sequence, ==, 0);
        g_assert_false(memory->complete);
        g_assert_cmpint(memory->success_us, ==, 7);
}

static void
damage_is_absence(void)
{
        static const char *const texts[] = {"", "garbage", "[update]\ninstalled-etag=\xff\xfe\n", "[update\n",
                                            "[update]\ninstalled-etag=a\\nX: y\ninstalled-sequence=-1\nlast-run=-5\nfailures=-3\nstaged-complete=maybe\n"};
        Place place;

        place_new(&place);
        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(GuardUpdateMemory) memory = NULL;

                g_assert_true(g_file_set_contents(place.file, texts[i], -1, NULL));
                memory = guard_update_memory_load(place.file);
                g_assert_null(memory->installed.etag);
                g_assert_cmpint(memory->run_us, ==, 0);
                g_assert_cmpuint(memory->failures, ==, 0);
                g_assert_false(memory->complete);
        }
        g_remove(place.file);
        g_assert_cmpint(mkfifo(place.file, 0600), ==, 0); /* nobody will ever write into it */
        guard_update_memory_free(guard_update_memory_load(place.file));
        place_clear(&place);
}

static void
tells_where_it_cannot_write(void)
{
        g_autoptr(GuardUpdateMemory) memory = g_new0(GuardUpdateMemory, 1);
        g_autoptr(GError) error = NULL;

        g_assert_false(guard_update_memory_save(memory, "/nowhere/at/all", &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/update/memory/comes-back", comes_back);
        g_test_add_func("/update/memory/source", another_source_is_another_file);
        g_test_add_func("/update/memory/damage", damage_is_absence);
        g_test_add_func("/update/memory/unwritable", tells_where_it_cannot_write);
        return g_test_run();
}
