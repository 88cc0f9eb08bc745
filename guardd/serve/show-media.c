/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Media, decisions and records as dictionaries. Strings of devices are hostile: here they are only
 * made valid UTF-8; who shows them to people makes them harmless.
 */
#include <json-glib/json-glib.h>
#include "common/device-kind.h"
#include "guardd/serve/show.h"

static void
show_hex(GVariantBuilder *builder, const char *key, guint16 value)
{
        guard_show_value(builder, key, g_variant_new_take_string(g_strdup_printf("%04x", value)));
}

static const char *
level_or_null(GuardLevel level)
{
        return level == GUARD_LEVEL_UNKNOWN ? NULL : guard_level_to_string(level);
}

void
guard_show_verdict(GVariantBuilder *builder, const GuardDecision *decision)
{
        guard_show_string(builder, "verdict", guard_verdict_to_string(decision ? decision->verdict : GUARD_VERDICT_HOLD));
        if (!decision)
                return;
        if (decision->reason != GUARD_REASON_NONE)
                guard_show_string(builder, "reason", guard_reason_to_string(decision->reason));
        guard_show_string(builder, "rule", decision->rule);
        guard_show_string(builder, "media_id", decision->media_id);
        guard_show_string(builder, "level", level_or_null(decision->level));
}

/* "08:06:50" for each interface: class, subclass, protocol. */
static GVariant *
show_interfaces(const struct guard_usb_descriptors *descriptors)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("as"));
        for (size_t i = 0; i < MIN(descriptors->n_interfaces, (size_t)GUARD_USB_MAX_INTERFACES); i++) {
                const struct guard_usb_interface *one = &descriptors->interfaces[i];
                g_autofree char *text = g_strdup_printf("%02x:%02x:%02x", one->cls, one->subcls, one->protocol);

                g_variant_builder_add(&builder, "s", text);
        }
        return g_variant_builder_end(&builder);
}

static void
show_identity(GVariantBuilder *builder, const GuardMedium *medium)
{
        const GuardUsbFacts *usb = medium->usb;

        guard_show_string(builder, "device", medium->device);
        guard_show_string(builder, "carrier", guard_carrier_to_string(medium->carrier));
        if (!usb) {
                guard_show_string(builder, "serial", medium->carrier_serial);
                return;
        }
        show_hex(builder, "vendor_id", usb->vendor_id);
        show_hex(builder, "product_id", usb->product_id);
        guard_show_string(builder, "serial", usb->serial);
        guard_show_string(builder, "manufacturer", usb->manufacturer);
        guard_show_string(builder, "product", usb->product);
        guard_show_value(builder, "interfaces", show_interfaces(&usb->descriptors));
        if (usb->descriptors.malformed)
                guard_show_string(builder, "malformed", usb->descriptors.why ? usb->descriptors.why : "yes");
}

GVariant *
guard_show_usb(const GuardMedium *medium)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        show_identity(&builder, medium);
        return g_variant_builder_end(&builder);
}

static GVariant *
show_volumes(const GPtrArray *volumes)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
        for (guint i = 0; volumes && i < volumes->len; i++) {
                const GuardVolumeFacts *volume = volumes->pdata[i];
                GVariantBuilder one;

                g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
                guard_show_value(&one, "partition", g_variant_new_uint32(volume->partition));
                guard_show_string(&one, "usage", volume->usage);
                guard_show_string(&one, "type", volume->type);
                guard_show_string(&one, "version", volume->version);
                guard_show_string(&one, "uuid", volume->uuid);
                guard_show_string(&one, "label", volume->label);
                guard_show_value(&one, "size", g_variant_new_uint64(volume->size));
                g_variant_builder_add_value(&builder, g_variant_builder_end(&one));
        }
        return g_variant_builder_end(&builder);
}

static void
show_content(GVariantBuilder *builder, const GuardBlockFacts *facts)
{
        static const char *const probes[] = {
                [GUARD_PROBE_NOT_DONE] = "not-done", [GUARD_PROBE_OK] = "ok",         [GUARD_PROBE_NO_MEDIUM] = "no-medium",
                [GUARD_PROBE_TIMEOUT] = "timeout",   [GUARD_PROBE_FAILED] = "failed",
        };

        guard_show_string(builder, "name", facts->name);
        if (facts->diskseq)
                guard_show_value(builder, "diskseq", g_variant_new_uint64(facts->diskseq));
        guard_show_value(builder, "size", g_variant_new_uint64(facts->size));
        guard_show_value(builder, "lun", g_variant_new_uint32(facts->lun));
        guard_show_value(builder, "hardware_read_only", g_variant_new_boolean(facts->hw_read_only));
        if ((guint)facts->probe < G_N_ELEMENTS(probes))
                guard_show_string(builder, "probe", probes[facts->probe]);
        guard_show_string(builder, "probe_error", facts->probe_error);
        guard_show_string(builder, "pt_type", facts->pt_type);
        guard_show_string(builder, "pt_uuid", facts->pt_uuid);
        guard_show_string(builder, "mark", facts->mark);
        guard_show_value(builder, "filesystems", show_volumes(facts->volumes));
}

GVariant *
guard_show_disk_facts(const GuardBlockFacts *facts)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        show_content(&builder, facts);
        return g_variant_builder_end(&builder);
}

static GVariant *
show_blocks(const GPtrArray *disks)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
        for (guint i = 0; disks && i < disks->len; i++) {
                const GuardDisk *disk = disks->pdata[i];
                GVariantBuilder one;

                g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
                show_content(&one, disk->facts);
                guard_show_verdict(&one, disk->decision);
                guard_show_value(&one, "released", g_variant_new_boolean(disk->released));
                g_variant_builder_add_value(&builder, g_variant_builder_end(&one));
        }
        return g_variant_builder_end(&builder);
}

