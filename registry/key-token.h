/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keys that never leave a token (PKCS#11), through libcrypto's store and the provider "pkcs11". For registry/'s own files.
 */
#pragma once
#include "registry/signature.h"

G_BEGIN_DECLS

gboolean guard_key_is_token(const char *path);        /* "pkcs11:…" */
gboolean guard_key_token_needs_pin(const char *uri); /* nothing in it says where the PIN is */
/* GUARD_ERROR_NOT_FOUND: no provider (the message names the package), no token, no such key on it; GUARD_ERROR_DENIED: the PIN;
 * GUARD_ERROR_INVALID_VALUE: several keys fit, or a PIN stands in the URI. The PIN is asked for once, and tried once: tokens lock
 * themselves. */
GuardKey *guard_key_open_token(const char *uri, const GuardPassphrase *passphrase, GError **error);

G_END_DECLS
