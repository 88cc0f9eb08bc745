/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keyed digests of identifiers: HMAC-SHA-256 (RFC 2104) whose two keyed halves are hashed once and
 * then copied, since a look-up makes several and libcrypto's own HMAC() begins anew each time. Any
 * change of the bytes is a new GUARD_CANONICAL_VERSION. Pure: libcrypto only, no I/O.
 */
#include "registry/identity.h"

#include <string.h>
#include <openssl/evp.h>

#define BLOCK 64 /* bytes SHA-256 takes at once */
/* "VVVV:PPPP:", what a canonical USB identity has before the serial */
#define USB_PREFIX 10

struct GuardDigester {
        EVP_MD_CTX *inner, *outer, *work;
};

/* A digest that cannot be made must match nothing and must not be taken for one. */
static void
must(int done)
{
        if (done != 1)
                g_error("libcrypto has no SHA-256: identifiers cannot be compared");
}

static EVP_MD_CTX *
keyed(const guint8 key[GUARD_DIGEST_KEY_SIZE], guint8 pad)
{
        EVP_MD_CTX *md = EVP_MD_CTX_new();
        guint8 block[BLOCK];

        G_STATIC_ASSERT(GUARD_DIGEST_KEY_SIZE <= BLOCK);
        memset(block, pad, sizeof block);
        for (gsize i = 0; i < GUARD_DIGEST_KEY_SIZE; i++)
                block[i] ^= key[i];
        must(md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
             EVP_DigestUpdate(md, block, sizeof block) == 1);
        return md;
}

GuardDigester *
guard_digester_new(const guint8 key[GUARD_DIGEST_KEY_SIZE])
{
        GuardDigester *digester = g_new(GuardDigester, 1);

        digester->inner = keyed(key, 0x36);
        digester->outer = keyed(key, 0x5c);
        digester->work = EVP_MD_CTX_new();
        must(digester->work != NULL);
        return digester;
}

void
guard_digester_free(GuardDigester *digester)
{
        if (digester == NULL)
                return;
        EVP_MD_CTX_free(digester->inner);
        EVP_MD_CTX_free(digester->outer);
        EVP_MD_CTX_free(digester->work);
        g_free(digester);
}

static void
finish(GuardDigester *digester, const EVP_MD_CTX *begun, const void *data, gsize size,
       guint8 digest[GUARD_DIGEST_SIZE])
{
        must(EVP_MD_CTX_copy_ex(digester->work, begun) == 1 &&
             EVP_DigestUpdate(digester->work, data, size) == 1 &&
             EVP_DigestFinal_ex(digester->work, digest, NULL) == 1);
}

/* The type's name is inside, so that a serial can never meet a UUID that reads the same. */
void
guard_identity_digest(GuardDigester *digester, GuardIdType type, const char *canonical,
                      guint8 digest[GUARD_DIGEST_SIZE])
{
        char text[GUARD_CANONICAL_MAX + 64];
        guint8 half[GUARD_DIGEST_SIZE];
        int length = g_snprintf(text, sizeof text, "baomi-guard %d %s ", GUARD_CANONICAL_VERSION,
                                guard_id_type_to_string(type));
        gsize rest = MIN(strlen(canonical), sizeof text - (gsize)length);

        memcpy(text + length, canonical, rest);
        finish(digester, digester->inner, text, (gsize)length + rest, half);
        finish(digester, digester->outer, half, sizeof half, digest);
}

/* Whoever asks for a device's vendor, product and serial asks for its serial as well. */
void
guard_identity_place(GuardDigester *digester, GuardIdType type, const char *canonical,
                     const guint8 digest[GUARD_DIGEST_SIZE], guint8 place[GUARD_DIGEST_SIZE])
{
        if (type == GUARD_ID_USB && strlen(canonical) > USB_PREFIX)
                guard_identity_digest(digester, GUARD_ID_SERIAL, canonical + USB_PREFIX, place);
        else
                memcpy(place, digest, GUARD_DIGEST_SIZE);
}
