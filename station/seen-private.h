/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Inside of seen.c. Only station/ may include this.
 */
#pragma once
#include <json-glib/json-glib.h>
#include "station/station.h"

G_BEGIN_DECLS

/* Takes in what @record says about cross-use; @media_id NULL: of no drive of the book. *@crossed: it has become one by this. */
gboolean guard_seen_cross(GuardStation *station, JsonObject *record, const char *media_id, const char *host, gint64 time_us,
                          gboolean *crossed, GError **error);

G_END_DECLS
