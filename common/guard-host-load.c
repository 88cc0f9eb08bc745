/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * host.conf and the host id from their files. What they mean is guard-host.c's; rules/ may use
 * that, but nothing from here.
 */
#include "common/guard-conf-dir.h"
#include "common/guard-conf.h"
#include "common/guard-host.h"
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

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
                if (guard_host_id_is_good(text))
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
