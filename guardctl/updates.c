/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The health of updating in words and in a dictionary.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-text.h"
#include "guardctl/updates.h"

GVariant *
guardctl_updates_dict(const GuardUpdateHealth *health)
{
        const GuardUpdateMemory *memory = health->memory;
        gboolean ran = health->state >= GUARD_UPDATE_GOOD;
        const struct {
                const char *key;
                gint64 time_us;
        } times[] = {{"last_run", memory->run_us}, {"last_success", memory->success_us}, {"failing_since", memory->failing_us}};
        GVariantDict dict;

        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "state", "s", guard_update_health_to_string(health->state));
        if (health->settings->from)
                g_variant_dict_insert(&dict, "from", "s", health->settings->from);
        for (gsize i = 0; ran && i < G_N_ELEMENTS(times); i++)
                if (times[i].time_us > 0)
                        g_variant_dict_insert_value(&dict, times[i].key, g_variant_new_take_string(guard_time_format(times[i].time_us)));
        if (ran)
                g_variant_dict_insert(&dict, "failures", "t", (guint64)memory->failures);
        if (health->why && (ran || health->state == GUARD_UPDATE_BROKEN))
                g_variant_dict_insert(&dict, "why", "s", health->why);
        return g_variant_dict_end(&dict);
}

static char *
short_time(gint64 time_us)
{
        g_autoptr(GDateTime) time = time_us > 0 ? g_date_time_new_from_unix_local(time_us / G_USEC_PER_SEC) : NULL;

        return time ? g_date_time_format(time, "%Y-%m-%d %H:%M") : g_strdup(_("never"));
}

char *
guardctl_updates_text(const GuardUpdateHealth *health)
{
        const char *from = health->settings->from;
        g_autofree char *success = short_time(health->memory->success_us), *since = short_time(health->memory->failing_us);

        switch (health->state) {
        case GUARD_UPDATE_OFF:
                return g_strdup(_("no source is configured; registries are installed by hand"));
        case GUARD_UPDATE_BROKEN:
                return g_strdup_printf(_("none before this is corrected: %s"), health->why);
        case GUARD_UPDATE_NEVER:
                return g_strdup_printf(_("from %s; it was not asked yet"), from);
        case GUARD_UPDATE_GOOD:
                return g_strdup_printf(_("from %s; last success %s"), from, success);
        default:
                if (health->memory->failures == 0)
                        return g_strdup_printf(_("from %s; last success %s, and no run since"), from, success);
                return g_strdup_printf(_("from %s; failing since %s, last success %s: %s"), from, since, success,
                                       health->why ? health->why : "?");
        }
}
