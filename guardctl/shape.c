/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From guardd's dictionaries to the documents that INTERFACES promises.
 */
#include <string.h>
#include "common/guard-text.h"
#include "guardctl/shape.h"

/* Of keys whose value is a sentence for people, packed: a document for programs has the English one alone. */
#define TEXT_SUFFIX "_text"

static const GuardctlKey contact_keys[] = {{.name = "name"}, {.name = "phone"}, {0}};
static const GuardctlKey host_keys[] = {
        {.name = "level"},     {.name = "host_id"}, {.name = "unit"}, {.name = "group"},
        {.name = "custodian"}, {.name = "source"},  {.name = "contact", GUARDCTL_OBJECT, contact_keys},
        {0},
};
static const GuardctlKey layer_keys[] = {{.name = "state"}, {.name = "why"}, {0}};
static const GuardctlKey layers_keys[] = {
        {.name = "usb", GUARDCTL_OBJECT, layer_keys},
        {.name = "block", GUARDCTL_OBJECT, layer_keys},
        {.name = "shield", GUARDCTL_OBJECT, layer_keys},
        {0},
};
const GuardctlKey guardctl_registry_keys[] = {
        {.name = "state"},   {.name = "why"},  {.name = "sequence"}, {.name = "issued"},    {.name = "expires"},
        {.name = "entries"}, {.name = "size"}, {.name = "key_id"},   {.name = "algorithm"}, {.name = "payload_verified"},
        {0},
};
static const GuardctlKey policy_keys[] = {{.name = "rules"}, {.name = "state"}, {.name = "why"}, {.name = "observe"}, {.name = "transfers"}, {0}};
static const GuardctlKey alarm_keys[] = {{.name = "key"}, {.name = "severity"}, {.name = "since"}, {.name = "message"}, {0}};

static const GuardctlKey updates_keys[] = {
        {.name = "state"}, {.name = "from"}, {.name = "last_run"}, {.name = "last_success"}, {.name = "failing_since"}, {.name = "failures"},
        {.name = "why"},   {0},
};

const GuardctlKey guardctl_status_keys[] = {
        {.name = "version"},
        {.name = "host", GUARDCTL_OBJECT, host_keys},
        {.name = "layers", GUARDCTL_OBJECT, layers_keys},
        {.name = "registry", GUARDCTL_OBJECT, guardctl_registry_keys},
        {.name = "updates", GUARDCTL_OBJECT, updates_keys},
        {.name = "policy", GUARDCTL_OBJECT, policy_keys},
        {.name = "alarms", GUARDCTL_OBJECTS, alarm_keys},
        {0},
};

const GuardctlKey guardctl_session_keys[] = {
        {.name = "id"},    {.name = "user"},  {.name = "seat"},     {.name = "type"},  {.name = "remote"}, {.name = "active"},
        {.name = "idle_seconds"}, {.name = "state"}, {.name = "proof"}, {.name = "rung"}, {.name = "evidence"}, {.name = "agent"},
        {0},
};
const GuardctlKey guardctl_shutdown_keys[] = {
        {.name = "state"},     {.name = "deadline"},           {.name = "seconds"},     {.name = "countdown_seconds"},
        {.name = "postponed"}, {.name = "postponements_left"}, {.name = "max_minutes"}, {.name = "why"},
        {0},
};
const GuardctlKey guardctl_presence_keys[] = {
        {.name = "sessions", GUARDCTL_OBJECTS, guardctl_session_keys},
        {.name = "shutdown", GUARDCTL_OBJECT, guardctl_shutdown_keys},
        {.name = "settings", GUARDCTL_OBJECT, NULL},
        {0},
};

static const GuardctlKey filesystem_keys[] = {
        {.name = "partition"}, {.name = "usage"}, {.name = "type"}, {.name = "version"},
        {.name = "uuid"},      {.name = "label"}, {.name = "size"}, {0},
};
static const GuardctlKey block_keys[] = {
        {.name = "name"},    {.name = "diskseq"},  {.name = "size"},  {.name = "filesystems", GUARDCTL_OBJECTS, filesystem_keys},
        {.name = "verdict"}, {.name = "reason"},   {.name = "rule"},  {.name = "media_id"},
        {.name = "level"},   {.name = "released"}, {0},
};
const GuardctlKey guardctl_medium_keys[] = {
        {.name = "device"},
        {.name = "device_kind"},
        {.name = "carrier"},
        {.name = "vendor_id"},
        {.name = "product_id"},
        {.name = "serial"},
        {.name = "manufacturer"},
        {.name = "product"},
        {.name = "interfaces", GUARDCTL_LIST, NULL},
        {.name = "blocks", GUARDCTL_OBJECTS, block_keys},
        {.name = "verdict"},
        {.name = "reason"},
        {.name = "rule"},
        {.name = "media_id"},
        {.name = "level"},
        {.name = "plugged"},
        {0},
};

const GuardctlKey guardctl_exception_keys[] = {
        {.name = "id"},         {.name = "state"},        {.name = "bound_to"},    {.name = "name"},   {.name = "direction"},
        {.name = "seconds"},    {.name = "seconds_left"}, {.name = "asked_by"},    {.name = "approved_by"},
        {.name = "reason"},     {.name = "by_code"},      {.name = "user"},        {.name = "only"},   {0},
};

