/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A USB device's way: collect (on a worker) → decide → record; manager-usb-apply.c carries it out. Only
 * what is guarded is kept; everything else is the static helper's.
 */
#include <string.h>
#include "common/guard-error.h"
#include "guardd/manager-private.h"
#include "guardd/usb/enforce.h"
#include "guardd/usb/facts.h"
#include "ledger/kinds.h"

static gboolean
is_guarded(const ManagedDevice *device)
{
        const GuardUsbFacts *facts = device->public.medium->usb;

        return device->public.disks->len > 0 ||
               guard_usb_device_guarded(&facts->descriptors,
                                        guard_config_hold(device->manager->config));
}

static void
forget_pending(ManagedDevice *device)
{
        g_ptr_array_remove_fast(device->manager->pending, device);
}

static void
drop_disks(ManagedDevice *device)
{
        GPtrArray *disks = device->public.disks;

        while (disks->len > 0)
                guard_disk_gone(g_ptr_array_index(disks, disks->len - 1));
}

static void
take_over(ManagedDevice *device, gboolean partly)
{
        const GuardUsbFacts *facts = device->public.medium->usb;

        device->opened = facts->authorized;
        device->partly = partly;
        device->has_known = guard_usb_state_read(device->manager->paths->usb_state_dir, facts,
                                                 &device->known);
        device->recorded = device->has_known;
        device->barred = device->has_known && device->known.by_content;
}

/* Nothing of it is the static helper's to open: then there is nothing of udev's to wait for. */
static gboolean
is_ours_alone(const ManagedDevice *device)
{
        const struct guard_usb_descriptors *d = &device->public.medium->usb->descriptors;

        return !device->system_disk && !d->malformed && is_guarded(device) &&
               !guard_usb_is_mixed(d, guard_config_hold(device->manager->config));
}

/* What the helper does with it changes the facts: they are collected when udev has told. */
static void
leave_to_udev(ManagedDevice *device)
{
        device->gone = TRUE;
        /* Where the hold is not in force a disk may be quicker than its device's strings. */
        drop_disks(device);
        forget_pending(device);
        if (device->told)
                guard_manager_usb_ensure(device->manager, device->syspath);
}

static void stay_barred(ManagedDevice *device);

static void
collected(gpointer result, const GError *error, gpointer data)
{
        ManagedDevice *device = data;
        GuardUsbCollected *found = result;

        device->collecting = FALSE;
        if (found && !device->gone) {
                device->public.medium->usb = g_steal_pointer(&found->facts);
                device->system_disk = found->system_disk;
                device->inode = device->public.medium->usb->inode;
                if (device->early && !is_ours_alone(device)) {
                        leave_to_udev(device);
                } else if (is_guarded(device)) {
                        take_over(device, found->partly);
                        guard_device_show(device);
                        if (device->barred)
                                stay_barred(device);
                        guard_device_advance(device);
                } else {
                        forget_pending(device);
                }
        } else if (!device->gone) {
                if (!g_error_matches(error, GUARD_ERROR, GUARD_ERROR_GONE))
                        g_warning("%s: %s", device->public.id, error->message);
                guard_device_gone(device);
        }
        guard_usb_collected_free(found);
        guard_device_unref(device);
}

ManagedDevice *
guard_manager_usb_ensure(GuardManager *manager, const char *syspath)
{
        ManagedDevice *device = guard_table_find(manager, syspath);

        if (device && guard_device_present(device)) {
                device->told = TRUE;
                return device;
        }
        if (device)
                guard_device_gone(device);
        device = guard_device_new(manager, syspath);
        device->public.medium->carrier = GUARD_CARRIER_USB;
        device->collecting = TRUE;
        g_ptr_array_add(manager->pending, device);
        guard_usb_collect(manager->workers, syspath, collected, guard_device_ref(device));
        return device;
}

void
guard_manager_usb_early(GuardManager *manager, const char *syspath)
{
        g_autofree char *name = g_path_get_basename(syspath);
        ManagedDevice *device = guard_table_find(manager, syspath);

        if (g_str_has_prefix(name, "usb") || (device && guard_device_present(device)))
                return;
        device = guard_manager_usb_ensure(manager, syspath);
        device->early = TRUE;
}

void
guard_manager_usb_event(GuardManager *manager, const char *syspath, const char *action)
{
        g_autofree char *name = g_path_get_basename(syspath);
        ManagedDevice *device;

        if (g_str_has_prefix(name, "usb")) /* a root hub */
                return;
        if (strcmp(action, "remove") == 0) {
                device = guard_table_find(manager, syspath);
                /* Its place may be taken already: then that one's own event tells. */
                if (device && !guard_device_present(device))
                        guard_device_gone(device);
                return;
        }
        if (strcmp(action, "add") != 0 && strcmp(action, "present") != 0)
                return;
        device = guard_manager_usb_ensure(manager, syspath);
        /* The static helper may have written down what was decided before it came to it. */
        if (device->early && device->recorded)
                guard_manager_spool_forget(manager, device->public.medium->usb, "add");
}

