/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/guard-error.h"
#include "import/copy.h"


typedef struct {
        char *folder, *from, *to;
        int in, out;
        GString *told;
        guint most; /* told() says no after so many */
        ImportCopying how;
        ImportCopied copied;
} Fixture;

static gboolean
told(const ImportFile *file, gpointer data)
{
        Fixture *fixture = data;

        g_string_append_printf(fixture->told, "%s %" G_GUINT64_FORMAT " %.10s%s\n", file->path, file->size, file->digest, file->kept ? "" : " withheld");
        return fixture->most == 0 || --fixture->most > 0;
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
        (void)data;
        fixture->folder = g_dir_make_tmp("guard-copy-XXXXXX", NULL);
        fixture->from = g_build_filename(fixture->folder, "from", NULL);
        fixture->to = g_build_filename(fixture->folder, "to", NULL);
        g_mkdir(fixture->from, 0700);
        g_mkdir(fixture->to, 0700);
        fixture->told = g_string_new(NULL);
        fixture->how = (ImportCopying){.size = G_MAXUINT64, .clamd = "/nonexistent", .left = -1, .told = told, .data = fixture};
}

static void
put(Fixture *fixture, const char *path, const char *text)
{
        g_autofree char *file = g_build_filename(fixture->from, path, NULL), *above = g_path_get_dirname(file);

        g_mkdir_with_parents(above, 0700);
        g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static gboolean
copy(Fixture *fixture, GError **error)
{
        gboolean good;

        fixture->in = g_open(fixture->from, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        fixture->out = g_open(fixture->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        good = import_copy(fixture->in, fixture->out, &fixture->how, &fixture->copied, error);
        close(fixture->in);
        close(fixture->out);
        return good;
}

static char *
text_of(Fixture *fixture, const char *path)
{
        g_autofree char *file = g_build_filename(fixture->to, path, NULL);
        char *text = NULL;

        g_file_get_contents(file, &text, NULL, NULL);
        return text;
}

static void
remove_all(const char *path)
{
        GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *one = g_build_filename(path, name, NULL);

                remove_all(one);
        }
        if (dir)
                g_dir_close(dir);
        g_remove(path);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
        (void)data;
        remove_all(fixture->folder);
        g_string_free(fixture->told, TRUE);
        g_free(fixture->from);
        g_free(fixture->to);
        g_free(fixture->folder);
}

static void
test_tree(Fixture *fixture, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL, *there = NULL, *link = g_build_filename(fixture->from, "link", NULL);
        g_autofree char *fifo = g_build_filename(fixture->from, "fifo", NULL), *empty = g_build_filename(fixture->from, "empty", NULL);

        (void)data;
        put(fixture, "文件/报告.txt", "papers");
        put(fixture, ".hidden", "");
        g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
        g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
        g_mkdir(empty, 0700);
        g_assert_true(copy(fixture, &error));
        g_assert_no_error(error);
        text = text_of(fixture, "文件/报告.txt");
        g_assert_cmpstr(text, ==, "papers");
        g_assert_cmpuint(fixture->copied.files, ==, 2);
        g_assert_cmpuint(fixture->copied.kept, ==, 2);
        g_assert_cmpuint(fixture->copied.skipped, ==, 2);
        g_assert_cmpuint(fixture->copied.bytes, ==, 6);
        there = g_build_filename(fixture->to, "link", NULL);
        g_assert_false(g_file_test(there, G_FILE_TEST_IS_SYMLINK));
        g_free(g_steal_pointer(&there));
        there = g_build_filename(fixture->to, "empty", NULL);
        g_assert_false(g_file_test(there, G_FILE_TEST_EXISTS));
}

static void
test_digests(Fixture *fixture, gconstpointer data)
{
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
        g_autofree char *line = NULL;

        (void)data;
        put(fixture, "a", "papers");
        g_checksum_update(sum, (const guchar *)"papers", 6);
        line = g_strdup_printf("a 6 sha256:%.3s\n", g_checksum_get_string(sum));
        g_assert_true(copy(fixture, NULL));
        g_assert_cmpstr(fixture->told->str, ==, line);
}

static void
test_sm3(Fixture *fixture, gconstpointer data)
{
        (void)data;
        put(fixture, "a", "abc");
        fixture->how.sm3 = TRUE;
        g_assert_true(copy(fixture, NULL));
        g_assert_cmpstr(fixture->told->str, ==, "a 3 sm3:66c7f0\n"); /* GB/T 32905, A.1 */
}

static void
test_only(Fixture *fixture, gconstpointer data)
{
        g_autofree char *text = NULL;

        (void)data;
        put(fixture, "papers/a.pdf", "a");
        put(fixture, "papers/deep/b.pdf", "b");
        put(fixture, "other/c.pdf", "c");
        fixture->how.only = "papers";
        g_assert_true(copy(fixture, NULL));
        g_assert_cmpuint(fixture->copied.files, ==, 2);
        text = text_of(fixture, "papers/deep/b.pdf");
        g_assert_cmpstr(text, ==, "b");
        g_assert_true(import_is_wanted("*.pdf", "a.pdf"));
        g_assert_false(import_is_wanted("*.pdf", "papers/a.pdf"));
        g_assert_true(import_is_wanted("papers/*.pdf", "papers/a.pdf"));
        g_assert_true(import_is_wanted(NULL, "x"));
}

/* What no scanner has seen is not handed over where one must have. */
static void
test_scan_required(Fixture *fixture, gconstpointer data)
{
        g_autofree char *text = NULL;

        (void)data;
        put(fixture, "a", "papers");
        fixture->how.scan = fixture->how.scan_required = TRUE;
        g_assert_true(copy(fixture, NULL));
        g_assert_cmpuint(fixture->copied.kept, ==, 0);
        g_assert_nonnull(strstr(fixture->told->str, "withheld"));
        text = text_of(fixture, "a");
        g_assert_null(text);
}

static void
test_too_much(Fixture *fixture, gconstpointer data)
{
        g_autoptr(GError) error = NULL;

        (void)data;
        put(fixture, "a", "papers");
        fixture->how.size = 5;
        g_assert_false(copy(fixture, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_FULL);
}

static void
test_nobody_listens(Fixture *fixture, gconstpointer data)
{
        g_autoptr(GError) error = NULL;

        (void)data;
        put(fixture, "a", "1");
        put(fixture, "b", "2");
        fixture->most = 1;
        g_assert_false(copy(fixture, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_GONE);
        g_assert_cmpuint(fixture->copied.files, ==, 1);
}

int
main(int argc, char **argv)
{
        static const struct {
                const char *name;
                void (*test)(Fixture *, gconstpointer);
        } tests[] = {{"tree", test_tree}, {"sha256", test_digests}, {"sm3", test_sm3}, {"only", test_only},
                     {"scan-required", test_scan_required}, {"too-much", test_too_much}, {"nobody-listens", test_nobody_listens}};

        g_test_init(&argc, &argv, NULL);
        for (gsize n = 0; n < G_N_ELEMENTS(tests); n++) {
                g_autofree char *path = g_strconcat("/import/copy/", tests[n].name, NULL);

                g_test_add(path, Fixture, NULL, set_up, tests[n].test, tear_down);
        }
        return g_test_run();
}
