/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a device and a decision to a ledger record, and the write itself: whatever waits for it goes on
 * only when it is written. A refusal that could not be written is kept and tried again.
 */
#include <json-glib/json-glib.h>
#include <string.h>
#include "common/device-kind.h"
#include "common/guard-text.h"
#include "guardd/manager-private.h"
#include "guardd/record/details.h"
#include "guardd/usb/enforce.h"
#include "ledger/kinds.h"

/* Refusals kept while nothing can be written; beyond, the recorder itself counts what is lost. */
#define MAX_UNWRITTEN 256
#define MAX_CLAIM 512

static void
add_string(JsonBuilder *json, const char *key, const char *raw)
{
        g_autofree char *text = NULL;

        if (!raw)
                return;
        text = guard_text_display(raw, MAX_CLAIM);
        json_builder_set_member_name(json, key);
        json_builder_add_string_value(json, text);
}

static void
add_number(JsonBuilder *json, const char *key, guint64 value)
{
        json_builder_set_member_name(json, key);
        json_builder_add_int_value(json, (gint64)value);
}

static void
add_interfaces(JsonBuilder *json, const GuardUsbFacts *usb)
{
        json_builder_set_member_name(json, "interfaces");
        json_builder_begin_array(json);
        for (gsize i = 0; i < usb->descriptors.n_interfaces; i++) {
                const struct guard_usb_interface *one = &usb->descriptors.interfaces[i];
                g_autofree char *text =
                        g_strdup_printf("%02x:%02x:%02x", one->cls, one->subcls, one->protocol);

                json_builder_add_string_value(json, text);
        }
        json_builder_end_array(json);
        json_builder_set_member_name(json, "kinds");
        json_builder_begin_array(json);
        for (gsize i = 0; i < usb->descriptors.n_interfaces; i++)
                json_builder_add_string_value(json, guard_usb_kind_to_string(usb->descriptors.interfaces[i].kind));
        json_builder_end_array(json);
        if (usb->connect != GUARD_CONNECT_UNKNOWN)
                add_string(json, "connect_type", guard_connect_to_string(usb->connect));
        if (usb->descriptors.malformed)
                add_string(json, "malformed", usb->descriptors.why);
}

static void
add_content(JsonBuilder *json, const GuardBlockFacts *block)
{
        add_number(json, "size", block->size);
        add_string(json, "partition_table", block->pt_type);
        add_string(json, "partition_table_uuid", block->pt_uuid);
        add_string(json, "probe_error", block->probe_error);
        json_builder_set_member_name(json, "volumes");
        json_builder_begin_array(json);
        for (guint i = 0; i < block->volumes->len; i++) {
                const GuardVolumeFacts *volume = g_ptr_array_index(block->volumes, i);

                json_builder_begin_object(json);
                add_number(json, "partition", volume->partition);
                add_string(json, "usage", volume->usage);
                add_string(json, "type", volume->type);
                add_string(json, "uuid", volume->uuid);
                add_string(json, "label", volume->label);
                json_builder_end_object(json);
        }
        json_builder_end_array(json);
}

/* The first names it. */
static void
add_device_kinds(JsonBuilder *json, const GuardMedium *device, GuardBlockFacts *block)
{
        const GuardMedium medium = {.carrier = device->carrier, .usb = device->usb, .block = block};
        guint kinds = guard_device_kinds(&medium);

        json_builder_set_member_name(json, "device_kinds");
        json_builder_begin_array(json);
        for (guint n = 0; n < GUARD_N_DEVICE_KINDS; n++)
                if ((kinds >> n & 1) != 0)
                        json_builder_add_string_value(json, guard_device_kind_to_string((GuardDeviceKind)n));
        json_builder_end_array(json);
}

/* With what else policy looks at, so that another policy can be tried on this decision later. */
static void
add_circumstances(JsonBuilder *json, GuardManager *manager, const GuardDecision *decision)
{
        g_autofree char *situation = guard_policy_view_to_text(&decision->view);
        GuardSession session;

        add_string(json, "host_level", guard_level_to_string(guard_config_host(manager->config)->level));
        add_string(json, "situation", situation);
        for (guint s = 0; s < GUARD_N_STATUSES; s++)
                if (decision->view.statuses == 1u << s)
                        add_string(json, "status", guard_status_to_string((GuardStatus)s));
        if (!guard_manager_person(manager, &session) || !session.present || session.greeter)
                return;
        json_builder_set_member_name(json, "locked");
        json_builder_add_boolean_value(json, session.locked);
}

