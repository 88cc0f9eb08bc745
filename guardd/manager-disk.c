/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A disk's way through the quarantine: found by udev's question or by its event → opened exclusively,
 * probed → decided → recorded; manager-disk-apply.c carries it out. A question is answered from sysfs
 * and the descriptor only: udev waits for us.
 */
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include "common/guard-error.h"
#include "guardd/block/facts.h"
#include "guardd/manager-private.h"
#include "guardd/probe/protocol.h"
#include "udev/hold/carrier.h"

static gboolean
is_pinned(const char *syspath)
{
        int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        gboolean pinned = root >= 0 && g_str_has_prefix(syspath, "/sys") &&
                          hold_carrier_pinned(root, syspath + strlen("/sys"));

        if (root >= 0)
                close(root);
        return pinned;
}

/* A carrier that is not USB has no stage of its own: it is there with its first disk. */
static ManagedDevice *
other_carrier(GuardManager *manager, const GuardBlockOrigin *origin, const char *disk_syspath)
{
        ManagedDevice *device = guard_table_find(manager, origin->carrier_syspath);

        if (device && guard_device_present(device))
                return device;
        if (device)
                guard_device_gone(device);
        device = guard_device_new(manager, origin->carrier_syspath);
        device->public.medium->carrier = origin->carrier;
        device->public.medium->carrier_serial = g_strdup(origin->carrier_serial);
        device->system_disk = is_pinned(disk_syspath);
        guard_device_show(device);
        guard_device_unref(device);
        return device;
}

static gboolean
same_disk(const GuardBlockFacts *a, const GuardBlockFacts *b)
{
        return a->diskseq == b->diskseq && a->inode == b->inode && a->major == b->major &&
               a->minor == b->minor;
}

/* The disk at @syspath as it is now, new in the table where it was not. NULL: gone, or fixed. */
static ManagedDisk *
ensure(GuardManager *manager, const char *syspath)
{
        g_autoptr(GuardBlockFacts) facts = guard_block_facts_read(syspath, NULL);
        g_autoptr(GuardBlockOrigin) origin = NULL;
        ManagedDisk *disk = guard_table_find_disk(manager, syspath);
        ManagedDevice *device;

        if (disk && facts && same_disk(disk->public.facts, facts))
                return disk;
        if (disk)
                guard_disk_gone(disk);
        if (!facts)
                return NULL;
        origin = guard_block_origin_find(syspath);
        if (!origin->guarded)
                return NULL;
        device = origin->usb_syspath ? guard_manager_usb_ensure(manager, origin->usb_syspath)
                                     : other_carrier(manager, origin, syspath);
        disk = guard_disk_new(device, g_steal_pointer(&facts));
        disk->hidden = TRUE;
        disk->has_known = guard_verdict_file_read(manager->paths->verdict_dir, disk->public.facts,
                                                  &disk->known);
        if (disk->has_known) {
                disk->public.released = disk->known.verdict >= GUARD_VERDICT_READ_ONLY;
                disk->read_only = disk->known.verdict == GUARD_VERDICT_READ_ONLY;
                disk->raw_open = disk->known.verdict == GUARD_VERDICT_ADMIT;
        }
        guard_device_changed(device);
        return disk;
}

/* Closing may wait for the device too, so it is a worker's. */
static void
drop_hold(ManagedDisk *disk)
{
        if (disk->open)
                guard_disk_close(disk->device->manager->workers, g_steal_pointer(&disk->open), NULL,
                                 NULL);
}

void
guard_disk_gone(ManagedDisk *disk)
{
        ManagedDevice *device = disk->device;

        if (disk->gone)
                return;
        disk->gone = TRUE;
        guard_disk_ref(disk);
        guard_device_ref(device);
        guard_disk_answer(disk, GUARD_VERDICT_HOLD, GUARD_REASON_NONE);
        guard_disk_import_end(disk);
        guard_disk_transfers_end(disk);
        drop_hold(disk);
        guard_verdict_file_remove(device->manager->paths->verdict_dir, disk->public.facts);
        g_ptr_array_remove(device->public.disks, disk);
        if (!device->gone && !device->public.medium->usb && device->shown &&
            device->public.disks->len == 0)
                guard_device_gone(device);
        else
                guard_device_changed(device);
        guard_device_unref(device);
        guard_disk_unref(disk);
}

