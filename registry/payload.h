/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The SQLite half of a snapshot: opened with every door of SQLite shut, asked by digest. Whoever
 * opens one has checked its digest first; it is still treated as hostile.
 */
#pragma once
#include <glib.h>
#include "registry/identity.h"
#include "registry/payload-schema.h"

G_BEGIN_DECLS

typedef struct GuardPayload GuardPayload;

/* @fd is borrowed. @entries: what the manifest says, compared. @name is for messages.
 * GUARD_ERROR_CORRUPT. */
GuardPayload *guard_payload_open(int fd, guint64 offset, guint64 size, guint64 entries,
                                 const char *name, GError **error);
void guard_payload_free(GuardPayload *payload);

typedef struct {
        gint64 entry;
        guint type; /* GuardIdType that was asked for */
        gboolean weak;
} GuardPayloadHit;

/* Appends a GuardPayloadHit to @hits for each entry that has this identifier, in the order of
 * entries. */
gboolean guard_payload_find(GuardPayload *payload, GuardIdType type, const char *canonical,
                            GArray *hits, GError **error);
/* @has, @weak: bit masks over GuardIdType of what the book has, and of what it marks as shared. */
GuardEntry *guard_payload_entry(GuardPayload *payload, gint64 id, guint *has, guint *weak,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardPayload, guard_payload_free)

G_END_DECLS
