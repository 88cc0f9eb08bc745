/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One decision as guardd tells it (Decided, MyHistory), read once into a plain struct. What a device says
 * of itself is still raw here; message.c makes it harmless. Pure.
 */
#pragma once
#include <glib.h>
#include "common/guard-verdict.h"

G_BEGIN_DECLS

typedef struct {
        guint64 seq; /* 0: not known */
        gboolean has_verdict, popup, transfers; /* transfers: what is copied is put on record */
        GuardVerdict verdict;
        GuardReason reason;
        GuardSeverity severity;
        char *kind, *time, *device, *device_kind, *block, *media_id, *level, *manufacturer, *product, *serial, *user, *message; /* NULL: not told */
        char *folder, *import_why; /* of an import: where the files are; why there are none, guard_text_pack() */
        gint64 imported, withheld;
} GuardEvent;

/* @dict: a{sv}. Keys that are missing or of another type are as not told. */
GuardEvent *guard_event_new(GVariant *dict);
void guard_event_free(GuardEvent *event);
/* Would a person have been told of it? For records, which do not say (Decided does, in popup). */
gboolean guard_event_was_told(const GuardEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardEvent, guard_event_free)

G_END_DECLS
