/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One-way import of a disk that nobody else gets to see: made read-only, let go of, handed to the importer; each file is on
 * record before the next one is heard of, and all of them before the copies are handed over. Good once:
 * then the disk waits to be pulled out.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "common/guard-import.h"
#include "common/guard-talk.h"
#include "common/guard-text.h"
#include "guardd/block/facts.h"
#include "guardd/block/helper-line.h"
#include "guardd/block/shield-pass.h"
#include "guardd/manager-private.h"

typedef struct GuardDiskImport {
        ManagedDisk *disk;         /* not owned: it owns us */
        GuardException *exception; /* as it was when this began */
        GuardHelperLine *importer; /* NULL: not yet, or over */
        GVariant *copied;          /* the importer's last word before the copies are handed over */
        gboolean over;
} GuardDiskImport;

static const GuardException *
find_exception(ManagedDisk *disk)
{
        GuardExceptions *exceptions = disk->device->manager->exceptions;

        return exceptions ? guard_exception_find_import(guard_exceptions_in_force(exceptions), disk->device->public.medium) : NULL;
}

/* Done or failed: good for no other. */
static void
finish(GuardDiskImport *import)
{
        ManagedDisk *disk = import->disk;

        import->over = TRUE;
        g_clear_pointer(&import->importer, guard_helper_line_free);
        guard_disk_let_in(disk->public.facts, 0);
        if (disk->device->manager->exceptions)
                guard_exceptions_use_up(disk->device->manager->exceptions, import->exception->id);
}

static void
fail(GuardDiskImport *import, const char *why)
{
        if (import->over)
                return;
        g_info("%s: the import failed: %s", import->disk->public.facts->name, why);
        guard_import_record_failed(import->disk, import->exception, why);
        finish(import);
}

static void
add_volume(GVariantBuilder *volumes, const GuardBlockFacts *facts, const GuardVolumeFacts *volume)
{
        g_autofree char *name = volume->partition == 0 ? g_strdup(facts->name) : guard_block_partition_name(facts, volume->partition);
        guint major = facts->major, minor = facts->minor;

        if (!name || g_strcmp0(volume->usage, "filesystem") != 0 || !volume->type)
                return;
        if (volume->partition == 0 || guard_block_number_of(facts, name, &major, &minor))
                g_variant_builder_add(volumes, "(suus)", name, major, minor, volume->type);
}

static GVariant *
job(const GuardDiskImport *import)
{
        GuardManager *manager = import->disk->device->manager;
        const GuardBlockFacts *facts = import->disk->public.facts;
        const GuardExceptionSettings *settings =
                guard_policy_exceptions(guard_config_policy(manager->config), guard_config_host(manager->config)->level);
        GVariantBuilder volumes, builder;

        g_variant_builder_init(&volumes, G_VARIANT_TYPE("a(suus)"));
        for (guint n = 0; n < facts->volumes->len && n < GUARD_IMPORT_MAX_VOLUMES; n++)
                add_volume(&volumes, facts, g_ptr_array_index(facts->volumes, n));
        guard_talk_begin(&builder, "job");
        g_variant_builder_add(&builder, "{sv}", "disk", g_variant_new_string(facts->name));
        g_variant_builder_add(&builder, "{sv}", "diskseq", g_variant_new_uint64(facts->diskseq));
        g_variant_builder_add(&builder, "{sv}", "volumes", g_variant_builder_end(&volumes));
        g_variant_builder_add(&builder, "{sv}", "user", g_variant_new_string(import->exception->user));
        g_variant_builder_add(&builder, "{sv}", "id", g_variant_new_string(import->exception->id));
        g_variant_builder_add(&builder, "{sv}", "only", g_variant_new_string(import->exception->only ? import->exception->only : ""));
        g_variant_builder_add(&builder, "{sv}", "size", g_variant_new_uint64(settings->import_size));
        g_variant_builder_add(&builder, "{sv}", "scan", g_variant_new_string(guard_import_scan_to_string(settings->import_scan)));
        g_variant_builder_add(&builder, "{sv}", "sm3", g_variant_new_boolean(settings->import_sm3));
        return g_variant_builder_end(&builder);
}

/* The import of @disk, which a record was waited for; NULL: it has ended meanwhile. Drops the reference. */
static GuardDiskImport *
come_back(ManagedDisk *disk)
{
        GuardDiskImport *import = disk->gone || !disk->import || disk->import->over ? NULL : disk->import;

        guard_disk_unref(disk);
        return import;
}

