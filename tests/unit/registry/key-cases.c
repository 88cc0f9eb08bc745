/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that people take for the desk's key, made anew for each case; see key-cases.h.
 */
#include "key-cases.h"

#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

void
key_set_up(KeyFixture *f, gconstpointer data)
{
        (void)data;
        f->desk = desk_new(GUARD_ALGORITHM_ED25519);
        f->public = g_build_filename(f->desk->keys, "desk.pem", NULL);
        f->file = g_build_filename(f->desk->dir, "case", NULL);
}

void
key_tear_down(KeyFixture *f, gconstpointer data)
{
        (void)data;
        desk_free(f->desk);
        g_free(f->public);
        g_free(f->file);
}

void
key_put(KeyFixture *f, const char *bytes, gssize size)
{
        g_assert_true(g_file_set_contents(f->file, bytes, size, NULL));
        g_assert_cmpint(g_chmod(f->file, 0600), ==, 0);
}

static void
put_bio(KeyFixture *f, BIO *bio)
{
        char *text = NULL;
        long size = BIO_get_mem_data(bio, &text);

        g_assert_cmpint(size, >, 0);
        key_put(f, text, size);
        BIO_free(bio);
}

char *
key_text(const char *path)
{
        char *text = NULL;

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        return text;
}

static EVP_PKEY *
make_key(int kind)
{
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(kind, NULL);
        EVP_PKEY *pkey = NULL;

        g_assert_cmpint(EVP_PKEY_keygen_init(ctx), ==, 1);
        if (kind == EVP_PKEY_RSA)
                g_assert_cmpint(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 1024), ==, 1);
        if (kind == EVP_PKEY_EC)
                g_assert_cmpint(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1), ==, 1);
        g_assert_cmpint(EVP_PKEY_keygen(ctx, &pkey), ==, 1);
        EVP_PKEY_CTX_free(ctx);
        return pkey;
}

static void
make_empty(KeyFixture *f)
{
        key_put(f, "", 0);
}

static void
make_letter(KeyFixture *f)
{
        key_put(f, "Dear colleagues,\n", -1);
}

static void
make_public(KeyFixture *f)
{
        g_autofree char *text = key_text(f->public);

        key_put(f, text, -1);
}

static void
make_private(KeyFixture *f)
{
        g_autofree char *text = key_text(f->desk->private_key);

        key_put(f, text, -1);
}

static void
make_certificate(KeyFixture *f)
{
        EVP_PKEY *pkey = make_key(EVP_PKEY_ED25519);
        X509 *certificate = X509_new();
        BIO *bio = BIO_new(BIO_s_mem());

        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 1000);
        g_assert_cmpint(X509_set_pubkey(certificate, pkey), ==, 1);
        g_assert_cmpint(X509_sign(certificate, pkey, NULL), >, 0);
        g_assert_cmpint(PEM_write_bio_X509(bio, certificate), ==, 1);
        put_bio(f, bio);
        X509_free(certificate);
        EVP_PKEY_free(pkey);
}

static void
make_pem(KeyFixture *f, int kind, gboolean private)
{
        EVP_PKEY *pkey = make_key(kind);
        BIO *bio = BIO_new(BIO_s_mem());

        g_assert_cmpint(private ? PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) : PEM_write_bio_PUBKEY(bio, pkey), ==, 1);
        put_bio(f, bio);
        EVP_PKEY_free(pkey);
}

static void
make_rsa_private(KeyFixture *f)
{
        make_pem(f, EVP_PKEY_RSA, TRUE);
}

static void
make_rsa_public(KeyFixture *f)
{
        make_pem(f, EVP_PKEY_RSA, FALSE);
}

static void
make_ec_private(KeyFixture *f)
{
        make_pem(f, EVP_PKEY_EC, TRUE);
}

static void
make_old_rsa(KeyFixture *f)
{
        key_put(f, "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n", -1);
}

static void
make_ssh(KeyFixture *f)
{
        key_put(f, "-----BEGIN OPENSSH PRIVATE KEY-----\nMAA=\n-----END OPENSSH PRIVATE KEY-----\n", -1);
}

