/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the ledger says of an import: each file, and how it ended.
 */
#include "common/guard-text.h"
#include "guardd/manager-private.h"
#include "guardd/record/details.h"
#include "ledger/kinds.h"

static void
add_text_of(JsonBuilder *json, const char *key, GVariant *message)
{
        const char *value = NULL;

        g_variant_lookup(message, key, "&s", &value);
        guard_details_add_string(json, key, value);
}

static GuardRecord *
record_new(ManagedDisk *disk, const char *kind, GuardSeverity severity)
{
        GuardRecord *record = guard_manager_record_event(disk->device, kind, severity, NULL);

        record->block = g_strdup(disk->public.facts->name);
        record->diskseq = disk->public.facts->diskseq;
        return record;
}

typedef struct {
        GuardWritten done;
        gpointer user_data;
} Waiting;

static void
file_written(const GuardRecord *record G_GNUC_UNUSED, const GError *error, gpointer data)
{
        Waiting *waiting = data;

        waiting->done(!error, waiting->user_data);
        g_free(waiting);
}

void
guard_import_record_file(ManagedDisk *disk, const char *exception, GVariant *message, GuardWritten done, gpointer user_data)
{
        g_autoptr(JsonBuilder) json = json_builder_new();
        Waiting *waiting = g_new(Waiting, 1);
        gboolean kept = FALSE;
        guint64 size = 0;
        GuardRecord *record;

        g_variant_lookup(message, "kept", "b", &kept);
        g_variant_lookup(message, "size", "t", &size);
        record = record_new(disk, GUARD_KIND_IMPORT_FILE, kept ? GUARD_SEVERITY_INFO : GUARD_SEVERITY_WARNING);
        json_builder_begin_object(json);
        guard_details_add_string(json, "exception", exception);
        add_text_of(json, "path", message);
        guard_details_add_number(json, "size", (gint64)size);
        add_text_of(json, "digest", message);
        add_text_of(json, "scan", message);
        add_text_of(json, "found", message);
        guard_details_add_flag(json, "kept", kept);
        record->details = guard_details_end(json);
        waiting->done = done;
        waiting->user_data = user_data;
        guard_recorder_write(disk->device->manager->recorder, record, file_written, waiting); /* there may be thousands: nobody is told of each */
}

static void
written(gboolean in_ledger G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
        /* The files themselves are on record. */
}

static void
add_people(JsonBuilder *json, const GuardException *exception)
{
        guard_details_add_string(json, "exception", exception->id);
        guard_details_add_string(json, "user", exception->user);
        guard_details_add_string(json, "asked_by", exception->asked_by);
        guard_details_add_string(json, "approved_by", exception->approved_by);
}

void
guard_import_record_done(ManagedDisk *disk, const GuardException *exception, GVariant *copied, const char *folder)
{
        g_autoptr(JsonBuilder) json = json_builder_new();
        guint files = 0, kept = 0, skipped = 0;
        guint64 bytes = 0;
        GuardRecord *record;

        g_variant_lookup(copied, "files", "u", &files);
        g_variant_lookup(copied, "kept", "u", &kept);
        g_variant_lookup(copied, "skipped", "u", &skipped);
        g_variant_lookup(copied, "bytes", "t", &bytes);
        record = record_new(disk, GUARD_KIND_IMPORTED, kept < files ? GUARD_SEVERITY_WARNING : GUARD_SEVERITY_NOTICE);
        json_builder_begin_object(json);
        add_people(json, exception);
        guard_details_add_string(json, "folder", folder);
        guard_details_add_number(json, "files", (gint64)kept);
        guard_details_add_number(json, "withheld", (gint64)files - MIN(kept, files));
        guard_details_add_number(json, "skipped", (gint64)skipped);
        guard_details_add_number(json, "bytes", (gint64)bytes);
        record->details = guard_details_end(json);
        guard_manager_write_told(disk->device, disk, record, written, NULL);
}

void
guard_import_record_failed(ManagedDisk *disk, const GuardException *exception, const char *why)
{
        g_autoptr(JsonBuilder) json = json_builder_new();
        g_autofree char *plain = guard_text_plain(why);
        GuardRecord *record = record_new(disk, GUARD_KIND_IMPORT_FAILED, GUARD_SEVERITY_WARNING);

        json_builder_begin_object(json);
        add_people(json, exception);
        guard_details_add_string(json, "why", plain);
        guard_details_add_string(json, "why_text", why);
        record->details = guard_details_end(json);
        guard_manager_write_told(disk->device, disk, record, written, NULL);
}