void
guard_manager_block_event(GuardManager *manager, struct udev_device *udev, const char *action)
{
        const char *syspath = udev_device_get_syspath(udev);
        const char *verdict = udev_device_get_property_value(udev, "BAOMI_VERDICT");
        ManagedDisk *disk;
        GuardVerdict seen;

        if (g_strcmp0(udev_device_get_devtype(udev), "disk") != 0)
                return;
        if (strcmp(action, "remove") == 0) {
                g_autoptr(GuardBlockFacts) now = guard_block_facts_read(syspath, NULL);

                disk = guard_table_find_disk(manager, syspath);
                if (disk && (!now || !same_disk(disk->public.facts, now)))
                        guard_disk_gone(disk);
                return;
        }
        disk = ensure(manager, syspath);
        if (!disk)
                return;
        disk->event_seen = TRUE;
        if (!verdict || !guard_verdict_from_string(verdict, &seen))
                seen = GUARD_VERDICT_HOLD;
        /* Only an add makes udisks take a drive for removable; a change may hide, never show. */
        if (strcmp(action, "add") == 0)
                disk->announcing = FALSE;
        if (strcmp(action, "change") != 0)
                disk->hidden = seen < GUARD_VERDICT_READ_ONLY;
        else if (seen < GUARD_VERDICT_READ_ONLY)
                disk->hidden = TRUE;
        guard_disk_ref(disk);
        guard_disk_advance(disk);
        guard_disk_sync_udev(disk);
        guard_disk_unref(disk);
}

/* udev will ask in the middle of its rules: by then there may be an answer. */
void
guard_manager_block_early(GuardManager *manager, const char *syspath)
{
        ManagedDisk *disk = ensure(manager, syspath);

        if (!disk)
                return;
        guard_disk_ref(disk);
        guard_disk_advance(disk);
        guard_disk_unref(disk);
}

void
guard_manager_asked(GuardAsk *ask, const GuardQuestion *question, gpointer data)
{
        GuardManager *manager = data;
        g_autofree char *syspath = guard_block_disk_of(question->major, question->minor);
        ManagedDisk *disk = syspath ? ensure(manager, syspath) : NULL;

        if (!disk || (question->diskseq != 0 && question->diskseq != disk->public.facts->diskseq)) {
                guard_ask_answer(ask, GUARD_VERDICT_HOLD, GUARD_REASON_NONE);
                return;
        }
        g_debug("%s: udev asks (%s)", disk->public.facts->name, question->action);
        g_ptr_array_add(disk->asks, ask);
        guard_disk_ref(disk);
        if (disk->public.decision && !disk->recording && !disk->enforcing)
                guard_disk_answer(disk, disk->public.decision->verdict, disk->public.decision->reason);
        else
                guard_disk_advance(disk);
        guard_disk_unref(disk);
}

static GuardDisc
disc_of(const ManagedDisk *disk)
{
        return disk->open ? disk->open->disc : GUARD_DISC_DATA;
}

static void
probed(const char *text, gsize size, const GError *error, gpointer data)
{
        ManagedDisk *disk = data;
        GuardBlockFacts *facts = disk->public.facts;
        g_autoptr(GError) wrong = NULL;

        disk->step = DISK_PROBED;
        g_debug("%s: probed", facts->name);
        if (error) {
                facts->probe = error->code == GUARD_ERROR_TIMEOUT ? GUARD_PROBE_TIMEOUT
                                                                  : GUARD_PROBE_FAILED;
                g_free(facts->probe_error);
                facts->probe_error = g_strdup(error->message);
        } else if (!guard_probe_parse(text, size, facts, &wrong) &&
                   !guard_disc_excuse(disc_of(disk), facts)) {
                g_info("%s: %s", facts->name, wrong->message);
        }
        guard_disk_advance(disk);
        guard_disk_unref(disk);
}

static void
without_medium(ManagedDisk *disk)
{
        /* An empty reader or tray: nothing to decide about. Its next medium brings a change. */
        disk->step = DISK_PROBED;
        disk->no_medium = TRUE;
        disk->public.facts->probe = GUARD_PROBE_NO_MEDIUM;
        drop_hold(disk);
        guard_disk_answer(disk, GUARD_VERDICT_HOLD, GUARD_REASON_NONE);
}

static void
opened(gpointer result, const GError *error, gpointer data)
{
        ManagedDisk *disk = data;

        if (disk->gone) {
                disk->open = result;
                drop_hold(disk);
        } else if (!result) {
                g_autoptr(GError) copy = g_error_copy(error);

                if (g_error_matches(error, GUARD_ERROR, GUARD_ERROR_GONE)) {
                        /* Another medium by now: its own event follows. */
                        disk->step = DISK_NEW;
                        guard_disk_answer(disk, GUARD_VERDICT_HOLD, GUARD_REASON_NONE);
                } else {
                        probed(NULL, 0, copy, guard_disk_ref(disk));
                }
        } else {
                g_debug("%s: opened%s", disk->public.facts->name,
                        ((GuardDiskOpen *)result)->exclusive ? "" : ", shared");
                disk->open = result;
                disk->public.facts->size = disk->open->size;
                if (disk->open->no_medium) {
                        without_medium(disk);
                } else {
                        disk->step = DISK_PROBING;
                        guard_probe_pool_run(disk->device->manager->probes,
                                             disk->device->public.cookie, disk->open->fd, probed,
                                             guard_disk_ref(disk));
                }
        }
        guard_disk_unref(disk);
}

