/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * notifier.conf.
 */
#include "notifier/core/settings.h"
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"

#define GROUP "level-mark"
#define KEY "style"

static const char *const styles[] = {"none", "corner", "banner"};

/* A misspelt key would be a wish that is silently not granted. */
static gboolean
knows_all(GKeyFile *file, const char *path, GError **error)
{
        g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

        for (gsize i = 0; groups[i]; i++) {
                g_auto(GStrv) keys = g_key_file_get_keys(file, groups[i], NULL, NULL);

                for (gsize k = 0; keys && keys[k]; k++) {
                        if (g_str_equal(groups[i], GROUP) && g_str_equal(keys[k], KEY))
                                continue;
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_UNKNOWN_KEY, _("%s: there is no key “%s” in [%s]"), path, keys[k], groups[i]);
                        return FALSE;
                }
        }
        return TRUE;
}

static const char *
style_of(GKeyFile *file, const char *path, GError **error)
{
        g_autofree char *style = NULL;

        if (!knows_all(file, path, error))
                return styles[0];
        style = g_key_file_get_string(file, GROUP, KEY, NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(styles); i++)
                if (!style || g_str_equal(style, styles[i]))
                        return styles[i];
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("%s: style is none, corner or banner, not “%s”"), path, style);
        return styles[0];
}

const char *
guard_settings_mark_style(const char *const *paths, GError **error)
{
        for (gsize i = 0; paths[i]; i++) {
                g_autoptr(GKeyFile) file = g_key_file_new();
                GError *local = NULL;

                if (g_key_file_load_from_file(file, paths[i], G_KEY_FILE_NONE, &local))
                        return style_of(file, paths[i], error);
                if (!g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
                        g_propagate_prefixed_error(error, local, "%s: ", paths[i]);
                        return styles[0];
                }
                g_clear_error(&local);
        }
        return styles[0];
}
