/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much of a registry's life is over: an old one still serves, and people should hear of it before it does not. Pure.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef enum {
        GUARD_REGISTRY_FRESH = 0,
        GUARD_REGISTRY_AGEING, /* half of its life is over */
        GUARD_REGISTRY_OLD     /* nine tenths are */
} GuardRegistryAge;

/* Of a registry that is valid from @issued_us to @expires_us. @next_us (out, may be NULL): when the answer is another one; 0: never,
 * until it expires. All since 1970 UTC. */
GuardRegistryAge guard_registry_age(gint64 issued_us, gint64 expires_us, gint64 now_us, gint64 *next_us);

G_END_DECLS