/* FALSE: comes back when it is. */
static gboolean
content_is_known(ManagedDisk *disk)
{
        if (disk->device->system_disk || disk->step == DISK_PROBED)
                return !disk->no_medium;
        if (disk->step == DISK_NEW) {
                disk->step = DISK_OPENING;
                guard_disk_open(disk->device->manager->workers, disk->public.facts, opened,
                                guard_disk_ref(disk));
        }
        return FALSE;
}

typedef struct {
        ManagedDisk *disk;
        GuardDecision *decision;
} Step;

static void
adopt(ManagedDisk *disk, GuardDecision *decision)
{
        g_clear_pointer(&disk->public.decision, guard_decision_free);
        disk->public.decision = decision;
        guard_manager_schedule(disk->device->manager);
        guard_manager_remember(disk);
        guard_disk_apply(disk);
}

static void
written(gboolean durable, gpointer data)
{
        Step *step = data;
        ManagedDisk *disk = step->disk;

        disk->recording = FALSE;
        g_debug("%s: recorded", disk->public.facts->name);
        disk->device->recorded = disk->device->recorded || durable;
        if (!disk->gone && step->decision) {
                if (durable)
                        adopt(disk, g_steal_pointer(&step->decision));
                else
                        guard_disk_answer(disk, GUARD_VERDICT_HOLD, GUARD_REASON_RECORD_FAILED);
        }
        if (disk->again && !disk->gone) {
                disk->again = FALSE;
                guard_disk_advance(disk);
        }
        g_clear_pointer(&step->decision, guard_decision_free);
        guard_disk_unref(disk);
        g_free(step);
}

static void
record(ManagedDisk *disk, GuardDecision *decision)
{
        Step *step = g_new0(Step, 1);
        gboolean waits = decision->verdict >= GUARD_VERDICT_READ_ONLY || decision->reason == GUARD_REASON_IMPORT;

        disk->recording = TRUE;
        step->disk = guard_disk_ref(disk);
        if (waits)
                step->decision = decision;
        guard_manager_write_decision(disk->device, disk, decision, written, step);
        if (!waits)
                adopt(disk, decision);
}

/* FALSE: the carrier is not decided yet, or refused (then the answer is given). */
static gboolean
carrier_is_admitted(ManagedDisk *disk)
{
        const ManagedDevice *device = disk->device;
        const GuardDecision *decision = device->public.decision;

        if (device->collecting)
                return FALSE;
        if (device->public.medium->carrier != GUARD_CARRIER_USB)
                return TRUE;
        if (!decision)
                return FALSE;
        if (decision->verdict >= GUARD_VERDICT_READ_ONLY)
                return TRUE;
        guard_disk_answer(disk, decision->verdict, decision->reason);
        return FALSE;
}

static gboolean
was_released(const ManagedDisk *disk)
{
        return (disk->public.decision && disk->public.decision->verdict >= GUARD_VERDICT_READ_ONLY) ||
               (disk->has_known && disk->known.verdict >= GUARD_VERDICT_READ_ONLY);
}

void
guard_disk_advance(ManagedDisk *disk)
{
        GuardDecision *decision;

        if (disk->gone || !disk->device->manager->started || !carrier_is_admitted(disk) || !content_is_known(disk))
                return;
        if (disk->recording) {
                disk->again = TRUE;
                return;
        }
        if (!guard_config_registry(disk->device->manager->config))
                return;
        decision = guard_manager_decide(disk->device, disk->public.facts, was_released(disk));
        if (guard_manager_person_pending(disk->device->manager, decision)) {
                guard_decision_free(decision);
                return;
        }
        if (disk->public.decision && guard_decision_same(disk->public.decision, decision)) {
                g_clear_pointer(&disk->public.decision, guard_decision_free);
                disk->public.decision = decision;
                guard_manager_schedule(disk->device->manager);
        } else if (!disk->public.decision && disk->has_known &&
                   guard_decision_is_known(decision, &disk->known)) {
                adopt(disk, decision);
        } else {
                disk->has_known = FALSE;
                record(disk, decision);
        }
}
