/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Canonical forms of identifiers, their weakness, their keyed digests. Pure (libcrypto only).
 */
#pragma once
#include <glib.h>
#include "registry/registry-answer.h"

G_BEGIN_DECLS

#define GUARD_CANONICAL_VERSION 1
/* Longer values are cut: a USB string has at most 126 characters, a UUID 36. */
#define GUARD_CANONICAL_MAX 512
#define GUARD_DIGEST_SIZE 32
#define GUARD_DIGEST_KEY_SIZE 32

/* Canonical form v1: surrounding blanks trimmed, upper case, the "&0" tail Windows adds dropped.
 * NULL where nothing identifying is left. Caller frees. */
char *guard_identity_canonical(GuardIdType type, guint16 vendor_id, guint16 product_id,
                               const char *value);
/* Is this value one that many media share (empty, one digit repeated, runs like 123456789, MBR
 * 00000000, factory FAT ids, ISO images' dates)? @why: static string or NULL. */
gboolean guard_identity_is_weak(GuardIdType type, const char *value, const char **why);

typedef struct GuardDigester GuardDigester; /* holds the key; for one thread at a time */

GuardDigester *guard_digester_new(const guint8 key[GUARD_DIGEST_KEY_SIZE]);
void guard_digester_free(GuardDigester *digester);
/* HMAC-SHA-256 over version, type and canonical form. */
void guard_identity_digest(GuardDigester *digester, GuardIdType type, const char *canonical,
                           guint8 digest[GUARD_DIGEST_SIZE]);
/* The digest by whose first bits an identifier with this @digest has its place in a payload: the
 * same for a serial alone and with vendor and product, so that asking for both is one read. */
void guard_identity_place(GuardDigester *digester, GuardIdType type, const char *canonical,
                          const guint8 digest[GUARD_DIGEST_SIZE], guint8 place[GUARD_DIGEST_SIZE]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardDigester, guard_digester_free)

G_END_DECLS