static const GuardctlKey near_miss_keys[] = {{.name = "rule"}, {.name = "why"}, {0}};
const GuardctlKey guardctl_explanation_keys[] = {
        {.name = "device"},
        {.name = "verdict"},
        {.name = "reason"},
        {.name = "rule"},
        {.name = "media_id"},
        {.name = "level"},
        {.name = "severity"},
        {.name = "observed"},
        {.name = "would_be"},
        {.name = "would_be_reason"},
        {.name = "facts", GUARDCTL_OBJECT, NULL},
        {.name = "near_misses", GUARDCTL_OBJECTS, near_miss_keys},
        {.name = "stages", GUARDCTL_LIST, NULL},
        {0},
};

gboolean
guardctl_is_text_key(const char *name)
{
        return g_str_has_suffix(name, TEXT_SUFFIX);
}

static JsonNode *without_texts(JsonNode *node);

static void
drop_text(JsonObject *object, const char *name, JsonNode *member, gpointer copy)
{
        (void)object;
        if (!guardctl_is_text_key(name))
                json_object_set_member(copy, name, without_texts(json_node_copy(member)));
}

static void
drop_texts(JsonArray *array, guint index, JsonNode *element, gpointer copy)
{
        (void)array;
        (void)index;
        json_array_add_element(copy, without_texts(json_node_copy(element)));
}

/* What no list of keys describes, however deep. Takes @node. */
static JsonNode *
without_texts(JsonNode *node)
{
        if (JSON_NODE_HOLDS_OBJECT(node)) {
                JsonObject *copy = json_object_new();

                json_object_foreach_member(json_node_get_object(node), drop_text, copy);
                json_node_take_object(node, copy);
        } else if (JSON_NODE_HOLDS_ARRAY(node)) {
                JsonArray *copy = json_array_new();

                json_array_foreach_element(json_node_get_array(node), drop_texts, copy);
                json_node_take_array(node, copy);
        }
        return node;
}

static JsonNode *
shape_value(const GuardctlKey *key, GVariant *value)
{
        g_autoptr(GVariant) none = NULL;

        switch (key->kind) {
        case GUARDCTL_OBJECT:
                if (key->members)
                        return guardctl_shape(key->members, value);
                break;
        case GUARDCTL_OBJECTS:
                if (!value)
                        value = none = g_variant_ref_sink(g_variant_new("aa{sv}", NULL));
                return guardctl_shape_list(key->members, value);
        case GUARDCTL_LIST:
                if (!value)
                        value = none = g_variant_ref_sink(g_variant_new("as", NULL));
                break;
        case GUARDCTL_SCALAR:
                break;
        }
        return value ? without_texts(json_gvariant_serialize(value)) : json_node_new(JSON_NODE_NULL);
}

static gboolean
is_listed(const GuardctlKey *keys, const char *name)
{
        for (const GuardctlKey *key = keys; key->name; key++)
                if (g_str_equal(key->name, name))
                        return TRUE;
        return FALSE;
}

JsonNode *
guardctl_shape(const GuardctlKey *keys, GVariant *dict)
{
        JsonObject *object = json_object_new();
        JsonNode *node = json_node_new(JSON_NODE_OBJECT);
        gsize n = dict ? g_variant_n_children(dict) : 0;

        for (const GuardctlKey *key = keys; key->name; key++) {
                g_autoptr(GVariant) value = dict ? g_variant_lookup_value(dict, key->name, NULL) : NULL;

                json_object_set_member(object, key->name, shape_value(key, value));
        }
        for (gsize i = 0; i < n; i++) {
                g_autoptr(GVariant) entry = g_variant_get_child_value(dict, i);
                g_autoptr(GVariant) value = NULL;
                const char *name;

                g_variant_get(entry, "{&sv}", &name, &value);
                if (!is_listed(keys, name) && !guardctl_is_text_key(name))
                        json_object_set_member(object, name, without_texts(json_gvariant_serialize(value)));
        }
        json_node_take_object(node, object);
        return node;
}

JsonNode *
guardctl_shape_list(const GuardctlKey *keys, GVariant *list)
{
        JsonArray *array = json_array_new();
        JsonNode *node = json_node_new(JSON_NODE_ARRAY);

        for (gsize i = 0; i < g_variant_n_children(list); i++) {
                g_autoptr(GVariant) dict = g_variant_get_child_value(list, i);

                json_array_add_element(array, guardctl_shape(keys, dict));
        }
        json_node_take_array(node, array);
        return node;
}

const char *
guardctl_dict_string(GVariant *dict, const char *key)
{
        const char *value = NULL;

        return g_variant_lookup(dict, key, "&s", &value) ? value : NULL;
}

char *
guardctl_dict_text(GVariant *dict, const char *key)
{
        g_autofree char *packed_key = g_strconcat(key, TEXT_SUFFIX, NULL);
        const char *packed = guardctl_dict_string(dict, packed_key);

        return guard_text_translate(packed ? packed : guardctl_dict_string(dict, key));
}

guint64
guardctl_dict_number(GVariant *dict, const char *key)
{
        g_autoptr(GVariant) value = g_variant_lookup_value(dict, key, NULL);

        if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64))
                return g_variant_get_uint64(value);
        if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
                return g_variant_get_uint32(value);
        return 0;
}

GVariant *
guardctl_dict_child(GVariant *dict, const char *key, const char *type)
{
        GVariant *value = g_variant_lookup_value(dict, key, G_VARIANT_TYPE(type));

        return value ? value : g_variant_ref_sink(g_variant_new_array(g_variant_type_element(G_VARIANT_TYPE(type)), NULL, 0));
}
