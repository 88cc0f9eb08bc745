/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The strict reader of configuration text. Pure; no key or group is known here.
 */
#include "common/guard-conf.h"
#include "common/guard-text.h"
#include <glib/gi18n-lib.h>
#include <string.h>

static void
entry_free(gpointer data)
{
        GuardConfEntry *entry = data;
        g_free(entry->key);
        g_free(entry->value);
        g_free(entry);
}

static void
group_free(gpointer data)
{
        GuardConfGroup *group = data;
        g_free(group->name);
        g_ptr_array_unref(group->entries);
        g_free(group);
}

void
guard_conf_free(GuardConf *conf)
{
        if (conf == NULL)
                return;
        g_free(conf->file);
        g_ptr_array_unref(conf->groups);
        g_free(conf);
}

GPtrArray *
guard_conf_errors_new(void)
{
        return g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
}

void
guard_conf_error(GPtrArray *errors, GuardError code, const char *file, guint line,
                 const char *format, ...)
{
        va_list args;
        va_start(args, format);
        g_autofree char *message = g_strdup_vprintf(_(format), args);
        va_end(args);
        g_ptr_array_add(errors,
                        g_error_new(GUARD_ERROR, (int)code, "%s:%u: %s", file, line, message));
}

GuardConfGroup *
guard_conf_group(const GuardConf *conf, const char *name)
{
        for (guint n = 0; n < conf->groups->len; n++) {
                GuardConfGroup *group = g_ptr_array_index(conf->groups, n);
                if (g_str_equal(group->name, name))
                        return group;
        }
        return NULL;
}

static GuardConfEntry *
find(const GuardConfGroup *group, const char *key)
{
        for (guint n = 0; n < group->entries->len; n++) {
                GuardConfEntry *entry = g_ptr_array_index(group->entries, n);
                if (g_str_equal(entry->key, key))
                        return entry;
        }
        return NULL;
}

GuardConfEntry *
guard_conf_take(GuardConfGroup *group, const char *key)
{
        GuardConfEntry *entry = find(group, key);
        if (entry != NULL)
                entry->used = TRUE;
        return entry;
}

void
guard_conf_refuse_unused(const GuardConf *conf, const GuardConfGroup *group, const char *known,
                         GPtrArray *errors)
{
        for (guint n = 0; n < group->entries->len; n++) {
                const GuardConfEntry *entry = g_ptr_array_index(group->entries, n);
                if (!entry->used)
                        guard_conf_error(errors, GUARD_ERROR_UNKNOWN_KEY, conf->file, entry->line,
                                         N_("there is no key “%s” in [%s]; known are: %s"),
                                         entry->key, group->name, known);
        }
}

/* GKeyFile's escapes. "\;" is kept for guard_conf_list(). FALSE on any other. */
static gboolean
unescape(const char *from, char **value)
{
        static const char escapes[] = "s\x20n\nt\tr\r\\\\";
        GString *out = g_string_new(NULL);
        for (const char *p = from; *p != '\0'; p++) {
                if (*p != '\\') {
                        g_string_append_c(out, *p);
                        continue;
                }
                p++;
                if (*p == ';') {
                        g_string_append(out, "\\;");
                        continue;
                }
                const char *found = NULL;
                for (const char *e = escapes; *e != '\0' && *p != '\0'; e += 2)
                        if (*e == *p)
                                found = e + 1;
                if (found == NULL) {
                        g_string_free(out, TRUE);
                        return FALSE;
                }
                g_string_append_c(out, *found);
        }
        *value = g_string_free(out, FALSE);
        return TRUE;
}

/* "[name]"; NULL after an error: the keys that follow are read into a group that nobody sees. */
static GuardConfGroup *
read_group(GuardConf *conf, char *text, guint line, GPtrArray *errors)
{
        gsize length = strlen(text);
        if (length < 3 || text[length - 1] != ']' || strchr(text + 1, '[') != NULL ||
            strchr(text, ']') != text + length - 1) {
                guard_conf_error(errors, GUARD_ERROR_SYNTAX, conf->file, line,
                                 N_("a group is written [name] on a line of its own"));
                return NULL;
        }
        text[length - 1] = '\0';
        const char *name = g_strstrip(text + 1);
        const GuardConfGroup *before = guard_conf_group(conf, name);
        if (before != NULL) {
                guard_conf_error(errors, GUARD_ERROR_SYNTAX, conf->file, line,
                                 N_("[%s] is already there, in line %u; put both together"), name,
                                 before->line);
                return NULL;
        }
        GuardConfGroup *group = g_new0(GuardConfGroup, 1);
        group->name = g_strdup(name);
        group->line = line;
        group->entries = g_ptr_array_new_with_free_func(entry_free);
        g_ptr_array_add(conf->groups, group);
        return group;
}

