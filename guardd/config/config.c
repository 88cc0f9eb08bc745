/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Holder of the present host, policy and registry; each is replaced as a whole.
 */
#include <string.h>
#include "common/guard-error.h"
#include "common/guard-names.h"
#include "guardd/config/config.h"
#include "guardd/config/hold-file.h"
#include "guardd/config/policy-dir.h"
#include "guardd/config/registry-load.h"
#include "guardd/config/watch.h"

struct GuardConfig {
        const GuardPaths *paths;
        GuardConfigChanged changed;
        gpointer user_data;
        GuardHost *host;
        char *host_error;
        GuardPolicy *policy;
        GuardPolicyState policy_state;
        char *policy_error, *policy_fingerprint;
        GuardRegistryLoad *registry;
        GuardConfigWatch *watch;
        gboolean off; /* the escape hatch */
};

/* The kernel's command line does not change while the machine runs. */
static gboolean
started_off(const GuardPaths *paths)
{
        g_autofree char *text = NULL;
        g_auto(GStrv) words = NULL;

        if (!g_file_get_contents(paths->cmdline, &text, NULL, NULL))
                return FALSE;
        words = g_strsplit_set(text, " \n", -1);
        return g_strv_contains((const char *const *)words, GUARD_CMDLINE_OFF);
}

static gboolean
same_host(const GuardHost *a, const GuardHost *b)
{
        return a->level == b->level && g_strcmp0(a->host_id, b->host_id) == 0 &&
               g_strcmp0(a->unit, b->unit) == 0 && g_strcmp0(a->group, b->group) == 0 &&
               g_strcmp0(a->custodian, b->custodian) == 0 &&
               g_strcmp0(a->contact_name, b->contact_name) == 0 &&
               g_strcmp0(a->contact_phone, b->contact_phone) == 0;
}

static gboolean
load_host(GuardConfig *config)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) id_error = NULL;
        GuardHost *host =
                guard_host_load(config->paths->host_conf_vendor, config->paths->host_conf, &error);
        gboolean changed;

        if (!host->host_id)
                host->host_id = guard_host_id_ensure(config->paths->host_id, &id_error);
        if (id_error)
                g_warning("%s", id_error->message);
        changed = !config->host || !same_host(config->host, host) ||
                  g_strcmp0(config->host_error, error ? error->message : NULL) != 0;
        if (error && changed)
                g_warning("%s", error->message);
        g_clear_pointer(&config->host, guard_host_free);
        g_free(config->host_error);
        config->host = host;
        config->host_error = error ? g_strdup(error->message) : NULL;
        return changed;
}

static gboolean
load_policy(GuardConfig *config)
{
        g_autofree char *why = NULL;
        g_autofree char *fingerprint = NULL;
        GuardPolicy *policy = guard_policy_dir_load(config->paths->policy_dir_vendor,
                                                    config->paths->policy_dir, &why, &fingerprint);

        if (policy && config->policy_state == GUARD_POLICY_STATE_GOOD &&
            g_strcmp0(fingerprint, config->policy_fingerprint) == 0) {
                guard_policy_unref(policy);
                return FALSE;
        }
        g_free(config->policy_fingerprint);
        config->policy_fingerprint = g_steal_pointer(&fingerprint);

        if (policy) {
                g_clear_pointer(&config->policy, guard_policy_unref);
                config->policy = policy;
                config->policy_state = GUARD_POLICY_STATE_GOOD;
        } else if (!config->policy || config->policy_state == GUARD_POLICY_STATE_BUILTIN) {
                if (!config->policy)
                        config->policy = guard_policy_new_builtin();
                config->policy_state = GUARD_POLICY_STATE_BUILTIN;
        } else {
                config->policy_state = GUARD_POLICY_STATE_LAST_GOOD;
        }
        if (why && g_strcmp0(why, config->policy_error) != 0)
                g_warning("%s", why);
        g_free(config->policy_error);
        config->policy_error = g_steal_pointer(&why);
        return TRUE;
}

/* What is held depends on the policy and on the host's level. */
static void
write_hold(GuardConfig *config)
{
        g_autofree char *text = guard_policy_hold_text(config->policy, config->host->level);
        g_autoptr(GError) error = NULL;

        if (!guard_hold_file_write(config->paths->hold_file, text, &error))
                g_warning("%s", error->message);
}

static void
registry_ready(gpointer data)
{
        GuardConfig *config = data;

        config->changed(GUARD_CONFIG_REGISTRY, config->user_data);
}

static void
files_changed(guint what, gpointer data)
{
        GuardConfig *config = data;
        guint changed = 0;

        if ((what & GUARD_CONFIG_HOST) && load_host(config))
                changed |= GUARD_CONFIG_HOST;
        if ((what & GUARD_CONFIG_POLICY) && load_policy(config))
                changed |= GUARD_CONFIG_POLICY;
        if (what & GUARD_CONFIG_REGISTRY)
                guard_registry_load_start(config->registry);
        if (changed)
                write_hold(config);
        if (changed)
                config->changed(changed, config->user_data);
}

GuardConfig *
guard_config_new(const GuardPaths *paths, GuardConfigChanged changed, gpointer user_data)
{
        GuardConfig *config = g_new0(GuardConfig, 1);

        config->paths = paths;
        config->changed = changed;
        config->user_data = user_data;
        config->off = started_off(paths);
        load_host(config);
        load_policy(config);
        write_hold(config);
        config->registry = guard_registry_load_new(paths, registry_ready, config);
        guard_registry_load_start(config->registry);
        config->watch = guard_config_watch_new(paths, files_changed, config);
        return config;
}

void
guard_config_free(GuardConfig *config)
{
        if (!config)
                return;
        guard_config_watch_free(config->watch);
        guard_registry_load_free(config->registry);
        g_clear_pointer(&config->policy, guard_policy_unref);
        g_clear_pointer(&config->host, guard_host_free);
        g_free(config->host_error);
        g_free(config->policy_error);
        g_free(config->policy_fingerprint);
        g_free(config);
}

void
guard_config_reload(GuardConfig *config)
{
        files_changed(GUARD_CONFIG_HOST | GUARD_CONFIG_POLICY | GUARD_CONFIG_REGISTRY, config);
}

void
guard_config_reload_registry(GuardConfig *config)
{
        guard_registry_load_start(config->registry);
}

const struct guard_usb_hold *
guard_config_hold(GuardConfig *config)
{
        static const struct guard_usb_hold nothing_more;

        return config->off ? &nothing_more : guard_policy_hold_on(config->policy, config->host->level);
}

gboolean
guard_config_off(GuardConfig *config)
{
        return config->off;
}

const GuardHost *
guard_config_host(GuardConfig *config)
{
        return config->host;
}

const char *
guard_config_host_error(GuardConfig *config)
{
        return config->host_error;
}

GuardPolicy *
guard_config_policy(GuardConfig *config)
{
        return config->policy;
}

GuardPolicyState
guard_config_policy_state(GuardConfig *config, const char **why)
{
        if (why)
                *why = config->policy_error;
        return config->policy_state;
}

GuardRegistry *
guard_config_registry(GuardConfig *config)
{
        return guard_registry_load_current(config->registry);
}

GPtrArray *
guard_config_keys(GuardConfig *config)
{
        return guard_registry_load_keys(config->registry);
}

const GuardRegistryInfo *
guard_config_registry_info(GuardConfig *config)
{
        return guard_registry_load_info(config->registry);
}
