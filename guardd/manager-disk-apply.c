/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Carrying a disk's verdict out, after its record: read-only first, then the verdict file, then the
 * exclusive hold is let go, then udev is answered or told anew. Nothing is decided here.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/block/facts.h"
#include "guardd/block/mounts.h"
#include "guardd/block/unmount.h"
#include "guardd/manager-private.h"
#include "ledger/kinds.h"

/* A rule of somebody else's may hide the disk for its own reasons: tell udev, but not for ever. */
#define MAX_ANNOUNCEMENTS 3
/* The raw nodes come after what people wait for. */
#define RAW_NODES_SECONDS 2

void
guard_disk_answer(ManagedDisk *disk, GuardVerdict verdict, GuardReason reason)
{
        if (disk->asks->len > 0)
                g_debug("%s: udev is told %s (%s)", disk->public.facts->name,
                        guard_verdict_to_string(verdict), guard_reason_to_string(reason));
        for (guint i = 0; i < disk->asks->len; i++)
                guard_ask_answer(g_ptr_array_index(disk->asks, i), verdict, reason);
        g_ptr_array_set_size(disk->asks, 0);
}

static void
announced(gpointer result, const GError *error, gpointer data)
{
        ManagedDisk *disk = data;

        if (!result) {
                disk->announcing = FALSE;
                g_info("%s: %s", disk->public.facts->name, error->message);
        }
        guard_disk_unref(disk);
}

static void
announce(ManagedDisk *disk)
{
        disk->announced++;
        disk->announcing = TRUE;
        guard_disk_announce(disk->device->manager->workers, disk->public.facts, announced,
                            guard_disk_ref(disk));
}

void
guard_disk_sync_udev(ManagedDisk *disk)
{
        if (disk->gone || disk->announcing || !disk->event_seen || !disk->public.released || !disk->hidden ||
            disk->announced >= MAX_ANNOUNCEMENTS)
                return;
        announce(disk);
}

/* Its raw SCSI nodes go with a full admission, and with nothing less. The verdict file is there, or gone, already. */
static void
sync_raw_nodes(ManagedDisk *disk)
{
        gboolean open = disk->public.released && disk->public.decision->verdict == GUARD_VERDICT_ADMIT;

        g_clear_handle_id(&disk->raw_timer, g_source_remove);
        if (disk->gone || disk->raw_open == open)
                return;
        disk->raw_open = open;
        guard_disk_announce_raw(disk->device->manager->workers, disk->public.facts);
}

static gboolean
open_raw_nodes(gpointer data)
{
        ManagedDisk *disk = data;

        disk->raw_timer = 0;
        sync_raw_nodes(disk);
        return G_SOURCE_REMOVE;
}

static void
failed(ManagedDisk *disk, const char *message)
{
        ManagedDevice *device = disk->device;

        g_warning("%s: %s", disk->public.facts->name, message);
        guard_recorder_write(device->manager->recorder,
                             guard_manager_record_event(device, GUARD_KIND_ENFORCE_FAILED,
                                                        GUARD_SEVERITY_CRITICAL, message),
                             NULL, NULL);
}

static gboolean
write_verdict(ManagedDisk *disk)
{
        const GuardDecision *decision = disk->public.decision;
        const GuardKnownVerdict known = {decision->verdict, decision->reason, decision->media_id, FALSE};
        g_autoptr(GError) error = NULL;

        if (guard_verdict_file_write(disk->device->manager->paths->verdict_dir, disk->public.facts,
                                     &known, &error))
                return TRUE;
        failed(disk, error->message);
        return FALSE;
}

static void
released(ManagedDisk *disk)
{
        const GuardDecision *decision = disk->public.decision;

        disk->public.released = TRUE;
        guard_disk_answer(disk, decision->verdict, decision->reason);
        guard_disk_sync_udev(disk);
        if (decision->verdict != GUARD_VERDICT_ADMIT)
                sync_raw_nodes(disk);
        else if (!disk->raw_open && !disk->raw_timer)
                disk->raw_timer = g_timeout_add_seconds(RAW_NODES_SECONDS, open_raw_nodes, disk);
        guard_device_changed(disk->device);
}

