/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Texts in the order that the reader's language has them (names in Chinese by pinyin, where the
 * locale says so), for lists of a million: each different text is transformed once and kept.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GuardCollator GuardCollator; /* from any thread */

GuardCollator *guard_collator_new(void);
void guard_collator_free(GuardCollator *collator);

typedef struct { /* a row of a list: one of SQLite's, and where its text stands among the others */
        gint64 row;
        guint rank;
} GuardCollated;

/* One list at a time: begin, a rank for each text, end. guard_collator_begin() waits for another
 * thread's list to end. */
void guard_collator_begin(GuardCollator *collator);
/* A number for @text (NULL: none, which stands first) that is good until the end: equal for texts
 * that are the same. */
guint guard_collator_add(GuardCollator *collator, const char *text);
/* Sorts @rows, whose ranks are the numbers of guard_collator_add(), by text, then by row. */
void guard_collator_end(GuardCollator *collator, GuardCollated *rows, gsize n, gboolean descending);
guint guard_collator_kept(GuardCollator *collator); /* texts that are known */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardCollator, guard_collator_free)

G_END_DECLS
