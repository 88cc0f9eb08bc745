/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a library asks a person for the passphrase of a key or the PIN of a token: it never prompts by itself.
 */
#pragma once
#include "common/guard-error.h"

G_BEGIN_DECLS

#define GUARD_PASSPHRASE_MIN 8 /* characters, of a new one */
#define GUARD_PASSPHRASE_MAX 1000 /* bytes */

/* The passphrase of @what (a file, or the URI of a token); g_malloc()ed, wiped and freed by who called. NULL with an error:
 * nobody is there to ask, or he does not want to. */
typedef char *(*GuardPassphraseAsk)(const char *what, gpointer user_data, GError **error);

typedef struct {
        GuardPassphraseAsk ask; /* NULL: nobody is there */
        gpointer user_data;
} GuardPassphrase;

/* GUARD_ERROR_DENIED where nobody can be asked. */
char *guard_passphrase_ask(const GuardPassphrase *passphrase, const char *what, GError **error);
/* May a new key have this one? GUARD_ERROR_INVALID_VALUE: too short, too long, or no UTF-8. */
gboolean guard_passphrase_check_new(const char *text, GError **error);
void guard_passphrase_free(char *text); /* wipes it */

G_END_DECLS