static void
let_go(gpointer result, const GError *error, gpointer data)
{
        ManagedDisk *disk = data;
        const GuardDecision *decision = disk->public.decision;

        disk->enforcing = FALSE;
        if (!result)
                g_info("%s: %s", disk->public.facts->name, error->message);
        if (!disk->gone && decision->verdict >= GUARD_VERDICT_READ_ONLY &&
            disk->read_only == (decision->verdict == GUARD_VERDICT_READ_ONLY))
                released(disk);
        else if (!disk->gone)
                guard_disk_apply(disk); /* the verdict has changed meanwhile */
        guard_disk_unref(disk);
}

static void
release(ManagedDisk *disk)
{
        if (!guard_disk_transfers_ready(disk))
                return;
        if (!write_verdict(disk)) {
                guard_disk_answer(disk, GUARD_VERDICT_HOLD, GUARD_REASON_NONE);
                return;
        }
        if (!disk->open) {
                released(disk);
                return;
        }
        /* Nobody can mount it before the exclusive hold is gone, so the answer comes after. */
        disk->enforcing = TRUE;
        guard_disk_close(disk->device->manager->workers, g_steal_pointer(&disk->open), let_go,
                         guard_disk_ref(disk));
}

static void
mode_set(gpointer result, const GError *error, gpointer data)
{
        ManagedDisk *disk = data;

        disk->enforcing = FALSE;
        if (!disk->gone && result) {
                disk->read_only = disk->public.decision->verdict == GUARD_VERDICT_READ_ONLY;
                if (disk->public.decision->verdict >= GUARD_VERDICT_READ_ONLY)
                        release(disk);
                else
                        guard_disk_apply(disk);
        } else if (!disk->gone) {
                /* It stays in quarantine. */
                failed(disk, error->message);
                guard_disk_answer(disk, GUARD_VERDICT_HOLD, GUARD_REASON_NONE);
        }
        guard_disk_unref(disk);
}

static void
set_mode(ManagedDisk *disk)
{
        gboolean read_only = disk->public.decision->verdict == GUARD_VERDICT_READ_ONLY;

        if (read_only == disk->read_only) {
                release(disk);
                return;
        }
        disk->enforcing = TRUE;
        guard_disk_set_read_only(disk->device->manager->workers, disk->public.facts, read_only,
                                 mode_set, guard_disk_ref(disk));
}

static GPtrArray *
names_of(const ManagedDisk *disk)
{
        GPtrArray *names = guard_block_partitions(disk->public.facts);

        g_ptr_array_insert(names, 0, g_strdup(disk->public.facts->name));
        return names;
}

static void
deleted(gpointer result, const GError *error, gpointer data)
{
        ManagedDisk *disk = data;

        if (!result && !disk->gone && !g_error_matches(error, GUARD_ERROR, GUARD_ERROR_GONE))
                failed(disk, error->message);
        guard_disk_unref(disk);
}

/* Away with it: of USB the whole device, whatever else of it is in use, since the disks of one housing come
 * and go together, and which was looked at first is chance; a card from its reader. Where a carrier can do
 * neither, and where it only waits, the disk stays hidden and held. */
static void
take_away(ManagedDisk *disk)
{
        ManagedDevice *device = disk->device;
        GuardCarrier carrier = disk->public.decision->verdict == GUARD_VERDICT_REFUSE
                                       ? device->public.medium->carrier
                                       : GUARD_CARRIER_OTHER;

        if (carrier == GUARD_CARRIER_USB)
                guard_device_bar(device, disk);
        else if (carrier == GUARD_CARRIER_MMC)
                guard_disk_delete(device->manager->workers, disk->public.facts, deleted,
                                  guard_disk_ref(disk));
        else if (disk->event_seen && !disk->hidden)
                announce(disk);
}

