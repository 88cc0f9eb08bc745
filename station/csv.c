/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * See csv.h. One pass, a byte at a time, over UTF-8: none of the bytes that mean something here
 * occurs inside a longer character.
 */
#include "station/csv.h"

#include <inttypes.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "common/guard-error.h"

#define SIZE_MAX_BYTES ((gsize)1 << 30)
#define CELLS_MAX 1024

struct GuardCsv {
        char *text, *name;
        gsize size, at, begin; /* begin: behind a byte order mark */
        const char *encoding;
        char separator;
        guint64 row, line; /* read so far; the line that `at` is in */
        GPtrArray *cells;
        GString *cell;
};

static guint64
lines_before(const char *data, gsize end)
{
        guint64 n = 1;

        for (gsize i = 0; i < end; i++)
                n += data[i] == '\n';
        return n;
}

/* What people send instead of text. */
static gboolean
check_kind(const char *data, gsize size, const char *name, GError **error)
{
        static const struct {
                const char *magic;
                gsize size;
        } books[] = {{"PK\x03\x04", 4}, {"\xd0\xcf\x11\xe0", 4}};

        for (gsize i = 0; i < G_N_ELEMENTS(books); i++) {
                if (size < books[i].size || memcmp(data, books[i].magic, books[i].size) != 0)
                        continue;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                            _("%s is a workbook of a spreadsheet program; open it there and save "
                              "it as CSV (UTF-8)"),
                            name);
                return FALSE;
        }
        if (size <= SIZE_MAX_BYTES)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX, _("%s is larger than 1 GiB; split it"),
                    name);
        return FALSE;
}

static gboolean
check_no_nul(const char *text, gsize size, const char *name, GError **error)
{
        const char *nul = size > 0 ? memchr(text, '\0', size) : NULL;

        if (nul == NULL)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                    _("%s, line %" PRIu64 ": a zero byte; this is no text file"), name,
                    lines_before(text, (gsize)(nul - text)));
        return FALSE;
}

static gboolean
convert(GuardCsv *csv, const char *data, gsize size, const char *charset, GError **error)
{
        g_autoptr(GError) local = NULL;
        gsize read = 0;

        csv->text = g_convert(data, (gssize)size, "UTF-8", charset, &read, &csv->size, &local);
        csv->encoding = g_str_has_prefix(charset, "UTF-16") ? "UTF-16" : charset;
        if (csv->text != NULL)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                    _("%s, line %" PRIu64
                      ": neither UTF-8 nor %s; save it as CSV (UTF-8) in the spreadsheet program"),
                    csv->name, lines_before(data, MIN(read, size)), csv->encoding);
        return FALSE;
}

static gboolean
decode(GuardCsv *csv, const char *data, gsize size, GError **error)
{
        if (size >= 2 && memcmp(data, "\xff\xfe", 2) == 0)
                return convert(csv, data + 2, size - 2, "UTF-16LE", error);
        if (size >= 2 && memcmp(data, "\xfe\xff", 2) == 0)
                return convert(csv, data + 2, size - 2, "UTF-16BE", error);
        if (!check_no_nul(data, size, csv->name, error))
                return FALSE;
        if (!g_utf8_validate(data, (gssize)size, NULL))
                return convert(csv, data, size, "GB18030", error);
        csv->encoding = "UTF-8";
        csv->size = size;
        csv->text = g_malloc(size + 1);
        if (size > 0)
                memcpy(csv->text, data, size);
        csv->text[size] = '\0';
        return TRUE;
}

/* Whichever there is most of in the first line, outside of quotes. */
static char
find_separator(const GuardCsv *csv)
{
        static const char candidates[] = {',', ';', '\t'};
        guint n[G_N_ELEMENTS(candidates)] = {0}, best = 0;
        gboolean quoted = FALSE;

        for (gsize i = csv->begin; i < csv->size; i++) {
                char c = csv->text[i];

                if (c == '"')
                        quoted = !quoted;
                if (!quoted && (c == '\n' || c == '\r'))
                        break;
                for (guint k = 0; !quoted && k < G_N_ELEMENTS(candidates); k++)
                        n[k] += c == candidates[k];
        }
        for (guint k = 1; k < G_N_ELEMENTS(candidates); k++) {
                if (n[k] > n[best])
                        best = k;
        }
        return candidates[best];
}

GuardCsv *
guard_csv_new(const char *data, gsize size, const char *name, GError **error)
{
        g_autoptr(GuardCsv) csv = g_new0(GuardCsv, 1);

        csv->name = g_strdup(name);
        csv->cells = g_ptr_array_new_with_free_func(g_free);
        csv->cell = g_string_new(NULL);
        if (!check_kind(data, size, name, error) || !decode(csv, data, size, error) ||
            !check_no_nul(csv->text, csv->size, name, error))
                return NULL;
        if (g_str_has_prefix(csv->text, "\xef\xbb\xbf"))
                csv->begin = 3;
        csv->separator = find_separator(csv);
        guard_csv_rewind(csv);
        return g_steal_pointer(&csv);
}

