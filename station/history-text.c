/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Records of the history in the reader's words: what was done, and what it changed. The record
 * itself stays as it was written.
 */
#include <string.h>
#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "station/life.h"
#include "station/station.h"

static const struct {
        const char *name, *label;
} actions[] =
        {
                {"init", N_("register made")},
                {"enrol", N_("enrol")},
                {"edit", N_("correct")},
                {"mark", N_("write the mark")},
                {"unmark", N_("take the mark away")},
                {"import", N_("import a spreadsheet")},
                {"publish", N_("publish")},
                {"roles", N_("set the roles")},
                {"mark-weak", N_("serial number shared from now on")},
                {"stock-begin", N_("begin a stock-take")},
                {"stock-tick", N_("tick off")},
                {"stock-end", N_("end the stock-take")},
                {"seen-lost", N_("seen though reported lost")},
                {"cross-use", N_("seen on classified and on other computers")},
                {"host-add", N_("enter a computer")},
                {"host-edit", N_("correct a computer")},
                {"host-retire", N_("take a computer out of use")},
                {"host-secret", N_("give out a computer's secret")},
                {"host-renew", N_("make a new secret")},
                {"host-answer", N_("answer a request for an exception")},
},
  members[] = {
          {"status", N_("Status")},       {"level", N_("Level")},
          {"holder", N_("Holder")},       {"due", N_("Due back")},
          {"name", N_("Name")},           {"model", N_("Model")},
          {"custodian", N_("Custodian")}, {"department", N_("Department")},
          {"unit", N_("Unit")},           {"in-use-date", N_("In use since")},
          {"note", N_("Note")},           {"capacity", N_("Capacity")},
          {"hosts", N_("Hosts")},         {"units", N_("Units")},
          {"users", N_("Users")},         {"room", N_("Room")},
          {"addresses", N_("Addresses")}, {"keys", N_("Keys")},
          {"by", N_("Destroyed by")},     {"witness", N_("Witness")},
          {"host", N_("Computer")},       {"user", N_("User")},
          {"time", N_("Time")},           {"file", N_("File")},
          {"entered", N_("Entered")},     {"skipped", N_("Skipped")},
          {"sequence", N_("Snapshot")},   {"entries", N_("Drives")},
          {"number", N_("Stock-take")},   {"expected", N_("Expected")},
          {"ticked", N_("Ticked off")},   {"missing", N_("Missing")},
          {"extra", N_("Unexpected")},    {"key", N_("Key")},
          {"forced", N_("Against the checks")}, {"secret-id", N_("Name of the secret")},
          {"usb", N_("USB identity")},    {"serial", N_("Serial number")},
          {"fs-uuid", N_("File system")}, {"pt-uuid", N_("Partition table")},
          {"cid", N_("Card's CID")},      {"roles", N_("Roles")},
};

const char *
guard_history_action_label(const char *action)
{
        GuardStepKind kind;

        if (guard_step_from_string(action, &kind))
                return guard_step_label(kind);
        for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
                if (g_strcmp0(actions[i].name, action) == 0)
                        return _(actions[i].label);
        }
        return action;
}

const char *
guard_history_member_label(const char *name)
{
        size_t length = strcspn(name, "."); /* identifiers are numbered: "serial.0" */

        for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
                if (strlen(members[i].name) == length && strncmp(members[i].name, name, length) == 0)
                        return _(members[i].label);
        }
        return name;
}

static JsonObject *
parse(const char *text, JsonNode **root)
{
        *root = text != NULL ? json_from_string(text, NULL) : NULL;
        return *root != NULL && JSON_NODE_HOLDS_OBJECT(*root) ? json_node_get_object(*root) : NULL;
}

static char *
list_text(JsonArray *list)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < json_array_get_length(list); i++) {
                JsonNode *node = json_array_get_element(list, i);

                if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_string(node) != NULL)
                        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                                               json_node_get_string(node));
        }
        return g_string_free(text, FALSE);
}

/* A member's value as a person reads it; NULL where it is not there. */
static char *
value_text(JsonObject *object, const char *name)
{
        JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;
        const char *text;
        GuardStatus status;
        GuardLevel level;

        if (node == NULL)
                return NULL;
        if (JSON_NODE_HOLDS_ARRAY(node))
                return list_text(json_node_get_array(node));
        if (!JSON_NODE_HOLDS_VALUE(node))
                return NULL;
        if (json_node_get_value_type(node) != G_TYPE_STRING)
                return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
        text = json_node_get_string(node);
        if (strcmp(name, "status") == 0 && guard_status_from_string(text, &status))
                return g_strdup(guard_status_label(status));
        if (strcmp(name, "level") == 0 && guard_level_from_string(text, &level))
                return g_strdup(guard_level_label(level));
        return g_strdup(text);
}

/* "Holder: Wang → Li", or nothing where both are the same. */
static void
add_change(GString *all, JsonObject *before, JsonObject *after, const char *name)
{
        g_autofree char *was = value_text(before, name), *is = value_text(after, name);

        if (g_strcmp0(was, is) == 0)
                return;
        g_string_append_printf(all, "%s%.*s: ", all->len > 0 ? "; " : "",
                               (int)strcspn(guard_history_member_label(name), "."), guard_history_member_label(name));
        if (before != NULL)
                g_string_append_printf(all, "%s → ", was != NULL ? was : "-");
        g_string_append(all, is != NULL ? is : "-");
}

char *
guard_history_describe(const GuardHistory *record)
{
        g_autoptr(JsonNode) before_root = NULL, after_root = NULL;
        JsonObject *before = parse(record->before, &before_root);
        JsonObject *after = parse(record->after, &after_root);
        g_autoptr(GList) old = before != NULL ? json_object_get_members(before) : NULL;
        g_autoptr(GList) new = after != NULL ? json_object_get_members(after) : NULL;
        GString *all = g_string_new(NULL);

        for (GList *l = new; l != NULL; l = l->next)
                add_change(all, before, after, l->data);
        for (GList *l = old; l != NULL; l = l->next) {
                if (after == NULL || !json_object_has_member(after, l->data))
                        add_change(all, before, after, l->data);
        }
        return g_string_free(all, FALSE);
}
