/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A manager with nothing behind it.
 */
#include <string.h>
#include "common/guard-text.h"
#include "tests/integration/serve/fake-manager-private.h"

G_DEFINE_TYPE(GuardManager, guard_manager, G_TYPE_OBJECT)

static void
device_free(gpointer data)
{
        GuardDevice *device = data;

        g_free(device->id);
        guard_medium_free(device->medium);
        guard_decision_free(device->decision);
        g_ptr_array_unref(device->disks);
        g_free(device);
}

static void
disk_free(gpointer data)
{
        GuardDisk *disk = data;

        guard_block_facts_free(disk->facts);
        guard_decision_free(disk->decision);
        g_free(disk);
}

static void
alarm_free(gpointer data)
{
        GuardAlarm *alarm = data;

        g_free(alarm->key);
        g_free(alarm->message);
        g_free(alarm);
}

static void
guard_manager_finalize(GObject *object)
{
        GuardManager *manager = GUARD_MANAGER(object);

        g_ptr_array_unref(manager->devices);
        g_ptr_array_unref(manager->alarms);
        guard_host_free(manager->host);
        guard_policy_unref(manager->policy);
        g_free(manager->counts.last_serial);
        g_clear_object(&manager->slow_eject);
        G_OBJECT_CLASS(guard_manager_parent_class)->finalize(object);
}

