/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The device that a spooled event is about (udev/README.md tells the format). Pure; what is damaged or
 * not told is left out.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"

G_BEGIN_DECLS

/* @event: of guard_keyval_read(). Never NULL. Caller frees. */
GuardMedium *guard_spool_medium(GHashTable *event);

G_END_DECLS
