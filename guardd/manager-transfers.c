/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where policy wants transfers on record: a helper watches each drive from before it is released. What cannot be watched is said,
 * and the drive is used all the same: the record of it has a gap that it tells of.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "common/guard-talk.h"
#include "common/guard-text.h"
#include "common/guard-transfer.h"
#include "guardd/block/helper-line.h"
#include "guardd/manager-private.h"
#include "guardd/record/details.h"
#include "ledger/kinds.h"

/* The helper is not waited for longer than this before a drive is released. */
#define READY_SECONDS 5
#define MAX_HELPERS 3

typedef struct GuardDiskTransfers {
        ManagedDisk *disk;     /* not owned: it owns us */
        GuardHelperLine *line; /* NULL: it is gone */
        guint deadline, begun; /* begun: how many helpers so far */
        GuardTransferSettings settings; /* what it was begun with */
        gboolean ready; /* or not waited for any more */
} GuardDiskTransfers;

static const GuardTransferSettings *
settings_of(const ManagedDisk *disk)
{
        const GuardManager *manager = disk->device->manager;

        return guard_policy_transfers(guard_config_policy(manager->config), guard_config_host(manager->config)->level);
}

static gboolean
are_wanted(const ManagedDisk *disk)
{
        const GuardTransferSettings *settings = settings_of(disk);

        return settings->writes || settings->reads;
}

static void
release(GuardDiskTransfers *transfers)
{
        ManagedDisk *disk = transfers->disk;

        if (transfers->deadline)
                g_source_remove(transfers->deadline);
        transfers->deadline = 0;
        if (transfers->ready)
                return;
        transfers->ready = TRUE;
        disk->enforcing = FALSE;
        guard_disk_ref(disk);
        if (!disk->gone && disk->public.decision)
                guard_disk_apply(disk);
        guard_disk_unref(disk);
}

static void
not_recorded(GuardDiskTransfers *transfers, const char *why)
{
        GuardRecord *record = guard_manager_record_event(transfers->disk->device, GUARD_KIND_TRANSFERS_MISSED, GUARD_SEVERITY_WARNING, NULL);
        g_autofree char *plain = guard_text_plain(why);
        g_autoptr(JsonBuilder) json = json_builder_new();

        json_builder_begin_object(json);
        guard_details_add_string(json, "why", plain);
        record->details = guard_details_end(json);
        record->block = g_strdup(transfers->disk->public.facts->name);
        guard_recorder_write(transfers->disk->device->manager->recorder, record, NULL, NULL);
}

static char *
details(GVariant *message, const char *program)
{
        g_autoptr(JsonBuilder) json = json_builder_new();
        static const char *const texts[] = {"path", "direction", "digest"};
        guint64 size = 0;

        json_builder_begin_object(json);
        for (gsize n = 0; n < G_N_ELEMENTS(texts); n++) {
                const char *text = "";

                g_variant_lookup(message, texts[n], "&s", &text);
                guard_details_add_string(json, texts[n], *text ? text : NULL);
        }
        g_variant_lookup(message, "size", "t", &size);
        guard_details_add_number(json, "size", (gint64)size);
        guard_details_add_string(json, "program", *program ? program : NULL);
        return guard_details_end(json);
}

static void
written(const GuardRecord *record G_GNUC_UNUSED, const GError *error G_GNUC_UNUSED, gpointer data)
{
        ManagedDisk *disk = data;

        if (disk->transfers && disk->transfers->line)
                guard_helper_line_go_on(disk->transfers->line);
        guard_disk_unref(disk);
}

static void
hear_transfer(GuardDiskTransfers *transfers, GVariant *message)
{
        ManagedDisk *disk = transfers->disk;
        GuardRecord *record = guard_manager_record_event(disk->device, GUARD_KIND_TRANSFER, GUARD_SEVERITY_INFO, NULL);
        const char *user = "", *program = "";

        g_variant_lookup(message, "user", "&s", &user);
        g_variant_lookup(message, "program", "&s", &program);
        if (*user) {
                g_free(record->user);
                record->user = g_strdup(user);
        }
        record->block = g_strdup(disk->public.facts->name);
        record->details = details(message, program);
        /* durable with the next one that is, or in a moment: there may be thousands */
        guard_recorder_write_ahead(disk->device->manager->recorder, record, written, guard_disk_ref(disk));
}

static void said(GVariant *message, gpointer data);

