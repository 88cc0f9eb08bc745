/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The key that a snapshot or a mark is signed with: opened, and held against what the workstations trust.
 */
#pragma once
#include "registry/passphrase.h"
#include "registry/signature.h"

G_BEGIN_DECLS

typedef struct {
        const char *key;            /* PEM of the desk's private key, or the pkcs11: URI of a token's */
        GuardPassphrase passphrase; /* asked for where the key has one */
        const char *trusted_dir;    /* the public keys that workstations are given; NULL: not looked at */
        gboolean untrusted;         /* sign although none of them is this key's */
        GPtrArray *warnings;        /* of char*; may be NULL */
} GuardSigning;

/* Opens the key. GUARD_ERROR_SIGNATURE where @trusted_dir has keys and not this one, and @untrusted is not set; a folder that is
 * not there or empty knows nothing, and says nothing. *@forced (may be NULL): only @untrusted let it pass. Errors also as of
 * guard_key_open_private(). */
GuardKey *guard_signing_open(const GuardSigning *signing, gboolean *forced, GError **error);
/* For a person, where something should be known that stops nothing. */
void guard_signing_warn(const GuardSigning *signing, const char *format, ...) G_GNUC_PRINTF(2, 3);

G_END_DECLS
