/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The on-media mark: a signed text in the gap before the first partition, which says what drive this is, so that a machine
 * whose registry is months old still knows a classified one. Bound to the drive by its hardware identity and its size: copied
 * to another it is false. No I/O here: the probe's helper reads it, the desk writes it.
 */
#pragma once
#include <glib.h>
#include "common/guard-mark.h"
#include "common/guard-medium.h"
#include "registry/registry-answer.h"
#include "registry/signature.h"

G_BEGIN_DECLS

typedef struct {
        char *media_id;
        GuardLevel level;
        gint64 issued_us; /* since 1970 UTC, whole seconds */
        char binding[2 * 32 + 1]; /* hex of SHA-256 over what the drive says of itself and its size */
} GuardMark;

/* What a mark on this medium must be bound to: vendor, product and serial in canonical form (an SD card: its CID) and the size
 * of the disk. FALSE where the medium says nothing of itself, or its disk is not known. */
gboolean guard_mark_binding(const GuardMedium *medium, char binding[2 * 32 + 1]);
/* The text of a mark, signed with @key; at most GUARD_MARK_BLOCK - 1 bytes. Caller frees. GUARD_ERROR_INVALID_VALUE: the media id
 * cannot be written. */
char *guard_mark_make(const GuardMark *mark, const GuardKey *key, GError **error);
/* What @text is worth on @medium, by @keys (of GuardKey). Nothing of it is read before its signature is good. @mark (may be NULL)
 * is filled for VALID and COPIED; clear it with guard_mark_clear(). */
GuardMarkState guard_mark_judge(const char *text, const GuardMedium *medium, GPtrArray *keys, GuardMark *mark);
void guard_mark_clear(GuardMark *mark);
/* Puts what the medium's mark says into @answer: its state, and for a valid one an entry, as if the book had said it. */
void guard_mark_add_to_answer(GuardRegistryAnswer *answer, const GuardMedium *medium, GPtrArray *keys);

G_END_DECLS
