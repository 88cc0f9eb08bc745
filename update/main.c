/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-registry-update's entry. Only what a test cannot do twice in one process: locale and streams.
 */
#include <locale.h>
#include <stdlib.h>
#include <curl/curl.h>
#include <glib/gi18n-lib.h>
#include "update/update-service.h"

int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "");
        if (!g_get_charset(NULL))
                setlocale(LC_CTYPE, "C.UTF-8");
        bindtextdomain(GETTEXT_PACKAGE, GUARD_UPDATE_LOCALE_DIR);
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
        textdomain(GETTEXT_PACKAGE);
        curl_global_init(CURL_GLOBAL_DEFAULT);
        return guard_update_service(argc, argv, stderr, getenv("JOURNAL_STREAM") != NULL);
}