void
guard_csv_free(GuardCsv *csv)
{
        if (csv == NULL)
                return;
        g_free(csv->text);
        g_free(csv->name);
        g_ptr_array_unref(csv->cells);
        g_string_free(csv->cell, TRUE);
        g_free(csv);
}

const char *
guard_csv_encoding(const GuardCsv *csv)
{
        return csv->encoding;
}

char
guard_csv_separator(const GuardCsv *csv)
{
        return csv->separator;
}

void
guard_csv_rewind(GuardCsv *csv)
{
        csv->at = csv->begin;
        csv->row = 0;
        csv->line = 1;
}

void
guard_csv_position(const GuardCsv *csv, guint64 *done, guint64 *total)
{
        *done = csv->at;
        *total = csv->size;
}

/* Line ends: LF, CR LF, and the CR of long ago. */
static gboolean
at_line_end(const GuardCsv *csv)
{
        return csv->text[csv->at] == '\n' || csv->text[csv->at] == '\r';
}

static void
skip_line_end(GuardCsv *csv)
{
        if (csv->at >= csv->size)
                return;
        csv->at += csv->text[csv->at] == '\r' && csv->text[csv->at + 1] == '\n' ? 2 : 1;
        csv->line++;
}

static gboolean
read_quoted(GuardCsv *csv, GError **error)
{
        guint64 began = csv->line;

        for (csv->at++; csv->at < csv->size; csv->at++) {
                char c = csv->text[csv->at];

                if (c == '"' && csv->text[csv->at + 1] != '"') {
                        csv->at++;
                        return TRUE;
                }
                if (c == '"')
                        csv->at++;
                if (c == '\n' || (c == '\r' && csv->text[csv->at + 1] != '\n'))
                        csv->line++;
                g_string_append_c(csv->cell, c);
        }
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                    _("%s, line %" PRIu64 ": a quotation mark is opened and never closed"),
                    csv->name, began);
        return FALSE;
}

/* One cell; stands behind it then, at a separator, a line end or the end. */
static gboolean
read_cell(GuardCsv *csv, GError **error)
{
        g_string_truncate(csv->cell, 0);
        if (csv->text[csv->at] == '"') {
                if (!read_quoted(csv, error))
                        return FALSE;
                while (csv->at < csv->size && csv->text[csv->at] == ' ')
                        csv->at++;
                if (csv->at >= csv->size || at_line_end(csv) ||
                    csv->text[csv->at] == csv->separator)
                        return TRUE;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                            _("%s, line %" PRIu64
                              ": something stands behind a closing quotation mark; inside a quoted "
                              "cell, quotation marks are doubled"),
                            csv->name, csv->line);
                return FALSE;
        }
        while (csv->at < csv->size && !at_line_end(csv) && csv->text[csv->at] != csv->separator)
                g_string_append_c(csv->cell, csv->text[csv->at++]);
        return TRUE;
}

gboolean
guard_csv_next(GuardCsv *csv, const GPtrArray **cells, guint64 *row, guint64 *line, GError **error)
{
        if (csv->at >= csv->size)
                return FALSE;
        g_ptr_array_set_size(csv->cells, 0);
        *line = csv->line;
        *row = ++csv->row;
        *cells = csv->cells;
        for (;;) {
                if (csv->cells->len >= CELLS_MAX) {
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                                    _("%s, line %" PRIu64 ": more than %d cells in one row"),
                                    csv->name, csv->line, CELLS_MAX);
                        return FALSE;
                }
                if (!read_cell(csv, error))
                        return FALSE;
                g_ptr_array_add(csv->cells, g_strndup(csv->cell->str, csv->cell->len));
                if (csv->at >= csv->size || at_line_end(csv))
                        break;
                csv->at++; /* the separator; behind the last one is an empty cell */
        }
        skip_line_end(csv);
        return TRUE;
}

/* "=1+1", "@x", and the same behind the apostrophes that keep it from being one; also the wide
 * forms of the signs. */
static gboolean
is_formula(const char *text)
{
        static const char *const signs[] = {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};

        while (*text == '\'')
                text++;
        for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
                if (g_str_has_prefix(text, signs[i]))
                        return TRUE;
        }
        return FALSE;
}

void
guard_csv_append_cell(GString *line, const char *text)
{
        gboolean formula, quoted;

        if (line->len > 0)
                g_string_append_c(line, ',');
        if (text == NULL)
                text = "";
        formula = is_formula(text);
        quoted = text[strcspn(text, ",;\"\t\r\n")] != '\0' || *text == ' ' ||
                 (*text != '\0' && text[strlen(text) - 1] == ' ') ||
                 (line->len == 0 && *text == '\0') ||
                 g_str_has_prefix(text, "\xef\xbb\xbf"); /* no byte order mark */
        if (quoted)
                g_string_append_c(line, '"');
        if (formula)
                g_string_append_c(line, '\'');
        for (; *text != '\0'; text++) {
                if (*text == '"')
                        g_string_append_c(line, '"');
                g_string_append_c(line, *text);
        }
        if (quoted)
                g_string_append_c(line, '"');
}

const char *
guard_csv_cell_text(const char *cell)
{
        return *cell == '\'' && is_formula(cell) ? cell + 1 : cell;
}