static void
read_entry(GuardConf *conf, GuardConfGroup *group, char *text, guint line, GPtrArray *errors)
{
        char *equals = strchr(text, '=');
        if (equals == NULL || equals == text) {
                guard_conf_error(errors, GUARD_ERROR_SYNTAX, conf->file, line,
                                 N_("expected key=value, a [group] or a # comment"));
                return;
        }
        *equals = '\0';
        const char *key = g_strchomp(text);
        const GuardConfEntry *before = find(group, key);
        if (before != NULL) {
                guard_conf_error(errors, GUARD_ERROR_SYNTAX, conf->file, line,
                                 N_("“%s” is already set, in line %u"), key, before->line);
                return;
        }
        g_autofree char *value = NULL;
        if (!unescape(g_strchug(equals + 1), &value)) {
                guard_conf_error(errors, GUARD_ERROR_SYNTAX, conf->file, line,
                                 N_("a backslash must be followed by s, n, t, r, ; or \\"));
                return;
        }
        GuardConfEntry *entry = g_new0(GuardConfEntry, 1);
        entry->key = g_strdup(key);
        entry->value = g_steal_pointer(&value);
        entry->line = line;
        g_ptr_array_add(group->entries, entry);
}

/* Text that is no text at all is told once, not once a line. */
static gboolean
is_text(const GuardConf *conf, const char *text, gsize size, GPtrArray *errors)
{
        const char *end;
        if (size > GUARD_CONF_MAX_SIZE) {
                guard_conf_error(errors, GUARD_ERROR_SYNTAX, conf->file, 1,
                                 N_("the file is larger than 1 MiB"));
                return FALSE;
        }
        if (g_utf8_validate(text, (gssize)size, &end))
                return TRUE;
        guint line = 1;
        for (const char *p = text; p < end; p++)
                line += *p == '\n' ? 1 : 0;
        guard_conf_error(errors, GUARD_ERROR_SYNTAX, conf->file, line, N_("the text is not UTF-8"));
        return FALSE;
}

GuardConf *
guard_conf_parse(const char *file, const char *text, gsize size, GPtrArray *errors)
{
        GuardConf *conf = g_new0(GuardConf, 1);
        conf->file = g_strdup(file);
        conf->groups = g_ptr_array_new_with_free_func(group_free);
        if (size == 0 || !is_text(conf, text, size, errors))
                return conf;

        g_autofree char *copy = g_strndup(text, size);
        GuardConfGroup *group = NULL;
        gboolean lost = FALSE; /* after a bad [group]: one error is enough for the keys below it */
        guint line = 1;
        for (char *p = copy, *next; p != NULL; p = next, line++) {
                next = strchr(p, '\n');
                if (next != NULL)
                        *next++ = '\0';
                g_strstrip(p);
                if (*p == '\0' || *p == '#')
                        continue;
                if (*p == '[') {
                        group = read_group(conf, p, line, errors);
                        lost = group == NULL;
                } else if (group != NULL) {
                        read_entry(conf, group, p, line, errors);
                } else if (!lost) {
                        guard_conf_error(errors, GUARD_ERROR_SYNTAX, conf->file, line,
                                         N_("this line stands before the first [group]"));
                        lost = TRUE;
                }
        }
        return conf;
}

char **
guard_conf_list(const char *value)
{
        GPtrArray *items = g_ptr_array_new();
        g_autoptr(GString) item = g_string_new(NULL);
        for (const char *p = value;; p++) {
                if (*p == '\\' && p[1] == ';') {
                        g_string_append_c(item, *++p);
                } else if (*p == ';' || *p == ',' || *p == '\0') {
                        g_strstrip(item->str);
                        if (*item->str != '\0')
                                g_ptr_array_add(items, g_strdup(item->str));
                        g_string_truncate(item, 0);
                        if (*p == '\0')
                                break;
                } else {
                        g_string_append_c(item, *p);
                }
        }
        g_ptr_array_add(items, NULL);
        return (char **)g_ptr_array_free(items, FALSE);
}
