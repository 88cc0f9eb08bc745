/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who this machine is: life of the struct, and what the text of a host.conf says. Pure; files are
 * read in guard-host-load.c. Any fault leaves the level unknown, and then everything guarded is
 * refused.
 */
#include "common/guard-host.h"
#include "common/guard-conf.h"
#include <glib/gi18n-lib.h>
#include <string.h>

static const struct {
        const char *group, *key;
        size_t offset;
} strings[] = {
        {"host", "host-id", offsetof(GuardHost, host_id)},
        {"host", "unit", offsetof(GuardHost, unit)},
        {"host", "group", offsetof(GuardHost, group)},
        {"host", "custodian", offsetof(GuardHost, custodian)},
        {"contact", "name", offsetof(GuardHost, contact_name)},
        {"contact", "phone", offsetof(GuardHost, contact_phone)},
        {NULL, NULL, offsetof(GuardHost, source)},
};

static char **
field(GuardHost *host, size_t offset)
{
        return (char **)(gpointer)((char *)host + offset);
}

GuardHost *
guard_host_new(void)
{
        GuardHost *host = g_new0(GuardHost, 1);
        host->level = GUARD_LEVEL_UNKNOWN;
        return host;
}

void
guard_host_free(GuardHost *host)
{
        if (host == NULL)
                return;
        for (guint n = 0; n < G_N_ELEMENTS(strings); n++)
                g_free(*field(host, strings[n].offset));
        g_free(host);
}

GuardHost *
guard_host_copy(const GuardHost *host)
{
        if (host == NULL)
                return NULL;
        GuardHost *copy = g_new0(GuardHost, 1);
        *copy = *host;
        for (guint n = 0; n < G_N_ELEMENTS(strings); n++)
                *field(copy, strings[n].offset) = g_strdup(*field(copy, strings[n].offset));
        return copy;
}

gboolean
guard_host_id_is_good(const char *id)
{
        gsize length = strlen(id);
        for (const char *p = id; *p != '\0'; p++)
                if (!g_ascii_isalnum(*p) && strchr("._:-", *p) == NULL)
                        return FALSE;
        return length > 0 && length <= 128;
}

static void
take_strings(GuardHost *host, const GuardConf *conf, GPtrArray *errors)
{
        for (guint n = 0; n < G_N_ELEMENTS(strings); n++) {
                GuardConfGroup *group =
                        strings[n].group != NULL ? guard_conf_group(conf, strings[n].group) : NULL;
                GuardConfEntry *entry =
                        group != NULL ? guard_conf_take(group, strings[n].key) : NULL;
                if (entry == NULL)
                        continue;
                if (g_str_equal(strings[n].key, "host-id") &&
                    !guard_host_id_is_good(entry->value)) {
                        guard_conf_error(
                                errors, GUARD_ERROR_INVALID_VALUE, conf->file, entry->line,
                                N_("host-id may have letters, digits and . _ : - only, at most 128 "
                                   "of them; leave the line out to have one made"));
                        continue;
                }
                g_free(*field(host, strings[n].offset));
                *field(host, strings[n].offset) =
                        *entry->value != '\0' ? g_strdup(entry->value) : NULL;
        }
}

static void
take_level(GuardHost *host, const GuardConf *conf, GPtrArray *errors)
{
        GuardConfGroup *group = guard_conf_group(conf, "host");
        GuardConfEntry *entry = group != NULL ? guard_conf_take(group, "level") : NULL;
        if (entry != NULL && !guard_level_from_string(entry->value, &host->level))
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file, entry->line,
                                 N_("level must be none, confidential, secret or top-secret"));
}

static void
refuse_unknown(const GuardConf *conf, GPtrArray *errors)
{
        for (guint n = 0; n < conf->groups->len; n++) {
                const GuardConfGroup *group = g_ptr_array_index(conf->groups, n);
                if (g_str_equal(group->name, "host"))
                        guard_conf_refuse_unused(conf, group,
                                                 "level, host-id, unit, group, custodian", errors);
                else if (g_str_equal(group->name, "contact"))
                        guard_conf_refuse_unused(conf, group, "name, phone", errors);
                else
                        guard_conf_error(
                                errors, GUARD_ERROR_UNKNOWN_KEY, conf->file, group->line,
                                N_("there is no group [%s]; known are [host] and [contact]"),
                                group->name);
        }
}

void
guard_host_apply_text(GuardHost *host, const char *file, const char *text, gsize size,
                      GPtrArray *errors)
{
        guint before = errors->len;
        g_autoptr(GuardConf) conf = guard_conf_parse(file, text, size, errors);
        take_level(host, conf, errors);
        take_strings(host, conf, errors);
        refuse_unknown(conf, errors);
        if (errors->len > before)
                host->level = GUARD_LEVEL_UNKNOWN;
}
