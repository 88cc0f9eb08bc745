/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What drives of the register looked like: asked before a decision, remembered after one that lets them be used, and on record
 * where it has changed.
 */
#include "guardd/manager-private.h"
#include "guardd/record/details.h"
#include "ledger/kinds.h"

guint
guard_manager_changed(GuardManager *manager, const GuardMedium *medium, const char *media_id)
{
        g_autoptr(GuardFingerprint) now = NULL;

        if (!manager->fingerprints || !media_id || !medium->block)
                return 0;
        now = guard_fingerprint_new(medium);
        return guard_fingerprints_compare(manager->fingerprints, media_id, now, NULL);
}

static void
add(JsonBuilder *json, const char *when, const GuardFingerprint *fingerprint)
{
        json_builder_set_member_name(json, when);
        json_builder_begin_object(json);
        guard_details_add_string(json, "descriptor", fingerprint->descriptor);
        guard_details_add_number(json, "capacity", (gint64)fingerprint->capacity);
        guard_details_add_string(json, "layout", fingerprint->layout);
        json_builder_end_object(json);
}

static char *
details(const GuardFingerprint *before, const GuardFingerprint *now)
{
        g_autoptr(JsonBuilder) json = json_builder_new();

        json_builder_begin_object(json);
        add(json, "before", before);
        add(json, "now", now);
        return guard_details_end(json);
}

static void
record(ManagedDisk *disk, const char *media_id, const GuardFingerprint *before, const GuardFingerprint *now)
{
        GuardRecord *changed = guard_manager_record_event(disk->device, GUARD_KIND_IDENTITY_CHANGED, GUARD_SEVERITY_WARNING, NULL);

        g_free(changed->media_id);
        changed->media_id = g_strdup(media_id);
        changed->block = g_strdup(disk->public.facts->name);
        changed->details = details(before, now);
        guard_recorder_write(disk->device->manager->recorder, changed, NULL, NULL);
}

void
guard_manager_remember(ManagedDisk *disk)
{
        GuardManager *manager = disk->device->manager;
        const GuardDecision *decision = disk->public.decision;
        GuardMedium medium = *disk->device->public.medium;
        g_autoptr(GuardFingerprint) now = NULL;
        g_autoptr(GuardFingerprint) before = NULL;
        g_autoptr(GError) error = NULL;
        guint changed;

        if (!decision->remember || !decision->media_id || !manager->fingerprints)
                return;
        medium.block = disk->public.facts;
        now = guard_fingerprint_new(&medium);
        changed = guard_fingerprints_compare(manager->fingerprints, decision->media_id, now, &before);
        if (changed)
                record(disk, decision->media_id, before, now);
        else if (before)
                return;
        if (!guard_fingerprints_keep(manager->fingerprints, decision->media_id, now, &error))
                g_warning("%s", error->message);
}

gboolean
guard_manager_forget(GuardManager *manager, const char *media_id, GError **error)
{
        if (!guard_fingerprints_forget(manager->fingerprints, media_id, error))
                return FALSE;
        guard_manager_reevaluate(manager, G_MAXUINT);
        return TRUE;
}
