/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The manager's weaknesses and layers: looked at after each event that may change one; nothing polls.
 * guardd does not know who will read: sentences are marked for the catalogue here, and translated by
 * the client that shows them.
 */
#include <string.h>
#include <glib/gi18n-lib.h>
#include "common/guard-text.h"
#include "guardd/manager-private.h"
#include "common/guard-shield.h"
#include "guardd/sysfs.h"
#include "rules/registry-age.h"

#define USB_DEVICES "/sys/bus/usb/devices"
#define BLOCK_RULES "/usr/lib/udev/rules.d/59-baomi-guard-block.rules"

static char *
registry_alarm(GuardManager *manager)
{
        const GuardRegistryInfo *info = guard_config_registry_info(manager->config);

        switch (info->state) {
        case GUARD_REGISTRY_LOST:
                return guard_text_pack(N_("The registry cannot be used: %s. Install it again."),
                                       info->why ? info->why : "?", NULL);
        case GUARD_REGISTRY_STALE:
                return guard_text_pack(N_("The registry has expired: ask the coordination group for a new one."),
                                       NULL);
        case GUARD_REGISTRY_NOT_YET_VALID:
                return guard_text_pack(N_("The registry is not valid yet: check this machine's clock."), NULL);
        default:
                return NULL;
        }
}

/* While it still serves. */
static char *
age_alarm(GuardManager *manager, GuardSeverity *severity)
{
        const GuardRegistryInfo *info = guard_config_registry_info(manager->config);
        GuardRegistryAge age = info->state == GUARD_REGISTRY_GOOD
                                       ? guard_registry_age(info->issued_us, info->expires_us, g_get_real_time(), NULL)
                                       : GUARD_REGISTRY_FRESH;
        g_autoptr(GDateTime) end = age != GUARD_REGISTRY_FRESH ? g_date_time_new_from_unix_local(info->expires_us / G_USEC_PER_SEC) : NULL;
        g_autofree char *day = end ? g_date_time_format(end, "%Y-%m-%d") : NULL;

        *severity = age == GUARD_REGISTRY_OLD ? GUARD_SEVERITY_WARNING : GUARD_SEVERITY_NOTICE;
        if (!day)
                return NULL;
        return guard_text_pack(age == GUARD_REGISTRY_OLD
                                       ? N_("The registry expires on %s: ask the coordination group for a new one.")
                                       : N_("Half of the registry's life is over, it expires on %s: a new one should have come."),
                               day, NULL);
}

static char *
policy_alarm(GuardManager *manager)
{
        const char *why = NULL;
        GuardPolicyState state = guard_config_policy_state(manager->config, &why);

        if (state == GUARD_POLICY_STATE_GOOD)
                return NULL;
        return guard_text_pack(state == GUARD_POLICY_STATE_BUILTIN
                                       ? N_("The policy is broken, the built-in one serves: %s")
                                       : N_("The policy is broken, the last good one serves: %s"),
                               why ? why : "", NULL);
}

void
guard_manager_check_alarms(GuardManager *manager)
{
        g_autofree char *registry = registry_alarm(manager);
        g_autofree char *policy = policy_alarm(manager);
        GuardSeverity ageing;
        g_autofree char *age = age_alarm(manager, &ageing);
        g_autofree char *stuck = NULL;
        const char *host = guard_config_host_error(manager->config);
        const char *record = guard_recorder_alarm(manager->recorder);
        const char *warning = guard_recorder_warning(manager->recorder);
        guint n = guard_workers_stuck(manager->workers) + guard_probe_pool_stuck(manager->probes);

        if (!manager->alarms)
                return;
        if (n > 0) {
                g_autofree char *number = g_strdup_printf("%u", n);

                stuck = guard_text_pack(N_("%s media do not answer: unplug them."), number, NULL);
        }
        guard_alarms_update(manager->alarms, "host-level-unknown", GUARD_SEVERITY_CRITICAL, host);
        guard_alarms_update(manager->alarms, "policy-broken", GUARD_SEVERITY_WARNING, policy);
        guard_alarms_update(manager->alarms, "registry", GUARD_SEVERITY_WARNING, registry);
        guard_alarms_update(manager->alarms, "registry-ageing", ageing, age);
        guard_alarms_update(manager->alarms, "record-failed", GUARD_SEVERITY_CRITICAL, record);
        guard_alarms_update(manager->alarms, "event-log", GUARD_SEVERITY_WARNING,
                            warning);
        guard_alarms_update(manager->alarms, "media-stuck", GUARD_SEVERITY_WARNING, stuck);
        guard_alarms_update(manager->alarms, "escape-hatch", GUARD_SEVERITY_CRITICAL,
                            guard_config_off(manager->config) ? N_("Started with baomi-guard=off: only storage is held. "
                                                  "Start again without it.")
                                             : NULL);
        guard_manager_watch_shield(manager);
}

static void
layer_free(gpointer data)
{
        GuardLayer *layer = data;

        g_free(layer->why);
        g_free(layer);
}

static void
add_layer(GPtrArray *layers, const char *name, const char *state, const char *why)
{
        GuardLayer *layer = g_new0(GuardLayer, 1);

        *layer = (GuardLayer){name, state, g_strdup(why)};
        g_ptr_array_add(layers, layer);
}

/* Every root hub must hold by itself. NULL: all do. */
static char *
first_open_hub(guint *n)
{
        g_autoptr(GDir) dir = g_dir_open(USB_DEVICES, 0, NULL);
        const char *name;

        *n = 0;
        while (dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *path = g_build_filename(USB_DEVICES, name, "authorized_default", NULL);
                g_autofree char *value = NULL;

                if (!g_str_has_prefix(name, "usb") || !g_file_get_contents(path, &value, NULL, NULL))
                        continue;
                ++*n;
                if (strcmp(g_strchomp(value), "0") != 0)
                        return g_strdup(name);
        }
        return NULL;
}

static void
add_shield(GPtrArray *layers)
{
        if (g_file_test(SHIELD_DOOR, G_FILE_TEST_EXISTS))
                add_layer(layers, "shield", "active", NULL);
        else if (!g_file_test(SHIELD_NEEDS, G_FILE_TEST_EXISTS))
                add_layer(layers, "shield", "unavailable", N_("This kernel has no type information (BTF), which it needs."));
        else
                add_layer(layers, "shield", "inactive", N_("It is not switched on: systemctl enable --now baomi-guard-shield."));
}

GPtrArray *
guard_manager_layers(GuardManager *manager)
{
        GPtrArray *layers = g_ptr_array_new_with_free_func(layer_free);
        guint hubs;
        g_autofree char *hub = first_open_hub(&hubs);
        g_autofree char *rules = g_strconcat(manager->paths->root, BLOCK_RULES, NULL);

        if (hubs == 0)
                add_layer(layers, "usb", "unavailable", N_("This machine has no USB."));
        else if (hub)
                add_layer(layers, "usb", "inactive",
                          N_("A USB controller configures devices by itself: start the machine again."));
        else
                add_layer(layers, "usb", "active", NULL);
        if (g_file_test(rules, G_FILE_TEST_EXISTS))
                add_layer(layers, "block", "active", NULL);
        else
                add_layer(layers, "block", "inactive",
                          N_("The udev rules are missing: install the package again."));
        add_shield(layers);
        return layers;
}