static void
add_decision(JsonBuilder *json, const GuardDecision *decision)
{
        if (decision->observed) {
                add_string(json, "would_be", guard_verdict_to_string(decision->would_be));
                add_string(json, "would_be_reason", guard_reason_to_string(decision->would_be_reason));
        }
        json_builder_set_member_name(json, "near_misses");
        json_builder_begin_array(json);
        for (guint i = 0; decision->near_misses && i < decision->near_misses->len; i++) {
                const GuardNearMiss *miss = g_ptr_array_index(decision->near_misses, i);
                g_autofree char *why = guard_text_plain(miss->why);

                json_builder_begin_object(json);
                add_string(json, "rule", miss->rule);
                add_string(json, "why", why);
                json_builder_end_object(json);
        }
        json_builder_end_array(json);
}

static char *
details(const ManagedDevice *device, const ManagedDisk *disk, const GuardDecision *decision)
{
        g_autoptr(JsonBuilder) json = json_builder_new();

        json_builder_begin_object(json);
        add_string(json, "carrier", guard_carrier_to_string(device->public.medium->carrier));
        if (device->public.medium->usb)
                add_interfaces(json, device->public.medium->usb);
        add_device_kinds(json, device->public.medium, disk ? disk->public.facts : NULL);
        if (disk)
                add_content(json, disk->public.facts);
        add_circumstances(json, device->manager, decision);
        add_decision(json, decision);
        return guard_details_end(json);
}

static void
fill_claims(GuardRecord *record, const ManagedDevice *device)
{
        const GuardUsbFacts *usb = device->public.medium->usb;

        record->device = g_strdup(device->public.id);
        if (!usb) {
                record->serial = g_strdup(device->public.medium->carrier_serial);
                return;
        }
        record->vendor_id = g_strdup_printf("%04x", usb->vendor_id);
        record->product_id = g_strdup_printf("%04x", usb->product_id);
        record->serial = g_strdup(usb->serial);
        record->manufacturer = g_strdup(usb->manufacturer);
        record->product = g_strdup(usb->product);
}

static void
fill_session(GuardRecord *record, GuardManager *manager)
{
        const GuardSession *session = guard_session_watch_get(manager->sessions);

        /* A greeter's account is nobody: whoever was logged in or comes next is told. */
        if (!session || !session->present || session->greeter)
                return;
        record->user = g_strdup(session->user);
        record->session = g_strdup(session->session);
}

