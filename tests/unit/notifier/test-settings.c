/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * notifier.conf: the administrator's file replaces the vendor's, and a misspelt wish is told, not passed over.
 */
#include <glib/gstdio.h>
#include <string.h>
#include "notifier/core/settings.h"

static const struct {
        const char *etc, *vendor; /* NULL: there is none */
        const char *style, *told; /* told: in the error; NULL: none */
} rows[] = {
        {NULL, NULL, "none", NULL},
        {NULL, "[level-mark]\nstyle=none\n", "none", NULL},
        {"[level-mark]\nstyle=corner\n", "[level-mark]\nstyle=none\n", "corner", NULL},
        {"[level-mark]\nstyle=banner\n", NULL, "banner", NULL},
        {"# nothing\n", "[level-mark]\nstyle=banner\n", "none", NULL},
        {"[level-mark]\nstyle=big\n", "[level-mark]\nstyle=banner\n", "none", "big"},
        {"[level-mark]\nstlye=corner\n", NULL, "none", "stlye"},
        {"[mark]\nstyle=corner\n", NULL, "none", "[mark]"},
        {"style=corner\n", NULL, "none", "notifier.conf"},
};

static void
put(const char *path, const char *text)
{
        if (text)
                g_assert_true(g_file_set_contents(path, text, -1, NULL));
        else
                g_unlink(path);
}

static void
test_table(void)
{
        g_autofree char *folder = g_dir_make_tmp("guard-settings-XXXXXX", NULL);
        g_autofree char *etc = g_build_filename(folder, "notifier.conf", NULL), *vendor = g_build_filename(folder, "vendor", NULL);
        const char *const paths[] = {etc, vendor, NULL};

        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autoptr(GError) error = NULL;

                put(etc, rows[i].etc);
                put(vendor, rows[i].vendor);
                g_assert_cmpstr(guard_settings_mark_style(paths, &error), ==, rows[i].style);
                g_assert_true((error != NULL) == (rows[i].told != NULL));
                if (error)
                        g_assert_nonnull(strstr(error->message, rows[i].told));
        }
        put(etc, NULL);
        put(vendor, NULL);
        g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/notifier/settings/table", test_table);
        return g_test_run();
}
