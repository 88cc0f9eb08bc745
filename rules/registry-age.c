/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two moments of a life.
 */
#include "rules/registry-age.h"

GuardRegistryAge
guard_registry_age(gint64 issued_us, gint64 expires_us, gint64 now_us, gint64 *next_us)
{
        gint64 tenth = expires_us > issued_us ? (expires_us - issued_us) / 10 : 0;
        gint64 half = issued_us + 5 * tenth, old = issued_us + 9 * tenth;
        GuardRegistryAge age = now_us >= old ? GUARD_REGISTRY_OLD : now_us >= half ? GUARD_REGISTRY_AGEING : GUARD_REGISTRY_FRESH;

        if (next_us)
                *next_us = age == GUARD_REGISTRY_FRESH ? half : age == GUARD_REGISTRY_AGEING ? old : 0;
        return age;
}
