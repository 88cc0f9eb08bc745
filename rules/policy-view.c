/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What policy was asked about, as a record keeps it: worlds beside each other by "|", what holds together by "+".
 */
#include "rules/media-rule.h"
#include "rules/media-private.h"
#include <string.h>

G_STATIC_ASSERT((int)GUARD_MAX_WORLDS > (int)GUARD_N_SITUATIONS);

char *
guard_policy_view_to_text(const GuardPolicyView *view)
{
        GString *text = g_string_new(NULL);

        for (guint n = 0; n < view->n_worlds; n++) {
                gboolean first = TRUE;

                if (n > 0)
                        g_string_append_c(text, '|');
                for (guint s = 0; s < GUARD_N_SITUATIONS; s++) {
                        if ((view->worlds[n] >> s & 1) == 0)
                                continue;
                        g_string_append_printf(text, "%s%s", first ? "" : "+", guard_situation_to_string((GuardSituation)s));
                        first = FALSE;
                }
        }
        return g_string_free(text, view->n_worlds == 0);
}

static gboolean
read_world(const char *text, guint *world)
{
        g_auto(GStrv) words = g_strsplit(text, "+", -1);

        *world = 0;
        for (guint n = 0; words[n] != NULL; n++) {
                GuardSituation situation;

                if (!guard_situation_from_string(words[n], &situation))
                        return FALSE;
                *world |= 1u << situation;
        }
        return *world != 0;
}

gboolean
guard_policy_view_from_text(const char *text, GuardLevel drive_level, GuardPolicyView *view)
{
        const guint in_book = 1u << GUARD_SITUATION_REGISTERED | 1u << GUARD_SITUATION_CONTENT_CHANGED;
        g_auto(GStrv) worlds = text != NULL ? g_strsplit(text, "|", -1) : NULL;
        GuardPolicyView read = {0};

        for (guint n = 0; worlds != NULL && worlds[n] != NULL; n++) {
                guint world;

                if (n == GUARD_MAX_WORLDS || !read_world(worlds[n], &world))
                        return FALSE;
                read.worlds[read.n_worlds++] = world;
                if ((world & in_book) == 0) {
                        read.levels |= 1u << 4;
                        continue;
                }
                read.statuses = GUARD_OPEN_STATUSES;
                read.levels |= drive_level == GUARD_LEVEL_UNKNOWN ? 0xfu : 1u << (guint)CLAMP(drive_level, 0, 3);
        }
        if (read.n_worlds == 0)
                return FALSE;
        *view = read;
        return TRUE;
}
