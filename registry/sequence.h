/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The last accepted snapshot, kept outside it, so that deleting or replacing the snapshot cannot
 * hide a rollback: "sequence=N\nmanifest=SHA-256\n".
 */
#pragma once
#include <glib.h>
#include "registry/manifest.h"

G_BEGIN_DECLS

typedef struct {
        gboolean present; /* FALSE: no snapshot was ever accepted */
        guint64 sequence;
        guint8 digest[GUARD_MANIFEST_DIGEST];
} GuardSequence;

/* A missing file is fine (present FALSE). A damaged one is GUARD_ERROR_CORRUPT: it never counts as
 * missing. */
gboolean guard_sequence_read(const char *path, GuardSequence *sequence, GError **error);
gboolean guard_sequence_write(const char *path, const GuardManifest *manifest, GError **error);
/* May @manifest follow @last? The same one again may. GUARD_ERROR_ROLLBACK. */
gboolean guard_sequence_check(const GuardSequence *last, const GuardManifest *manifest,
                              const char *name, GError **error);

G_END_DECLS
