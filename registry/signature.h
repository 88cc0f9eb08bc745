/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keys and signatures of snapshots: Ed25519, or SM2 with SM3, by the key's type. libcrypto's EVP
 * does the work; nothing here knows what is signed.
 */
#pragma once
#include <glib.h>
#include "registry/passphrase.h"

G_BEGIN_DECLS

#define GUARD_SIGNATURE_MAX 128
#define GUARD_KEY_ID_LENGTH 16
/* The distinguishing id that GM/T 0009 gives where none is agreed on. */
#define GUARD_SM2_DISTID "1234567812345678"

typedef struct GuardKey GuardKey; /* one public key, or a private one with its public half */

typedef enum {
        GUARD_ALGORITHM_ED25519 = 0,
        GUARD_ALGORITHM_SM2,
        GUARD_N_ALGORITHMS
} GuardAlgorithm;

const char *guard_algorithm_to_string(GuardAlgorithm algorithm); /* "ed25519" "sm2"; static */
gboolean guard_algorithm_from_string(const char *name, GuardAlgorithm *algorithm);

/* Reads one PEM file. GUARD_ERROR_IO, GUARD_ERROR_SYNTAX (no such key in it: the message says what is
 * there instead), GUARD_ERROR_INVALID_VALUE (a key of another kind). */
GuardKey *guard_key_load_public(const char *path, GError **error);
/* The same for one that has no passphrase. */
GuardKey *guard_key_load_private(const char *path, GError **error);
/* @path: a PEM file, or the pkcs11: URI of a key on a token. @passphrase is asked where one is needed
 * (may be NULL: GUARD_ERROR_DENIED then; also for a wrong one). @warnings (of char*, may be NULL):
 * who else can read the file. For a token also GUARD_ERROR_NOT_FOUND; see registry/key-token.h. */
GuardKey *guard_key_open_private(const char *path, const GuardPassphrase *passphrase,
                                 GPtrArray *warnings, GError **error);
/* Will guard_key_open_private() ask? For a window that asks beforehand. FALSE where nothing can be
 * read. */
gboolean guard_key_needs_passphrase(const char *path);
/* Every *.pem of @dir (of GuardKey). A file that cannot be used is left out and told in @problems
 * (of char*, may be NULL), so that one bad file does not take the others' trust away. NULL only
 * where @dir cannot be read. */
GPtrArray *guard_keys_load_dir(const char *dir, GPtrArray *problems, GError **error);
/* Makes a pair: @private_path mode 0600, @public_path 0644. Neither may exist (GUARD_ERROR_EXISTS).
 * The private one is encrypted where @passphrase is not NULL; see guard_passphrase_check_new(). */
gboolean guard_key_generate(GuardAlgorithm algorithm, const char *private_path,
                            const char *public_path, const char *passphrase, GError **error);
/* Writes @key's public half, mode 0644, into a file that must not exist: for a key that a token has. */
gboolean guard_key_write_public(const GuardKey *key, const char *path, GError **error);
void guard_key_free(GuardKey *key);

/* First 16 hex digits of SHA-256 over the public key's SubjectPublicKeyInfo. */
const char *guard_key_id(const GuardKey *key);
GuardAlgorithm guard_key_algorithm(const GuardKey *key);
/* @signature: room for GUARD_SIGNATURE_MAX bytes. */
gboolean guard_key_sign(const GuardKey *key, const guint8 *data, gsize size, guint8 *signature,
                        gsize *signature_size, GError **error);
gboolean guard_key_verify(const GuardKey *key, const guint8 *data, gsize size,
                          const guint8 *signature, gsize signature_size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardKey, guard_key_free)

G_END_DECLS
