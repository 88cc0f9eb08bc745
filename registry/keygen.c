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
#include <openssl/pem.h>

#include "registry/durable.h"
#include "registry/signature-private.h"

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

static gboolean
write_pem(EVP_PKEY *pkey, const char *path, gboolean private, GError **error)
{
        BIO *bio = BIO_new(BIO_s_secmem());
        char *text = NULL;
        long size = 0;
        gboolean ok = FALSE;

        if (bio != NULL &&
            (private ? PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL)
                     : PEM_write_bio_PUBKEY(bio, pkey)) == 1)
                size = BIO_get_mem_data(bio, &text);
        if (size > 0)
                ok = guard_durable_create(path, text, (gsize)size, private ? 0600 : 0644, error);
        else
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                            _("%s: the key cannot be written as PEM"), path);
        BIO_free(bio);
        return ok;
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
                   GError **error)
{
        EVP_PKEY *pkey;
        gboolean ok;

        if (!must_not_exist(private_path, error) || !must_not_exist(public_path, error))
                return FALSE;
        pkey = generate(algorithm);
        if (pkey == NULL) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                            _("This libcrypto cannot make %s keys; try the other algorithm"),
                            guard_algorithm_to_string(algorithm));
                return FALSE;
        }
        ok = write_pem(pkey, private_path, TRUE, error);
        if (ok && !write_pem(pkey, public_path, FALSE, error)) {
                unlink(private_path);
                ok = FALSE;
        }
        EVP_PKEY_free(pkey);
        return ok;
}
