/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Shared by manifest, sequence, marks and what is written about them.
 */
#include "registry/spelling.h"

#include <string.h>

char *
guard_manifest_time(gint64 time_us)
{
        g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);

        return date != NULL ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("?");
}

gboolean
guard_manifest_time_read(const char *text, gint64 *time_us)
{
        g_autofree char *again = NULL;
        g_autoptr(GDateTime) date = NULL;

        if (text == NULL || strlen(text) != 20)
                return FALSE;
        date = g_date_time_new_from_iso8601(text, NULL);
        if (date == NULL)
                return FALSE;
        *time_us = g_date_time_to_unix(date) * G_USEC_PER_SEC;
        again = guard_manifest_time(*time_us);
        return *time_us > 0 && g_str_equal(text, again);
}
