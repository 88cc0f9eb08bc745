/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of verbs, and how one is found. A new verb is a file and a row here.
 */
#include <glib/gi18n-lib.h>
#include "guardctl/guardctl.h"

const GuardctlVerb guardctl_verbs[] = {
        {"status", guardctl_status, N_("How this machine is guarded")},
        {"media", guardctl_media, N_("Removable media: list, explain, eject")},
        {"registry", guardctl_registry, N_("The registry snapshot: show, verify, install, update")},
        {"policy", guardctl_policy, N_("Check the policy files")},
        {"log", guardctl_log, N_("What happened, and the proof that nothing is missing: list, verify, anchor")},
        {"presence", guardctl_presence, N_("Who is there, which screens are locked, and the next shutdown")},
        {"lock", guardctl_lock, N_("Lock this session's screen now")},
        {"postpone", guardctl_postpone, N_("Put off the shutdown after hours")},
        {"import", guardctl_import, N_("Copy what is on a drive to this computer, in one way only")},
        {"exception", guardctl_exception, N_("Let one device be used for a time: list, allow, approve, revoke, request, enter")},
        {"doctor", guardctl_doctor, N_("Weaknesses of this machine, each with its remedy")},
        {"station", guardctl_station, N_("The register at the coordination group's desk")},
        {NULL, NULL, NULL},
};

static void
print_verbs(GuardctlContext *ctx, const GuardctlVerb *verbs, const char *command, const char *about)
{
        fprintf(ctx->out, "%s guardctl %s%s%s\n", _("Usage:"), command ? command : "", command ? " " : "", _("VERB [OPTION…]"));
        fprintf(ctx->out, "\n%s\n\n", about);
        for (const GuardctlVerb *verb = verbs; verb->name; verb++)
                fprintf(ctx->out, "  %-12s %s\n", verb->name, _(verb->summary));
        if (command)
                fprintf(ctx->out, _("\nRun 'guardctl %s VERB --help' for its options.\n"), command);
        else
                fprintf(ctx->out, "%s",
                        _("\nRun 'guardctl VERB --help' for its options; most take --json.\n"
                          "Exit status: 0 done, 1 the answer is no or it failed, 2 wrong usage, 3 guardd cannot be reached.\n"));
}

/* Edits (insert, delete, replace) between two short names; 99 where one is too long to be a slip of the finger. */
static guint
edits(const char *a, const char *b)
{
        gsize la = strlen(a), lb = strlen(b);
        guint row[33];

        if (la > 32 || lb > 32)
                return 99;
        for (guint j = 0; j <= lb; j++)
                row[j] = j;
        for (gsize i = 1; i <= la; i++) {
                guint diagonal = row[0];

                row[0] = (guint)i;
                for (gsize j = 1; j <= lb; j++) {
                        guint above = row[j];
                        guint best = MIN(above, row[j - 1]) + 1;

                        row[j] = MIN(best, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                        diagonal = above;
                }
        }
        return row[lb];
}

static const char *
suggestion(const GuardctlVerb *verbs, const char *word)
{
        const char *best = NULL;
        guint least = 3; /* more than two edits is another word */

        for (const GuardctlVerb *verb = verbs; verb->name; verb++) {
                guint n = g_str_has_prefix(verb->name, word) ? 1 : edits(word, verb->name);

                if (n < least && n < strlen(verb->name)) {
                        least = n;
                        best = verb->name;
                }
        }
        return best;
}

static int
unknown_verb(GuardctlContext *ctx, const GuardctlVerb *verbs, const char *command, const char *word)
{
        const char *better = suggestion(verbs, word);
        const char *blank = command ? " " : "";

        command = command ? command : "";
        if (better)
                guardctl_warn(ctx, _("there is no 'guardctl %s%s%s'; did you mean '%s'?"), command, blank, word, better);
        else
                guardctl_warn(ctx, _("there is no 'guardctl %s%s%s'; 'guardctl %s%s--help' lists what there is"), command,
                              blank, word, command, blank);
        return GUARDCTL_USAGE_ERROR;
}

int
guardctl_dispatch(GuardctlContext *ctx, const GuardctlVerb *verbs, const char *command, const char *about, int argc, char **argv)
{
        const char *word = argc > 1 ? argv[1] : NULL;

        if (word && (g_str_equal(word, "--help") || g_str_equal(word, "-h") || g_str_equal(word, "help"))) {
                print_verbs(ctx, verbs, command, about);
                return GUARDCTL_DONE;
        }
        if (word && g_str_equal(word, "--json") && argc > 2) { /* before the verb is fine too */
                ctx->json = TRUE;
                return guardctl_dispatch(ctx, verbs, command, about, argc - 1, argv + 1);
        }
        if (!word) {
                FILE *out = ctx->out;

                ctx->out = ctx->err;
                print_verbs(ctx, verbs, command, about);
                ctx->out = out;
                return GUARDCTL_USAGE_ERROR;
        }
        for (const GuardctlVerb *verb = verbs; verb->name; verb++)
                if (g_str_equal(verb->name, word))
                        return verb->run(ctx, argc - 1, argv + 1);
        return unknown_verb(ctx, verbs, command, word);
}

int
guardctl_main(GuardctlContext *ctx, int argc, char **argv)
{
        if (argc > 1 && g_str_equal(argv[1], "--version")) {
                fprintf(ctx->out, "guardctl %s\n", BAOMI_GUARD_VERSION);
                return GUARDCTL_DONE;
        }
        return guardctl_dispatch(ctx, guardctl_verbs, NULL, _("Shows and steers the guard of this machine's removable media."),
                                 argc, argv);
}
