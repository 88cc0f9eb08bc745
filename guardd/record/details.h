/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The details of a record, a JSON object that is built member by member.
 */
#pragma once
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* NULL: no member. */
void guard_details_add_string(JsonBuilder *json, const char *key, const char *value);
void guard_details_add_number(JsonBuilder *json, const char *key, gint64 value);
void guard_details_add_flag(JsonBuilder *json, const char *key, gboolean value);
/* Ends the object; its text, which the caller frees. */
char *guard_details_end(JsonBuilder *json);

G_END_DECLS
