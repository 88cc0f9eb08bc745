/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The two things said to guardd: what have you got, and take this.
 */
#include "update/update-private.h"

#include <glib/gi18n-lib.h>

#include "common/guard-text.h"

static char *
text_of(GVariant *dict, const char *key)
{
        char *text = NULL;

        g_variant_lookup(dict, key, "s", &text);
        return text;
}

gboolean
guard_update_ask_guardd(GuardClient *client, GuardUpdateInUse *in_use, GError **error)
{
        g_autoptr(GVariant) reply = guard_client_call(client, "GetStatus", NULL, "(a{sv})", NULL, error);
        g_autoptr(GVariant) status = NULL;
        g_autoptr(GVariant) registry = NULL;
        g_autofree char *state = NULL;

        if (!reply)
                return FALSE;
        status = g_variant_get_child_value(reply, 0);
        registry = g_variant_lookup_value(status, "registry", G_VARIANT_TYPE_VARDICT);
        in_use->known = TRUE;
        if (!registry)
                return TRUE;
        state = text_of(registry, "state");
        in_use->whole = g_strcmp0(state, guard_registry_state_to_string(GUARD_REGISTRY_GOOD)) == 0 ||
                        g_strcmp0(state, guard_registry_state_to_string(GUARD_REGISTRY_STALE)) == 0;
        g_variant_lookup(registry, "sequence", "t", &in_use->sequence);
        g_variant_lookup(registry, "entries", "t", &in_use->entries);
        in_use->issued = text_of(registry, "issued");
        in_use->expires = text_of(registry, "expires");
        in_use->key_id = text_of(registry, "key_id");
        return TRUE;
}

static gboolean
same_time(const char *text, gint64 time_us)
{
        gint64 parsed;

        return text && guard_time_parse(text, 0, &parsed, NULL) && parsed == time_us;
}

gboolean
guard_update_is_in_use(const GuardUpdateInUse *in_use, const GuardRegistryInfo *info)
{
        return in_use->whole && in_use->sequence == info->sequence && in_use->entries == info->entries &&
               g_strcmp0(in_use->key_id, info->key_id) == 0 && same_time(in_use->issued, info->issued_us) &&
               same_time(in_use->expires, info->expires_us);
}

void
guard_update_in_use_clear(GuardUpdateInUse *in_use)
{
        g_clear_pointer(&in_use->issued, g_free);
        g_clear_pointer(&in_use->expires, g_free);
        g_clear_pointer(&in_use->key_id, g_free);
}

gboolean
guard_update_hand_over(GuardClient *client, const GuardUpdateRun *run, int fd, GError **error)
{
        g_autoptr(GUnixFDList) fds = g_unix_fd_list_new();
        g_autoptr(GVariant) reply = NULL;

        if (g_unix_fd_list_append(fds, fd, error) < 0)
                return FALSE;
        guard_client_set_interactive(client, run->interactive);
        if (run->progress)
                guard_client_set_progress(client, run->progress, run->progress_data);
        reply = guard_client_call(client, "InstallRegistry", g_variant_new("(ha{sv})", 0, NULL), "(a{sv})", fds, error);
        return reply != NULL;
}
