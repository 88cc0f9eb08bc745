/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What changed since the last snapshot, printed: for `station pending` and `station publish --dry-run`.
 */
#pragma once
#include "guardctl/station.h"
#include "station/pending.h"

G_BEGIN_DECLS

/* Reads the changes and adds them as members of the object that is begun ("previous", "entries", "added", "removed", "changed",
 * "changes"); or, with @builder NULL, prints them for people. */
gboolean station_changes(GuardctlContext *ctx, GuardStation *station, JsonBuilder *builder, GuardPending *pending, GError **error);

G_END_DECLS
