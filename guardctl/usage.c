/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Command lines and exit status of verbs. No output but help and messages.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-names.h"
#include "common/guard-text.h"
#include "guardctl/guardctl.h"

static const struct {
        int code;
        GuardctlStatus status;
} statuses[] = { /* everything else: GUARDCTL_FAILED */
        {GUARD_ERROR_USAGE, GUARDCTL_USAGE_ERROR},
        {GUARD_ERROR_UNREACHABLE, GUARDCTL_UNREACHABLE},
};

int
guardctl_status_of(const GError *error)
{
        if (!error)
                return GUARDCTL_DONE;
        if (error->domain == G_OPTION_ERROR)
                return GUARDCTL_USAGE_ERROR;
        for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++)
                if (g_error_matches(error, GUARD_ERROR, statuses[i].code))
                        return statuses[i].status;
        return GUARDCTL_FAILED;
}

static void G_GNUC_PRINTF(2, 0)
warn_valist(GuardctlContext *ctx, const char *format, va_list args)
{
        g_autofree char *text = g_strdup_vprintf(format, args);

        fprintf(ctx->err, "guardctl: %s\n", text);
}

void
guardctl_warn(GuardctlContext *ctx, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        warn_valist(ctx, format, args);
        va_end(args);
}

int
guardctl_fail(GuardctlContext *ctx, const GError *error)
{
        guardctl_warn(ctx, "%s", error ? error->message : _("it failed, and nothing says why"));
        return error ? guardctl_status_of(error) : GUARDCTL_FAILED;
}

int
guardctl_usage_error(GuardctlContext *ctx, const GuardctlUsage *usage, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        warn_valist(ctx, format, args);
        va_end(args);
        fprintf(ctx->err, _("Run 'guardctl %s --help' for its options.\n"), usage->command);
        return GUARDCTL_USAGE_ERROR;
}

static void
print_help(GuardctlContext *ctx, GOptionContext *options, const GuardctlUsage *usage)
{
        g_autofree char *help = g_option_context_get_help(options, TRUE, NULL);
        /* GOption heads it with the program's name; the verb belongs there. */
        const char *rest = strchr(help, '\n');

        fprintf(ctx->out, "%s\n  guardctl %s [%s]%s%s%s", _("Usage:"), usage->command, _("OPTION…"),
                usage->arguments ? " " : "", usage->arguments ? usage->arguments : "", "");
        rest = rest ? strchr(rest + 1, '\n') : NULL;
        fputs(rest ? rest : "\n", ctx->out);
}

static int
check_arguments(GuardctlContext *ctx, const GuardctlUsage *usage, int argc, char **argv)
{
        int given = argc - 1;

        for (int i = 1; i < argc; i++) /* "--" is GOption's, not an argument */
                if (g_str_equal(argv[i], "--"))
                        given--;
        if (given < usage->min)
                return guardctl_usage_error(ctx, usage, _("'%s' needs %s"), usage->command,
                                            usage->arguments ? usage->arguments : _("an argument"));
        if (usage->max >= 0 && given > usage->max)
                return guardctl_usage_error(ctx, usage, _("'%s' takes no '%s'"), usage->command, argv[argc - 1]);
        return GUARDCTL_GO_ON;
}

static void
drop_separator(int *argc, char **argv)
{
        for (int i = 1; i < *argc; i++) {
                if (!g_str_equal(argv[i], "--"))
                        continue;
                for (int j = i; j < *argc; j++)
                        argv[j] = argv[j + 1]; /* argv is NULL-terminated: the last copy is the NULL */
                (*argc)--;
                return;
        }
}

int
guardctl_parse(GuardctlContext *ctx, const GuardctlUsage *usage, const GOptionEntry *entries, int *argc, char ***argv)
{
        gboolean json = FALSE, help = FALSE;
        const GOptionEntry common[] = {
                {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON document on standard output"), NULL},
                {"help", 'h', 0, G_OPTION_ARG_NONE, &help, N_("Show this help"), NULL},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        g_autoptr(GOptionContext) options = g_option_context_new(NULL);
        g_autoptr(GError) error = NULL;
        int status;

        g_option_context_set_help_enabled(options, FALSE);
        g_option_context_set_translation_domain(options, GETTEXT_PACKAGE);
        g_option_context_set_summary(options, usage->about);
        if (entries)
                g_option_context_add_main_entries(options, entries, GETTEXT_PACKAGE);
        g_option_context_add_main_entries(options, common, GETTEXT_PACKAGE);

        if (!g_option_context_parse(options, argc, argv, &error))
                return guardctl_usage_error(ctx, usage, "%s", error->message);
        if (help) {
                print_help(ctx, options, usage);
                return GUARDCTL_DONE;
        }
        if (json)
                ctx->json = TRUE;
        status = check_arguments(ctx, usage, *argc, *argv);
        drop_separator(argc, *argv);
        return status;
}

char *
guardctl_path(GuardctlContext *ctx, const char *path)
{
        return g_strconcat(ctx->root ? ctx->root : "", path, NULL);
}

GuardHost *
guardctl_host(const char *root, GError **error)
{
        g_autofree char *vendor = g_strconcat(root ? root : "", GUARD_HOST_CONF_VENDOR, NULL);
        g_autofree char *etc = g_strconcat(root ? root : "", GUARD_HOST_CONF, NULL);

        return guard_host_load(vendor, etc, error);
}

gboolean
guardctl_take_time(GuardctlContext *ctx, const GuardctlUsage *usage, const char *text, gint64 *time_us)
{
        g_autoptr(GError) error = NULL;

        if (text == NULL || guard_time_parse(text, g_get_real_time(), time_us, &error))
                return TRUE;
        guardctl_usage_error(ctx, usage, "%s", error->message);
        return FALSE;
}
