/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rows of a spreadsheet, each entered or told why not. A row that is refused has written nothing:
 * see guard_book_enrol().
 */
#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/book.h"
#include "station/import-private.h"

/* Pages for a million rows; the default is for a drive at a time. */
#define CACHE_KIB "262144"

typedef struct {
        GuardStation *station;
        GuardImport *import;
        const GuardAct *act;
        const GPtrArray *cells;
        guint64 row, line;
        gint64 first_record; /* of the history, that this import writes */
} Run;

/* @reason is the list's from now on. */
static void
add_fault(Run *run, GPtrArray *list, guint column, const char *value, char *reason)
{
        GuardRowFault *fault;

        if (list->len >= GUARD_FAULTS_MAX) {
                g_free(reason);
                return;
        }
        fault = g_new0(GuardRowFault, 1);
        fault->row = run->row;
        fault->line = run->line;
        if (column < run->import->header->len)
                fault->column = g_strdup(g_ptr_array_index(run->import->header, column));
        fault->value = g_strdup(value);
        fault->reason = reason;
        g_ptr_array_add(list, fault);
}

/* Where this column stands in the file; the header's length where it does not. */
static guint
place_of(const Run *run, GuardColumn column)
{
        guint i = 0;

        while (i < run->import->header->len && run->import->columns[i] != column)
                i++;
        return i;
}

static const char *
cell_at(const Run *run, guint i)
{
        return i < run->cells->len ? g_ptr_array_index(run->cells, i) : NULL;
}

static gboolean
is_empty(const Run *run)
{
        for (guint i = 0; i < run->cells->len; i++) {
                const char *cell = g_ptr_array_index(run->cells, i);

                if (cell[strspn(cell, " \t\r\n")] != '\0')
                        return FALSE;
        }
        return TRUE;
}

/* What people write where there is nothing: one of these as a serial number would be "shared" by
 * half of the book. */
static gboolean
means_nothing(const char *cell)
{
        static const char *const words[] = {"", "/", "-", "--", "—", "——", "无", "n/a"};

        for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
                if (g_ascii_strcasecmp(words[i], cell) == 0)
                        return TRUE;
        }
        return FALSE;
}

static gboolean
take_cells(Run *run, GuardRow *row)
{
        gboolean ok = TRUE;

        for (guint i = 0; i < run->cells->len; i++) {
                char *cell = g_ptr_array_index(run->cells, i);
                gboolean lines = strchr(cell, '\n') != NULL;
                char *reason = NULL;

                if (!lines) /* in a list, a line end means something */
                        g_strstrip(cell);
                if (means_nothing(cell))
                        continue;
                if (i >= run->import->header->len) {
                        add_fault(run, run->import->faults, i, cell,
                                  g_strdup(_("there are more cells than the first row has")));
                        return FALSE;
                }
                if (guard_column_take(run->import->columns[i], guard_csv_cell_text(cell), row,
                                      &reason))
                        continue;
                add_fault(run, run->import->faults, i, cell, reason);
                ok = FALSE;
        }
        return ok;
}

/* What must be there, and has a column to be told of. */
static gboolean
check_needed(Run *run, const GuardRow *row)
{
        const char *level = cell_at(run, place_of(run, GUARD_COLUMN_LEVEL));
        const struct {
                gboolean there;
                GuardColumn column;
        } needed[] = {
                {row->drive->media_id != NULL, GUARD_COLUMN_MEDIA_ID},
                {level != NULL && !means_nothing(level), GUARD_COLUMN_LEVEL},
        };
        gboolean ok = TRUE;

        for (gsize i = 0; i < G_N_ELEMENTS(needed); i++) {
                if (needed[i].there)
                        continue;
                add_fault(run, run->import->faults, place_of(run, needed[i].column), NULL,
                          g_strdup(_("nothing stands here, and it is needed")));
                ok = FALSE;
        }
        return ok;
}

