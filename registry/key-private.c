/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The desk's private key: out of a PEM file, with or without a passphrase, or on a token. Only the desk links this.
 */
#include <errno.h>
#include <string.h>
#include <glib/gi18n-lib.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "registry/key-file.h"
#include "registry/key-token.h"
#include "registry/signature-private.h"

typedef struct {
        const GuardPassphrase *passphrase;
        const char *path;
        char *text; /* asked for once, however often libcrypto wants it */
        gboolean asked;
        GError *error;
} Asking;

/* libcrypto's pem_password_cb. */
static int
give_passphrase(char *buffer, int size, int writing, void *data)
{
        Asking *asking = data;
        gsize length;

        (void)writing;
        if (!asking->asked)
                asking->text = guard_passphrase_ask(asking->passphrase, asking->path, &asking->error);
        asking->asked = TRUE;
        length = asking->text != NULL ? strlen(asking->text) : 0;
        if (asking->text == NULL || length > (gsize)size)
                return -1;
        memcpy(buffer, asking->text, length);
        return (int)length;
}

static EVP_PKEY *
decode(const GuardKeyText *text, const char *path, const GuardPassphrase *passphrase, GError **error)
{
        Asking asking = {passphrase, path, NULL, FALSE, NULL};
        BIO *bio = BIO_new_mem_buf(text->bytes, (int)text->size);
        EVP_PKEY *pkey = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &asking) : NULL;

        BIO_free(bio);
        ERR_clear_error();
        if (pkey == NULL && asking.error != NULL)
                g_propagate_error(error, g_steal_pointer(&asking.error));
        else if (pkey == NULL && asking.asked)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                            _("%s: the passphrase is wrong. Mind capitals and the keyboard's layout; without it this key cannot be used by anyone"),
                            path);
        else if (pkey == NULL)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                            _("%s: the private key in it cannot be read: put back a copy of it"), path);
        g_clear_error(&asking.error);
        guard_passphrase_free(asking.text);
        return pkey;
}

static void
warn_of_mode(const char *path, guint mode, GPtrArray *warnings)
{
        if (warnings != NULL && (mode & 0007) != 0)
                g_ptr_array_add(warnings,
                                g_strdup_printf(_("%s can be read by everybody on this machine: chmod 600 it, and if anybody else was here, "
                                                  "make a new key"),
                                                path));
}

GuardKey *
guard_key_open_private(const char *path, const GuardPassphrase *passphrase, GPtrArray *warnings, GError **error)
{
        g_auto(GuardKeyText) text = {0};
        EVP_PKEY *pkey;

        if (guard_key_is_token(path))
                return guard_key_open_token(path, passphrase, error);
        if (!guard_key_text_read(path, &text, error) || !guard_key_text_check(&text, TRUE, path, error))
                return NULL;
        warn_of_mode(path, text.mode, warnings);
        pkey = decode(&text, path, passphrase, error);
        return pkey != NULL ? guard_key_take(pkey, path, error) : NULL;
}

GuardKey *
guard_key_load_private(const char *path, GError **error)
{
        return guard_key_open_private(path, NULL, NULL, error);
}

gboolean
guard_key_needs_passphrase(const char *path)
{
        g_auto(GuardKeyText) text = {0};

        if (guard_key_is_token(path))
                return guard_key_token_needs_pin(path);
        return g_file_test(path, G_FILE_TEST_IS_REGULAR) && guard_key_text_read(path, &text, NULL) &&
               (strstr(text.bytes, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL || strstr(text.bytes, "Proc-Type: 4,ENCRYPTED") != NULL);
}
