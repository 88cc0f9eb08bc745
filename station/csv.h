/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Comma-separated text as spreadsheets write it (RFC 4180, and what is usual besides): pure, over
 * bytes in memory. Knows nothing of drives.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GuardCsv GuardCsv;

/* Decodes @data: UTF-8 with or without a byte order mark, UTF-16 with one, else GB18030. Finds out
 * the separator (comma, semicolon or tab) by the first line. GUARD_ERROR_SYNTAX: it is no text (a
 * workbook is named as such), with the line of the first byte that makes no sense. @name is the
 * file's, for messages. */
GuardCsv *guard_csv_new(const char *data, gsize size, const char *name, GError **error);
void guard_csv_free(GuardCsv *csv);
const char *guard_csv_encoding(const GuardCsv *csv); /* "UTF-8" "UTF-16" "GB18030" */
char guard_csv_separator(const GuardCsv *csv);

/* The next record: @cells (of char*, owned by the csv, until the next call), its @row as a
 * spreadsheet counts, from 1, and its first @line. FALSE at the end, and with @error where a quote
 * never ends or something stands behind one (line named). */
gboolean guard_csv_next(GuardCsv *csv, const GPtrArray **cells, guint64 *row, guint64 *line,
                        GError **error);
void guard_csv_rewind(GuardCsv *csv);
/* How far it has come, and how far it is, in bytes of decoded text. */
void guard_csv_position(const GuardCsv *csv, guint64 *done, guint64 *total);

/* Adds a cell to a line that is being written: quoted where it must be, a separator before it
 * unless it is the first; and what a spreadsheet would take for a formula is made text by an
 * apostrophe. NULL is an empty cell. */
void guard_csv_append_cell(GString *line, const char *text);
/* The text that guard_csv_append_cell() was given, from what guard_csv_next() read. Within @cell.
 */
const char *guard_csv_cell_text(const char *cell);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardCsv, guard_csv_free)

G_END_DECLS
