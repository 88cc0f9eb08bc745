/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The first block of a snapshot: what is signed. Text that a person can read with head(1), one
 * fixed order of lines, one spelling of each value, NULs to the end of the block; the payload
 * follows.
 */
#pragma once
#include <glib.h>
#include "registry/signature.h"
#include "registry/spelling.h"

G_BEGIN_DECLS

#define GUARD_MANIFEST_FORMAT 1
#define GUARD_MANIFEST_BLOCK 4096 /* also where the payload begins */
#define GUARD_MANIFEST_DIGEST 32  /* SHA-256 */
#define GUARD_DESK_LENGTH 16      /* hex digits */
/* A payload beyond this is refused before a byte of it is read: about 100 million drives. */
#define GUARD_PAYLOAD_MAX (G_GUINT64_CONSTANT(1) << 34)

typedef struct {
        guint64 sequence, entries;
        gint64 issued_us, expires_us; /* since 1970 UTC, whole seconds */
        guint64 payload_size;
        guint8 payload_sha256[GUARD_MANIFEST_DIGEST];
        char desk[GUARD_DESK_LENGTH + 1];
        GuardAlgorithm algorithm;
        char key_id[GUARD_KEY_ID_LENGTH + 1];
        gsize signed_size; /* the signature covers this much of the block */
        guint8 signature[GUARD_SIGNATURE_MAX];
        gsize signature_size;
        guint8 digest[GUARD_MANIFEST_DIGEST]; /* SHA-256 of the whole block: tells two snapshots
                                                 apart */
} GuardManifest;

/* Strict: any other spelling is GUARD_ERROR_CORRUPT, another format or canonical version
 * GUARD_ERROR_INVALID_VALUE. Trusts nothing yet: see guard_manifest_check_signature(). @name is for
 * messages. */
gboolean guard_manifest_parse(const guint8 block[GUARD_MANIFEST_BLOCK], const char *name,
                              GuardManifest *manifest, GError **error);
/* GUARD_ERROR_SIGNATURE unless one of @keys (of GuardKey) signed it. @problems (of char*, may be
 * NULL): key files that could not be read, told where no key fits. */
gboolean guard_manifest_check_signature(const GuardManifest *manifest,
                                        const guint8 block[GUARD_MANIFEST_BLOCK], GPtrArray *keys,
                                        GPtrArray *problems, const char *name, GError **error);
/* Fills @block from the fields up to payload_sha256 and desk, and signs it; algorithm and key id
 * are @key's. */
gboolean guard_manifest_sign(const GuardManifest *manifest, const GuardKey *key,
                             guint8 block[GUARD_MANIFEST_BLOCK], GError **error);
/* What a file that begins so is, where people take it for a snapshot; NULL: nothing known. Static, for messages. */
const char *guard_manifest_guess(const guint8 *bytes, gsize size);

G_END_DECLS
