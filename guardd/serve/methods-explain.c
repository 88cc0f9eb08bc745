/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Explain: what would be decided now, about a present medium or about one that is only described, with
 * the facts, the rule and each near miss, stage by stage.
 */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/guard-error.h"
#include "common/guard-text.h"
#include "guardd/serve/serve-private.h"
#include "guardd/serve/show.h"

typedef struct {
        const char *device, *vendor_id, *product_id, *serial, *fs_uuid, *pt_uuid, *fs_type, *host_level, *host_unit, *host_id;
        const char **interfaces; /* "08:06:50"; NULL: an ordinary stick */
} Question;

static const struct {
        const char *key;
        size_t offset;
} question_keys[] = {
        {"device", offsetof(Question, device)},       {"vendor_id", offsetof(Question, vendor_id)},
        {"product_id", offsetof(Question, product_id)}, {"serial", offsetof(Question, serial)},
        {"fs_uuid", offsetof(Question, fs_uuid)},     {"pt_uuid", offsetof(Question, pt_uuid)},
        {"fs_type", offsetof(Question, fs_type)},     {"host_level", offsetof(Question, host_level)},
        {"host_unit", offsetof(Question, host_unit)}, {"host_id", offsetof(Question, host_id)},
};

gboolean
guard_explain_asks_registry(GVariant *parameters)
{
        g_autoptr(GVariant) question = g_variant_get_child_value(parameters, 0);
        GVariantIter iter;
        const char *key;

        g_variant_iter_init(&iter, question);
        while (g_variant_iter_next(&iter, "{&sv}", &key, NULL))
                if (!g_str_equal(key, "device"))
                        return TRUE;
        return FALSE;
}

static gboolean
parse_key(Question *question, const char *key, GVariant *value, GError **error)
{
        if (g_str_equal(key, "interfaces") && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING_ARRAY)) {
                g_free(question->interfaces);
                question->interfaces = g_variant_get_strv(value, NULL);
                return TRUE;
        }
        for (gsize i = 0; i < G_N_ELEMENTS(question_keys); i++) {
                if (!g_str_equal(key, question_keys[i].key) || !g_variant_is_of_type(value, G_VARIANT_TYPE_STRING))
                        continue;
                *(const char **)(void *)((char *)question + question_keys[i].offset) = g_variant_get_string(value, NULL);
                return TRUE;
        }
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_UNKNOWN_KEY, _("Explain knows no '%s' of type %s"), key,
                    g_variant_get_type_string(value));
        return FALSE;
}

/* The strings stay owned by @dict. */
static gboolean
parse_question(GVariant *dict, Question *question, GError **error)
{
        gsize n = g_variant_n_children(dict);

        for (gsize i = 0; i < n; i++) {
                g_autoptr(GVariant) entry = g_variant_get_child_value(dict, i);
                g_autoptr(GVariant) value = NULL;
                const char *key;

                g_variant_get(entry, "{&sv}", &key, &value);
                if (!parse_key(question, key, value, error))
                        return FALSE;
        }
        return TRUE;
}

static gboolean
parse_hex(const char *name, const char *text, guint16 *out, GError **error)
{
        if (!text)
                return TRUE;
        if (strlen(text) != 4 || strspn(text, "0123456789abcdefABCDEF") != 4) {
                guard_error_set(error, GUARD_ERROR_INVALID_VALUE, N_("%s is four hexadecimal digits, not '%s'"), name, text, NULL);
                return FALSE;
        }
        *out = (guint16)strtoul(text, NULL, 16);
        return TRUE;
}

static gboolean
parse_interface(const char *text, struct guard_usb_interface *out, GError **error)
{
        unsigned int cls, subcls, protocol;
        int end = 0;

        if (sscanf(text, "%2x:%2x:%2x%n", &cls, &subcls, &protocol, &end) != 3 || text[end] != '\0') {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("An interface looks like 08:06:50, not '%s'"), text);
                return FALSE;
        }
        out->cls = (uint8_t)cls;
        out->subcls = (uint8_t)subcls;
        out->protocol = (uint8_t)protocol;
        return TRUE;
}

