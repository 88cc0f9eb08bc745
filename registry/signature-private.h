/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What signature.c and keygen.c share of a key. Nobody else includes this.
 */
#pragma once
#include <openssl/evp.h>
#include "registry/signature.h"

struct GuardKey {
        EVP_PKEY *pkey;
        GuardAlgorithm algorithm;
        char id[GUARD_KEY_ID_LENGTH + 1];
};

/* Takes @pkey; @path is for the message. */
GuardKey *guard_key_take(EVP_PKEY *pkey, const char *path, GError **error);
