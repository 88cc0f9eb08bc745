/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes a device's claims safe to show and to log. Pure; never decides anything by what a text
 * says.
 */
#include "common/guard-text.h"
#include <glib/gi18n-lib.h>
#include <stdarg.h>
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

/* Control characters, which no display text has in it: one behind each part of a packed text, one before a part that is
 * to be translated itself. */
#define PART_END '\x1f'
#define PART_WORD '\x1e'

char *
guard_text_packv(const char *msgid, va_list args)
{
        GString *out = g_string_new(msgid);
        const char *argument;

        g_string_append_c(out, PART_END);
        while ((argument = va_arg(args, const char *)) != NULL) {
                gsize length = strlen(argument);

                /* One that was packed without anything in it is a word of the catalogue. */
                if (length > 0 && strchr(argument, PART_END) == argument + length - 1) {
                        g_string_append_c(out, PART_WORD);
                        length--;
                }
                for (gsize n = 0; n < length; n++)
                        g_string_append_c(out, argument[n] == PART_END ? ' ' : argument[n]);
                g_string_append_c(out, PART_END);
        }
        return g_string_free(out, FALSE);
}

char *
guard_text_pack(const char *msgid, ...)
{
        va_list args;
        char *packed;

        va_start(args, msgid);
        packed = guard_text_packv(msgid, args);
        va_end(args);
        return packed;
}

static const char *
word(const char *text, gboolean translate)
{
        return translate && *text != '\0' ? _(text) : text;
}

static void
append_part(GString *out, char **parts, guint n_parts, guint n, gboolean translate)
{
        if (n >= n_parts)
                g_string_append(out, "%s");
        else if (parts[n][0] == PART_WORD)
                g_string_append(out, word(parts[n] + 1, translate));
        else
                g_string_append(out, parts[n]);
}

/* "%s" in order, and "%2$s" where a language has another order. */
static char *
fill(const char *sentence, char **parts, guint n_parts, gboolean translate)
{
        GString *out = g_string_new(NULL);
        guint next = 1;

        for (const char *p = sentence; *p != '\0'; p++) {
                if (p[0] == '%' && p[1] == 's') {
                        append_part(out, parts, n_parts, next++, translate);
                        p++;
                } else if (p[0] == '%' && g_ascii_isdigit(p[1]) && p[2] == '$' && p[3] == 's') {
                        append_part(out, parts, n_parts, (guint)(p[1] - '0'), translate);
                        p += 3;
                } else {
                        g_string_append_c(out, *p);
                }
        }
        return g_string_free(out, FALSE);
}

static char *
unpack(const char *packed, gboolean translate)
{
        if (packed == NULL)
                return NULL;
        if (strchr(packed, PART_END) == NULL)
                return g_strdup(word(packed, translate));

        const char separator[] = {PART_END, '\0'};
        g_auto(GStrv) parts = g_strsplit(packed, separator, -1);

        /* The last end leaves an empty part behind it. */
        return fill(word(parts[0], translate), parts, g_strv_length(parts) - 1, translate);
}

char *
guard_text_plain(const char *packed)
{
        return unpack(packed, FALSE);
}

char *
guard_text_translate(const char *packed)
{
        return unpack(packed, TRUE);
}
