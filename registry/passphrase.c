/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What holds of every passphrase, however it was asked for. Whoever has one wipes it.
 */
#include "registry/passphrase.h"

#include <string.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>

char *
guard_passphrase_ask(const GuardPassphrase *passphrase, const char *what, GError **error)
{
        if (passphrase != NULL && passphrase->ask != NULL)
                return passphrase->ask(what, passphrase->user_data, error);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED, _("%s needs a passphrase, and there is nobody to ask"), what);
        return NULL;
}

gboolean
guard_passphrase_check_new(const char *text, GError **error)
{
        if (!g_utf8_validate(text, -1, NULL) || strlen(text) > GUARD_PASSPHRASE_MAX)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("A passphrase has at most %d bytes of plain text"),
                            GUARD_PASSPHRASE_MAX);
        else if (g_utf8_strlen(text, -1) < GUARD_PASSPHRASE_MIN)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("The passphrase is too short: take %d characters or more, better several words"), GUARD_PASSPHRASE_MIN);
        else
                return TRUE;
        return FALSE;
}

void
guard_passphrase_free(char *text)
{
        if (text == NULL)
                return;
        OPENSSL_cleanse(text, strlen(text));
        g_free(text);
}