/* Descriptors of a device with these interfaces, through the parser that real devices go through. */
static gboolean
describe_interfaces(const char *const *interfaces, GuardUsbFacts *usb, GError **error)
{
        static const char *const stick[] = {"08:06:50", NULL};
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        const char *const *one = interfaces ? interfaces : stick;
        guint n = g_strv_length((char **)one);
        guint16 total = (guint16)(9 + 9 * n);
        const guint8 device[] = {18, 1, 0, 2, 0, 0, 0, 64, (guint8)usb->vendor_id, (guint8)(usb->vendor_id >> 8),
                                 (guint8)usb->product_id, (guint8)(usb->product_id >> 8), 0, 1, 1, 2, 3, 1};
        const guint8 configuration[] = {9, 2, (guint8)total, (guint8)(total >> 8), (guint8)n, 1, 0, 0x80, 50};

        if (n == 0 || n > 32) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("A device has 1 to 32 interfaces"));
                return FALSE;
        }
        g_byte_array_append(bytes, device, sizeof device);
        g_byte_array_append(bytes, configuration, sizeof configuration);
        for (guint i = 0; i < n; i++) {
                struct guard_usb_interface parsed = {0};

                if (!parse_interface(one[i], &parsed, error))
                        return FALSE;
                g_byte_array_append(bytes, (const guint8[]){9, 4, (guint8)i, 0, 0, parsed.cls, parsed.subcls, parsed.protocol, 0}, 9);
        }
        guard_usb_parse(bytes->data, bytes->len, &usb->descriptors);
        return TRUE;
}

static GuardMedium *
describe_medium(const Question *question, GError **error)
{
        g_autoptr(GuardMedium) medium = guard_medium_new();
        GuardUsbFacts *usb = guard_usb_facts_new();

        medium->carrier = GUARD_CARRIER_USB;
        medium->usb = usb;
        if (!parse_hex("vendor_id", question->vendor_id, &usb->vendor_id, error) ||
            !parse_hex("product_id", question->product_id, &usb->product_id, error) ||
            !describe_interfaces((const char *const *)question->interfaces, usb, error))
                return NULL;
        usb->serial = g_strdup(question->serial);
        return g_steal_pointer(&medium);
}

static GuardBlockFacts *
describe_content(const Question *question)
{
        GuardBlockFacts *block = guard_block_facts_new();

        block->probe = GUARD_PROBE_OK;
        block->removable = TRUE;
        block->pt_uuid = g_strdup(question->pt_uuid);
        if (question->pt_uuid)
                block->pt_type = g_strdup(strlen(question->pt_uuid) > 8 ? "gpt" : "dos");
        if (question->fs_uuid) {
                GuardVolumeFacts *volume = guard_volume_facts_new();

                volume->partition = question->pt_uuid ? 1 : 0;
                volume->usage = g_strdup("filesystem");
                volume->type = g_strdup(question->fs_type ? question->fs_type : "vfat");
                volume->uuid = g_strdup(question->fs_uuid);
                if (!block->volumes)
                        block->volumes = g_ptr_array_new_with_free_func((GDestroyNotify)guard_volume_facts_free);
                g_ptr_array_add(block->volumes, volume);
        }
        return block;
}

typedef struct {
        GuardManager *manager;
        const GuardHost *host; /* NULL: this machine */
        gboolean waits;        /* for somebody to be there, at this moment */
        GuardDecision *worst;  /* owned */
        GVariantBuilder stages;
} Explanation;

static void
explain_stage(Explanation *explanation, const GuardMedium *medium, GuardStage stage)
{
        GuardDecision *decision = guard_manager_explain(explanation->manager, medium, explanation->host, stage,
                                                        explanation->waits);
        g_autoptr(GVariant) shown = g_variant_ref_sink(guard_show_decision(decision));
        GVariantDict dict;

        g_variant_dict_init(&dict, shown);
        g_variant_dict_insert(&dict, "stage", "s", stage == GUARD_STAGE_USB ? "usb" : "block");
        if (medium->block && medium->block->name)
                g_variant_dict_insert(&dict, "block", "s", medium->block->name);
        g_variant_builder_add_value(&explanation->stages, g_variant_dict_end(&dict));

        /* Of equals the later stage counts: it has seen more. */
        if (explanation->worst && explanation->worst->verdict < decision->verdict) {
                guard_decision_free(decision);
                return;
        }
        guard_decision_free(explanation->worst);
        explanation->worst = decision;
}

static void
explain_medium(Explanation *explanation, GuardMedium *medium, const GPtrArray *disks)
{
        GuardBlockFacts *own = medium->block;

        medium->block = NULL;
        explain_stage(explanation, medium, GUARD_STAGE_USB);
        for (guint i = 0; disks && i < disks->len; i++) {
                medium->block = ((GuardDisk *)disks->pdata[i])->facts; /* lent */
                explain_stage(explanation, medium, GUARD_STAGE_BLOCK);
        }
        medium->block = own;
        if (own)
                explain_stage(explanation, medium, GUARD_STAGE_BLOCK);
}

