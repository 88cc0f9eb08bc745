/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes a device's claims safe to show and to log. Pure; never decides anything by what a text
 * says.
 */
#include "common/guard-text.h"
#include <glib/gi18n-lib.h>
#include <string.h>

enum { MAX_MARKS = 2 }; /* combining marks on one letter; more is only meant to cover other lines */

static const struct {
        gunichar from, to;
} invisible[] = {
        /* letters and symbols by their Unicode category, yet nothing is seen of them */
        {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x115f, 0x1160},   {0x17b4, 0x17b5},
        {0x180b, 0x180f}, {0x2800, 0x2800}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},
        {0xffa0, 0xffa0}, {0xfff0, 0xffff}, {0xe0000, 0xe0fff},
};

static gboolean
is_invisible(gunichar c)
{
        for (guint n = 0; n < G_N_ELEMENTS(invisible); n++)
                if (c >= invisible[n].from && c <= invisible[n].to)
                        return TRUE;
        return FALSE;
}

/* The character to show for @c: itself, a blank, or U+FFFD where it would hide, move or break
 * something. @marks counts the combining marks since the last letter; G_MAXUINT: there is no letter
 * yet for one to sit on. */
static gunichar
safe_char(gunichar c, guint *marks)
{
        switch (g_unichar_type(c)) {
        case G_UNICODE_CONTROL:
                *marks = G_MAXUINT;
                return c == '\t' || c == '\n' || c == '\r' ? ' ' : 0xfffd;
        case G_UNICODE_SPACE_SEPARATOR:
                *marks = G_MAXUINT;
                return ' ';
        case G_UNICODE_FORMAT: /* bidi controls, zero-width joiners, tags */
        case G_UNICODE_LINE_SEPARATOR:
        case G_UNICODE_PARAGRAPH_SEPARATOR:
        case G_UNICODE_UNASSIGNED:
        case G_UNICODE_PRIVATE_USE:
        case G_UNICODE_SURROGATE:
                *marks = G_MAXUINT;
                return 0xfffd;
        case G_UNICODE_SPACING_MARK:
        case G_UNICODE_ENCLOSING_MARK:
        case G_UNICODE_NON_SPACING_MARK:
                if (*marks >= MAX_MARKS || is_invisible(c))
                        return 0xfffd;
                (*marks)++;
                return c;
        default:
                *marks = 0;
                return is_invisible(c) ? 0xfffd : c;
        }
}

/* Next character of @p, U+FFFD for one byte that is not UTF-8. */
static gunichar
next_char(const char **p, const char *end)
{
        gunichar c = g_utf8_get_char_validated(*p, end - *p);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
                (*p)++;
                return 0xfffd;
        }
        *p = g_utf8_next_char(*p);
        return c;
}

char *
guard_text_display(const char *raw, gsize max)
{
        if (raw == NULL || max == 0)
                return g_strdup("");

        const char *p = raw, *end = raw + strlen(raw);
        GString *out = g_string_new(NULL);
        gsize length = 0, cut_at = 0;
        guint marks = G_MAXUINT;
        gboolean blank = TRUE; /* drops leading blanks, and all but one of several */

        while (p < end) {
                gunichar c = safe_char(next_char(&p, end), &marks);
                if (c == ' ' && blank)
                        continue;
                blank = c == ' ';
                if (length == max) {
                        g_string_truncate(out, cut_at);
                        g_string_append(out, "…");
                        return g_string_free(out, FALSE);
                }
                if (length == max - 1)
                        cut_at = out->len; /* room for the … if more comes */
                g_string_append_unichar(out, c);
                length++;
        }
        while (out->len > 0 && out->str[out->len - 1] == ' ')
                g_string_truncate(out, out->len - 1);
        return g_string_free(out, FALSE);
}

char *
guard_text_audit(const char *raw)
{
        if (raw == NULL)
                return g_strdup("?");

        gboolean harmless = TRUE;
        for (const char *p = raw; *p != '\0' && harmless; p++)
                harmless = *p > 0x20 && *p < 0x7f && *p != '"';
        if (harmless)
                return g_strdup_printf("\"%s\"", raw);

        GString *out = g_string_sized_new(strlen(raw) * 2);
        for (const char *p = raw; *p != '\0'; p++)
                g_string_append_printf(out, "%02X", (guint)(guchar)*p);
        return g_string_free(out, FALSE);
}

char *
guard_text_format(const char *format, ...)
{
        va_list args;
        va_start(args, format);
        char *text = g_strdup_vprintf(_(format), args);
        va_end(args);
        return text;
}
