/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the ledger says of an import: each file, and how it ended.
 */
#include <json-glib/json-glib.h>
#include "common/guard-text.h"
#include "guardd/manager-private.h"
#include "ledger/kinds.h"

static void
add(JsonBuilder *json, const char *key, const char *value)
{
        if (!value)
                return;
        json_builder_set_member_name(json, key);
        json_builder_add_string_value(json, value);
}

static void
add_number(JsonBuilder *json, const char *key, guint64 value)
{
        json_builder_set_member_name(json, key);
        json_builder_add_int_value(json, (gint64)value);
}

static void
add_text_of(JsonBuilder *json, const char *key, GVariant *message)
{
        const char *value = NULL;

        g_variant_lookup(message, key, "&s", &value);
        add(json, key, value);
}

static char *
finish(JsonBuilder *json)
{
        g_autoptr(JsonGenerator) generator = json_generator_new();
        g_autoptr(JsonNode) root = NULL;

        json_builder_end_object(json);
        root = json_builder_get_root(json);
        json_generator_set_root(generator, root);
        return json_generator_to_data(generator, NULL);
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
        add(json, "exception", exception);
        add_text_of(json, "path", message);
        add_number(json, "size", size);
        add_text_of(json, "digest", message);
        add_text_of(json, "scan", message);
        add_text_of(json, "found", message);
        json_builder_set_member_name(json, "kept");
        json_builder_add_boolean_value(json, kept);
        record->details = finish(json);
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
        add(json, "exception", exception->id);
        add(json, "user", exception->user);
        add(json, "asked_by", exception->asked_by);
        add(json, "approved_by", exception->approved_by);
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
        add(json, "folder", folder);
        add_number(json, "files", kept);
        add_number(json, "withheld", files - MIN(kept, files));
        add_number(json, "skipped", skipped);
        add_number(json, "bytes", bytes);
        record->details = finish(json);
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
        add(json, "why", plain);
        add(json, "why_text", why);
        record->details = finish(json);
        guard_manager_write_told(disk->device, disk, record, written, NULL);
}
