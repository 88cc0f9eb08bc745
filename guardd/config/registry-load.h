/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening the registry and verifying its payload in a thread, while the former one serves (or, at
 * start, while media wait).
 */
#pragma once
#include <glib.h>
#include "guardd/paths.h"
#include "registry/registry.h"

G_BEGIN_DECLS

typedef struct GuardRegistryLoad GuardRegistryLoad;

/* @ready: on the main context, whenever another registry begins to serve. */
GuardRegistryLoad *guard_registry_load_new(const GuardPaths *paths, void (*ready)(gpointer),
                                           gpointer user_data);
void guard_registry_load_free(GuardRegistryLoad *load);
/* Opens what is there now; one that is being verified is given up for it. */
void guard_registry_load_start(GuardRegistryLoad *load);
GuardRegistry *guard_registry_load_current(GuardRegistryLoad *load); /* NULL: none yet */
/* (transfer none) of GuardKey: the keys of keys.d, by which marks are judged; NULL: none. */
GPtrArray *guard_registry_load_keys(GuardRegistryLoad *load);
const GuardRegistryInfo *guard_registry_load_info(GuardRegistryLoad *load);

G_END_DECLS
