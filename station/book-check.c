/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What may stand in a field of the book. Pure.
 */
#include "station/book.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* What may be shown and published: one line of UTF-8 without control characters. */
gboolean
guard_book_check_text(const char *what, const char *text, glong max, GError **error)
{
        const char *at = text;

        if (*text == '\0' || !g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) > max ||
            g_ascii_isspace(text[0]) || g_ascii_isspace(text[strlen(text) - 1]))
                goto bad;
        for (; *at != '\0'; at = g_utf8_next_char(at)) {
                if (g_unichar_iscntrl(g_utf8_get_char(at)))
                        goto bad;
        }
        return TRUE;
bad:
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("%s must be 1 to %ld characters in one line, without blanks around it"), what,
                    max);
        return FALSE;
}

gboolean
guard_book_check_list(const char *what, char **list, GError **error)
{
        for (; list != NULL && *list != NULL; list++) {
                if (!guard_book_check_text(what, *list, GUARD_BOOK_TEXT_MAX, error))
                        return FALSE;
        }
        return TRUE;
}

gboolean
guard_book_check_date(const char *what, const char *text, GError **error)
{
        guint64 part[3] = {0};
        gboolean ok = TRUE;

        if (text == NULL)
                return TRUE;
        ok = strlen(text) == 10 && text[4] == '-' && text[7] == '-' &&
             strspn(text, "0123456789-") == 10;
        if (ok) {
                part[0] = g_ascii_strtoull(text, NULL, 10);
                part[1] = g_ascii_strtoull(text + 5, NULL, 10);
                part[2] = g_ascii_strtoull(text + 8, NULL, 10);
                ok = part[0] >= 1970 && part[1] >= 1 && part[1] <= 12 && part[2] >= 1 &&
                     part[2] <= 31 &&
                     g_date_valid_dmy((GDateDay)part[2], (GDateMonth)part[1], (GDateYear)part[0]);
        }
        if (!ok)
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("%s must be a day like 2026-03-01, not '%s'"), what, text);
        return ok;
}
