/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a record of a workstation says about cross-use: only decisions do, which have the computer's level since they say
 * what they were taken by.
 */
#include "station/seen-private.h"

#include <string.h>

#include "registry/identity.h"
#include "station/cross.h"

static const char *
text_of(JsonObject *object, const char *name)
{
        JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

        return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : NULL;
}

/* NULL: nothing that would tell it from others. Caller frees. */
static char *
identity_of(JsonObject *record)
{
        const char *vendor = text_of(record, "vendor_id"), *product = text_of(record, "product_id"), *serial = text_of(record, "serial");

        if (vendor == NULL || product == NULL || serial == NULL || guard_identity_is_weak(GUARD_ID_USB, serial, NULL))
                return NULL;
        return guard_identity_canonical(GUARD_ID_USB, (guint16)g_ascii_strtoull(vendor, NULL, 16), (guint16)g_ascii_strtoull(product, NULL, 16),
                                        serial);
}

gboolean
guard_seen_cross(GuardStation *station, JsonObject *record, const char *media_id, const char *host, gint64 time_us, gboolean *crossed,
                 GError **error)
{
        JsonNode *node = json_object_get_member(record, "details");
        JsonObject *details = node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        const char *level = text_of(details, "host_level"), *verdict = text_of(record, "verdict");
        g_autofree char *identity = media_id == NULL ? identity_of(record) : NULL;
        GuardCrossSeen seen = {.media_id = media_id, .identity = identity, .host = host, .time_us = time_us};

        *crossed = FALSE;
        if (level == NULL || !guard_level_from_string(level, &seen.level) || seen.level < GUARD_LEVEL_NONE || host == NULL ||
            (media_id == NULL && identity == NULL))
                return TRUE;
        seen.user = text_of(record, "user");
        seen.name = text_of(record, "product");
        seen.used = verdict != NULL && (strcmp(verdict, "admit") == 0 || strcmp(verdict, "read-only") == 0);
        return guard_cross_note(station, &seen, crossed, error);
}
