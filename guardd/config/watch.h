/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Watching the configuration's files. Tells what may have changed, after a moment of quiet.
 */
#pragma once
#include <glib.h>
#include "guardd/paths.h"

G_BEGIN_DECLS

typedef struct GuardConfigWatch GuardConfigWatch;

/* @changed gets GUARD_CONFIG_* bits. */
GuardConfigWatch *guard_config_watch_new(const GuardPaths *paths,
                                         void (*changed)(guint what, gpointer user_data),
                                         gpointer user_data);
void guard_config_watch_free(GuardConfigWatch *watch);

G_END_DECLS