static void
unmounted(GuardUnmountOutcome outcome, const char *drive G_GNUC_UNUSED, const GError *error,
          gpointer data)
{
        ManagedDisk *disk = data;

        disk->enforcing = FALSE;
        if (outcome == GUARD_UNMOUNT_FORCED) {
                g_autofree char *message =
                        g_strdup_printf("%s was taken away while it was in use; data may be lost%s%s",
                                        disk->public.facts->name, error ? ": " : ".",
                                        error ? error->message : "");

                guard_recorder_write(disk->device->manager->recorder,
                                     guard_manager_record_event(disk->device,
                                                                GUARD_KIND_FORCED_REMOVAL,
                                                                GUARD_SEVERITY_WARNING, message),
                                     NULL, NULL);
        }
        if (!disk->gone) {
                disk->public.released = FALSE;
                if (disk->public.decision->verdict >= GUARD_VERDICT_READ_ONLY)
                        set_mode(disk);
                else
                        take_away(disk);
                if (disk->public.decision->reason == GUARD_REASON_IMPORT)
                        guard_disk_import(disk);
                guard_device_changed(disk->device);
        }
        guard_disk_unref(disk);
}

static void
warn_busy(guint seconds, gpointer data)
{
        ManagedDisk *disk = data;

        guard_manager_warn_busy(disk->device, disk, seconds);
}

/* Somebody may be using it: it is flushed and unmounted, then changed. */
static void
withdraw(ManagedDisk *disk)
{
        GuardManager *manager = disk->device->manager;
        g_autoptr(GPtrArray) names = names_of(disk);
        GuardUnmountHow how = {.force = TRUE, .busy = warn_busy};

        how.busy_seconds = guard_policy_busy_seconds(guard_config_policy(manager->config));
        disk->enforcing = TRUE;
        guard_unmount(manager->workers, guard_link_connection(manager->bus), names, &how, unmounted,
                      guard_disk_ref(disk));
}

void
guard_disk_apply(ManagedDisk *disk)
{
        const GuardDecision *decision = disk->public.decision;

        if (disk->enforcing)
                return; /* its end looks at the verdict of that moment */
        if (decision->reason != GUARD_REASON_IMPORT)
                guard_disk_import_end(disk);
        if (decision->verdict == GUARD_VERDICT_ADMIT) {
                set_mode(disk);
        } else if (decision->verdict == GUARD_VERDICT_READ_ONLY) {
                /* A file system that is mounted already stays writable: it has to go first. */
                if (!disk->read_only && guard_block_in_use(disk->public.facts))
                        withdraw(disk);
                else
                        set_mode(disk);
        } else {
                guard_disk_transfers_end(disk);
                (void)write_verdict(disk);
                guard_disk_answer(disk, decision->verdict, decision->reason);
                sync_raw_nodes(disk);
                if (guard_block_in_use(disk->public.facts)) {
                        withdraw(disk);
                } else {
                        disk->public.released = FALSE;
                        take_away(disk);
                }
                guard_device_changed(disk->device);
                if (decision->reason == GUARD_REASON_IMPORT)
                        guard_disk_import(disk);
        }
}

static void
probe_anew(ManagedDisk *disk)
{
        disk->step = DISK_NEW;
        if (!disk->gone)
                guard_disk_advance(disk);
}

static void
closed_again(gpointer result G_GNUC_UNUSED, const GError *error G_GNUC_UNUSED, gpointer data)
{
        probe_anew(data);
        guard_disk_unref(data);
}

/* What we have open keeps what was read of it: closed first. */
static void
look_again(ManagedDisk *disk)
{
        if (disk->step != DISK_PROBED || disk->no_medium || disk->gone || disk->device->system_disk)
                return;
        if (!disk->open) {
                probe_anew(disk);
                return;
        }
        disk->step = DISK_OPENING;
        guard_disk_close(disk->device->manager->workers, g_steal_pointer(&disk->open), closed_again, guard_disk_ref(disk));
}

void
guard_manager_probe_again(GuardManager *manager)
{
        g_autoptr(GPtrArray) disks = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))guard_disk_unref);

        for (guint i = 0; i < manager->devices->len; i++) {
                const ManagedDevice *device = g_ptr_array_index(manager->devices, i);

                for (guint k = 0; k < device->public.disks->len; k++)
                        g_ptr_array_add(disks, guard_disk_ref(g_ptr_array_index(device->public.disks, k)));
        }
        for (guint i = 0; i < disks->len; i++)
                look_again(g_ptr_array_index(disks, i));
}
