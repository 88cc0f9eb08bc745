/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Carrying a USB device's verdict out, after its record: authorise, or unmount what is in use and take
 * it away. Nothing is decided here.
 */
#include "common/guard-error.h"
#include "guardd/block/facts.h"
#include "guardd/block/mounts.h"
#include "guardd/block/unmount.h"
#include "guardd/manager-private.h"
#include "guardd/usb/enforce.h"
#include "ledger/kinds.h"

gboolean
guard_decision_opens(const GuardDecision *decision)
{
        return decision &&
               (decision->verdict == GUARD_VERDICT_ADMIT || decision->verdict == GUARD_VERDICT_READ_ONLY);
}

void
guard_device_adopt(ManagedDevice *device, GuardDecision *decision)
{
        g_clear_pointer(&device->public.decision, guard_decision_free);
        device->public.decision = decision;
}

static void
advance_disks(ManagedDevice *device)
{
        g_autoptr(GPtrArray) disks = g_ptr_array_new_with_free_func((GDestroyNotify)guard_disk_unref);

        for (guint i = 0; i < device->public.disks->len; i++)
                g_ptr_array_add(disks, guard_disk_ref(g_ptr_array_index(device->public.disks, i)));
        for (guint i = 0; i < disks->len; i++)
                guard_disk_advance(g_ptr_array_index(disks, i));
}

static void
enforce_failed(ManagedDevice *device, const GError *error)
{
        g_autofree char *message = NULL;

        if (device->gone || g_error_matches(error, GUARD_ERROR, GUARD_ERROR_GONE))
                return;
        message = g_strdup_printf("The verdict could not be carried out: %s", error->message);
        g_warning("%s: %s", device->public.id, message);
        guard_recorder_write(device->manager->recorder,
                             guard_manager_record_event(device, GUARD_KIND_ENFORCE_FAILED,
                                                        GUARD_SEVERITY_CRITICAL, message),
                             NULL, NULL);
}

static void
authorized(gpointer result, const GError *error, gpointer data)
{
        ManagedDevice *device = data;

        device->enforcing = FALSE;
        if (result && !device->gone) {
                device->opened = TRUE;
                device->partly = FALSE;
                device->public.medium->usb->authorized = TRUE;
                guard_device_changed(device);
        } else if (!result) {
                enforce_failed(device, error);
        }
        /* The verdict may have changed meanwhile. */
        if (!device->gone && !guard_decision_opens(device->public.decision))
                guard_device_revoke(device);
        guard_device_unref(device);
}

static void
deauthorized(gpointer result, const GError *error, gpointer data)
{
        ManagedDevice *device = data;

        device->enforcing = FALSE;
        if (result && !device->gone) {
                device->opened = FALSE;
                guard_device_changed(device);
        } else if (!result) {
                enforce_failed(device, error);
        }
        if (!device->gone && result && guard_decision_opens(device->public.decision))
                guard_device_advance(device);
        guard_device_unref(device);
}

/* What is not guarded goes on working beside what is refused; but of storage that types nothing does,
 * except the only keyboard there is, and all but the storage behind the escape hatch. */
static GuardUsbAction
how_to_close(const ManagedDevice *device, const struct guard_usb_hold *hold)
{
        const struct guard_usb_descriptors *d = &device->public.medium->usb->descriptors;

        if (!guard_usb_is_mixed(d, hold))
                return GUARD_USB_DEAUTHORIZE;
        if (guard_config_off(device->manager->config) || !guard_usb_device_has_storage(d) || !guard_usb_device_has_keyboard(d))
                return GUARD_USB_DEAUTHORIZE_GUARDED;
        return device->public.decision && device->public.decision->pass_keyboard
                       ? GUARD_USB_LEAVE_INPUT
                       : GUARD_USB_DEAUTHORIZE;
}

static void
close_device(ManagedDevice *device)
{
        const struct guard_usb_hold *hold = guard_config_hold(device->manager->config);

        guard_usb_enforce(device->manager->workers, device->public.medium->usb, hold,
                          how_to_close(device, hold), deauthorized, guard_device_ref(device));
}

