/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a record back to the facts that policy looked at. What a record does not say is guessed from its reason, and told as
 * such; who is in which group is asked now, since no record keeps it.
 */
#include "guardctl/replay.h"
#include <grp.h>
#include <json-glib/json-glib.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include "common/device-kind.h"
#include "common/guard-text.h"
#include "ledger/kinds.h"

static const char *
text_of(JsonObject *object, const char *name)
{
        JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

        return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

static JsonArray *
array_of(JsonObject *object, const char *name)
{
        JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

        return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static gint64
number_of(JsonObject *object, const char *name)
{
        JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

        return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
}

static gboolean
is_true(JsonObject *object, const char *name)
{
        JsonNode *node = json_object_get_member(object, name);

        return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_boolean(node);
}

static const char *
nth_text(JsonArray *array, guint n)
{
        JsonNode *node = array != NULL && n < json_array_get_length(array) ? json_array_get_element(array, n) : NULL;

        return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

static void
read_interfaces(JsonObject *details, struct guard_usb_descriptors *descriptors)
{
        JsonArray *classes = array_of(details, "interfaces"), *kinds = array_of(details, "kinds");
        const char *text;

        for (guint n = 0; n < GUARD_USB_MAX_INTERFACES && (text = nth_text(classes, n)) != NULL; n++) {
                struct guard_usb_interface *interface = &descriptors->interfaces[n];
                unsigned int cls, subcls, protocol;
                const char *kind = nth_text(kinds, n);

                if (sscanf(text, "%2x:%2x:%2x", &cls, &subcls, &protocol) != 3)
                        break;
                interface->cls = (guint8)cls;
                interface->subcls = (guint8)subcls;
                interface->protocol = (guint8)protocol;
                /* What tells an MTP phone is not in records from before "kinds". */
                if (kind == NULL || !guard_usb_kind_from_string(kind, &interface->kind))
                        interface->kind = guard_usb_kind_of_codes(interface);
                descriptors->n_interfaces = n + 1;
        }
        descriptors->malformed = text_of(details, "malformed") != NULL;
}

/* What the driver said then; of records that have it. */
static guint
read_device_kinds(JsonObject *details)
{
        JsonArray *names = array_of(details, "device_kinds");
        GuardDeviceKind kind;
        guint kinds = 0;

        for (guint n = 0; n < GUARD_N_DEVICE_KINDS; n++)
                if (guard_device_kind_from_string(nth_text(names, n), &kind) && kind != GUARD_DEVICE_UNKNOWN)
                        kinds |= GUARD_DEVICE_BIT(kind);
        return kinds;
}

static GuardUsbFacts *
read_usb(const GuardRecord *record, JsonObject *details)
{
        GuardUsbFacts *usb = guard_usb_facts_new();

        usb->vendor_id = (guint16)g_ascii_strtoull(record->vendor_id, NULL, 16);
        usb->product_id = (guint16)g_ascii_strtoull(record->product_id != NULL ? record->product_id : "", NULL, 16);
        usb->serial = g_strdup(record->serial);
        usb->manufacturer = g_strdup(record->manufacturer);
        usb->product = g_strdup(record->product);
        usb->sysname = g_strdup(record->device);
        (void)guard_connect_from_string(text_of(details, "connect_type"), &usb->connect);
        read_interfaces(details, &usb->descriptors);
        usb->driver_kinds = read_device_kinds(details);
        return usb;
}

static GuardBlockFacts *
read_block(const GuardRecord *record, JsonObject *details)
{
        GuardBlockFacts *block = guard_block_facts_new();
        JsonArray *volumes = array_of(details, "volumes");
        guint kinds = read_device_kinds(details);

        block->name = g_strdup(record->block);
        block->size = (guint64)number_of(details, "size");
        block->removable = (kinds & GUARD_DEVICE_BIT(GUARD_DEVICE_HARD_DISK)) == 0;
        block->optical = (kinds & GUARD_DEVICE_BIT(GUARD_DEVICE_OPTICAL_DRIVE)) != 0;
        block->probe = text_of(details, "probe_error") != NULL ? GUARD_PROBE_FAILED : GUARD_PROBE_OK;
        if (block->volumes == NULL)
                block->volumes = g_ptr_array_new_with_free_func((GDestroyNotify)guard_volume_facts_free);
        for (guint n = 0; volumes != NULL && n < json_array_get_length(volumes); n++) {
                JsonNode *node = json_array_get_element(volumes, n);
                JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
                GuardVolumeFacts *volume = guard_volume_facts_new();

                volume->partition = (guint)number_of(object, "partition");
                volume->usage = g_strdup(text_of(object, "usage"));
                volume->type = g_strdup(text_of(object, "type"));
                volume->uuid = g_strdup(text_of(object, "uuid"));
                g_ptr_array_add(block->volumes, volume);
        }
        return block;
}

static GuardMedium *
read_medium(const GuardRecord *record, JsonObject *details)
{
        GuardMedium *medium = guard_medium_new();
        const char *carrier = text_of(details, "carrier");

        if (carrier == NULL || !guard_carrier_from_string(carrier, &medium->carrier))
                medium->carrier = record->vendor_id != NULL ? GUARD_CARRIER_USB : GUARD_CARRIER_OTHER;
        medium->device = g_strdup(record->device);
        if (record->vendor_id != NULL)
                medium->usb = read_usb(record, details);
        else
                medium->carrier_serial = g_strdup(record->serial);
        if (g_str_equal(record->kind, GUARD_KIND_BLOCK_DECISION))
                medium->block = read_block(record, details);
        return medium;
}

static char **
groups_of(const char *user)
{
        const struct passwd *account = user != NULL ? getpwnam(user) : NULL;
        GPtrArray *names = g_ptr_array_new();
        gid_t ids[256];
        int n = G_N_ELEMENTS(ids);

        if (account != NULL && getgrouplist(user, account->pw_gid, ids, &n) < 0)
                n = 0;
        for (int i = 0; account != NULL && i < n; i++) {
                const struct group *group = getgrgid(ids[i]);

                if (group != NULL)
                        g_ptr_array_add(names, g_strdup(group->gr_name));
        }
        g_ptr_array_add(names, NULL);
        return (char **)g_ptr_array_free(names, FALSE);
}

/* What a record without "situation" was about, by its reason. FALSE: the core had decided. */
static gboolean
guess_view(const GuardRecord *record, GuardLevel level, GuardPolicyView *view)
{
        const char *text = guard_reason_to_string(record->reason);

        if (record->reason == GUARD_REASON_POLICY || record->reason == GUARD_REASON_NO_WRITE_DOWN)
                text = record->media_id != NULL ? "registered" : "unregistered";
        return guard_policy_view_from_text(text, level, view);
}

static gboolean
has_storage(const GuardMedium *medium)
{
        return medium->usb != NULL && guard_usb_device_has_storage(&medium->usb->descriptors);
}

/* Storage that went on into quarantine was decided about there. */
static gboolean
speaks_for_itself(const GuardRecord *record, const GuardMedium *medium)
{
        return medium->block != NULL || !has_storage(medium) || record->verdict == GUARD_VERDICT_REFUSE;
}

static GuardDecision *
decide(const GuardRecord *record, JsonObject *details, const GuardMedium *medium, const GuardPolicyView *view, GuardLevel level,
       const GuardPolicy *policy, GuardLevel host_level)
{
        g_autoptr(GuardHost) host = guard_host_new();
        g_auto(GStrv) groups = groups_of(record->user);
        /* Decisions are about who sits at the machine's own screen. */
        GuardSession session = {.present = TRUE, .seat = (char *)"seat0", .user = record->user, .session = record->session, .groups = groups};
        GuardDecisionInput input = {
                .stage = medium->block != NULL ? GUARD_STAGE_BLOCK : GUARD_STAGE_USB,
                .medium = medium,
                .host = host,
                .policy = policy,
                .session = record->user != NULL ? &session : NULL,
                .now_us = record->time_us,
                .utc_offset_us = guard_time_utc_offset(record->time_us),
        };

        session.locked = is_true(details, "locked");
        host->level = host_level;
        if (text_of(details, "host_level") != NULL)
                (void)guard_level_from_string(text_of(details, "host_level"), &host->level);
        return guard_media_replay(&input, view, level, record->media_id);
}

GuardctlReplayResult
guardctl_replay(const GuardRecord *record, const GuardPolicy *policy, GuardLevel host_level, GuardctlReplay *replay)
{
        g_autoptr(JsonNode) root = record->details != NULL ? json_from_string(record->details, NULL) : NULL;
        g_autoptr(JsonObject) details = root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_object_ref(json_node_get_object(root))
                                                                                     : json_object_new();
        gboolean usb = g_strcmp0(record->kind, GUARD_KIND_USB_DECISION) == 0;
        g_autoptr(GuardMedium) medium = NULL;
        GuardLevel level = GUARD_LEVEL_UNKNOWN;
        GuardStatus status;
        GuardPolicyView view = {0};

        *replay = (GuardctlReplay){0};
        if ((!usb && g_strcmp0(record->kind, GUARD_KIND_BLOCK_DECISION) != 0) || !record->has_verdict ||
            record->verdict == GUARD_VERDICT_HOLD)
                return GUARDCTL_REPLAY_NOT_A_DECISION;
        medium = read_medium(record, details);
        if (!speaks_for_itself(record, medium))
                return GUARDCTL_REPLAY_NOT_A_DECISION;
        if (record->level != NULL)
                (void)guard_level_from_string(record->level, &level);
        if (!guard_policy_view_from_text(text_of(details, "situation"), level, &view)) {
                replay->assumed = !json_object_has_member(details, "host_level");
                if (!replay->assumed || !guess_view(record, level, &view))
                        return GUARDCTL_REPLAY_CORE;
        }
        if (guard_status_from_string(text_of(details, "status"), &status))
                view.statuses = 1u << status;
        replay->decision = decide(record, details, medium, &view, level, policy, host_level);
        return GUARDCTL_REPLAY_DONE;
}

void
guardctl_replay_clear(GuardctlReplay *replay)
{
        g_clear_pointer(&replay->decision, guard_decision_free);
}
