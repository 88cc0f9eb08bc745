/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd decides by: host.conf, policy.d, the registry. Loaded whole, watched, and replaced only
 * by something good: a broken policy leaves the last good one, a new registry serves once it is
 * verified. Knows nothing of devices.
 */
#pragma once
#include <glib.h>
#include "common/guard-host.h"
#include "guardd/manager.h"
#include "guardd/paths.h"
#include "registry/registry.h"
#include "rules/policy.h"

G_BEGIN_DECLS

typedef struct GuardConfig GuardConfig;

enum { /* what has changed */
        GUARD_CONFIG_HOST = 1 << 0,
        GUARD_CONFIG_POLICY = 1 << 1,
        GUARD_CONFIG_REGISTRY = 1 << 2,
};
typedef void (*GuardConfigChanged)(guint what, gpointer user_data);

/* Loads host and policy at once; the registry's payload is verified in a thread. @changed is called on
 * the main context for every later change, the end of that verification included. */
GuardConfig *guard_config_new(const GuardPaths *paths, GuardConfigChanged changed, gpointer user_data);
void guard_config_free(GuardConfig *config);
/* Reads everything again now. */
void guard_config_reload(GuardConfig *config);
void guard_config_reload_registry(GuardConfig *config);

/* On a host of this level; with the escape hatch policy's classes count no more, as for the static
 * helper. (transfer none) */
const struct guard_usb_hold *guard_config_hold(GuardConfig *config);
gboolean guard_config_off(GuardConfig *config); /* started with baomi-guard=off */
const GuardHost *guard_config_host(GuardConfig *config);
const char *guard_config_host_error(GuardConfig *config); /* NULL: all is well */
GuardPolicy *guard_config_policy(GuardConfig *config);    /* (transfer none) */
GuardPolicyState guard_config_policy_state(GuardConfig *config, const char **why);
/* NULL while no verified registry can be asked: media wait. (transfer none) */
GuardRegistry *guard_config_registry(GuardConfig *config);
/* Also while it is being verified. Never NULL. */
/* (transfer none) of GuardKey: whose marks are believed; NULL: nobody's. */
GPtrArray *guard_config_keys(GuardConfig *config);
const GuardRegistryInfo *guard_config_registry_info(GuardConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardConfig, guard_config_free)

G_END_DECLS
