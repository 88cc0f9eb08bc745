/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes the desk's key pair. Never overwrites: a lost private key means a new trust in every
 * workstation.
 */
#include "registry/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "registry/durable.h"
#include "registry/signature-private.h"

#define ROUNDS 600000 /* of PBKDF2 with HMAC-SHA-256 */

static EVP_PKEY *
generate_by_id(int id)
{
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(id, NULL);
        EVP_PKEY *pkey = NULL;
        gboolean ready = ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1;

#if OPENSSL_VERSION_NUMBER < 0x30000000L
        if (id == EVP_PKEY_EC)
                ready = ready && EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_sm2) == 1 &&
                        EVP_PKEY_CTX_set_ec_param_enc(ctx, OPENSSL_EC_NAMED_CURVE) == 1;
#endif
        if (ready && EVP_PKEY_keygen(ctx, &pkey) != 1)
                pkey = NULL;
        EVP_PKEY_CTX_free(ctx);
        return pkey;
}

static EVP_PKEY *
generate(GuardAlgorithm algorithm)
{
        if (algorithm == GUARD_ALGORITHM_ED25519)
                return generate_by_id(EVP_PKEY_ED25519);
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
        return generate_by_id(EVP_PKEY_SM2);
#else
        return generate_by_id(EVP_PKEY_EC);
#endif
}

/* PBES2 with PBKDF2, which every libcrypto reads; its own default of 2048 rounds is of another age. */
static gboolean
write_encrypted(BIO *bio, EVP_PKEY *pkey, const char *passphrase)
{
        PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(pkey);
        X509_ALGOR *how = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), ROUNDS, NULL, 0, NULL, NID_hmacWithSHA256);
        X509_SIG *sealed = plain != NULL && how != NULL ? PKCS8_set0_pbe(passphrase, (int)strlen(passphrase), plain, how) : NULL;
        gboolean ok = sealed != NULL && PEM_write_bio_PKCS8(bio, sealed) == 1;

        if (sealed == NULL)
                X509_ALGOR_free(how);
        X509_SIG_free(sealed);
        PKCS8_PRIV_KEY_INFO_free(plain);
        return ok;
}

typedef enum { PUBLIC, PRIVATE } Half;

static gboolean
write_pem(EVP_PKEY *pkey, const char *path, Half half, const char *passphrase, GError **error)
{
        BIO *bio = BIO_new(BIO_s_secmem());
        char *text = NULL;
        long size = 0;
        gboolean ok = bio != NULL;

        if (ok && half == PUBLIC)
                ok = PEM_write_bio_PUBKEY(bio, pkey) == 1;
        else if (ok && passphrase != NULL)
                ok = write_encrypted(bio, pkey, passphrase);
        else if (ok)
                ok = PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1;
        size = ok ? BIO_get_mem_data(bio, &text) : 0;
        if (size > 0)
                ok = guard_durable_create(path, text, (gsize)size, half == PRIVATE ? 0600 : 0644, error);
        else
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED, _("%s: the key cannot be written as PEM"), path);
        BIO_free(bio);
        return ok && size > 0;
}

static gboolean
must_not_exist(const char *path, GError **error)
{
        if (!g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_EXISTS,
                    _("%s exists already and is not overwritten; name another file"), path);
        return FALSE;
}

gboolean
guard_key_generate(GuardAlgorithm algorithm, const char *private_path, const char *public_path,
                   const char *passphrase, GError **error)
{
        EVP_PKEY *pkey;
        gboolean ok;

        if (passphrase != NULL && !guard_passphrase_check_new(passphrase, error))
                return FALSE;
        if (!must_not_exist(private_path, error) || !must_not_exist(public_path, error))
                return FALSE;
        pkey = generate(algorithm);
        if (pkey == NULL) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                            _("This libcrypto cannot make %s keys; try the other algorithm"),
                            guard_algorithm_to_string(algorithm));
                return FALSE;
        }
        ok = write_pem(pkey, private_path, PRIVATE, passphrase, error);
        if (ok && !write_pem(pkey, public_path, PUBLIC, NULL, error)) {
                unlink(private_path);
                ok = FALSE;
        }
        EVP_PKEY_free(pkey);
        return ok;
}

gboolean
guard_key_write_public(const GuardKey *key, const char *path, GError **error)
{
        return must_not_exist(path, error) && write_pem(key->pkey, path, PUBLIC, NULL, error);
}
