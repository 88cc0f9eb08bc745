/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text as spreadsheets write it: encodings, separators, quotes, line ends, formulas.
 */
#include <string.h>

#include "common/guard-error.h"
#include "station/csv.h"

/* All of it as one line: cells in <>, records between /. NULL: refused, @says stands in the
 * message. */
static void
reads(const char *data, gsize size, const char *expected, const char *says)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardCsv) csv = guard_csv_new(data, size, "a.csv", &error);
        g_autoptr(GString) all = g_string_new(NULL);
        const GPtrArray *cells;
        guint64 row, line;

        while (csv != NULL && guard_csv_next(csv, &cells, &row, &line, &error)) {
                if (row > 1)
                        g_string_append_c(all, '/');
                for (guint i = 0; i < cells->len; i++)
                        g_string_append_printf(all, "<%s>", (char *)g_ptr_array_index(cells, i));
        }
        if (expected == NULL) {
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX);
                g_assert_nonnull(strstr(error->message, says));
                g_assert_nonnull(strstr(error->message, "a.csv"));
                return;
        }
        g_assert_no_error(error);
        g_assert_cmpstr(all->str, ==, expected);
}

static void
test_records(void)
{
        static const struct {
                const char *data, *expected, *says;
        } cases[] = {
                {"", "", NULL},
                {"a,b\nc,d\n", "<a><b>/<c><d>", NULL},
                {"a,b\r\nc,d", "<a><b>/<c><d>", NULL},
                {"a,b\rc,d\r", "<a><b>/<c><d>", NULL},
                {"a,,\n,\n", "<a><><>/<><>", NULL},
                {"a\n\nb\n", "<a>/<>/<b>", NULL},
                {"\"a\"\"b\",\"c,d\"\n", "<a\"b><c,d>", NULL},
                {"\"a\r\nb\",c\n", "<a\r\nb><c>", NULL},
                {"a\"b,c\n", "<a\"b><c>", NULL},
                {"\"a\" ,b\n", "<a><b>", NULL},
                {"a;b,c;d\n", "<a><b,c><d>", NULL},
                {"a\tb\n", "<a><b>", NULL},
                {"\xef\xbb\xbf"
                 "a,b\n",
                 "<a><b>", NULL},
                {"\"a\n\nb\n", NULL, "line 1"},
                {"a\nb\n\"c\"d\n", NULL, "line 3"},
                {"\"a\n\",b\n\"c\"d\n", NULL, "line 3"},
                {"PK\x03\x04zip", NULL, "workbook"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
                reads(cases[i].data, strlen(cases[i].data), cases[i].expected, cases[i].says);
        reads("a,b\nc\0d\n", 8, NULL, "line 2");
}

static void
test_encodings(void)
{
        static const struct {
                const char *charset, *mark, *name;
        } cases[] = {{"UTF-8", "", "UTF-8"},
                     {"UTF-8", "\xef\xbb\xbf", "UTF-8"},
                     {"GB18030", "", "GB18030"},
                     {"GBK", "", "GB18030"},
                     {"UTF-16LE", "\xff\xfe", "UTF-16"},
                     {"UTF-16BE", "\xfe\xff", "UTF-16"}};

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                gsize size;
                g_autofree char *body = g_convert("编号,密级\r\nLY-1,机密\r\n", -1,
                                                  cases[i].charset, "UTF-8", NULL, &size, NULL);
                g_autoptr(GByteArray) data = g_byte_array_new();
                g_autoptr(GuardCsv) csv = NULL;

                g_byte_array_append(data, (const guint8 *)cases[i].mark,
                                    (guint)strlen(cases[i].mark));
                g_byte_array_append(data, (const guint8 *)body, (guint)size);
                reads((const char *)data->data, data->len, "<编号><密级>/<LY-1><机密>", NULL);
                csv = guard_csv_new((const char *)data->data, data->len, "a.csv", NULL);
                g_assert_cmpstr(guard_csv_encoding(csv), ==, cases[i].name);
                g_assert_cmpint(guard_csv_separator(csv), ==, ',');
        }
        reads("a,b\n\x81\x20,c\n", 9, NULL, "line 2");
}

/* What is written is read again as it was, and no cell of it begins like a formula. */
static void
test_cells(void)
{
        static const char *const cells[] = {"a",      "",     "=1+1", "'=1+1", "''@x", "-5",
                                            "+8610",  "a\"b", "a,b",  "a;b",   " a ",  "a\nb\r\n",
                                            "'quote", "＝ｗ", "@x",   "\tx",   "编号", "\""};
        g_autoptr(GString) line = g_string_new(NULL);
        g_autoptr(GuardCsv) csv = NULL;
        const GPtrArray *read;
        guint64 row, number;

        for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
                guard_csv_append_cell(line, cells[i]);
        csv = guard_csv_new(line->str, line->len, "a.csv", NULL);
        g_assert_true(guard_csv_next(csv, &read, &row, &number, NULL));
        g_assert_cmpuint(read->len, ==, G_N_ELEMENTS(cells));
        for (gsize i = 0; i < G_N_ELEMENTS(cells); i++) {
                const char *raw = g_ptr_array_index(read, i);

                g_assert_cmpstr(guard_csv_cell_text(raw), ==, cells[i]);
                g_assert_null(*raw != '\0' ? strchr("=+-@\t\r", *raw) : NULL);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/station/csv/records", test_records);
        g_test_add_func("/station/csv/encodings", test_encodings);
        g_test_add_func("/station/csv/cells", test_cells);
        return g_test_run();
}
