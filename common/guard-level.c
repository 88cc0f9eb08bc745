/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of the levels of state secret, for files and for people. Only tables here.
 */
#include "common/guard-level.h"
#include <glib/gi18n-lib.h>

static const struct {
        const char *name, *label;
} levels[] = {
        [GUARD_LEVEL_NONE] = {"none", N_("Not classified")},
        [GUARD_LEVEL_CONFIDENTIAL] = {"confidential", N_("Confidential")},
        [GUARD_LEVEL_SECRET] = {"secret", N_("Secret")},
        [GUARD_LEVEL_TOP_SECRET] = {"top-secret", N_("Top secret")},
};

static gboolean
known(GuardLevel level)
{
        return level >= GUARD_LEVEL_NONE && level <= GUARD_LEVEL_TOP_SECRET;
}

const char *
guard_level_to_string(GuardLevel level)
{
        return known(level) ? levels[level].name : "unknown";
}

const char *
guard_level_label(GuardLevel level)
{
        return known(level) ? _(levels[level].label) : _("Level unknown");
}

gboolean
guard_level_from_string(const char *name, GuardLevel *level)
{
        for (guint n = 0; name != NULL && n < G_N_ELEMENTS(levels); n++)
                if (g_str_equal(name, levels[n].name)) {
                        *level = (GuardLevel)n;
                        return TRUE;
                }
        return FALSE;
}
