/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loading policy.d as one transaction.
 */
#include <string.h>
#include <glib/gi18n-lib.h>
#include "common/guard-conf-dir.h"
#include "guardd/config/policy-dir.h"

static char *
join_errors(GPtrArray *errors)
{
        GString *all = g_string_new(NULL);

        for (guint i = 0; i < errors->len; i++) {
                const GError *error = g_ptr_array_index(errors, i);

                g_string_append_printf(all, "%s%s", i > 0 ? "\n" : "", error->message);
        }
        return g_string_free(all, FALSE);
}

static char *
digest(const GuardPolicyText *texts, gsize n)
{
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

        for (gsize i = 0; i < n; i++) {
                g_checksum_update(sum, (const guchar *)texts[i].name, (gssize)strlen(texts[i].name) + 1);
                g_checksum_update(sum, (const guchar *)texts[i].text, (gssize)texts[i].size);
        }
        return g_strdup(g_checksum_get_string(sum));
}

GuardPolicy *
guard_policy_dir_load(const char *vendor, const char *etc, char **why, char **fingerprint)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) files = guard_conf_dir_load(vendor, etc, &error);
        g_autoptr(GPtrArray) errors =
                g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))g_error_free);
        g_autofree GuardPolicyText *texts = NULL;
        GuardPolicy *policy;

        *fingerprint = NULL;
        if (!files) {
                *why = g_strdup(error->message);
                return NULL;
        }
        if (files->len == 0) {
                *why = g_strdup_printf(_("No policy file in %s or %s: install the package again"),
                                       vendor, etc);
                return NULL;
        }
        texts = g_new0(GuardPolicyText, files->len);
        for (guint i = 0; i < files->len; i++) {
                const GuardConfText *file = g_ptr_array_index(files, i);

                texts[i] = (GuardPolicyText){file->name, file->text, file->size};
        }
        *fingerprint = digest(texts, files->len);
        policy = guard_policy_new_from_texts(texts, files->len, errors);
        *why = policy ? NULL : join_errors(errors);
        return policy;
}
