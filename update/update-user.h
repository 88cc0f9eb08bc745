/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Root gives itself up: what comes from the network is read by nobody who may do anything.
 */
#pragma once
#include <glib.h>
#include "common/guard-error.h"

G_BEGIN_DECLS

/* Becomes @name for good, groups and all; never comes back. Does nothing where the caller is not root.
 * GUARD_ERROR_NOT_FOUND where there is no such user. */
gboolean guard_update_become(const char *name, GError **error);

G_END_DECLS