static void
file_recorded(gboolean in_ledger, gpointer data)
{
        GuardDiskImport *import = come_back(data);

        if (import && in_ledger)
                guard_helper_line_go_on(import->importer);
        else if (import)
                fail(import, N_("The files could not be put on record"));
}

static void
hear_hello(GuardDiskImport *import, GVariant *message)
{
        guint32 pid = 0;

        g_variant_lookup(message, "pid", "u", &pid);
        guard_disk_let_in(import->disk->public.facts, pid);
        guard_helper_line_tell(import->importer, job(import));
        guard_helper_line_go_on(import->importer);
}

static void
hear_copied(GuardDiskImport *import, GVariant *message)
{
        GVariantBuilder builder;

        g_clear_pointer(&import->copied, g_variant_unref);
        import->copied = g_variant_ref(message);
        guard_talk_begin(&builder, "deliver");
        guard_helper_line_tell(import->importer, g_variant_builder_end(&builder));
        guard_helper_line_go_on(import->importer);
}

static void
hear_done(GuardDiskImport *import, GVariant *message)
{
        const char *folder = "";

        g_variant_lookup(message, "folder", "&s", &folder);
        guard_import_record_done(import->disk, import->exception, import->copied, folder);
        finish(import);
}

static void
said(GVariant *message, gpointer data)
{
        GuardDiskImport *import = data;
        const char *event = "", *why = N_("The importer ended without a word");

        if (message)
                g_variant_lookup(message, "event", "&s", &event);
        if (g_str_equal(event, "hello")) {
                hear_hello(import, message);
        } else if (g_str_equal(event, "file")) {
                guard_import_record_file(import->disk, import->exception->id, message, file_recorded, guard_disk_ref(import->disk));
        } else if (g_str_equal(event, "copied")) {
                hear_copied(import, message);
        } else if (g_str_equal(event, "done") && import->copied) {
                hear_done(import, message);
        } else {
                if (g_str_equal(event, "failed"))
                        g_variant_lookup(message, "why", "&s", &why);
                fail(import, why);
        }
}

static void
let_go(gpointer result G_GNUC_UNUSED, const GError *error G_GNUC_UNUSED, gpointer data)
{
        ManagedDisk *disk = data;
        GuardDiskImport *import;
        g_autoptr(GError) own = NULL;

        disk->enforcing = FALSE;
        if (!disk->gone && disk->public.decision->reason != GUARD_REASON_IMPORT)
                guard_disk_apply(disk); /* the verdict has changed meanwhile */
        import = come_back(disk);
        if (!import)
                return;
        import->importer = guard_helper_line_new(GUARD_IMPORT_SOCKET, said, import, &own);
        if (!import->importer)
                fail(import, own->message);
}

static void
closed_to_writing(gpointer result, const GError *error, gpointer data)
{
        ManagedDisk *disk = data;
        GuardDiskImport *import;

        if (result && !disk->gone) {
                disk->read_only = TRUE;
                if (disk->open) {
                        guard_disk_close(disk->device->manager->workers, g_steal_pointer(&disk->open), let_go, disk);
                        return;
                }
                let_go(NULL, NULL, disk);
                return;
        }
        disk->enforcing = FALSE;
        import = come_back(disk);
        if (import)
                fail(import, error->message);
}

void
guard_disk_import(ManagedDisk *disk)
{
        const GuardException *exception = find_exception(disk);

        if (disk->import && exception && g_str_equal(disk->import->exception->id, exception->id))
                return;
        guard_disk_import_end(disk);
        if (!exception || exception->used || disk->enforcing)
                return;
        disk->import = g_new0(GuardDiskImport, 1);
        disk->import->disk = disk;
        disk->import->exception = guard_exception_copy(exception);
        disk->enforcing = TRUE;
        guard_disk_set_read_only(disk->device->manager->workers, disk->public.facts, TRUE, closed_to_writing, guard_disk_ref(disk));
}

void
guard_disk_import_end(ManagedDisk *disk)
{
        GuardDiskImport *import = disk->import;

        if (!import)
                return;
        if (!import->over && disk->device->manager->started)
                fail(import, disk->gone ? N_("The drive was pulled out") : N_("The permission has ended"));
        if (disk->gone && disk->device->manager->exceptions)
                guard_exceptions_forget_used(disk->device->manager->exceptions, import->exception->id);
        disk->import = NULL;
        if (import->importer)
                guard_helper_line_free(import->importer);
        g_clear_pointer(&import->copied, g_variant_unref);
        guard_exception_free(import->exception);
        g_free(import);
}
