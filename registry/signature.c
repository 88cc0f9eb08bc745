/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signing and verifying through EVP. Works with OpenSSL 1.1.1,
 * where an SM2 key must be told apart by its curve, and 3.x, where it has a type of its own.
 */
#include "registry/signature.h"

#include <errno.h>
#include <string.h>
#include <glib/gi18n-lib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "common/guard-hex.h"
#include "registry/signature-private.h"

static const char *const algorithm_names[GUARD_N_ALGORITHMS] = {
        [GUARD_ALGORITHM_ED25519] = "ed25519",
        [GUARD_ALGORITHM_SM2] = "sm2",
};

const char *
guard_algorithm_to_string(GuardAlgorithm algorithm)
{
        if ((guint)algorithm >= GUARD_N_ALGORITHMS)
                return "unknown";
        return algorithm_names[algorithm];
}

gboolean
guard_algorithm_from_string(const char *name, GuardAlgorithm *algorithm)
{
        for (guint i = 0; name != NULL && i < GUARD_N_ALGORITHMS; i++) {
                if (g_str_equal(name, algorithm_names[i])) {
                        *algorithm = (GuardAlgorithm)i;
                        return TRUE;
                }
        }
        return FALSE;
}

static gboolean
find_algorithm(EVP_PKEY *pkey, GuardAlgorithm *algorithm)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
        if (EVP_PKEY_is_a(pkey, "ED25519") || EVP_PKEY_is_a(pkey, "SM2")) {
                *algorithm = EVP_PKEY_is_a(pkey, "SM2") ? GUARD_ALGORITHM_SM2
                                                        : GUARD_ALGORITHM_ED25519;
                return TRUE;
        }
#else
        if (EVP_PKEY_id(pkey) == EVP_PKEY_ED25519) {
                *algorithm = GUARD_ALGORITHM_ED25519;
                return TRUE;
        }
        if (EVP_PKEY_id(pkey) == EVP_PKEY_EC &&
            EC_GROUP_get_curve_name(EC_KEY_get0_group(EVP_PKEY_get0_EC_KEY(pkey))) == NID_sm2 &&
            EVP_PKEY_set_alias_type(pkey, EVP_PKEY_SM2) == 1) {
                *algorithm = GUARD_ALGORITHM_SM2;
                return TRUE;
        }
#endif
        return FALSE;
}

static gboolean
find_key_id(EVP_PKEY *pkey, char id[GUARD_KEY_ID_LENGTH + 1])
{
        unsigned char *der = NULL;
        guint8 digest[EVP_MAX_MD_SIZE];
        int size = i2d_PUBKEY(pkey, &der);
        gboolean ok =
                size > 0 && EVP_Digest(der, (gsize)size, digest, NULL, EVP_sha256(), NULL) == 1;

        if (ok)
                guard_hex_write(id, digest, GUARD_KEY_ID_LENGTH / 2);
        OPENSSL_free(der);
        return ok;
}

/* As libcrypto calls it: "RSA", "EC". */
static const char *
kind_of(EVP_PKEY *pkey)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
        const char *name = EVP_PKEY_get0_type_name(pkey);
#else
        const char *name = OBJ_nid2sn(EVP_PKEY_base_id(pkey));
#endif
        return name != NULL ? name : "?";
}

GuardKey *
guard_key_take(EVP_PKEY *pkey, const char *path, GError **error)
{
        g_autoptr(GuardKey) key = g_new0(GuardKey, 1);

        key->pkey = pkey;
        if (!find_algorithm(pkey, &key->algorithm)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("%s: this is a key of the kind %s; snapshots are signed with Ed25519 "
                              "or SM2. Make one with guardctl station keygen"),
                            path, kind_of(pkey));
                return NULL;
        }
        if (!find_key_id(pkey, key->id)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                            _("%s: the key's public half cannot be encoded"), path);
                return NULL;
        }
        return g_steal_pointer(&key);
}

void
guard_key_free(GuardKey *key)
{
        if (key == NULL)
                return;
        EVP_PKEY_free(key->pkey);
        g_free(key);
}

const char *
guard_key_id(const GuardKey *key)
{
        return key->id;
}

GuardAlgorithm
guard_key_algorithm(const GuardKey *key)
{
        return key->algorithm;
}

typedef struct {
        EVP_MD_CTX *md;
        EVP_PKEY_CTX *pctx;
        const EVP_MD *digest;
} Operation;

/* The distid must be set before init (1.1.1 hashes it then), hence a context of our own. */
static gboolean
operation_begin(Operation *op, const GuardKey *key)
{
        op->md = EVP_MD_CTX_new();
        if (op->md == NULL)
                return FALSE;
        if (key->algorithm != GUARD_ALGORITHM_SM2)
                return TRUE;
        op->digest = EVP_sm3();
        op->pctx = EVP_PKEY_CTX_new(key->pkey, NULL);
        if (op->pctx == NULL ||
            EVP_PKEY_CTX_set1_id(op->pctx, GUARD_SM2_DISTID, sizeof GUARD_SM2_DISTID - 1) <= 0)
                return FALSE;
        EVP_MD_CTX_set_pkey_ctx(op->md, op->pctx);
        return TRUE;
}

static void
operation_end(Operation *op)
{
        EVP_MD_CTX_free(op->md);
        EVP_PKEY_CTX_free(op->pctx);
}

gboolean
guard_key_sign(const GuardKey *key, const guint8 *data, gsize size, guint8 *signature,
               gsize *signature_size, GError **error)
{
        Operation op = {0};
        gboolean ok;

        *signature_size = GUARD_SIGNATURE_MAX;
        ok = operation_begin(&op, key) &&
             EVP_DigestSignInit(op.md, NULL, op.digest, NULL, key->pkey) == 1 &&
             EVP_DigestSign(op.md, signature, signature_size, data, size) == 1;
        operation_end(&op);
        if (!ok)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                            _("libcrypto cannot sign with this %s key"),
                            guard_algorithm_to_string(key->algorithm));
        return ok;
}

gboolean
guard_key_verify(const GuardKey *key, const guint8 *data, gsize size, const guint8 *signature,
                 gsize signature_size)
{
        Operation op = {0};
        gboolean ok;

        ok = operation_begin(&op, key) &&
             EVP_DigestVerifyInit(op.md, NULL, op.digest, NULL, key->pkey) == 1 &&
             EVP_DigestVerify(op.md, signature, signature_size, data, size) == 1;
        operation_end(&op);
        return ok;
}