static GVariant *
show_facts(Explanation *explanation, const GuardMedium *medium, const GPtrArray *disks)
{
        g_autoptr(GVariant) identity = g_variant_ref_sink(guard_show_usb(medium));
        GVariantBuilder blocks;
        GVariantDict dict;

        g_variant_dict_init(&dict, identity);
        g_variant_builder_init(&blocks, G_VARIANT_TYPE("aa{sv}"));
        for (guint i = 0; disks && i < disks->len; i++)
                g_variant_builder_add_value(&blocks, guard_show_disk_facts(((GuardDisk *)disks->pdata[i])->facts));
        if (medium->block)
                g_variant_builder_add_value(&blocks, guard_show_disk_facts(medium->block));
        g_variant_dict_insert_value(&dict, "blocks", g_variant_builder_end(&blocks));
        g_variant_dict_insert_value(&dict, "host",
                                    guard_show_host(explanation->host ? explanation->host : guard_manager_host(explanation->manager)));
        g_variant_dict_insert_value(&dict, "registry", guard_show_registry(guard_manager_registry_info(explanation->manager)));
        return g_variant_dict_end(&dict);
}

static gboolean
waits_for_person(const GuardDecision *decision)
{
        return decision && decision->reason == GUARD_REASON_NOBODY_PRESENT;
}

static gboolean
device_waits(const GuardDevice *device)
{
        gboolean waits = waits_for_person(device->decision);

        for (guint i = 0; i < device->disks->len; i++)
                waits |= waits_for_person(((GuardDisk *)device->disks->pdata[i])->decision);
        return waits;
}

static GVariant *
explain(GuardManager *manager, GuardMedium *medium, const GPtrArray *disks, const GuardHost *host, gboolean waits)
{
        Explanation explanation = {.manager = manager, .host = host, .waits = waits};
        g_autoptr(GVariant) shown = NULL;
        GVariantDict dict;

        g_variant_builder_init(&explanation.stages, G_VARIANT_TYPE("aa{sv}"));
        explain_medium(&explanation, medium, disks);
        shown = g_variant_ref_sink(guard_show_decision(explanation.worst));
        g_variant_dict_init(&dict, shown);
        if (medium->device)
                g_variant_dict_insert_value(&dict, "device", g_variant_new_take_string(g_utf8_make_valid(medium->device, -1)));
        g_variant_dict_insert_value(&dict, "facts", show_facts(&explanation, medium, disks));
        g_variant_dict_insert_value(&dict, "stages", g_variant_builder_end(&explanation.stages));
        guard_decision_free(explanation.worst);
        return g_variant_dict_end(&dict);
}

/* This machine as it would be with the asked-for level, unit or id. NULL without error: as it is. */
static gboolean
other_host(GuardManager *manager, const Question *question, GuardHost **host, GError **error)
{
        *host = NULL;
        if (!question->host_level && !question->host_unit && !question->host_id)
                return TRUE;
        *host = guard_host_copy(guard_manager_host(manager));
        if (question->host_level && !guard_level_from_string(question->host_level, &(*host)->level)) {
                guard_error_set(error, GUARD_ERROR_INVALID_VALUE, N_("'%s' is no level; there are none, confidential, secret and top-secret"),
                                question->host_level, NULL);
                g_clear_pointer(host, guard_host_free);
                return FALSE;
        }
        if (question->host_unit) {
                g_free((*host)->unit);
                (*host)->unit = g_strdup(question->host_unit);
        }
        if (question->host_id) {
                g_free((*host)->host_id);
                (*host)->host_id = g_strdup(question->host_id);
        }
        return TRUE;
}

static GVariant *
answer(GuardManager *manager, const Question *question, const GuardHost *host, GError **error)
{
        g_autoptr(GuardMedium) described = NULL;
        gboolean content = question->fs_uuid || question->pt_uuid;

        if (question->device) {
                GuardDevice *device = guard_manager_find(manager, question->device);

                if (device)
                        return explain(manager, device->medium, device->disks, host, device_waits(device));
                guard_error_set(error, GUARD_ERROR_NOT_FOUND, N_("There is no medium '%s' here; 'guardctl media list' shows what is plugged in"),
                                question->device, NULL);
                return NULL;
        }
        described = describe_medium(question, error);
        if (!described)
                return NULL;
        if (content)
                described->block = describe_content(question);
        return explain(manager, described, NULL, host, FALSE);
}

void
guard_handle_explain(GuardCall *call)
{
        g_autoptr(GVariant) dict = g_variant_get_child_value(call->parameters, 0);
        g_autoptr(GuardHost) host = NULL;
        Question question = {0};
        GError *error = NULL;
        GVariant *reply = NULL;

        if (parse_question(dict, &question, &error) && other_host(call->serve->manager, &question, &host, &error))
                reply = answer(call->serve->manager, &question, host, &error);
        g_free(question.interfaces);
        if (reply)
                guard_call_reply(call, g_variant_new("(@a{sv})", reply));
        else
                guard_call_fail(call, error);
}