static void
make_ssh_public(KeyFixture *f)
{
        key_put(f, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI clerk@desk\n", -1);
}

static void
make_request(KeyFixture *f)
{
        key_put(f, "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n", -1);
}

static void
make_other_label(KeyFixture *f)
{
        key_put(f, "-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n", -1);
}

static void
make_der_private(KeyFixture *f)
{
        EVP_PKEY *pkey = make_key(EVP_PKEY_ED25519);
        unsigned char *der = NULL;
        int size = i2d_PrivateKey(pkey, &der);

        key_put(f, (const char *)der, size);
        OPENSSL_free(der);
        EVP_PKEY_free(pkey);
}

static void
make_der_public(KeyFixture *f)
{
        EVP_PKEY *pkey = make_key(EVP_PKEY_ED25519);
        unsigned char *der = NULL;
        int size = i2d_PUBKEY(pkey, &der);

        key_put(f, (const char *)der, size);
        OPENSSL_free(der);
        EVP_PKEY_free(pkey);
}

static void
make_pkcs12(KeyFixture *f)
{
        g_autofree char *bytes = g_malloc0(1500);

        memcpy(bytes, "\x30\x82\x05\xd8\x02\x01\x03", 7);
        key_put(f, bytes, 1500);
}

static void
make_cut(KeyFixture *f)
{
        g_autofree char *text = key_text(f->desk->private_key);

        key_put(f, text, (gssize)strlen(text) - 30);
}

static void
make_cut_public(KeyFixture *f)
{
        g_autofree char *text = key_text(f->public);

        key_put(f, text, (gssize)strlen(text) - 30);
}

/* Whole as PEM, but no key in it. */
static void
make_hollow(KeyFixture *f)
{
        key_put(f, "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", -1);
}

static void
make_hollow_public(KeyFixture *f)
{
        key_put(f, "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n", -1);
}

static void
make_wide(KeyFixture *f)
{
        key_put(f, "\xff\xfe-\0-\0-\0", 8);
}

static void
make_large(KeyFixture *f)
{
        g_autofree char *bytes = g_malloc0(300000);

        key_put(f, bytes, 300000);
}

static void
make_snapshot(KeyFixture *f)
{
        g_autofree char *bytes = NULL;
        gsize size;

        desk_publish_plain(f->desk, 1);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &bytes, &size, NULL));
        key_put(f, bytes, (gssize)size);
}

static void
make_directory(KeyFixture *f)
{
        g_assert_cmpint(g_mkdir(f->file, 0700), ==, 0);
}

static void
make_nothing(KeyFixture *f)
{
        (void)f;
}

static void
make_fifo(KeyFixture *f)
{
        g_autofree char *command = g_strdup_printf("mkfifo '%s'", f->file);

        g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
}

static void
make_loop(KeyFixture *f)
{
        g_assert_cmpint(symlink(f->file, f->file), ==, 0);
}

const KeyCase key_cases[] = {
        {"empty", make_empty, "is empty", "is empty", 0},
        {"letter", make_letter, "no key in PEM form", "no key in PEM form", 0},
        {"public", make_public, "this is a public key", NULL, 0},
        {"private", make_private, NULL, "this is a private key", 0},
        {"certificate", make_certificate, "a certificate", "openssl x509 -pubkey", 0},
        {"request", make_request, "certificate request", "certificate request", 0},
        {"other-label", make_other_label, "no key in PEM form", "no key in PEM form", 0},
        {"rsa-private", make_rsa_private, "of the kind RSA", "this is a private key", GUARD_ERROR_INVALID_VALUE},
        {"rsa-public", make_rsa_public, "this is a public key", "of the kind RSA", GUARD_ERROR_INVALID_VALUE},
        {"ec-private", make_ec_private, "of the kind EC", "this is a private key", GUARD_ERROR_INVALID_VALUE},
        {"old-rsa", make_old_rsa, "RSA or DSA", "RSA or DSA", GUARD_ERROR_INVALID_VALUE},
        {"ssh", make_ssh, "OpenSSH", "OpenSSH", GUARD_ERROR_INVALID_VALUE},
        {"ssh-public", make_ssh_public, "OpenSSH", "OpenSSH", GUARD_ERROR_INVALID_VALUE},
        {"der-private", make_der_private, "-inform DER", "-inform DER", 0},
        {"der-public", make_der_public, "-inform DER", "-inform DER", 0},
        {"pkcs12", make_pkcs12, "PKCS#12", "PKCS#12", 0},
        {"cut", make_cut, "damaged", "damaged", 0},
        {"cut-public", make_cut_public, "damaged", "damaged", 0},
        {"hollow", make_hollow, "private key in it cannot be read", "this is a private key", 0},
        {"hollow-public", make_hollow_public, "this is a public key", "public key in it cannot be read", 0},
        {"utf-16", make_wide, "UTF-16", "UTF-16", 0},
        {"large", make_large, "too large", "too large", 0},
        {"snapshot", make_snapshot, "is a snapshot", "is a snapshot", 0},
        {"directory", make_directory, "is a directory", "is a directory", GUARD_ERROR_IO},
        {"not-there", make_nothing, "No such file", "No such file", GUARD_ERROR_IO},
        {"fifo", make_fifo, "is empty", "is empty", 0},
        {"loop", make_loop, "Too many levels", "Too many levels", GUARD_ERROR_IO},
};

const gsize key_n_cases = G_N_ELEMENTS(key_cases);
