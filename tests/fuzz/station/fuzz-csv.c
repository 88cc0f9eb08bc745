/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A hostile spreadsheet: decoded, split into cells, every cell taken for every column that its
 * header could be; and what was read can be written and read again as the same.
 */
#include <stdint.h>
#include <string.h>

#include "station/columns.h"
#include "station/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take(const GPtrArray *cells)
{
        for (guint i = 0; i < cells->len; i++) {
                const char *cell = guard_csv_cell_text(g_ptr_array_index(cells, i));

                for (guint column = 0; column < GUARD_N_COLUMNS; column++) {
                        g_auto(GuardRow) row = {.drive = guard_drive_new()};
                        g_autofree char *why = NULL, *late = NULL;
                        GuardColumn fault;

                        if (!guard_column_take((GuardColumn)column, cell, &row, &why))
                                g_assert_nonnull(why);
                        else if (!guard_row_finish(&row, &fault, &late))
                                g_assert_nonnull(late);
                }
                guard_column_find(cell);
        }
}

static void
write_again(const GPtrArray *cells)
{
        g_autoptr(GString) line = g_string_new(NULL);
        g_autoptr(GuardCsv) csv = NULL;
        const GPtrArray *read;
        guint64 row, number;

        for (guint i = 0; i < cells->len; i++)
                guard_csv_append_cell(line, g_ptr_array_index(cells, i));
        csv = guard_csv_new(line->str, line->len, "again", NULL);
        if (csv == NULL || guard_csv_separator(csv) != ',')
                return; /* one cell may look like a workbook, or have more of another separator */
        g_assert_true(guard_csv_next(csv, &read, &row, &number, NULL));
        if (read->len != cells->len)
                g_error("%u cells became %u", cells->len, read->len);
        for (guint i = 0; i < cells->len; i++)
                g_assert_cmpstr(guard_csv_cell_text(g_ptr_array_index(read, i)), ==,
                                g_ptr_array_index(cells, i));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardCsv) csv = guard_csv_new((const char *)data, size, "fuzz", &error);
        const GPtrArray *cells;
        guint64 row, line, last = 0;

        if (csv == NULL) {
                g_assert_nonnull(error);
                return 0;
        }
        while (guard_csv_next(csv, &cells, &row, &line, &error)) {
                g_assert_cmpuint(row, ==, last + 1);
                last = row;
                g_assert_cmpuint(cells->len, >, 0);
                if (cells->len > 16 || row > 64)
                        continue;
                take(cells);
                write_again(cells);
        }
        return 0;
}
