/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From configuration and memory to one word.
 */
#include "update/update-health.h"

#include "common/guard-conf.h"
#include "common/guard-names.h"
#include "update/update-run.h"

static const char *const names[GUARD_N_UPDATE_HEALTHS] = {
        [GUARD_UPDATE_OFF] = "off",   [GUARD_UPDATE_BROKEN] = "broken",   [GUARD_UPDATE_NEVER] = "never",
        [GUARD_UPDATE_GOOD] = "good", [GUARD_UPDATE_FAILING] = "failing", [GUARD_UPDATE_STUCK] = "stuck",
};

const char *
guard_update_health_to_string(GuardUpdateHealthState state)
{
        return (guint)state < GUARD_N_UPDATE_HEALTHS ? names[state] : names[GUARD_UPDATE_BROKEN];
}

GuardUpdateHealthState
guard_update_health_judge(const GuardUpdateSettings *settings, guint n_errors, const GuardUpdateMemory *memory, gint64 now_us)
{
        if (n_errors > 0)
                return GUARD_UPDATE_BROKEN;
        if (settings->kind == GUARD_UPDATE_NOWHERE)
                return GUARD_UPDATE_OFF;
        if (g_strcmp0(settings->from, memory->source) != 0 || memory->run_us == 0)
                return GUARD_UPDATE_NEVER;
        if (memory->failures > 0)
                return now_us - memory->failing_us > GUARD_UPDATE_PATIENCE ? GUARD_UPDATE_STUCK : GUARD_UPDATE_FAILING;
        return now_us - memory->success_us > GUARD_UPDATE_PATIENCE ? GUARD_UPDATE_STUCK : GUARD_UPDATE_GOOD;
}

GuardUpdateHealth *
guard_update_health_read(const char *root, gint64 now_us)
{
        g_autofree char *vendor = g_strconcat(root, GUARD_UPDATE_CONF_VENDOR, NULL), *etc = g_strconcat(root, GUARD_UPDATE_CONF, NULL);
        g_autofree char *state = g_strconcat(root, GUARD_UPDATE_DIR "/" GUARD_UPDATE_MEMORY, NULL);
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        GuardUpdateHealth *health = g_new0(GuardUpdateHealth, 1);

        health->settings = guard_update_settings_load(vendor, etc, errors);
        health->memory = guard_update_memory_load(state);
        health->state = guard_update_health_judge(health->settings, errors->len, health->memory, now_us);
        if (errors->len > 0)
                health->why = g_strdup(((const GError *)g_ptr_array_index(errors, 0))->message);
        else
                health->why = g_strdup(health->memory->error);
        return health;
}

void
guard_update_health_free(GuardUpdateHealth *health)
{
        if (!health)
                return;
        guard_update_settings_free(health->settings);
        guard_update_memory_free(health->memory);
        g_free(health->why);
        g_free(health);
}
