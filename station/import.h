/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Spreadsheets in and out. A preview says what each row would do and changes nothing; only a commit
 * does, as a whole.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

typedef struct {      /* one fault of the file */
        guint64 row;  /* as a spreadsheet numbers rows: the header is 1 */
        guint64 line; /* of the text file, where quoted cells have line breaks */
        char *column; /* as the file's header has it; NULL: the whole row */
        char *value;  /* what stands there; NULL: nothing */
        char *reason; /* for people, through gettext */
} GuardRowFault;

typedef struct GuardImport GuardImport; /* a file that was read, and judged against a book */

typedef struct {
        guint64 rows, good, bad; /* without the header and empty rows */
        const char *encoding;    /* "UTF-8", "GB18030" … */
        char separator;
        char *const *columns;    /* names in the file that are understood … */
        char *const *ignored;    /* … and that are not; NULL-terminated */
        const GPtrArray *faults; /* of GuardRowFault, in order of rows; at most 10,000 kept */
        const GPtrArray *notes;  /* of GuardRowFault: good rows with something to know */
} GuardImportInfo;

/* Reads @path whole and tries each row against the book, in a transaction that is rolled back, so
 * that what it says is what a commit does. Fails only where the file as a whole makes no sense
 * (unreadable, no header, no column for the number or the level, a quote that never ends: line
 * named). @progress: rows done of all, may be NULL. */
GuardImport *guard_station_import_preview(GuardStation *station, const char *path,
                                          const GuardAct *act, GuardProgress progress,
                                          gpointer user_data, GError **error);
const GuardImportInfo *guard_import_info(const GuardImport *import);
/* Enters the good rows in one transaction: all, or none. GUARD_ERROR_INVALID_VALUE: there are bad
 * rows and @skip_bad is not set. GUARD_ERROR_BUSY: the book changed since, and a row that was good
 * is not any more; preview again. @imported (out, optional). */
gboolean guard_station_import_commit(GuardStation *station, GuardImport *import, gboolean skip_bad,
                                     const GuardAct *act, GuardProgress progress,
                                     gpointer user_data, guint64 *imported, GError **error);
void guard_import_free(GuardImport *import);

typedef enum {
        GUARD_CSV_UTF8_BOM = 0, /* what today's spreadsheets open with a double click */
        GUARD_CSV_UTF8,
        GUARD_CSV_GB18030,
        GUARD_N_CSV_ENCODINGS
} GuardCsvEncoding;

typedef struct {
        const char *path; /* replaced as a whole, mode 0600 */
        GuardCsvEncoding encoding;
        gboolean english;       /* header names in English; else Chinese */
        GuardProgress progress; /* drives done of all; may be NULL */
        gpointer user_data;
} GuardExport;

/* Every drive, in order of media id. Cells that a spreadsheet would take for a formula get a
 * leading apostrophe, which the import takes away again. @exported (out, optional). */
gboolean guard_station_export_csv(GuardStation *station, const GuardExport *how,
                                  const GuardAct *act, guint64 *exported, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardImport, guard_import_free)

G_END_DECLS
