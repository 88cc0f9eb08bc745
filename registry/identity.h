/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Canonical forms of identifiers, their weakness, their keyed digests. Pure (libcrypto only).
 */
#pragma once
#include <glib.h>
#include "registry/registry-answer.h"

G_BEGIN_DECLS

#define GUARD_CANONICAL_VERSION 1
#define GUARD_DIGEST_SIZE 32
#define GUARD_DIGEST_KEY_SIZE 32

/* Canonical form v1: surrounding blanks trimmed, upper case, the "&0" tail Windows adds dropped.
 * NULL where nothing identifying is left. Caller frees. */
char *guard_identity_canonical(GuardIdType type, guint16 vendor_id, guint16 product_id,
                               const char *value);
/* Is this value one that many media share (empty, one digit repeated, runs like 123456789, MBR
 * 00000000, factory FAT ids, ISO images' dates)? @why: static string or NULL. */
gboolean guard_identity_is_weak(GuardIdType type, const char *value, const char **why);
/* HMAC-SHA-256 over version, type and canonical form. */
void guard_identity_digest(const guint8 key[GUARD_DIGEST_KEY_SIZE], GuardIdType type,
                           const char *canonical, guint8 digest[GUARD_DIGEST_SIZE]);

G_END_DECLS
