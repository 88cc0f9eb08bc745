/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-registry-update: reads the configuration, runs once, says what happened in one sentence.
 */
#include "update/update-service.h"

#include <glib/gi18n-lib.h>

#include "common/guard-conf.h"
#include "common/guard-names.h"
#include "update/update-run.h"

typedef struct {
        FILE *out;
        gboolean journal;
        char *config, *state, *keys;
} Service;

/* Priorities as syslog counts them. */
enum { PRIORITY_ERROR = 3, PRIORITY_NOTICE = 5, PRIORITY_INFO = 6 };

static void
say(const Service *service, int priority, const char *text)
{
        if (service->journal)
                fprintf(service->out, "<%d>", priority);
        fprintf(service->out, "%s\n", text);
}

static int
run(const Service *service, const GuardUpdateSettings *settings)
{
        GuardUpdateRun job = {.settings = settings, .folder = service->state, .keys_dir = service->keys, .source_fd = -1};
        g_autoptr(GuardRegistryInfo) info = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        GuardUpdateDone done;

        if (!guard_update_run(&job, &done, &info, &error)) {
                text = g_strdup_printf(_("No registry was taken: %s"), error->message);
                say(service, PRIORITY_ERROR, text);
                return 1;
        }
        text = guard_update_done_text(done, info, settings);
        say(service, done == GUARD_UPDATE_DONE_INSTALLED ? PRIORITY_NOTICE : PRIORITY_INFO, text);
        return 0;
}

static int
read_and_run(const Service *service)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardUpdateSettings) settings = guard_update_settings_load(GUARD_UPDATE_CONF_VENDOR, service->config, errors);

        for (guint i = 0; i < errors->len; i++)
                say(service, PRIORITY_ERROR, ((const GError *)g_ptr_array_index(errors, i))->message);
        if (errors->len > 0) {
                say(service, PRIORITY_ERROR, _("Nothing is fetched before this is corrected: see baomi-guard-update.conf(5)."));
                return 1;
        }
        return run(service, settings);
}

int
guard_update_service(int argc, char **argv, FILE *out, gboolean journal)
{
        Service service = {.out = out, .journal = journal};
        gboolean version = FALSE;
        const GOptionEntry entries[] = {
                {"config", 0, 0, G_OPTION_ARG_FILENAME, &service.config, N_("The administrator's configuration, instead of this machine's"), "FILE"},
                {"state", 0, 0, G_OPTION_ARG_FILENAME, &service.state, N_("Folder for what is staged, instead of the service's own"), "DIR"},
                {"keys", 0, 0, G_OPTION_ARG_FILENAME, &service.keys, N_("Folder of the trusted public keys, instead of this machine's"), "DIR"},
                {"version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Say the version"), NULL},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        g_autoptr(GOptionContext) options = g_option_context_new(NULL);
        g_autoptr(GError) error = NULL;
        int status = 2;

        g_option_context_set_summary(options, _("Fetches the newest registry of classified drives, once, and hands it to guardd. "
                                                "guard-registry-update.timer starts it."));
        g_option_context_add_main_entries(options, entries, GETTEXT_PACKAGE);
        if (!g_option_context_parse(options, &argc, &argv, &error) || argc > 1)
                fprintf(out, "guard-registry-update: %s\n", error ? error->message : _("it takes no arguments; see --help"));
        else if (version)
                status = fprintf(out, "guard-registry-update %s\n", BAOMI_GUARD_VERSION) < 0;
        else {
                service.config = service.config ? service.config : g_strdup(GUARD_UPDATE_CONF);
                service.state = service.state ? service.state : g_strdup(GUARD_UPDATE_DIR);
                service.keys = service.keys ? service.keys : g_strdup(GUARD_KEYS_DIR);
                status = read_and_run(&service);
        }
        g_free(service.config);
        g_free(service.state);
        g_free(service.keys);
        return status;
}