static GVariant *
job(const ManagedDisk *disk)
{
        const GuardTransferSettings *settings = &disk->transfers->settings;
        GVariantBuilder builder;

        guard_talk_begin(&builder, "job");
        g_variant_builder_add(&builder, "{sv}", "disk", g_variant_new_string(disk->public.facts->name));
        g_variant_builder_add(&builder, "{sv}", "reads", g_variant_new_boolean(settings->reads));
        g_variant_builder_add(&builder, "{sv}", "writes", g_variant_new_boolean(settings->writes));
        g_variant_builder_add(&builder, "{sv}", "digest_size", g_variant_new_uint64(settings->digest_size));
        return g_variant_builder_end(&builder);
}

static gboolean
begin(GuardDiskTransfers *transfers)
{
        g_autoptr(GError) error = NULL;

        transfers->begun++;
        transfers->line = guard_helper_line_new(GUARD_TRANSFER_SOCKET, said, transfers, &error);
        if (transfers->line)
                guard_helper_line_tell(transfers->line, job(transfers->disk));
        else
                not_recorded(transfers, error->message);
        return transfers->line != NULL;
}

/* Another one takes its place, a few times. */
static void
helper_ended(GuardDiskTransfers *transfers, const char *why)
{
        g_clear_pointer(&transfers->line, guard_helper_line_free);
        not_recorded(transfers, why);
        if (transfers->begun < MAX_HELPERS)
                (void)begin(transfers);
        release(transfers);
}

static void
said(GVariant *message, gpointer data)
{
        GuardDiskTransfers *transfers = data;
        const char *event = "", *why = N_("The helper that watches it ended without a word");

        if (message)
                g_variant_lookup(message, "event", "&s", &event);
        if (g_str_equal(event, "transfer")) {
                hear_transfer(transfers, message);
        } else if (g_str_equal(event, "ready")) {
                guard_helper_line_go_on(transfers->line);
                release(transfers);
        } else if (g_str_equal(event, "missed")) {
                g_variant_lookup(message, "why", "&s", &why);
                not_recorded(transfers, why);
                guard_helper_line_go_on(transfers->line);
        } else {
                if (message)
                        g_variant_lookup(message, "why", "&s", &why);
                helper_ended(transfers, why);
        }
}

static gboolean
too_slow(gpointer data)
{
        GuardDiskTransfers *transfers = data;

        transfers->deadline = 0;
        not_recorded(transfers, N_("The helper that watches it is slow; the first transfers may be missing"));
        release(transfers);
        return G_SOURCE_REMOVE;
}

gboolean
guard_disk_transfers_ready(ManagedDisk *disk)
{
        GuardDiskTransfers *transfers = disk->transfers;

        if (transfers || !are_wanted(disk) || disk->device->system_disk)
                return !transfers || transfers->ready;
        disk->transfers = transfers = g_new0(GuardDiskTransfers, 1);
        transfers->disk = disk;
        transfers->settings = *settings_of(disk);
        if (!begin(transfers)) {
                transfers->ready = TRUE;
                return TRUE;
        }
        disk->enforcing = TRUE;
        transfers->deadline = g_timeout_add_seconds(READY_SECONDS, too_slow, transfers);
        return FALSE;
}

void
guard_disk_transfers_end(ManagedDisk *disk)
{
        GuardDiskTransfers *transfers = disk->transfers;

        if (!transfers)
                return;
        disk->transfers = NULL;
        if (transfers->deadline)
                g_source_remove(transfers->deadline);
        if (!transfers->ready)
                disk->enforcing = FALSE;
        if (transfers->line)
                guard_helper_line_free(transfers->line);
        g_free(transfers);
}

static gboolean
is_as_wanted(const ManagedDisk *disk)
{
        const GuardTransferSettings *wanted = settings_of(disk);
        const GuardDiskTransfers *now = disk->transfers;

        if (!now)
                return !are_wanted(disk);
        return now->line && now->settings.writes == wanted->writes && now->settings.reads == wanted->reads &&
               now->settings.digest_size == wanted->digest_size;
}

/* Policy may have changed: what is in use is watched from now on, or not any more. */
void
guard_manager_update_transfers(GuardManager *manager)
{
        for (guint i = 0; i < manager->devices->len; i++) {
                const ManagedDevice *device = g_ptr_array_index(manager->devices, i);

                for (guint k = 0; k < device->public.disks->len; k++) {
                        ManagedDisk *disk = g_ptr_array_index(device->public.disks, k);

                        if (!disk->public.released || disk->gone || is_as_wanted(disk))
                                continue;
                        guard_disk_transfers_end(disk);
                        (void)guard_disk_transfers_ready(disk);
                }
        }
}
