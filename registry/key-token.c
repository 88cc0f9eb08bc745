/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One key of one token, found by its pkcs11: URI (RFC 7512). What speaks to the token is the provider; here is which key, and
 * what to say where that fails.
 */
#include "registry/key-token.h"

#include <string.h>
#include <glib/gi18n-lib.h>
#include <openssl/opensslv.h>

#define SCHEME "pkcs11:"

gboolean
guard_key_is_token(const char *path)
{
        return g_ascii_strncasecmp(path, SCHEME, strlen(SCHEME)) == 0;
}

gboolean
guard_key_token_needs_pin(const char *uri)
{
        return strstr(uri, "pin-source=") == NULL && strstr(uri, "pin-value=") == NULL;
}

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>

#include "registry/signature-private.h"

/* Of PKCS#11 2.40, section 3.6: what the provider hands on as the reason of its errors. */
#define CKR_PIN_INCORRECT 0xa0
#define CKR_PIN_INVALID 0xa1
#define CKR_PIN_LEN_RANGE 0xa2
#define CKR_PIN_LOCKED 0xa4

typedef struct {
        const GuardPassphrase *passphrase;
        const char *uri;
        gboolean asked;
        GError *error;
} Asking;

/* libcrypto's pem_password_cb; a second question gets no answer, since each wrong PIN counts. */
static int
give_pin(char *buffer, int size, int writing, void *data)
{
        Asking *asking = data;
        char *text = NULL;
        int length = -1;

        (void)writing;
        if (!asking->asked)
                text = guard_passphrase_ask(asking->passphrase, asking->uri, &asking->error);
        asking->asked = TRUE;
        if (text != NULL && strlen(text) < (gsize)size) {
                length = (int)strlen(text);
                memcpy(buffer, text, (gsize)length + 1);
        }
        guard_passphrase_free(text);
        return length;
}

static gboolean
provider_is_there(GError **error)
{
        if (OSSL_PROVIDER_available(NULL, "pkcs11") == 1 || OSSL_PROVIDER_try_load(NULL, "pkcs11", 1) != NULL)
                return TRUE;
        ERR_clear_error();
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                    _("Keys on a token need libcrypto's PKCS#11 provider, which is not installed here: install the package pkcs11-provider "
                      "(Debian 13 and later; earlier, its project's own build) and the module of the token's maker"));
        return FALSE;
}

/* Why a token said no, out of libcrypto's queue of errors. */
static void
explain(const char *uri, gboolean asked, GError **error)
{
        g_autofree char *text = NULL;
        const char *data = NULL;
        unsigned long code;
        int flags = 0;

        while ((code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0) {
                int reason = ERR_GET_LIB(code) >= ERR_LIB_USER ? ERR_GET_REASON(code) : 0;

                if (reason == CKR_PIN_LOCKED) {
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                                    _("%s: the token is locked after too many wrong PINs; its security officer can unlock it"), uri);
                        break;
                }
                if (reason == CKR_PIN_INCORRECT || reason == CKR_PIN_INVALID || reason == CKR_PIN_LEN_RANGE) {
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                                    _("%s: the PIN is wrong. The token locks itself after a few of them"), uri);
                        break;
                }
                if (text == NULL)
                        text = g_strdup((flags & ERR_TXT_STRING) != 0 && data != NULL && *data != '\0' ? data : ERR_reason_error_string(code));
        }
        ERR_clear_error();
        if (code == 0 && asked) /* a wrong PIN is not told by every version of the provider */
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                            _("%s: the token did not give this key: the PIN is wrong, or it has no such private key. The token locks itself "
                              "after a few wrong PINs"),
                            uri);
        else if (code == 0)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("%s: there is no such private key. Is the token plugged in, and does its module know it (p11tool --list-all)? %s"),
                            uri, text != NULL ? text : "");
}

/* The one private key that the store has; NULL with an error, or without one where there is none. */
static EVP_PKEY *
take_only_key(OSSL_STORE_CTX *store, const char *uri, GError **error)
{
        EVP_PKEY *pkey = NULL;
        guint n = 0;

        while (!OSSL_STORE_eof(store)) {
                OSSL_STORE_INFO *info = OSSL_STORE_load(store);

                if (info == NULL && OSSL_STORE_error(store))
                        break;
                if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY && n++ == 0)
                        pkey = OSSL_STORE_INFO_get1_PKEY(info);
                OSSL_STORE_INFO_free(info);
        }
        if (n < 2)
                return pkey;
        EVP_PKEY_free(pkey);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("%s fits several keys: name the token and the key (pkcs11:token=NAME;object=NAME or id=%%01)"), uri);
        return NULL;
}

static EVP_PKEY *
find_key(const char *uri, UI_METHOD *ui, Asking *asking, GError **error)
{
        g_autofree char *private = strstr(uri, "type=") == NULL ? g_strdup_printf("%s%s", SCHEME "type=private;", uri + strlen(SCHEME))
                                                                 : g_strdup(uri);
        OSSL_STORE_CTX *store = OSSL_STORE_open(private, ui, asking, NULL, NULL);
        GError *several = NULL;
        EVP_PKEY *pkey = NULL;

        if (store != NULL) {
                OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY);
                pkey = take_only_key(store, uri, &several);
                OSSL_STORE_close(store);
        }
        if (asking->error != NULL)
                g_propagate_error(error, g_steal_pointer(&asking->error));
        else if (several != NULL)
                g_propagate_error(error, g_steal_pointer(&several));
        else if (pkey == NULL)
                explain(uri, asking->asked, error);
        g_clear_error(&several);
        ERR_clear_error();
        return pkey;
}

GuardKey *
guard_key_open_token(const char *uri, const GuardPassphrase *passphrase, GError **error)
{
        Asking asking = {passphrase, uri, FALSE, NULL};
        UI_METHOD *ui;
        EVP_PKEY *pkey;

        if (strstr(uri, "pin-value=") != NULL) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                                    _("A PIN in the key's URI can be read by everybody who lists processes: leave pin-value= out, and say it when "
                                      "you are asked, or name a file by pin-source=file:/…"));
                return NULL;
        }
        if (!provider_is_there(error))
                return NULL;
        ui = UI_UTIL_wrap_read_pem_callback(give_pin, 0);
        pkey = ui != NULL ? find_key(uri, ui, &asking, error) : NULL;
        UI_destroy_method(ui);
        return pkey != NULL ? guard_key_take(pkey, uri, error) : NULL;
}
#else
GuardKey *
guard_key_open_token(const char *uri, const GuardPassphrase *passphrase, GError **error)
{
        (void)passphrase;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                    _("%s: keys on a token need OpenSSL 3 with its PKCS#11 provider; keep this desk's key in a file with a passphrase"), uri);
        return NULL;
}
#endif