static void
stamp(GuardRecord *record, GuardManager *manager)
{
        struct timespec now;

        record->time_us = g_get_real_time();
        if (clock_gettime(CLOCK_BOOTTIME, &now) == 0)
                record->boottime_us = (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
        g_free(record->boot_id);
        record->boot_id = g_strdup(manager->boot_id);
}

static GuardRecord *
record_of(ManagedDevice *device, const ManagedDisk *disk, const GuardDecision *decision)
{
        GuardRecord *record = guard_record_new(
                disk ? GUARD_KIND_BLOCK_DECISION : GUARD_KIND_USB_DECISION, decision->severity);

        stamp(record, device->manager);
        fill_claims(record, device);
        fill_session(record, device->manager);
        record->has_verdict = TRUE;
        record->verdict = decision->verdict;
        record->reason = decision->reason;
        record->rule = g_strdup(decision->rule);
        record->media_id = g_strdup(decision->media_id);
        if (decision->level != GUARD_LEVEL_UNKNOWN)
                record->level = g_strdup(guard_level_to_string(decision->level));
        if (disk) {
                record->block = g_strdup(disk->public.facts->name);
                record->diskseq = disk->public.facts->diskseq;
        }
        record->message = g_strdup(guard_reason_describe(decision->reason));
        record->details = details(device, disk, decision);
        return record;
}

GuardRecord *
guard_manager_record_event(ManagedDevice *device, const char *kind, GuardSeverity severity,
                           const char *message)
{
        GuardRecord *record = guard_record_new(kind, severity);
        const GuardDecision *worst = guard_device_worst(&device->public);

        stamp(record, device->manager);
        fill_claims(record, device);
        fill_session(record, device->manager);
        if (worst)
                record->media_id = g_strdup(worst->media_id);
        record->message = g_strdup(message);
        return record;
}

GuardRecord *
guard_manager_record_now(GuardManager *manager, const char *kind, GuardSeverity severity)
{
        GuardRecord *record = guard_record_new(kind, severity);

        stamp(record, manager);
        return record;
}

void
guard_manager_note(GuardManager *manager, const char *kind, GuardSeverity severity, const char *message)
{
        GuardRecord *record = guard_manager_record_now(manager, kind, severity);

        record->message = g_strdup(message);
        guard_recorder_write(manager->recorder, record, NULL, NULL);
}

typedef struct {
        ManagedDevice *device;
        ManagedDisk *disk;
        GuardWritten done;
        gpointer user_data;
} Write;

void
guard_manager_record_again(GuardManager *manager)
{
        if (manager->retry_timer)
                g_source_remove(manager->retry_timer);
        manager->retry_timer = 0;
        for (guint i = 0; i < manager->unwritten->len; i++)
                guard_recorder_write(manager->recorder, g_steal_pointer(&manager->unwritten->pdata[i]),
                                     NULL, NULL);
        g_ptr_array_set_size(manager->unwritten, 0);
        guard_manager_reevaluate(manager, G_MAXUINT);
        guard_manager_check_alarms(manager);
}

static gboolean
retry(gpointer data)
{
        GuardManager *manager = data;

        manager->retry_timer = 0;
        guard_manager_record_again(manager);
        return G_SOURCE_REMOVE;
}

static void
retry_later(GuardManager *manager)
{
        if (!manager->retry_timer)
                manager->retry_timer = g_timeout_add_seconds(RECORD_RETRY_SECONDS, retry, manager);
}

static void
written(const GuardRecord *record, const GError *error, gpointer data)
{
        Write *write = data;
        GuardManager *manager = write->device->manager;

        /* While guardd ends nothing is carried out any more: the next start takes it up. */
        if (manager->started && error) {
                g_warning("no record, nothing is admitted: %s", error->message);
                if (record && record->verdict < GUARD_VERDICT_READ_ONLY &&
                    manager->unwritten->len < MAX_UNWRITTEN)
                        g_ptr_array_add(manager->unwritten, guard_record_copy(record));
                retry_later(manager);
        }
        if (manager->started)
                guard_manager_check_alarms(manager);
        write->done(!error && manager->started, write->user_data);
        if (!error && manager->started)
                g_signal_emit_by_name(manager, "decided", &write->device->public,
                                      write->disk ? &write->disk->public : NULL, record);
        if (write->disk)
                guard_disk_unref(write->disk);
        guard_device_unref(write->device);
        g_free(write);
}

static gboolean
opens_nothing_yet(const ManagedDevice *device, const ManagedDisk *disk)
{
        return !disk && device->early &&
               guard_usb_is_storage_alone(&device->public.medium->usb->descriptors,
                                          guard_config_hold(device->manager->config));
}

static void
write_record(ManagedDevice *device, ManagedDisk *disk, GuardRecord *record, gboolean ahead, GuardWritten done, gpointer user_data)
{
        Write *write = g_new0(Write, 1);

        write->device = guard_device_ref(device);
        write->disk = disk ? guard_disk_ref(disk) : NULL;
        write->done = done;
        write->user_data = user_data;
        if (ahead)
                guard_recorder_write_ahead(device->manager->recorder, record, written, write);
        else
                guard_recorder_write(device->manager->recorder, record, written, write);
}

/* Where, when and who: the desk looks for this one. Once a plug. */
static void
tell_lost(ManagedDevice *device, const GuardDecision *decision)
{
        GuardRecord *record;

        if (!decision->reported_lost || device->lost_told)
                return;
        device->lost_told = TRUE;
        record = guard_manager_record_event(device, GUARD_KIND_LOST_DRIVE, GUARD_SEVERITY_CRITICAL, NULL);
        g_free(record->media_id);
        record->media_id = g_strdup(decision->media_id);
        guard_recorder_write(device->manager->recorder, record, NULL, NULL);
}

void
guard_manager_write_decision(ManagedDevice *device, ManagedDisk *disk, const GuardDecision *decision, GuardWritten done,
                             gpointer user_data)
{
        write_record(device, disk, record_of(device, disk, decision), opens_nothing_yet(device, disk), done, user_data);
        tell_lost(device, decision);
}

static void
warned(gboolean durable G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
        /* The time runs in any case. */
}

void
guard_manager_write_told(ManagedDevice *device, ManagedDisk *disk, GuardRecord *record, GuardWritten done, gpointer user_data)
{
        write_record(device, disk, record, FALSE, done, user_data);
}

void
guard_manager_warn_busy(ManagedDevice *device, ManagedDisk *disk, guint seconds)
{
        GuardRecord *record = guard_manager_record_event(device, GUARD_KIND_REMOVAL_PENDING,
                                                         GUARD_SEVERITY_WARNING, NULL);

        record->details = g_strdup_printf("{\"seconds\":%u}", seconds);
        write_record(device, disk, record, FALSE, warned, NULL);
}
