/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A snapshot that no workstation believes is worse than none: they would go on with an old one until it expires.
 */
#include "station/signing.h"

#include <glib/gi18n-lib.h>

void
guard_signing_warn(const GuardSigning *signing, const char *format, ...)
{
        va_list args;

        if (signing->warnings == NULL)
                return;
        va_start(args, format);
        g_ptr_array_add(signing->warnings, g_strdup_vprintf(format, args));
        va_end(args);
}

/* The keys of the folder; NULL: there is none, or it cannot be read, which is told. */
static GPtrArray *
read_trusted(const GuardSigning *signing, GPtrArray *problems)
{
        g_autoptr(GError) why = NULL;
        GPtrArray *keys;

        if (signing->trusted_dir == NULL || !g_file_test(signing->trusted_dir, G_FILE_TEST_EXISTS))
                return NULL;
        keys = guard_keys_load_dir(signing->trusted_dir, problems, &why);
        if (keys == NULL)
                guard_signing_warn(signing, "%s", why->message);
        for (guint i = 0; i < problems->len; i++)
                guard_signing_warn(signing, "%s", (const char *)g_ptr_array_index(problems, i));
        return keys;
}

static gboolean
check_trusted(const GuardSigning *signing, const GuardKey *key, gboolean *forced, GError **error)
{
        g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) keys = read_trusted(signing, problems);

        for (guint i = 0; keys != NULL && i < keys->len; i++) {
                if (g_str_equal(guard_key_id(g_ptr_array_index(keys, i)), guard_key_id(key)))
                        return TRUE;
        }
        if (keys == NULL || keys->len == 0)
                return TRUE;
        if (signing->untrusted) {
                *forced = TRUE;
                return TRUE;
        }
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SIGNATURE,
                    _("%s (key %s) is none of the keys that workstations trust (%s): they would refuse what it signs. Is it the right key? If it "
                      "is new, put its public half there and onto every workstation first, or say --untrusted-key"),
                    signing->key, guard_key_id(key), signing->trusted_dir);
        return FALSE;
}

GuardKey *
guard_signing_open(const GuardSigning *signing, gboolean *forced, GError **error)
{
        g_autoptr(GuardKey) key = guard_key_open_private(signing->key, &signing->passphrase, signing->warnings, error);
        gboolean unused = FALSE;

        if (key == NULL || !check_trusted(signing, key, forced != NULL ? forced : &unused, error))
                return NULL;
        return g_steal_pointer(&key);
}