static void
guard_manager_class_init(GuardManagerClass *class)
{
        GType type = G_TYPE_FROM_CLASS(class);

        G_OBJECT_CLASS(class)->finalize = guard_manager_finalize;
        g_signal_new("device-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
        g_signal_new("device-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
        g_signal_new("device-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
        g_signal_new("decided", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_POINTER, G_TYPE_POINTER,
                     G_TYPE_POINTER);
        g_signal_new("alarms-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
        g_signal_new("config-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
guard_manager_init(GuardManager *manager)
{
        manager->devices = g_ptr_array_new_with_free_func(device_free);
        manager->alarms = g_ptr_array_new_with_free_func(alarm_free);
        manager->host = guard_host_new();
        manager->host->level = GUARD_LEVEL_NONE;
        manager->host->host_id = g_strdup("host-0001");
        manager->host->contact_phone = g_strdup("8001");
        manager->policy = guard_policy_new_builtin();
        manager->registry = (GuardRegistryInfo){.state = GUARD_REGISTRY_GOOD,
                                                .sequence = 7,
                                                .entries = 3,
                                                .size = 4096,
                                                .issued_us = G_GINT64_CONSTANT(1790000000000000),
                                                .expires_us = G_GINT64_CONSTANT(1800000000000000),
                                                .key_id = (char *)"0123abcd",
                                                .algorithm = (char *)"ed25519",
                                                .payload_verified = TRUE};
}

GuardManager *
fake_manager_new(void)
{
        return g_object_new(GUARD_TYPE_MANAGER, NULL);
}

FakeCounts *
fake_manager_counts(GuardManager *manager)
{
        return &manager->counts;
}

static GuardDecision *
decide(GuardVerdict verdict, GuardReason reason)
{
        GuardDecision *decision = guard_decision_new();

        decision->verdict = verdict;
        decision->reason = reason;
        decision->rule = g_strdup("core:fake");
        decision->level = GUARD_LEVEL_UNKNOWN;
        decision->valid_until_us = G_MAXINT64;
        if (verdict == GUARD_VERDICT_REFUSE) {
                decision->severity = GUARD_SEVERITY_CRITICAL;
                decision->media_id = g_strdup("领-017");
                decision->level = GUARD_LEVEL_SECRET;
                decision->popup = TRUE;
        }
        return decision;
}

static GuardDisk *
make_disk(GuardVerdict verdict, GuardReason reason)
{
        GuardDisk *disk = g_new0(GuardDisk, 1);
        GuardVolumeFacts *volume = guard_volume_facts_new();

        disk->facts = guard_block_facts_new();
        disk->facts->name = g_strdup("sda");
        disk->facts->diskseq = 12;
        disk->facts->size = G_GUINT64_CONSTANT(8000000000);
        disk->facts->probe = GUARD_PROBE_OK;
        volume->partition = 1;
        volume->usage = g_strdup("filesystem");
        volume->type = g_strdup("vfat");
        volume->uuid = g_strdup("1234-ABCD");
        volume->label = g_strdup("资料\n盘");
        if (!disk->facts->volumes)
                disk->facts->volumes = g_ptr_array_new_with_free_func((GDestroyNotify)guard_volume_facts_free);
        g_ptr_array_add(disk->facts->volumes, volume);
        disk->decision = decide(verdict, reason);
        disk->released = verdict != GUARD_VERDICT_REFUSE;
        return disk;
}

GuardDevice *
fake_manager_plug(GuardManager *manager, const char *id, const char *serial, GuardVerdict verdict, GuardReason reason)
{
        static const guint8 descriptors[] = {18, 1, 0, 2, 0,    0, 0, 64, 0xf4, 0x46, 1, 0, 0, 1, 1, 2, 3, 1, 9, 2, 18, 0, 1, 1, 0, 0x80, 50,
                                             9,  4, 0, 0, 0, 8, 6, 80,  0};
        GuardDevice *device = g_new0(GuardDevice, 1);
        GuardUsbFacts *usb = guard_usb_facts_new();

        usb->sysname = g_strdup(id);
        usb->vendor_id = 0x46f4;
        usb->product_id = 1;
        usb->serial = g_strdup(serial);
        usb->manufacturer = g_strdup("Evil\033[2J \037\xff Corp");
        usb->product = g_strdup("Stick");
        guard_usb_parse(descriptors, sizeof descriptors, &usb->descriptors);
        device->id = g_strdup(id);
        device->cookie = manager->devices->len + 1;
        device->medium = guard_medium_new();
        device->medium->device = g_strdup(id);
        device->medium->usb = usb;
        device->plugged_us = G_GINT64_CONSTANT(1790000001000000);
        device->disks = g_ptr_array_new_with_free_func(disk_free);
        if (verdict != GUARD_VERDICT_HOLD)
                device->decision = decide(verdict, reason);
        if (verdict == GUARD_VERDICT_ADMIT || verdict == GUARD_VERDICT_READ_ONLY)
                g_ptr_array_add(device->disks, make_disk(verdict, reason));
        g_ptr_array_add(manager->devices, device);
        g_signal_emit_by_name(manager, "device-added", device);
        return device;
}

void
fake_manager_unplug(GuardManager *manager, const char *id)
{
        GuardDevice *device = guard_manager_find(manager, id);

        g_assert_nonnull(device);
        g_signal_emit_by_name(manager, "device-removed", device);
        g_ptr_array_remove(manager->devices, device);
}

void
fake_manager_change(GuardManager *manager, GuardDevice *device)
{
        g_signal_emit_by_name(manager, "device-changed", device);
}

void
fake_manager_announce(GuardManager *manager, GuardDevice *device, const char *session)
{
        GuardRecord *record = guard_record_new("usb-decision", GUARD_SEVERITY_CRITICAL);

        record->seq = 42;
        record->time_us = G_GINT64_CONSTANT(1790000002000000);
        record->has_verdict = TRUE;
        record->verdict = device->decision->verdict;
        record->reason = device->decision->reason;
        record->device = g_strdup(device->id);
        record->session = g_strdup(session);
        record->digest = g_strdup("00ff");
        g_signal_emit_by_name(manager, "decided", device, NULL, record);
        guard_record_free(record);
}

void
fake_manager_set_alarm(GuardManager *manager, const char *key, const char *message)
{
        GuardAlarm *alarm = g_new0(GuardAlarm, 1);

        alarm->key = g_strdup(key);
        alarm->message = g_strdup(message);
        alarm->severity = GUARD_SEVERITY_WARNING;
        alarm->since_us = G_GINT64_CONSTANT(1790000000000000);
        g_ptr_array_add(manager->alarms, alarm);
        g_signal_emit_by_name(manager, "alarms-changed");
}

/* What manager.h promises. */

GPtrArray *
guard_manager_devices(GuardManager *manager)
{
        manager->counts.looks++;
        return manager->devices;
}

GuardDevice *
guard_manager_find(GuardManager *manager, const char *id)
{
        manager->counts.looks++;
        for (guint i = 0; i < manager->devices->len; i++) {
                GuardDevice *device = manager->devices->pdata[i];

                if (g_str_equal(device->id, id))
                        return device;
        }
        return NULL;
}

const GuardDecision *
guard_device_worst(const GuardDevice *device)
{
        return device->decision;
}

const GuardHost *
guard_manager_host(GuardManager *manager)
{
        manager->counts.looks++;
        return manager->host;
}

const GuardPolicy *
guard_manager_policy(GuardManager *manager)
{
        return manager->policy;
}

const GuardRegistryInfo *
guard_manager_registry_info(GuardManager *manager)
{
        manager->counts.looks++;
        return &manager->registry;
}

GPtrArray *
guard_manager_alarms(GuardManager *manager)
{
        manager->counts.looks++;
        return manager->alarms;
}

GPtrArray *
guard_manager_layers(GuardManager *manager)
{
        static const GuardLayer layers[] = {
                {"usb", "active", NULL},
                {"block", "active", NULL},
                {"shield", "unavailable", (char *)"this kernel has no type information"},
        };
        GPtrArray *array = g_ptr_array_new();

        manager->counts.looks++;
        for (gsize i = 0; i < G_N_ELEMENTS(layers); i++)
                g_ptr_array_add(array, (gpointer)&layers[i]);
        return array;
}

GuardPolicyState
guard_manager_policy_state(GuardManager *manager, const char **why)
{
        (void)manager;
        *why = "50-office.conf:3: unknown key";
        return GUARD_POLICY_STATE_LAST_GOOD;
}

GuardDecision *
guard_manager_explain(GuardManager *manager, const GuardMedium *medium, const GuardHost *host, GuardStage stage, gboolean waits)
{
        gboolean known = medium->usb && g_strcmp0(medium->usb->serial, "CLASSIFIED1") == 0;
        GuardDecision *decision = known ? decide(GUARD_VERDICT_REFUSE, GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED)
                                        : decide(GUARD_VERDICT_ADMIT, GUARD_REASON_UNREGISTERED);
        GuardNearMiss *miss = g_new0(GuardNearMiss, 1);

        g_assert_false(waits); /* nothing here waits for a person */
        manager->counts.looks++;
        manager->counts.last_stage = stage;
        manager->counts.last_host_level = host ? host->level : manager->host->level;
        g_free(manager->counts.last_serial);
        manager->counts.last_serial = g_strdup(medium->usb ? medium->usb->serial : NULL);
        miss->rule = g_strdup("50-office.conf:night");
        miss->why = guard_text_pack("hours=%s: it is %s", "20:00-06:00", "10:00", NULL);
        if (!decision->near_misses)
                decision->near_misses = g_ptr_array_new();
        g_ptr_array_add(decision->near_misses, miss);
        return decision;
}

GuardPresence *
guard_manager_presence(GuardManager *manager)
{
        (void)manager;
        return NULL;
}

GuardExceptions *
guard_manager_exceptions(GuardManager *manager)
{
        (void)manager;
        return NULL;
}

gboolean
guard_manager_exception_device(GuardManager *manager, const char *id, gboolean import, char **device, char **name, GError **error)
{
        (void)manager;
        (void)import;
        (void)device;
        (void)name;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND, "no %s here", id);
        return FALSE;
}

gboolean
guard_manager_forget(GuardManager *manager, const char *media_id, GError **error)
{
        (void)manager;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND, "no %s here", media_id);
        return FALSE;
}

void
guard_manager_reload(GuardManager *manager)
{
        manager->counts.reloads++;
        g_signal_emit_by_name(manager, "config-changed");
}