/* The column that an enrolment's refusal is about. */
static void
add_refusal(Run *run, const GuardRow *row, const GError *refusal)
{
        gint64 old = 0, all = 0;
        const char *id = row->drive->media_id;
        guint place = run->import->header->len;
        char *reason = NULL;

        if (g_error_matches(refusal, GUARD_ERROR, GUARD_ERROR_EXISTS) &&
            guard_book_number(run->station, 0, &all, NULL,
                              "SELECT count(*) FROM drive WHERE media_id=?1", "s", id) &&
            guard_book_number(run->station, 0, &old, NULL,
                              "SELECT count(*) FROM history WHERE media_id=?1 AND seq<?2", "si", id,
                              run->first_record)) {
                place = place_of(run, all > 0               ? GUARD_COLUMN_MEDIA_ID
                                      : row->serial != NULL ? GUARD_COLUMN_SERIAL
                                                            : GUARD_COLUMN_CID);
                if (all > 0 && old == 0)
                        reason = g_strdup(_("a row further up has this number already"));
        }
        if (reason == NULL)
                reason = g_strdup(refusal->message);
        add_fault(run, run->import->faults, place, cell_at(run, place), reason);
}

/* FALSE with @error: the book itself failed; else the row is entered, or its fault is told. */
static gboolean
enter(Run *run, GuardRow *row, gboolean *entered, GError **error)
{
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) refusal = NULL;

        *entered = guard_book_enrol(run->station, row->drive, row->shared_serial, run->act,
                                    warnings, &refusal);
        if (!*entered && !g_error_matches(refusal, GUARD_ERROR, GUARD_ERROR_EXISTS) &&
            !g_error_matches(refusal, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE)) {
                g_propagate_error(error, g_steal_pointer(&refusal));
                return FALSE;
        }
        if (!*entered)
                add_refusal(run, row, refusal);
        for (guint i = 0; *entered && i < warnings->len; i++)
                add_fault(run, run->import->notes, run->import->header->len, NULL,
                          g_strdup(g_ptr_array_index(warnings, i)));
        return TRUE;
}

static gboolean
take_row(Run *run, GError **error)
{
        g_auto(GuardRow) row = {.drive = guard_drive_new()};
        GuardColumn column = GUARD_N_COLUMNS;
        gboolean good, entered = FALSE;
        char *reason = NULL;

        run->import->info.rows++;
        good = take_cells(run, &row);
        good = check_needed(run, &row) && good;
        if (good && !guard_row_finish(&row, &column, &reason)) {
                guint place = place_of(run, column);

                add_fault(run, run->import->faults, place, cell_at(run, place), reason);
                good = FALSE;
        }
        if (good && !enter(run, &row, &entered, error))
                return FALSE;
        if (entered)
                run->import->info.good++;
        else
                run->import->info.bad++;
        return TRUE;
}

static gboolean
run_rows(Run *run, GuardProgress progress, gpointer user_data, GError **error)
{
        GuardCsv *csv = run->import->csv;
        g_autoptr(GError) local = NULL;
        guint64 done, total;

        while (guard_csv_next(csv, &run->cells, &run->row, &run->line, &local)) {
                if (run->row == 1 || is_empty(run))
                        continue;
                if (!take_row(run, error))
                        return FALSE;
                if (progress == NULL || run->row % 256 != 0)
                        continue;
                guard_csv_position(csv, &done, &total);
                progress(done, total, user_data);
        }
        if (local != NULL) {
                g_propagate_error(error, g_steal_pointer(&local));
                return FALSE;
        }
        return TRUE;
}

gboolean
guard_import_run(GuardStation *station, GuardImport *import, const GuardAct *act,
                 GuardProgress progress, gpointer user_data, GError **error)
{
        Run run = {.station = station, .import = import, .act = act};
        gboolean ok;

        g_ptr_array_set_size(import->faults, 0);
        g_ptr_array_set_size(import->notes, 0);
        import->info.rows = import->info.good = import->info.bad = 0;
        guard_csv_rewind(import->csv);
        if (!guard_book_number(station, 0, &run.first_record, error, "SELECT max(seq) FROM history",
                               NULL))
                return FALSE;
        run.first_record++;
        sqlite3_exec(station->db, "PRAGMA cache_size=-" CACHE_KIB, NULL, NULL, NULL);
        ok = run_rows(&run, progress, user_data, error);
        sqlite3_exec(station->db, "PRAGMA cache_size=-2000", NULL, NULL, NULL);
        return ok;
}
