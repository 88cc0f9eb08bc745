/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardctl's entry. Only what a test cannot do twice in one process: locale and terminal.
 */
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include "guardctl/guardctl.h"

int
main(int argc, char **argv)
{
        GuardctlContext ctx = {.out = stdout, .err = stderr, .root = ""};

        setlocale(LC_ALL, "");
        /* Media ids and names are Chinese; a script that runs under LC_ALL=C may still pass them. */
        if (!g_get_charset(NULL))
                setlocale(LC_CTYPE, "C.UTF-8");
        bindtextdomain(GETTEXT_PACKAGE, GUARDCTL_LOCALE_DIR);
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
        textdomain(GETTEXT_PACKAGE);

        ctx.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && g_strcmp0(getenv("TERM"), "dumb") != 0;
        ctx.interactive = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
        return guardctl_main(&ctx, argc, argv);
}
