/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registry/offline-code.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "common/guard-error.h"

/* Crockford's: without I, L, O and U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
#define VERSION 1
#define CONTEXT "baomi-guard offline code 1"
#define REQUEST_SYMBOLS 14 /* 70 bits, and one to check them */
#define ANSWER_SYMBOLS 11  /* 55 bits, and one to check them */
#define BITS_30 ((1u << 30) - 1)

static const guint lives[] = {900, 1800, 3600, 7200, 14400, 28800, 86400, 259200, 604800};

guint
guard_offline_seconds(guint life)
{
        return life < G_N_ELEMENTS(lives) ? lives[life] : 0;
}

gboolean
guard_offline_life(guint seconds, guint *life)
{
        for (guint n = 0; n < G_N_ELEMENTS(lives); n++) {
                if (lives[n] >= seconds) {
                        *life = n;
                        return TRUE;
                }
        }
        return FALSE;
}

guint32
guard_offline_device(const char *device)
{
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
        guint8 digest[32];
        gsize size = sizeof digest;

        g_checksum_update(sum, (const guchar *)device, -1);
        g_checksum_get_digest(sum, digest, &size);
        return ((guint32)digest[0] << 24 | (guint32)digest[1] << 16 | (guint32)digest[2] << 8 |
                digest[3]) &
               BITS_30;
}

/* In the field of 32 elements (x^5+x^2+1) each place has a weight of its own, so that any one wrong
 * symbol and any two neighbours that have changed places are found. */
static guint
check_symbol(const guint8 *symbols, guint n)
{
        guint sum = 0;

        for (guint i = 0; i < n; i++) {
                sum = (sum ^ symbols[i]) << 1;
                if ((sum & 32) != 0)
                        sum ^= 0x25;
        }
        return sum;
}

/* @symbols of 5 bits each and their check, in groups of @group. */
static char *
write_symbols(const guint8 *symbols, guint n, guint group)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i <= n; i++) {
                if (i > 0 && i % group == 0)
                        g_string_append_c(text, '-');
                g_string_append_c(text, alphabet[i < n ? symbols[i] : check_symbol(symbols, n)]);
        }
        return g_string_free(text, FALSE);
}

static int
value_of(char c)
{
        const char *place;

        c = g_ascii_toupper(c);
        c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
        place = c != '\0' ? strchr(alphabet, c) : NULL;
        return place != NULL ? (int)(place - alphabet) : -1;
}

/* Into @symbols (@n and the check). */
static gboolean
read_symbols(const char *text, guint n, guint8 *symbols, GError **error)
{
        guint found = 0;

        for (const char *p = text; *p != '\0'; p++) {
                int value = value_of(*p);

                if (*p == '-' || g_ascii_isspace(*p))
                        continue;
                if (value < 0) {
                        g_set_error_literal(
                                error, GUARD_ERROR, GUARD_ERROR_USAGE,
                                _("That is no code: there is a sign in it that no code has"));
                        return FALSE;
                }
                if (found <= n)
                        symbols[found] = (guint8)value;
                found++;
        }
        if (found != n + 1) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_USAGE,
                                    n == REQUEST_SYMBOLS ? _("That is no request of a computer: "
                                                             "one has 15 letters and digits")
                                                         : _("That is no answer of the desk: one "
                                                             "has 12 letters and digits"));
                return FALSE;
        }
        if (check_symbol(symbols, n) != symbols[n]) {
                g_set_error_literal(
                        error, GUARD_ERROR, GUARD_ERROR_USAGE,
                        _("The code is mistyped: one of its letters or digits is wrong"));
                return FALSE;
        }
        return TRUE;
}

/* 3 bits of version, direction, 4 of life, 30 of device, 30 of this asking, 2 that are zero. */
static void
pack(const GuardOfflineRequest *request, guint8 symbols[REQUEST_SYMBOLS + 1])
{
        guint64 high = (guint64)VERSION << 5 | (guint64)(request->read_only != FALSE) << 4 |
                       (request->life & 15);
        guint64 low = (guint64)(request->device & BITS_30) << 32 |
                      (guint64)(request->nonce & BITS_30) << 2;

        /* 8 bits above 62 */
        for (guint i = 0; i < REQUEST_SYMBOLS; i++) {
                guint shift = 5 * (REQUEST_SYMBOLS - 1 - i);
                guint64 bits = shift >= 62
                                       ? high >> (shift - 62)
                                       : low >> shift | (shift + 5 > 62 ? high << (62 - shift) : 0);

                symbols[i] = (guint8)(bits & 31);
        }
}

