/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of exceptions, written by guardd alone, and the file of the secret that the desk made.
 */
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <string.h>

#include "common/guard-error.h"
#include "common/guard-verdict.h"
#include "guardd/exceptions/exceptions-private.h"
#include "registry/durable.h"

#define SECRET_SIZE 32

static char *
text_of(GKeyFile *file, const char *group, const char *key)
{
        return g_key_file_get_string(file, group, key, NULL);
}

static GuardException *
read_one(GKeyFile *file, const char *id)
{
        g_autoptr(GuardException) exception = guard_exception_new();
        g_autofree char *verdict = text_of(file, id, "verdict");

        exception->id = g_strdup(id);
        exception->device = text_of(file, id, "device");
        exception->name = text_of(file, id, "name");
        exception->seconds = (guint)g_key_file_get_uint64(file, id, "seconds", NULL);
        exception->begins_us = g_key_file_get_int64(file, id, "begins", NULL);
        exception->ends_us = g_key_file_get_int64(file, id, "ends", NULL);
        exception->asked_by = text_of(file, id, "asked-by");
        exception->asked_uid = (guint32)g_key_file_get_uint64(file, id, "asked-uid", NULL);
        exception->approved_by = text_of(file, id, "approved-by");
        exception->reason = text_of(file, id, "reason");
        exception->offline = g_key_file_get_boolean(file, id, "offline", NULL);
        exception->import = g_key_file_get_boolean(file, id, "import", NULL);
        exception->user = text_of(file, id, "user");
        exception->only = text_of(file, id, "only");
        if (exception->device == NULL || exception->seconds == 0 ||
            !guard_verdict_from_string(verdict, &exception->verdict) ||
            (exception->verdict != GUARD_VERDICT_ADMIT &&
             exception->verdict != GUARD_VERDICT_READ_ONLY) ||
            (exception->import && (exception->verdict != GUARD_VERDICT_READ_ONLY || exception->user == NULL)))
                return NULL;
        return g_steal_pointer(&exception);
}

GPtrArray *
guard_exceptions_load(const char *path, GError **error)
{
        GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)guard_exception_free);
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GError) own = NULL;
        g_auto(GStrv) groups = NULL;

        if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &own)) {
                if (!g_error_matches(own, G_FILE_ERROR, G_FILE_ERROR_NOENT))
                        g_propagate_error(error, g_steal_pointer(&own));
                return all;
        }
        groups = g_key_file_get_groups(file, NULL);
        for (guint n = 0; groups[n] != NULL; n++) {
                GuardException *one = read_one(file, groups[n]);

                if (one != NULL)
                        g_ptr_array_add(all, one);
                else if (error != NULL && *error == NULL)
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                                    _("%s: [%s] is damaged"), path, groups[n]);
        }
        return all;
}

static void
put(GKeyFile *file, const char *group, const char *key, const char *value)
{
        if (value != NULL)
                g_key_file_set_string(file, group, key, value);
}

gboolean
guard_exceptions_save(const char *path, const GPtrArray *all, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autofree char *text = NULL;
        gsize size = 0;

        for (guint n = 0; n < all->len; n++) {
                const GuardException *one = g_ptr_array_index(all, n);

                if (one->used) /* done: a restart ends it */
                        continue;
                put(file, one->id, "device", one->device);
                put(file, one->id, "name", one->name);
                put(file, one->id, "verdict", guard_verdict_to_string(one->verdict));
                g_key_file_set_uint64(file, one->id, "seconds", one->seconds);
                g_key_file_set_int64(file, one->id, "begins", one->begins_us);
                g_key_file_set_int64(file, one->id, "ends", one->ends_us);
                put(file, one->id, "asked-by", one->asked_by);
                g_key_file_set_uint64(file, one->id, "asked-uid", one->asked_uid);
                put(file, one->id, "approved-by", one->approved_by);
                put(file, one->id, "reason", one->reason);
                g_key_file_set_boolean(file, one->id, "offline", one->offline);
                if (one->import)
                        g_key_file_set_boolean(file, one->id, "import", TRUE);
                put(file, one->id, "user", one->user);
                put(file, one->id, "only", one->only);
        }
        text = g_key_file_to_data(file, &size, NULL);
        return guard_durable_replace(path, text, size, 0600, error);
}

static gboolean
from_hex(const char *hex, guint8 *bytes)
{
        if (hex == NULL || strlen(hex) != 2 * SECRET_SIZE)
                return FALSE;
        for (gsize i = 0; i < SECRET_SIZE; i++) {
                if (!g_ascii_isxdigit(hex[2 * i]) || !g_ascii_isxdigit(hex[2 * i + 1]))
                        return FALSE;
                bytes[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 |
                                    g_ascii_xdigit_value(hex[2 * i + 1]));
        }
        return TRUE;
}

guint8 *
guard_exceptions_read_secret(const char *path, const char *host_id, gsize *size, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GError) own = NULL;
        g_autofree char *hex = NULL, *owner = NULL;
        guint8 *bytes;

        if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &own)) {
                guard_error_set(error, GUARD_ERROR_NOT_FOUND,
                                      N_("This computer has no secret for codes of the desk. The "
                                         "desk hands one out with “guardctl station "
                                         "host secret”; put it at %s, readable by root alone"),
                                      path, NULL);
                return NULL;
        }
        owner = text_of(file, "secret", "host-id");
        if (g_strcmp0(owner, host_id) != 0) {
                guard_error_set(error, GUARD_ERROR_INVALID_VALUE,
                                      N_("The secret for codes of the desk is another computer's: "
                                         "%s. Have the desk hand out the one of this host-id"),
                                      owner != NULL ? owner : "?", NULL);
                return NULL;
        }
        hex = text_of(file, "secret", "secret");
        bytes = g_malloc(SECRET_SIZE);
        if (!from_hex(hex, bytes)) {
                guard_error_set(error, GUARD_ERROR_CORRUPT,
                                      N_("%s is damaged; have the desk renew the secret"), path, NULL);
                g_clear_pointer(&bytes, g_free);
        }
        if (hex != NULL)
                OPENSSL_cleanse(hex, strlen(hex));
        *size = SECRET_SIZE;
        return bytes;
}
