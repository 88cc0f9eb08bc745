/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A spreadsheet into the book. Preview and commit are one piece of code: the preview's transaction
 * is rolled back, so that what it promises is what happens.
 */
#include "station/import.h"

#include <inttypes.h>
#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/book.h"
#include "station/columns.h"
#include "station/csv.h"
#include "station/import-private.h"

static void
fault_free(GuardRowFault *fault)
{
        g_free(fault->column);
        g_free(fault->value);
        g_free(fault->reason);
        g_free(fault);
}

void
guard_import_free(GuardImport *import)
{
        if (import == NULL)
                return;
        guard_csv_free(import->csv);
        g_free(import->name);
        g_free(import->digest);
        g_clear_pointer(&import->header, g_ptr_array_unref);
        g_free(import->columns);
        g_strfreev(import->known);
        g_strfreev(import->ignored);
        g_clear_pointer(&import->faults, g_ptr_array_unref);
        g_clear_pointer(&import->notes, g_ptr_array_unref);
        g_free(import);
}

const GuardImportInfo *
guard_import_info(const GuardImport *import)
{
        return &import->info;
}

static GuardImport *
read_file(const char *path, GError **error)
{
        g_autoptr(GuardImport) import = g_new0(GuardImport, 1);
        g_autoptr(GError) local = NULL;
        g_autofree char *data = NULL;
        gsize size;

        if (!g_file_get_contents(path, &data, &size, &local)) {
                g_set_error_literal(error, GUARD_ERROR, GUARD_ERROR_IO, local->message);
                return NULL;
        }
        import->name = g_path_get_basename(path);
        import->digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)data, size);
        import->faults = g_ptr_array_new_with_free_func((GDestroyNotify)fault_free);
        import->notes = g_ptr_array_new_with_free_func((GDestroyNotify)fault_free);
        import->csv = guard_csv_new(data, size, import->name, error);
        return import->csv != NULL ? g_steal_pointer(&import) : NULL;
}

static gboolean
check_header(const GuardImport *import, const gboolean seen[GUARD_N_COLUMNS], GError **error)
{
        static const GuardColumn needed[] = {GUARD_COLUMN_MEDIA_ID, GUARD_COLUMN_LEVEL};

        for (gsize i = 0; i < G_N_ELEMENTS(needed); i++) {
                if (seen[needed[i]])
                        continue;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                            _("%s: no column is headed %s (%s); the first row must name the "
                              "columns"),
                            import->name, guard_column_name(needed[i], FALSE),
                            guard_column_name(needed[i], TRUE));
                return FALSE;
        }
        return TRUE;
}

static gboolean
read_header(GuardImport *import, GError **error)
{
        gboolean seen[GUARD_N_COLUMNS + 1] = {FALSE};
        const GPtrArray *cells = NULL;
        g_autoptr(GPtrArray) known = g_ptr_array_new(), ignored = g_ptr_array_new();
        guint64 row, line;
        gboolean ok = TRUE;

        import->header = g_ptr_array_new_with_free_func(g_free);
        if (!guard_csv_next(import->csv, &cells, &row, &line, error))
                return error == NULL || *error != NULL ? FALSE : check_header(import, seen, error);
        import->columns = g_new(GuardColumn, cells->len);
        for (guint i = 0; i < cells->len; i++) {
                char *name = g_strstrip(g_strdup(g_ptr_array_index(cells, i)));
                GuardColumn column = guard_column_find(name);

                g_ptr_array_add(import->header, name);
                import->columns[i] = column;
                if (column != GUARD_N_COLUMNS && seen[column] && ok) {
                        g_set_error(error, GUARD_ERROR, GUARD_ERROR_SYNTAX,
                                    _("%s: two columns mean the same, the second is '%s'; remove "
                                      "or rename one"),
                                    import->name, name);
                        ok = FALSE;
                }
                seen[column] = TRUE;
                if (column != GUARD_N_COLUMNS)
                        g_ptr_array_add(known, g_strdup(name));
                else if (*name != '\0')
                        g_ptr_array_add(ignored, g_strdup(name));
        }
        g_ptr_array_add(known, NULL);
        g_ptr_array_add(ignored, NULL);
        import->known = (char **)g_ptr_array_free(g_steal_pointer(&known), FALSE);
        import->ignored = (char **)g_ptr_array_free(g_steal_pointer(&ignored), FALSE);
        return ok && check_header(import, seen, error);
}

static void
fill_info(GuardImport *import)
{
        import->info.encoding = guard_csv_encoding(import->csv);
        import->info.separator = guard_csv_separator(import->csv);
        import->info.columns = import->known;
        import->info.ignored = import->ignored;
        import->info.faults = import->faults;
        import->info.notes = import->notes;
}

GuardImport *
guard_station_import_preview(GuardStation *station, const char *path, const GuardAct *act,
                             GuardProgress progress, gpointer user_data, GError **error)
{
        g_autoptr(GuardImport) import = read_file(path, error);
        gboolean ok;

        if (import == NULL || !read_header(import, error) ||
            !guard_book_begin(station, act, GUARD_DUTY_EDIT, error))
                return NULL;
        ok = guard_import_run(station, import, act, progress, user_data, error);
        guard_book_end(station, FALSE, NULL); /* nothing of it stays */
        fill_info(import);
        return ok ? g_steal_pointer(&import) : NULL;
}

static gboolean
enter(GuardStation *station, GuardImport *import, guint64 promised, const GuardAct *act,
      GuardProgress progress, gpointer user_data, GError **error)
{
        g_autofree char *after = NULL;
        GString *json = NULL;

        if (!guard_import_run(station, import, act, progress, user_data, error))
                return FALSE;
        if (import->info.good != promised) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_BUSY,
                            _("The register changed meanwhile, and %" PRIu64
                              " rows would be entered instead of %" PRIu64
                              "; look at the preview again"),
                            import->info.good, promised);
                return FALSE;
        }
        json = g_string_new(NULL);
        guard_book_json_open(json);
        guard_book_json_text(json, "file", import->name);
        guard_book_json_text(json, "sha256", import->digest);
        guard_book_json_number(json, "entered", import->info.good);
        guard_book_json_number(json, "skipped", import->info.bad);
        after = guard_book_json_close(json);
        return guard_book_append_history(station, NULL, "import", NULL, after, act, error);
}

gboolean
guard_station_import_commit(GuardStation *station, GuardImport *import, gboolean skip_bad,
                            const GuardAct *act, GuardProgress progress, gpointer user_data,
                            guint64 *imported, GError **error)
{
        guint64 promised = import->info.good;
        g_autofree char *reason = g_strdup_printf(_("import of %s"), import->name);
        GuardAct why = *act;
        gboolean ok;

        if (import->info.bad > 0 && !skip_bad) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("%s has %" PRIu64 " bad rows; nothing was entered"), import->name,
                            import->info.bad);
                return FALSE;
        }
        if (why.reason == NULL)
                why.reason = reason;
        if (!guard_book_begin(station, &why, GUARD_DUTY_EDIT, error))
                return FALSE;
        ok = enter(station, import, promised, &why, progress, user_data, error);
        ok = guard_book_end(station, ok, error);
        if (ok && imported != NULL)
                *imported = import->info.good;
        return ok;
}
