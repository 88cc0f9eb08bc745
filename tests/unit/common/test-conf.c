/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration text and directories: what is read, and that every fault is told with file and
 * line.
 */
#include "common/guard-conf-dir.h"
#include "common/guard-conf.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
reads_what_gkeyfile_reads(void)
{
        static const char text[] = "# comment\n\n[one]\nkey = value\n  "
                                   "other=a\\sb\\tc\\\\d\\ne\r\nempty=\n[two three]\nkey=again";
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardConf) conf = guard_conf_parse("f", text, strlen(text), errors);
        g_autoptr(GKeyFile) reference = g_key_file_new();
        g_assert_true(
                g_key_file_load_from_data(reference, text, strlen(text), G_KEY_FILE_NONE, NULL));

        g_assert_cmpuint(errors->len, ==, 0);
        g_assert_cmpuint(conf->groups->len, ==, 2);
        for (guint g = 0; g < conf->groups->len; g++) {
                GuardConfGroup *group = g_ptr_array_index(conf->groups, g);
                for (guint n = 0; n < group->entries->len; n++) {
                        GuardConfEntry *entry = g_ptr_array_index(group->entries, n);
                        g_autofree char *expected =
                                g_key_file_get_string(reference, group->name, entry->key, NULL);
                        g_assert_cmpstr(entry->value, ==, expected);
                }
        }
        GuardConfEntry *entry = guard_conf_take(guard_conf_group(conf, "two three"), "key");
        g_assert_cmpuint(entry->line, ==, 8);
        g_assert_null(guard_conf_group(conf, "three"));
        g_assert_null(guard_conf_take(guard_conf_group(conf, "one"), "missing"));
}

static void
drops_unseen_blanks(void)
{
        static const char text[] = "[a]\nkey=value \t\n";
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardConf) conf = guard_conf_parse("f", text, strlen(text), errors);
        g_assert_cmpstr(guard_conf_take(guard_conf_group(conf, "a"), "key")->value, ==, "value");
}

static const struct {
        const char *text;
        guint n_errors;
        const char *first; /* beginning of the first message */
} faults[] = {
        {"key=value\n", 1, "f:1: this line stands before"},
        {"[a]\nkey\n", 1, "f:2: expected key=value"},
        {"[a]\n=value\n", 1, "f:2: expected key=value"},
        {"[a]\nkey=1\n\nkey=2\n", 1, "f:4: “key” is already set, in line 2"},
        {"[a]\n[b]\n[a]\nkey=1\n", 1, "f:3: [a] is already there, in line 1"},
        {"[a\nkey=1\nkey=1\n", 1, "f:1: a group is written"},
        {"[]\n", 1, "f:1: a group is written"},
        {"[a]x\n", 1, "f:1: a group is written"},
        {"[a[b]\n", 1, "f:1: a group is written"},
        {"[a]\nkey=\\q\n", 1, "f:2: a backslash"},
        {"[a]\nkey=end\\\n", 1, "f:2: a backslash"},
        {"[a]\nx\ny\n", 2, "f:2: expected key=value"},
        {"[a]\nkey=\xff\n", 1, "f:2: the text is not UTF-8"},
};

static void
tells_file_and_line(void)
{
        for (guint n = 0; n < G_N_ELEMENTS(faults); n++) {
                g_autoptr(GPtrArray) errors = guard_conf_errors_new();
                g_autoptr(GuardConf) conf =
                        guard_conf_parse("f", faults[n].text, strlen(faults[n].text), errors);
                g_assert_cmpuint(errors->len, ==, faults[n].n_errors);
                const GError *error = g_ptr_array_index(errors, 0);
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX);
                if (!g_str_has_prefix(error->message, faults[n].first))
                        g_error("“%s” instead of “%s”", error->message, faults[n].first);
        }
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardConf) nul = guard_conf_parse("f", "[a]\nb=\0c\n", 9, errors);
        g_assert_cmpuint(errors->len, ==, 1);
}

static void
refuses_unknown_keys(void)
{
        static const char text[] = "[a]\nknown=1\nstrange=2\n";
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardConf) conf = guard_conf_parse("f", text, strlen(text), errors);
        GuardConfGroup *group = guard_conf_group(conf, "a");
        g_assert_nonnull(guard_conf_take(group, "known"));
        guard_conf_refuse_unused(conf, group, "known", errors);
        g_assert_cmpuint(errors->len, ==, 1);
        const GError *error = g_ptr_array_index(errors, 0);
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_UNKNOWN_KEY);
        g_assert_true(g_str_has_prefix(error->message, "f:3: there is no key “strange”"));
}

static void
splits_lists(void)
{
        g_auto(GStrv) list = guard_conf_list(" a ; b,,c\\;d ;");
        g_assert_cmpuint(g_strv_length(list), ==, 3);
        g_assert_cmpstr(list[0], ==, "a");
        g_assert_cmpstr(list[1], ==, "b");
        g_assert_cmpstr(list[2], ==, "c;d");
        g_auto(GStrv) none = guard_conf_list(" ;, ");
        g_assert_cmpuint(g_strv_length(none), ==, 0);
}

typedef struct {
        char *root, *vendor, *etc;
} Dirs;

