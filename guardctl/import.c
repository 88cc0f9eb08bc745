/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl import: what is on a drive, copied to this computer in one way only.
 */
#include <glib/gi18n-lib.h>

#include "common/guard-import.h"
#include "guardctl/connect.h"
#include "guardctl/exception.h"
#include "guardctl/shape.h"

static const GuardctlUsage import_usage = {
        "import",
        "DEVICE",
        N_("Copies what is on DEVICE to this computer although it may not be used here. The drive stays hidden: nobody can open "
           "it, and nothing can be written to it. Each file goes on record with its size and digest, and through the virus "
           "scanner where there is one, before it is handed over. DEVICE is the name in 'guardctl media list'."
           "\nExit status: 0; 1 if not allowed or it failed; 3 if guardd cannot be reached."),
        1,
        1,
};

typedef struct {
        char *reason, *length, *only, *user;
        gboolean by_code;
} Asked;

static void
asked_clear(Asked *asked)
{
        g_free(asked->reason);
        g_free(asked->length);
        g_free(asked->only);
        g_free(asked->user);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

static GVariant *
parameters_of(const Asked *asked, const char *device, guint seconds)
{
        /* with sudo it is still for the one who sits here */
        const char *user = asked->user ? asked->user : g_getenv("SUDO_USER");
        GVariantBuilder options;

        g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&options, "{sv}", "import", g_variant_new_boolean(TRUE));
        g_variant_builder_add(&options, "{sv}", "seconds", g_variant_new_uint32(seconds));
        g_variant_builder_add(&options, "{sv}", "reason", g_variant_new_string(asked->reason));
        if (user)
                g_variant_builder_add(&options, "{sv}", "user", g_variant_new_string(user));
        if (asked->only)
                g_variant_builder_add(&options, "{sv}", "only", g_variant_new_string(asked->only));
        return g_variant_new("(sa{sv})", device, &options);
}

static void
say_what_next(GuardctlContext *ctx, GVariant *reply)
{
        g_autoptr(GVariant) one = g_variant_get_child_value(reply, 0);
        const char *user = guardctl_dict_string(one, "user");

        if (ctx->json || g_strcmp0(guardctl_dict_string(one, "state"), "waiting") == 0)
                return;
        fprintf(ctx->out, _("\nThe files will be in %s/%s; a message says when. 'guardctl log --kind imported' shows what came of it.\n"),
                GUARD_IMPORT_FOLDER, user ? user : "");
}

int
guardctl_import(GuardctlContext *ctx, int argc, char **argv)
{
        g_auto(Asked) asked = {0};
        const GOptionEntry entries[] = {
                {"for", 0, 0, G_OPTION_ARG_STRING, &asked.length, N_("How long the drive may take: 30min, 2h (an hour where not given)"),
                 N_("TIME")},
                {"reason", 0, 0, G_OPTION_ARG_STRING, &asked.reason, N_("Why; it goes on record"), N_("TEXT")},
                {"only", 0, 0, G_OPTION_ARG_STRING, &asked.only, N_("Only what matches: a folder, a file, or a pattern like 'papers/*.pdf'"),
                 N_("PATTERN")},
                {"by-code", 0, 0, G_OPTION_ARG_NONE, &asked.by_code,
                 N_("Ask the coordination group by telephone: shows a code, whose answer goes into 'guardctl exception enter'"), NULL},
                {"user", 0, 0, G_OPTION_ARG_STRING, &asked.user, N_("Whose the files will be (yours where not given)"), N_("NAME")},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        g_autoptr(GVariant) reply = NULL;
        guint seconds;
        int result = guardctl_parse(ctx, &import_usage, entries, &argc, &argv);

        if (result != GUARDCTL_GO_ON)
                return result;
        result = guardctl_exception_check(ctx, &import_usage, asked.length, asked.reason, &seconds);
        if (result != GUARDCTL_GO_ON)
                return result;
        if (asked.by_code)
                return guardctl_exception_request(ctx, parameters_of(&asked, argv[1], seconds));
        reply = guardctl_call(ctx, "AllowDevice", parameters_of(&asked, argv[1], seconds), "(a{sv})", &result);
        if (!reply)
                return result;
        result = guardctl_exception_report(ctx, reply);
        say_what_next(ctx, reply);
        return result;
}
