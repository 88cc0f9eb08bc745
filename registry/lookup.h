/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the facts of a medium to the entries of the book that it touches.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"
#include "registry/payload.h"

G_BEGIN_DECLS

/* Of entries that only one weak identifier leads to, so many are told, as near misses; they refuse
 * nothing. */
#define GUARD_LOOKUP_WEAK_SHOWN 16

/* Appends to @entries (of GuardEntry), in order of media id. */
gboolean guard_lookup_medium(GuardPayload *payload, const GuardMedium *medium, GPtrArray *entries,
                             GError **error);

G_END_DECLS