char *
guard_offline_request_to_code(const GuardOfflineRequest *request)
{
        guint8 symbols[REQUEST_SYMBOLS + 1];

        pack(request, symbols);
        return write_symbols(symbols, REQUEST_SYMBOLS, 5);
}

gboolean
guard_offline_request_from_code(const char *code, GuardOfflineRequest *request, GError **error)
{
        guint8 symbols[REQUEST_SYMBOLS + 1], again[REQUEST_SYMBOLS + 1];
        guint64 high = 0, low = 0;

        if (!read_symbols(code, REQUEST_SYMBOLS, symbols, error))
                return FALSE;
        for (guint i = 0; i < REQUEST_SYMBOLS; i++) {
                high = (high << 5 | low >> 57) & 0xff;
                low = (low << 5 | symbols[i]) & ((G_GUINT64_CONSTANT(1) << 62) - 1);
        }
        *request = (GuardOfflineRequest){
                .read_only = (high >> 4 & 1) != 0,
                .life = (guint)(high & 15),
                .device = (guint32)(low >> 32) & BITS_30,
                .nonce = (guint32)(low >> 2) & BITS_30,
        };
        pack(request, again);
        if (high >> 5 != VERSION || guard_offline_seconds(request->life) == 0 ||
            memcmp(symbols, again, REQUEST_SYMBOLS) != 0) {
                g_set_error_literal(
                        error, GUARD_ERROR, GUARD_ERROR_USAGE,
                        _("That is no request of a computer, or one of a newer version"));
                return FALSE;
        }
        return TRUE;
}

static gboolean
answer_symbols(const GuardOfflineRequest *request, const char *host_id, const guint8 *secret,
               gsize size, guint8 symbols[ANSWER_SYMBOLS + 1], GError **error)
{
        g_autofree char *code = guard_offline_request_to_code(request);
        g_autofree char *text = g_strdup_printf(CONTEXT "\n%s\n%s\n", host_id, code);
        guint8 mac[EVP_MAX_MD_SIZE];
        unsigned int length = 0;
        guint64 bits = 0;

        if (HMAC(EVP_sha256(), secret, (int)size, (const guint8 *)text, strlen(text), mac,
                 &length) == NULL ||
            length < 8) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_FAILED,
                            _("libcrypto cannot make a code"));
                return FALSE;
        }
        for (guint i = 0; i < 8; i++)
                bits = bits << 8 | mac[i];
        for (guint i = 0; i < ANSWER_SYMBOLS; i++)
                symbols[i] = (guint8)(bits >> (59 - 5 * i) & 31);
        symbols[ANSWER_SYMBOLS] = (guint8)check_symbol(symbols, ANSWER_SYMBOLS);
        OPENSSL_cleanse(mac, sizeof mac);
        return TRUE;
}

char *
guard_offline_answer(const GuardOfflineRequest *request, const char *host_id, const guint8 *secret,
                     gsize size, GError **error)
{
        guint8 symbols[ANSWER_SYMBOLS + 1];

        return answer_symbols(request, host_id, secret, size, symbols, error)
                       ? write_symbols(symbols, ANSWER_SYMBOLS, 4)
                       : NULL;
}

gboolean
guard_offline_check(const GuardOfflineRequest *request, const char *host_id, const guint8 *secret,
                    gsize size, const char *typed, GError **error)
{
        guint8 symbols[ANSWER_SYMBOLS + 1], said[ANSWER_SYMBOLS + 1];

        if (!read_symbols(typed, ANSWER_SYMBOLS, said, error) ||
            !answer_symbols(request, host_id, secret, size, symbols, error))
                return FALSE;
        if (CRYPTO_memcmp(symbols, said, sizeof symbols) == 0)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED,
                    _("The code is not the answer to this request"));
        return FALSE;
}
