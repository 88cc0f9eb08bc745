/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From guardd's dictionaries to the documents that INTERFACES promises: every promised key is there,
 * null (or an empty list) where nothing is known; what guardd adds follows behind.
 */
#pragma once
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum { GUARDCTL_SCALAR = 0, GUARDCTL_OBJECT, GUARDCTL_LIST /* of anything */, GUARDCTL_OBJECTS /* a list of objects */ } GuardctlKind;

typedef struct GuardctlKey {
        const char *name;
        GuardctlKind kind;
        const struct GuardctlKey *members; /* of an object or of each object in the list; NULL: as guardd has them */
} GuardctlKey; /* tables end with a NULL name */

extern const GuardctlKey guardctl_status_keys[], guardctl_medium_keys[], guardctl_exception_keys[], guardctl_explanation_keys[], guardctl_registry_keys[],
        guardctl_presence_keys[], guardctl_session_keys[], guardctl_shutdown_keys[];

/* @dict: a{sv} or NULL (everything null). Caller frees. */
JsonNode *guardctl_shape(const GuardctlKey *keys, GVariant *dict);
/* @list: aa{sv}. Caller frees. */
JsonNode *guardctl_shape_list(const GuardctlKey *keys, GVariant *list);

/* Is this key's value packed for guardctl_dict_text(), and nothing to show by itself? */
gboolean guardctl_is_text_key(const char *name);
/* A sentence of guardd's in the reader's language: from "@key_text" where it is packed, else @key's. NULL: none. Caller frees. */
char *guardctl_dict_text(GVariant *dict, const char *key);
/* A string of an a{sv}, NULL where it is not there. Owned by @dict. */
const char *guardctl_dict_string(GVariant *dict, const char *key);
guint64 guardctl_dict_number(GVariant *dict, const char *key);
/* A dictionary or list inside; an empty one where it is not there. Caller frees. */
GVariant *guardctl_dict_child(GVariant *dict, const char *key, const char *type);

G_END_DECLS
