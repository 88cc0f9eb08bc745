/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JSON objects for the history: strings, lists and numbers only, written as they come, since an
 * import writes a million of them.
 */
#include "station/book.h"

#include <inttypes.h>

void
guard_book_json_open(GString *json)
{
        g_string_append_c(json, '{');
}

static void
append_string(GString *json, const char *text)
{
        g_string_append_c(json, '"');
        for (; *text != '\0'; text++) {
                guchar c = (guchar)*text;

                if (c == '"' || c == '\\')
                        g_string_append_c(json, '\\');
                if (c < 0x20 || c == 0x7f)
                        g_string_append_printf(json, "\\u%04x", c);
                else
                        g_string_append_c(json, (char)c);
        }
        g_string_append_c(json, '"');
}

static void
append_name(GString *json, const char *name)
{
        if (json->str[json->len - 1] != '{')
                g_string_append_c(json, ',');
        append_string(json, name);
        g_string_append_c(json, ':');
}

void
guard_book_json_text(GString *json, const char *name, const char *value)
{
        if (value == NULL)
                return;
        append_name(json, name);
        append_string(json, value);
}

void
guard_book_json_list(GString *json, const char *name, char *const *list)
{
        if (list == NULL)
                return;
        append_name(json, name);
        g_string_append_c(json, '[');
        for (guint i = 0; list[i] != NULL; i++) {
                if (i > 0)
                        g_string_append_c(json, ',');
                append_string(json, list[i]);
        }
        g_string_append_c(json, ']');
}

void
guard_book_json_number(GString *json, const char *name, guint64 value)
{
        append_name(json, name);
        g_string_append_printf(json, "%" PRIu64, value);
}

char *
guard_book_json_close(GString *json)
{
        g_string_append_c(json, '}');
        return g_string_free(json, FALSE);
}