void
guard_device_gone(ManagedDevice *device)
{
        GuardManager *manager = device->manager;
        const GuardUsbFacts *usb = device->public.medium->usb;

        if (device->gone)
                return;
        device->gone = TRUE;
        guard_device_ref(device);
        if (device->duplicate_timer)
                g_source_remove(device->duplicate_timer);
        device->duplicate_timer = 0;
        drop_disks(device);
        if (usb)
                guard_usb_state_remove(manager->paths->usb_state_dir, usb);
        if (device->recorded || device->recording) {
                GuardRecord *record = guard_manager_record_event(
                        device, GUARD_KIND_REMOVED, GUARD_SEVERITY_INFO, "The device was unplugged.");

                guard_recorder_write(manager->recorder, record, NULL, NULL);
                if (usb)
                        guard_manager_spool_forget(manager, usb, "remove");
                /* Pulled before udev could tell: what the static helper wrote down is on record. */
                if (usb && device->recorded)
                        guard_manager_spool_forget(manager, usb, "add");
        }
        if (device->shown) {
                g_signal_emit_by_name(manager, "device-removed", device);
                g_ptr_array_remove_fast(manager->devices, device);
                if (manager->started && guard_policy_counts(guard_config_policy(manager->config)))
                        guard_manager_reevaluate(manager, GUARD_DEPENDS_OTHERS); /* its place is free */
        } else {
                forget_pending(device);
        }
        /* Too quick to be recorded above: the static helper has written it down. */
        if (!device->recorded && !device->recording)
                guard_manager_take_spool(manager);
        guard_device_unref(device);
}

typedef struct {
        ManagedDevice *device;
        GuardDecision *decision;
} Step;

static void
written(gboolean in_ledger, gpointer data)
{
        Step *step = data;
        ManagedDevice *device = step->device;

        device->recording = FALSE;
        device->recorded = device->recorded || in_ledger;
        if (in_ledger && !device->gone && step->decision) {
                guard_device_adopt(device, g_steal_pointer(&step->decision));
                guard_device_apply(device);
        }
        if (in_ledger)
                guard_manager_spool_forget(device->manager, device->public.medium->usb, "add");
        if (device->again && !device->gone) {
                device->again = FALSE;
                guard_device_advance(device);
        }
        g_clear_pointer(&step->decision, guard_decision_free);
        guard_device_unref(device);
        g_free(step);
}

/* Record first; only a refusal needs not wait for the disk. */
static void
record(ManagedDevice *device, GuardDecision *decision)
{
        Step *step = g_new0(Step, 1);
        gboolean waits = guard_decision_opens(decision);

        device->recording = TRUE;
        step->device = guard_device_ref(device);
        if (waits)
                step->decision = decision;
        guard_manager_write_decision(device, NULL, decision, written, step);
        if (!waits) {
                guard_device_adopt(device, decision);
                guard_device_apply(device);
        }
}

/* Of a former run: the content is not there to be looked at, so the refusal stands until it is pulled. */
static void
stay_barred(ManagedDevice *device)
{
        GuardDecision *decision = guard_decision_new();

        decision->verdict = device->known.verdict;
        decision->reason = device->known.reason;
        decision->media_id = g_strdup(device->known.media_id);
        decision->severity = GUARD_SEVERITY_WARNING;
        guard_device_adopt(device, decision);
        guard_device_revoke(device);
        guard_device_changed(device);
}

/* Is it refused for its content still? A registry or a policy may have come that sees it otherwise. */
static gboolean
is_barred(ManagedDevice *device)
{
        GuardDecision *decision;

        if (!device->barred || !device->barred_facts)
                return device->barred;
        decision = guard_manager_decide(device, device->barred_facts, FALSE);
        device->barred = !guard_decision_opens(decision) && decision->reason != GUARD_REASON_IMPORT;
        if (device->barred)
                guard_device_adopt(device, decision);
        else
                guard_decision_free(decision);
        return device->barred;
}

static gboolean
was_released(const ManagedDevice *device)
{
        return (device->opened && !device->partly) ||
               (device->public.decision && guard_decision_opens(device->public.decision)) ||
               (device->has_known && device->known.verdict >= GUARD_VERDICT_READ_ONLY);
}

void
guard_device_advance(ManagedDevice *device)
{
        GuardDecision *decision;

        if (device->gone || device->collecting || !device->public.medium->usb ||
            !device->manager->started)
                return;
        if (device->recording) {
                device->again = TRUE;
                return;
        }
        if (!guard_config_registry(device->manager->config))
                return;
        if (is_barred(device))
                return;
        decision = guard_manager_decide(device, NULL, was_released(device));
        if (guard_manager_person_pending(device->manager, decision) ||
            (guard_decision_opens(decision) && guard_manager_duplicate_pending(device))) {
                guard_decision_free(decision);
                return;
        }
        if (device->public.decision && guard_decision_same(device->public.decision, decision)) {
                guard_device_adopt(device, decision);
                guard_device_apply(device);
        } else if (!device->public.decision && device->has_known &&
                   guard_decision_is_known(decision, &device->known)) {
                device->public.decision = decision;
                guard_manager_spool_forget(device->manager, device->public.medium->usb, "add");
                guard_device_apply(device);
        } else {
                device->has_known = FALSE;
                record(device, decision);
        }
}
