/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * update.conf: a table of keys, each with its reader. Only guard_update_settings_load() opens files.
 */
#include "update/update-settings.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "common/guard-conf-dir.h"
#include "common/guard-conf.h"

#define GROUP "update"
#define MIB (G_GUINT64_CONSTANT(1) << 20)
/* As registry/ has it for a payload, and its first block. */
#define LARGEST (G_GUINT64_CONSTANT(1) << 34)

typedef const char *(*ReadValue)(const char *value, gpointer field); /* NULL, or what is wrong: N_() */

static const char *
read_text(const char *value, gpointer field)
{
        char **text = field;

        g_free(*text);
        *text = *value != '\0' ? g_strdup(value) : NULL;
        return NULL;
}

static const char *
read_path(const char *value, gpointer field)
{
        if (*value != '\0' && *value != '/')
                return N_("a path begins with /");
        return read_text(value, field);
}

static const char *
read_proxy(const char *value, gpointer field)
{
        static const char *const schemes[] = {"http://", "https://", "socks5h://", "socks5://", NULL};
        gboolean known = strcmp(value, "none") == 0 || *value == '\0';

        for (gsize i = 0; schemes[i]; i++)
                known = known || (g_str_has_prefix(value, schemes[i]) && value[strlen(schemes[i])] != '\0');
        if (!known)
                return N_("a proxy is written http://SERVER:PORT (or https, socks5, socks5h), or none");
        return read_text(strcmp(value, "none") == 0 ? "" : value, field);
}

static const char *
read_flag(const char *value, gpointer field)
{
        gboolean yes = strcmp(value, "yes") == 0;

        if (!yes && strcmp(value, "no") != 0)
                return N_("it is yes or no");
        *(gboolean *)field = yes;
        return NULL;
}

/* A number and one of the suffixes of @units; 0 is no value. */
static gboolean
read_number(const char *value, const char *const *names, const guint64 *factors, guint64 most, guint64 *number)
{
        char *end = NULL;
        guint64 n = g_ascii_isdigit(*value) ? g_ascii_strtoull(value, &end, 10) : 0;

        for (gsize i = 0; n > 0 && names[i]; i++)
                if (strcmp(end, names[i]) == 0 && n <= most / factors[i]) {
                        *number = n * factors[i];
                        return TRUE;
                }
        return FALSE;
}

static const char *
read_size(const char *value, gpointer field)
{
        static const char *const names[] = {"", "K", "M", "G", NULL};
        static const guint64 factors[] = {1, MIB >> 10, MIB, MIB << 10};

        if (!read_number(value, names, factors, LARGEST, field))
                return N_("a size is written 512M (or K, G, or nothing for bytes), 16G at most");
        return NULL;
}

static const char *
read_seconds(const char *value, gpointer field)
{
        static const char *const names[] = {"", "s", "min", "h", NULL};
        static const guint64 factors[] = {1, 1, 60, 3600};
        guint64 seconds;

        if (!read_number(value, names, factors, 24 * 3600, &seconds))
                return N_("a time is written 30s, 5min or 2h, one day at most");
        *(guint *)field = (guint)seconds;
        return NULL;
}

static const char *
read_from(const char *value, gpointer field)
{
        if (*value != '\0' && *value != '/' && strstr(value, "://") == NULL)
                return N_("it is an address, https://SERVER/PATH/, or the path of a folder, "
                          "/mnt/share/register");
        return read_text(value, field);
}

#define FIELD(name) G_STRUCT_OFFSET(GuardUpdateSettings, name)

static const struct {
        const char *key;
        ReadValue read;
        glong offset;
} keys[] = {
        {"from", read_from, FIELD(from)},
        {"allow-http", read_flag, FIELD(allow_http)},
        {"proxy", read_proxy, FIELD(proxy)},
        {"ca", read_path, FIELD(ca)},
        {"client-certificate", read_path, FIELD(client_certificate)},
        {"client-key", read_path, FIELD(client_key)},
        {"max-size", read_size, FIELD(max_size)},
        {"connect-timeout", read_seconds, FIELD(connect_seconds)},
        {"stall-timeout", read_seconds, FIELD(stall_seconds)},
        {"deadline", read_seconds, FIELD(total_seconds)},
};
#define KNOWN "from, allow-http, proxy, ca, client-certificate, client-key, max-size, connect-timeout, stall-timeout, deadline"

GuardUpdateSettings *
guard_update_settings_new(void)
{
        GuardUpdateSettings *settings = g_new0(GuardUpdateSettings, 1);

        settings->max_size = 512 * MIB;
        settings->connect_seconds = 30;
        settings->stall_seconds = 60;
        settings->total_seconds = 3600;
        return settings;
}

