/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guardd/record/details.h"

void
guard_details_add_string(JsonBuilder *json, const char *key, const char *value)
{
        if (!value)
                return;
        json_builder_set_member_name(json, key);
        json_builder_add_string_value(json, value);
}

void
guard_details_add_number(JsonBuilder *json, const char *key, gint64 value)
{
        json_builder_set_member_name(json, key);
        json_builder_add_int_value(json, value);
}

void
guard_details_add_flag(JsonBuilder *json, const char *key, gboolean value)
{
        json_builder_set_member_name(json, key);
        json_builder_add_boolean_value(json, value);
}

char *
guard_details_end(JsonBuilder *json)
{
        g_autoptr(JsonGenerator) generator = json_generator_new();
        g_autoptr(JsonNode) root = NULL;

        json_builder_end_object(json);
        root = json_builder_get_root(json);
        json_generator_set_root(generator, root);
        return json_generator_to_data(generator, NULL);
}