static void
let_go(GuardUnmountOutcome outcome, const char *drive G_GNUC_UNUSED, const GError *error, gpointer data)
{
        ManagedDevice *device = data;

        if (outcome == GUARD_UNMOUNT_FORCED && !device->gone) {
                g_autofree char *message = g_strdup_printf(
                        "The drive was taken away while it was in use; data may be lost%s%s",
                        error ? ": " : ".", error ? error->message : "");

                guard_recorder_write(device->manager->recorder,
                                     guard_manager_record_event(device, GUARD_KIND_FORCED_REMOVAL,
                                                                GUARD_SEVERITY_WARNING, message),
                                     NULL, NULL);
        }
        if (device->gone)
                device->enforcing = FALSE;
        else
                close_device(device);
        guard_device_unref(device);
}

static void
warn_busy(guint seconds, gpointer device)
{
        guard_manager_warn_busy(device, NULL, seconds);
}

static GPtrArray *
names_in_use(const ManagedDevice *device)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < device->public.disks->len; i++) {
                const ManagedDisk *disk = g_ptr_array_index(device->public.disks, i);
                g_autoptr(GPtrArray) partitions = NULL;

                if (!guard_block_in_use(disk->public.facts))
                        continue;
                partitions = guard_block_partitions(disk->public.facts);
                g_ptr_array_add(names, g_strdup(disk->public.facts->name));
                for (guint p = 0; p < partitions->len; p++)
                        g_ptr_array_add(names, g_strdup(g_ptr_array_index(partitions, p)));
        }
        return names;
}

void
guard_device_revoke(ManagedDevice *device)
{
        GuardManager *manager = device->manager;
        g_autoptr(GPtrArray) names = names_in_use(device);
        GuardUnmountHow how = {.force = TRUE, .busy = warn_busy};

        if (device->gone || device->enforcing || !device->public.medium->usb || !device->opened)
                return;
        device->enforcing = TRUE;
        if (names->len == 0) {
                close_device(device);
                return;
        }
        how.busy_seconds = guard_policy_busy_seconds(guard_config_policy(manager->config));
        guard_unmount(manager->workers, guard_link_connection(manager->bus), names, &how, let_go,
                      guard_device_ref(device));
}

static void
write_state(ManagedDevice *device)
{
        const GuardDecision *decision = device->public.decision;
        const GuardKnownVerdict state = {decision->verdict, decision->reason, decision->media_id,
                                         device->barred};
        g_autoptr(GError) error = NULL;

        if (!guard_usb_state_write(device->manager->paths->usb_state_dir, device->public.medium->usb,
                                   &state, &error))
                g_warning("%s", error->message);
}

void
guard_device_apply(ManagedDevice *device)
{
        const GuardDecision *decision = device->public.decision;
        const GuardUsbFacts *facts = device->public.medium->usb;
        const struct guard_usb_hold *hold =
                guard_config_hold(device->manager->config);

        guard_manager_schedule(device->manager);
        write_state(device);
        if (!guard_decision_opens(decision)) {
                guard_device_revoke(device);
        } else if (!device->enforcing &&
                   (!device->opened || guard_usb_is_mixed(&facts->descriptors, hold))) {
                device->enforcing = TRUE;
                guard_usb_enforce(device->manager->workers, facts, hold, GUARD_USB_AUTHORIZE,
                                  authorized, guard_device_ref(device));
        }
        guard_device_changed(device);
        advance_disks(device);
}

void
guard_device_bar(ManagedDevice *device, const ManagedDisk *disk)
{
        device->barred = TRUE;
        g_clear_pointer(&device->barred_facts, guard_block_facts_free);
        device->barred_facts = guard_block_facts_copy(disk->public.facts);
        guard_device_adopt(device, guard_decision_copy(disk->public.decision));
        write_state(device);
        guard_device_revoke(device);
        guard_device_changed(device);
}