void
guard_update_settings_free(GuardUpdateSettings *settings)
{
        if (!settings)
                return;
        g_free(settings->from);
        g_free(settings->from_file);
        g_free(settings->proxy);
        g_free(settings->ca);
        g_free(settings->client_certificate);
        g_free(settings->client_key);
        g_free(settings->source);
        g_free(settings);
}

static void
set_kind(GuardUpdateSettings *settings)
{
        if (!settings->from)
                settings->kind = GUARD_UPDATE_NOWHERE;
        else
                settings->kind = *settings->from == '/' ? GUARD_UPDATE_FOLDER : GUARD_UPDATE_WEB;
}

/* A key without its certificate. */
static void
check_pair(const GuardUpdateSettings *settings, const char *file, GuardConfGroup *group, GPtrArray *errors)
{
        GuardConfEntry *entry = guard_conf_take(group, "client-key");

        if (entry && settings->client_key && !settings->client_certificate)
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, file, entry->line, "%s",
                                 _("client-key= is of no use without client-certificate="));
}

static void
apply_group(GuardUpdateSettings *settings, const char *file, GuardConfGroup *group, GPtrArray *errors)
{
        for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
                GuardConfEntry *entry = guard_conf_take(group, keys[i].key);
                const char *wrong = entry ? keys[i].read(entry->value, G_STRUCT_MEMBER_P(settings, keys[i].offset)) : NULL;

                if (wrong)
                        guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, file, entry->line, "%s=%s: %s", entry->key,
                                         entry->value, _(wrong));
                if (!entry || strcmp(entry->key, "from") != 0)
                        continue;
                g_free(settings->from_file);
                settings->from_file = g_strdup(file);
                settings->from_line = entry->line;
        }
}

void
guard_update_settings_apply(GuardUpdateSettings *settings, const char *file, const char *text, gsize size,
                            GPtrArray *errors)
{
        g_autoptr(GuardConf) conf = guard_conf_parse(file, text, size, errors);

        for (guint i = 0; i < conf->groups->len; i++) {
                GuardConfGroup *group = g_ptr_array_index(conf->groups, i);

                if (strcmp(group->name, GROUP) != 0) {
                        guard_conf_error(errors, GUARD_ERROR_UNKNOWN_KEY, file, group->line,
                                         N_("there is no group [%s]; known is: [%s]"), group->name, GROUP);
                        continue;
                }
                apply_group(settings, file, group, errors);
                check_pair(settings, file, group, errors);
                guard_conf_refuse_unused(conf, group, KNOWN, errors);
        }
        set_kind(settings);
}

void
guard_update_settings_check(const GuardUpdateSettings *settings, GPtrArray *errors)
{
        const char *why;

        if (settings->kind == GUARD_UPDATE_WEB && !guard_update_address_is_good(settings->from, settings->allow_http, &why))
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, settings->from_file, settings->from_line, "from=%s: %s",
                                 settings->from, _(why));
}

gboolean
guard_update_settings_set_from(GuardUpdateSettings *settings, const char *from, GError **error)
{
        const char *why = *from == '\0' ? N_("is no address; write https://SERVER/PATH/registry.snapshot")
                                        : read_from(from, &settings->from);

        set_kind(settings);
        if (!why && settings->kind == GUARD_UPDATE_WEB)
                guard_update_address_is_good(from, settings->allow_http, &why);
        if (why)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_USAGE, "%s: %s", from, _(why));
        return why == NULL;
}

static void
read_over(GuardUpdateSettings *settings, const char *path, GPtrArray *errors)
{
        g_autofree char *text = NULL, *before = settings->source;
        GError *error = NULL;
        gsize size = 0;

        if (!guard_conf_read_file(path, &text, &size, &error)) {
                if (g_error_matches(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND))
                        g_error_free(error);
                else
                        g_ptr_array_add(errors, error);
                before = NULL;
                return;
        }
        guard_update_settings_apply(settings, path, text, size, errors);
        settings->source = before ? g_strdup_printf("%s, %s", before, path) : g_strdup(path);
}

GuardUpdateSettings *
guard_update_settings_load(const char *vendor, const char *etc, GPtrArray *errors)
{
        GuardUpdateSettings *settings = guard_update_settings_new();

        read_over(settings, vendor, errors);
        read_over(settings, etc, errors);
        if (errors->len == 0)
                guard_update_settings_check(settings, errors);
        return settings;
}

char *
guard_update_settings_address(const GuardUpdateSettings *settings)
{
        gboolean folder = g_str_has_suffix(settings->from, "/");

        return g_strconcat(settings->from, folder ? GUARD_UPDATE_FILE : "", NULL);
}
