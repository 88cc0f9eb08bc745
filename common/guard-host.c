/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * host.conf: who this machine is. Reads files; decides nothing. Any fault leaves the level unknown,
 * and then everything guarded is refused.
 */
#include "common/guard-host.h"
#include "common/guard-conf-dir.h"
#include "common/guard-conf.h"
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

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

static gboolean
good_host_id(const char *id)
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
                if (g_str_equal(strings[n].key, "host-id") && !good_host_id(entry->value)) {
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

/* One file on top of what @host has. TRUE where it was there, read or not. */
static gboolean
read_over(GuardHost *host, const char *path, GPtrArray *errors)
{
        g_autofree char *text = NULL;
        gsize size = 0;
        GError *error = NULL;
        if (path == NULL)
                return FALSE;
        if (!guard_conf_read_file(path, &text, &size, &error)) {
                if (g_error_matches(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND)) {
                        g_error_free(error);
                        return FALSE;
                }
                g_ptr_array_add(errors, error);
                return TRUE;
        }
        guard_host_apply_text(host, path, text, size, errors);
        char *source = host->source != NULL ? g_strdup_printf("%s, %s", host->source, path)
                                            : g_strdup(path);
        g_free(host->source);
        host->source = source;
        return TRUE;
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

GuardHost *
guard_host_load(const char *vendor, const char *etc, GError **error)
{
        GuardHost *host = guard_host_new();
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        gboolean found = read_over(host, vendor, errors);
        found = read_over(host, etc, errors) || found;

        if (errors->len > 0) {
                const GError *first = g_ptr_array_index(errors, 0);
                host->level = GUARD_LEVEL_UNKNOWN;
                g_set_error(error, GUARD_ERROR, first->code,
                            _("%s. Until this is repaired every removable drive is refused."),
                            first->message);
        } else if (!found) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND,
                            _("Neither %s nor %s is there, so this computer's level is not known "
                              "and every removable drive is refused. Write level=none (or "
                              "confidential, secret, top-secret) below [host] into %s."),
                            etc, vendor, etc);
        } else if (host->level == GUARD_LEVEL_UNKNOWN) {
                g_set_error(
                        error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                        _("No level= in %s, so every removable drive is refused. Write level=none "
                          "(or confidential, secret, top-secret) below [host] into %s."),
                        host->source, etc);
        }
        return host;
}

static char *
new_host_id(GError **error)
{
        g_autofree char *uuid = NULL;
        if (!g_file_get_contents("/proc/sys/kernel/random/uuid", &uuid, NULL, error))
                return NULL;
        g_strstrip(uuid);
        return g_steal_pointer(&uuid);
}

char *
guard_host_id_ensure(const char *path, GError **error)
{
        g_autofree char *text = NULL;
        gsize size;
        g_autoptr(GError) local = NULL;
        if (guard_conf_read_file(path, &text, &size, &local)) {
                g_strstrip(text);
                if (good_host_id(text))
                        return g_steal_pointer(&text);
                if (*text != '\0') {
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT,
                                    _("%s does not hold a host id. Remove it to have a new one "
                                      "made, and tell the coordination group: drives bound to this "
                                      "computer are bound to its id."),
                                    path);
                        return NULL;
                }
        } else if (!g_error_matches(local, GUARD_ERROR, GUARD_ERROR_NOT_FOUND)) {
                g_propagate_error(error, g_steal_pointer(&local));
                return NULL;
        }
        /* Empty is what a power cut leaves of a file that was never synced: as good as not there.
         */
        g_autofree char *id = new_host_id(error);
        if (id == NULL)
                return NULL;
        g_autofree char *line = g_strconcat(id, "\n", NULL);
        if (!g_file_set_contents(path, line, -1, error))
                return NULL;
        (void)chmod(path, 0644);
        return g_steal_pointer(&id);
}
