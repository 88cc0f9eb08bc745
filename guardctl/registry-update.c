/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl registry update: one run of the updater by hand. Root opens the file of a folder, where its right is needed,
 * and then becomes the updater's user for all the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "common/guard-conf.h"
#include "common/guard-names.h"
#include "common/guard-text.h"
#include "guardctl/guardctl.h"
#include "guardctl/meter.h"
#include "update/update-folder.h"
#include "update/update-run.h"
#include "update/update-user.h"

static const GuardctlUsage usage = {
        "registry update", NULL,
        N_("Fetches the newest registry from the configured source, verifies it, and has guardd install it: what "
           "guard-registry-update.timer does by itself. With --from: once from there.\n"
           "Exit status: 0 done, also where the newest is in use already; 1 if it failed, with the reason; 3 if guardd cannot be reached."),
        0, 0,
};

typedef struct {
        char *from;
        gboolean check;
} Options;

/* By hand a folder may be named as one does on a command line. Caller frees. */
static char *
absolute(const char *from)
{
        return strstr(from, "://") || *from == '\0' ? g_strdup(from) : g_canonicalize_filename(from, NULL);
}

static GuardUpdateSettings *
read_settings(GuardctlContext *ctx, const Options *options, int *result)
{
        g_autofree char *vendor = guardctl_path(ctx, GUARD_UPDATE_CONF_VENDOR), *etc = guardctl_path(ctx, GUARD_UPDATE_CONF);
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardUpdateSettings) settings = guard_update_settings_load(vendor, etc, errors);
        g_autofree char *from = options->from ? absolute(options->from) : NULL;
        GError *error = NULL;

        if (from && !guard_update_settings_set_from(settings, from, &error))
                g_ptr_array_add(errors, error);
        for (guint i = 0; i < errors->len; i++)
                *result = guardctl_fail(ctx, g_ptr_array_index(errors, i));
        return errors->len == 0 ? g_steal_pointer(&settings) : NULL;
}

/* The service's own folder, or one for this run. Caller frees; NULL after a message. */
static char *
staging_folder(GuardctlContext *ctx, const Options *options)
{
        g_autofree char *folder = options->from ? NULL : guardctl_path(ctx, GUARD_UPDATE_DIR);
        GError *error = NULL;

        if (options->from) {
                folder = g_dir_make_tmp("guard-update-XXXXXX", &error);
                if (!folder)
                        guardctl_warn(ctx, "%s", error->message);
                g_clear_error(&error);
                return g_steal_pointer(&folder);
        }
        if (access(folder, W_OK) == 0)
                return g_steal_pointer(&folder);
        guardctl_warn(ctx, _("%s: %s. Run it as root, or name a source with --from."), folder, g_strerror(errno));
        return NULL;
}

static void
remove_folder(const char *folder)
{
        static const char *const names[] = {GUARD_UPDATE_STAGED, GUARD_UPDATE_MEMORY};

        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *path = g_build_filename(folder, names[i], NULL);

                g_unlink(path);
        }
        g_rmdir(folder);
}

static void
report_json(GuardctlContext *ctx, const GuardUpdateSettings *settings, GuardUpdateDone done, const GuardRegistryInfo *info)
{
        static const char *const names[GUARD_N_UPDATE_DONE] = {"nothing", "newest", "available", "installed"};
        g_autoptr(JsonBuilder) builder = json_builder_new();
        g_autofree char *issued = info ? guard_time_format(info->issued_us) : NULL;
        g_autofree char *expires = info ? guard_time_format(info->expires_us) : NULL;

        json_builder_begin_object(builder);
        guardctl_json_string(builder, "result", names[done]);
        guardctl_json_string(builder, "from", settings->from);
        if (info) {
                json_builder_set_member_name(builder, "sequence");
                json_builder_add_int_value(builder, (gint64)info->sequence);
                json_builder_set_member_name(builder, "entries");
                json_builder_add_int_value(builder, (gint64)info->entries);
                guardctl_json_string(builder, "issued", issued);
                guardctl_json_string(builder, "expires", expires);
        }
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
}

static int
run(GuardctlContext *ctx, const GuardUpdateSettings *settings, const Options *options, const char *folder, int source_fd)
{
        g_autofree char *keys = guardctl_path(ctx, GUARD_KEYS_DIR), *text = NULL;
        GuardctlMeter meter = {ctx, -1};
        const GuardUpdateRun job = {.settings = settings, .folder = folder, .keys_dir = keys, .bus_address = ctx->bus_address,
                                    .source_fd = source_fd, .check = options->check, .interactive = ctx->interactive,
                                    .progress = guardctl_meter_show, .progress_data = &meter};
        g_autoptr(GuardRegistryInfo) info = NULL;
        g_autoptr(GError) error = NULL;
        GuardUpdateDone done;
        gboolean good = guard_update_run(&job, &done, &info, &error);

        guardctl_meter_end(&meter);
        if (!good)
                return guardctl_fail(ctx, error);
        text = guard_update_done_text(done, info, settings);
        if (ctx->json)
                report_json(ctx, settings, done, info);
        else if (done == GUARD_UPDATE_DONE_NOTHING)
                guardctl_warn(ctx, "%s", text);
        else
                fprintf(ctx->out, "%s\n", text);
        return done == GUARD_UPDATE_DONE_NOTHING ? GUARDCTL_FAILED : GUARDCTL_DONE;
}

static int
update(GuardctlContext *ctx, const Options *options)
{
        int fd = -1, result = GUARDCTL_FAILED;
        g_autoptr(GuardUpdateSettings) settings = read_settings(ctx, options, &result);
        g_autoptr(GError) error = NULL;
        g_autofree char *folder = NULL, *name = NULL;
        gboolean real = *ctx->root == '\0';

        if (!settings)
                return result;
        if (options->from && settings->kind == GUARD_UPDATE_FOLDER) {
                fd = guard_update_folder_open(settings->from, &name, &error);
                if (fd < 0)
                        return guardctl_fail(ctx, error);
        }
        if (real && !guard_update_become(GUARD_UPDATE_USER, &error))
                result = guardctl_fail(ctx, error);
        else {
                folder = staging_folder(ctx, options);
                result = folder ? run(ctx, settings, options, folder, fd) : GUARDCTL_FAILED;
        }
        if (folder && options->from)
                remove_folder(folder);
        if (fd >= 0)
                close(fd);
        return result;
}

int
guardctl_registry_update(GuardctlContext *ctx, int argc, char **argv)
{
        Options options = {0};
        const GOptionEntry entries[] = {
                {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, N_("An address (https://…), or a folder with the desk's file, instead of what is configured"), "URL|DIR"},
                {"check", 0, 0, G_OPTION_ARG_NONE, &options.check, N_("Fetch and verify it, but install nothing"), NULL},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        int result = guardctl_parse(ctx, &usage, entries, &argc, &argv);

        if (result == GUARDCTL_GO_ON)
                result = update(ctx, &options);
        g_free(options.from);
        return result;
}
