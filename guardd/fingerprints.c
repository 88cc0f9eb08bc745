/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guardd/fingerprints.h"
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "registry/durable.h"

struct GuardFingerprints {
        char *file;
        GKeyFile *all; /* group: a media id, escaped */
};

/* Any text may be a number in the register; a group's name may not be. The disk behind it: no escaped text has a blank. */
static char *
group_of(const char *media_id, guint lun)
{
        g_autofree char *safe = g_uri_escape_string(media_id, NULL, FALSE);

        return lun == 0 ? g_steal_pointer(&safe) : g_strdup_printf("%s %u", safe, lun);
}

GuardFingerprints *
guard_fingerprints_new(const char *file)
{
        GuardFingerprints *fingerprints = g_new0(GuardFingerprints, 1);
        g_autoptr(GError) error = NULL;

        fingerprints->file = g_strdup(file);
        fingerprints->all = g_key_file_new();
        if (!g_key_file_load_from_file(fingerprints->all, file, G_KEY_FILE_NONE, &error) &&
            !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
                g_warning("%s: %s; what drives looked like is learnt anew", file, error->message);
                g_key_file_unref(fingerprints->all);
                fingerprints->all = g_key_file_new();
        }
        return fingerprints;
}

void
guard_fingerprints_free(GuardFingerprints *fingerprints)
{
        if (!fingerprints)
                return;
        g_key_file_unref(fingerprints->all);
        g_free(fingerprints->file);
        g_free(fingerprints);
}

static GuardFingerprint *
look_up(GuardFingerprints *fingerprints, const char *group)
{
        GuardFingerprint *known;

        if (!g_key_file_has_group(fingerprints->all, group))
                return NULL;
        known = g_new0(GuardFingerprint, 1);
        known->descriptor = g_key_file_get_string(fingerprints->all, group, "descriptor", NULL);
        known->capacity = g_key_file_get_uint64(fingerprints->all, group, "capacity", NULL);
        known->layout = g_key_file_get_string(fingerprints->all, group, "layout", NULL);
        if (known->descriptor && known->layout)
                return known;
        guard_fingerprint_free(known);
        return NULL;
}

guint
guard_fingerprints_compare(GuardFingerprints *fingerprints, const char *media_id, const GuardFingerprint *now, GuardFingerprint **before)
{
        g_autofree char *group = group_of(media_id, now->lun);
        g_autoptr(GuardFingerprint) known = look_up(fingerprints, group);
        guint changed = known ? guard_fingerprint_compare(known, now) : 0;

        if (before)
                *before = g_steal_pointer(&known);
        return changed;
}

static gboolean
save(GuardFingerprints *fingerprints, GError **error)
{
        gsize size;
        g_autofree char *text = g_key_file_to_data(fingerprints->all, &size, NULL);

        return guard_durable_replace(fingerprints->file, text, size, 0600, error);
}

gboolean
guard_fingerprints_keep(GuardFingerprints *fingerprints, const char *media_id, const GuardFingerprint *now, GError **error)
{
        g_autofree char *group = group_of(media_id, now->lun);

        g_key_file_set_string(fingerprints->all, group, "descriptor", now->descriptor);
        g_key_file_set_uint64(fingerprints->all, group, "capacity", now->capacity);
        g_key_file_set_string(fingerprints->all, group, "layout", now->layout);
        return save(fingerprints, error);
}

gboolean
guard_fingerprints_forget(GuardFingerprints *fingerprints, const char *media_id, GError **error)
{
        g_autofree char *group = group_of(media_id, 0), *others = g_strconcat(group, " ", NULL);
        g_auto(GStrv) groups = g_key_file_get_groups(fingerprints->all, NULL);
        gboolean any = FALSE;

        for (guint n = 0; groups[n]; n++)
                if (g_str_equal(groups[n], group) || g_str_has_prefix(groups[n], others))
                        any = g_key_file_remove_group(fingerprints->all, groups[n], NULL) || any;
        if (any)
                return save(fingerprints, error);
        guard_error_set(error, GUARD_ERROR_NOT_FOUND, N_("The drive '%s' has never been used here; nothing is known of how it looks"),
                        media_id, NULL);
        return FALSE;
}