/* A reader with several places, or a hard disk, shows with its disks. */
static const char *
device_kind(const GuardDevice *device)
{
        guint kinds = device->disks && device->disks->len > 0 ? 0 : guard_device_kinds(device->medium);

        for (guint i = 0; device->disks && i < device->disks->len; i++) {
                const GuardDisk *disk = device->disks->pdata[i];
                const GuardMedium medium = {.carrier = device->medium->carrier, .usb = device->medium->usb, .block = disk->facts};

                kinds |= guard_device_kinds(&medium);
        }
        return guard_device_kind_to_string(guard_device_kind_first(kinds));
}

GVariant *
guard_show_device(const GuardDevice *device)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        show_identity(&builder, device->medium);
        guard_show_string(&builder, "device_kind", device_kind(device));
        guard_show_value(&builder, "blocks", show_blocks(device->disks));
        guard_show_verdict(&builder, guard_device_worst(device));
        guard_show_time(&builder, "plugged", device->plugged_us);
        guard_show_value(&builder, "ejecting", g_variant_new_boolean(device->ejecting));
        return g_variant_builder_end(&builder);
}

GVariant *
guard_show_media(GuardManager *manager)
{
        GPtrArray *devices = guard_manager_devices(manager);
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
        for (guint i = 0; i < devices->len; i++)
                g_variant_builder_add_value(&builder, guard_show_device(devices->pdata[i]));
        return g_variant_builder_end(&builder);
}

static GVariant *
show_near_misses(const GPtrArray *near_misses)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
        for (guint i = 0; near_misses && i < near_misses->len; i++) {
                const GuardNearMiss *miss = near_misses->pdata[i];
                GVariantBuilder one;

                g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
                guard_show_string(&one, "rule", miss->rule);
                guard_show_text(&one, "why", miss->why);
                g_variant_builder_add_value(&builder, g_variant_builder_end(&one));
        }
        return g_variant_builder_end(&builder);
}

static GVariant *
show_depends(guint depends)
{
        static const char *const names[] = {"host", "policy", "registry", "session", "time", "content", "others"};
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("as"));
        for (guint i = 0; i < G_N_ELEMENTS(names); i++)
                if (depends & (1u << i))
                        g_variant_builder_add(&builder, "s", names[i]);
        return g_variant_builder_end(&builder);
}

GVariant *
guard_show_decision(const GuardDecision *decision)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        guard_show_verdict(&builder, decision);
        guard_show_string(&builder, "severity", guard_severity_to_string(decision->severity));
        guard_show_value(&builder, "observed", g_variant_new_boolean(decision->observed));
        if (decision->observed) {
                guard_show_string(&builder, "would_be", guard_verdict_to_string(decision->would_be));
                guard_show_string(&builder, "would_be_reason", guard_reason_to_string(decision->would_be_reason));
        }
        guard_show_value(&builder, "popup", g_variant_new_boolean(decision->popup));
        guard_show_value(&builder, "depends", show_depends(decision->depends));
        guard_show_time(&builder, "valid_until", decision->valid_until_us);
        guard_show_value(&builder, "near_misses", show_near_misses(decision->near_misses));
        return g_variant_builder_end(&builder);
}

/* The record's column of details has it: no column of its own, since nobody searches by it. */
static void
show_device_kind(GVariantBuilder *builder, const char *details)
{
        g_autoptr(JsonParser) parser = json_parser_new();
        JsonObject *object;
        JsonNode *node;

        if (!details || !strstr(details, "\"device_kinds\"") || !json_parser_load_from_data(parser, details, -1, NULL) ||
            !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
                return;
        object = json_node_get_object(json_parser_get_root(parser));
        node = json_object_get_member(object, "device_kinds");
        if (node && JSON_NODE_HOLDS_ARRAY(node) && json_array_get_length(json_node_get_array(node)) > 0)
                guard_show_string(builder, "device_kind", json_array_get_string_element(json_node_get_array(node), 0));
}

GVariant *
guard_show_record(const GuardRecord *record)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        guard_show_value(&builder, "seq", g_variant_new_uint64(record->seq));
        guard_show_time(&builder, "time", record->time_us);
        guard_show_string(&builder, "boot_id", record->boot_id);
        guard_show_string(&builder, "kind", record->kind);
        guard_show_string(&builder, "severity", guard_severity_to_string(record->severity));
        if (record->has_verdict) {
                guard_show_string(&builder, "verdict", guard_verdict_to_string(record->verdict));
                if (record->reason != GUARD_REASON_NONE)
                        guard_show_string(&builder, "reason", guard_reason_to_string(record->reason));
        }
        guard_show_string(&builder, "rule", record->rule);
        guard_show_string(&builder, "media_id", record->media_id);
        guard_show_string(&builder, "level", record->level);
        guard_show_string(&builder, "device", record->device);
        show_device_kind(&builder, record->details);
        guard_show_string(&builder, "block", record->block);
        if (record->diskseq)
                guard_show_value(&builder, "diskseq", g_variant_new_uint64(record->diskseq));
        guard_show_string(&builder, "vendor_id", record->vendor_id);
        guard_show_string(&builder, "product_id", record->product_id);
        guard_show_string(&builder, "serial", record->serial);
        guard_show_string(&builder, "manufacturer", record->manufacturer);
        guard_show_string(&builder, "product", record->product);
        guard_show_string(&builder, "user", record->user);
        guard_show_string(&builder, "session", record->session);
        guard_show_string(&builder, "message", record->message);
        guard_show_string(&builder, "details", record->details);
        guard_show_string(&builder, "digest", record->digest);
        return g_variant_builder_end(&builder);
}