static void
dirs_set_up(Dirs *dirs, gconstpointer data)
{
        (void)data;
        dirs->root = g_dir_make_tmp("guard-conf-XXXXXX", NULL);
        dirs->vendor = g_build_filename(dirs->root, "usr", NULL);
        dirs->etc = g_build_filename(dirs->root, "etc", NULL);
        g_assert_cmpint(g_mkdir(dirs->vendor, 0755), ==, 0);
        g_assert_cmpint(g_mkdir(dirs->etc, 0755), ==, 0);
}

static void
remove_all(const char *path)
{
        g_autoptr(GDir) dir =
                g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
        for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
                g_autofree char *child = g_build_filename(path, name, NULL);
                remove_all(child);
        }
        g_remove(path);
}

static void
dirs_tear_down(Dirs *dirs, gconstpointer data)
{
        (void)data;
        remove_all(dirs->root);
        g_free(dirs->root);
        g_free(dirs->vendor);
        g_free(dirs->etc);
}

static void
put(const char *dir, const char *name, const char *text)
{
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
order_and_masks(Dirs *dirs, gconstpointer data)
{
        (void)data;
        put(dirs->vendor, "90-b.conf", "vendor b");
        put(dirs->vendor, "10-a.conf", "vendor a");
        put(dirs->vendor, "50-off.conf", "vendor off");
        put(dirs->etc, "90-b.conf", "etc b");
        put(dirs->etc, "50-office.conf", "etc office");
        put(dirs->etc, "README", "no");
        put(dirs->etc, ".hidden.conf", "no");
        put(dirs->etc, "20-x.conf~", "no");
        g_autofree char *off = g_build_filename(dirs->etc, "50-off.conf", NULL);
        g_assert_cmpint(symlink("/dev/null", off), ==, 0);

        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) texts = guard_conf_dir_load(dirs->vendor, dirs->etc, &error);
        g_assert_no_error(error);
        static const char *const expected[] = {"vendor a", "", "etc office", "etc b"};
        g_assert_cmpuint(texts->len, ==, G_N_ELEMENTS(expected));
        for (guint n = 0; n < texts->len; n++) {
                const GuardConfText *text = g_ptr_array_index(texts, n);
                g_assert_cmpstr(text->text, ==, expected[n]);
                g_assert_cmpuint(text->size, ==, strlen(expected[n]));
        }
}

static void
missing_is_empty(Dirs *dirs, gconstpointer data)
{
        (void)data;
        g_autofree char *nowhere = g_build_filename(dirs->root, "nowhere", NULL);
        g_autoptr(GPtrArray) texts = guard_conf_dir_load(nowhere, NULL, NULL);
        g_assert_cmpuint(texts->len, ==, 0);
}

/* A fault is never read as "nothing there": the last good policy would be replaced by a weaker one.
 */
static void
unreadable_is_an_error(Dirs *dirs, gconstpointer data)
{
        (void)data;
        g_autofree char *fifo = g_build_filename(dirs->etc, "50-fifo.conf", NULL);
        g_autofree char *file = g_build_filename(dirs->vendor, "no-dir", NULL);
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
        g_assert_null(guard_conf_dir_load(dirs->vendor, dirs->etc, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
        g_clear_error(&error);
        g_remove(fifo);

        g_assert_cmpint(g_mkdir(fifo, 0755), ==, 0);
        g_assert_null(guard_conf_dir_load(dirs->vendor, dirs->etc, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
        g_clear_error(&error);
        g_remove(fifo);

        g_assert_cmpint(symlink("/nowhere/at/all", fifo), ==, 0);
        g_assert_null(guard_conf_dir_load(dirs->vendor, dirs->etc, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
        g_clear_error(&error);
        g_remove(fifo);

        put(dirs->vendor, "no-dir", "");
        g_assert_null(guard_conf_dir_load(file, NULL, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
}

static void
too_large(Dirs *dirs, gconstpointer data)
{
        (void)data;
        g_autofree char *big = g_strnfill(GUARD_CONF_MAX_SIZE + 1, '#');
        g_autoptr(GError) error = NULL;
        put(dirs->etc, "50-big.conf", big);
        g_assert_null(guard_conf_dir_load(NULL, dirs->etc, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
        big[GUARD_CONF_MAX_SIZE] = '\0';
        put(dirs->etc, "50-big.conf", big);
        g_autoptr(GPtrArray) texts = guard_conf_dir_load(NULL, dirs->etc, NULL);
        g_assert_cmpuint(texts->len, ==, 1);
}

#define DIRS_TEST(name, function)                                                                  \
        g_test_add(name, Dirs, NULL, dirs_set_up, function, dirs_tear_down)

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "C.UTF-8");
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/conf/reads-what-gkeyfile-reads", reads_what_gkeyfile_reads);
        g_test_add_func("/conf/drops-unseen-blanks", drops_unseen_blanks);
        g_test_add_func("/conf/tells-file-and-line", tells_file_and_line);
        g_test_add_func("/conf/refuses-unknown-keys", refuses_unknown_keys);
        g_test_add_func("/conf/splits-lists", splits_lists);
        DIRS_TEST("/conf/dir/order-and-masks", order_and_masks);
        DIRS_TEST("/conf/dir/missing-is-empty", missing_is_empty);
        DIRS_TEST("/conf/dir/unreadable-is-an-error", unreadable_is_an_error);
        DIRS_TEST("/conf/dir/too-large", too_large);
        return g_test_run();
}
