/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Papers onto a printer by GTK's own dialog, or into a PDF file by a job.
 */
#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/window/document.h"
#include "station/window/window.h"
#include "station/window/words.h"

static const GuardSort columns[] = {GUARD_SORT_MEDIA_ID, GUARD_SORT_NAME,       GUARD_SORT_MODEL,
                                    GUARD_SORT_LEVEL,    GUARD_SORT_STATUS,     GUARD_SORT_HOLDER,
                                    GUARD_SORT_CUSTODIAN, GUARD_SORT_DEPARTMENT, GUARD_SORT_IN_USE_DATE,
                                    GUARD_SORT_DUE_DATE, GUARD_N_SORTS};

static char **
cells_of(const GuardDrive *drive)
{
        GPtrArray *cells = g_ptr_array_new();

        for (guint i = 0; columns[i] != GUARD_N_SORTS; i++)
                g_ptr_array_add(cells, guard_words_cell(columns[i], drive));
        g_ptr_array_add(cells, NULL);
        return (char **)g_ptr_array_free(cells, FALSE);
}

/* The list as it is on screen: filtered and sorted. */
static char **
row_of_list(guint row, gpointer model)
{
        g_autoptr(GuardDriveItem) item = g_list_model_get_item(model, row);

        return item != NULL ? cells_of(guard_drive_item_get(item)) : g_new0(char *, 1);
}

static GuardDocument *
make_document(GuardWindow *window, const char *what)
{
        g_autoptr(GPtrArray) records = NULL;

        if (strcmp(what, "list") == 0)
                return guard_document_list(columns, g_list_model_get_n_items(G_LIST_MODEL(window->model)),
                                           row_of_list, g_object_ref(window->model), g_object_unref);
        if (strcmp(what, "missing") == 0) {
                GListModel *missing = guard_stocktake_missing(window->stocktake);
                GuardDocument *document = guard_document_list(columns, g_list_model_get_n_items(missing), row_of_list,
                                                              g_object_ref(missing), g_object_unref);

                guard_document_set_title(document, _("Drives missing at the stock-take"));
                return document;
        }
        if (window->drive == NULL)
                return NULL;
        if (strcmp(what, "issue-form") == 0)
                return guard_document_issue(window->drive);
        records = guard_window_records(window, window->drive->media_id, NULL);
        return guard_document_card(window->drive, records);
}

static void
on_begin(GtkPrintOperation *operation, GtkPrintContext *paper, GuardDocument *document)
{
        PangoContext *context = gtk_print_context_create_pango_context(paper);
        guint pages = guard_document_pages(document, context, gtk_print_context_get_width(paper),
                                           gtk_print_context_get_height(paper));

        gtk_print_operation_set_n_pages(operation, (int)pages);
        g_object_unref(context);
}

static void
on_draw(GtkPrintOperation *operation, GtkPrintContext *paper, int page, GuardDocument *document)
{
        PangoContext *context = gtk_print_context_create_pango_context(paper);

        (void)operation;
        guard_document_draw(document, gtk_print_context_get_cairo_context(paper), context,
                            gtk_print_context_get_width(paper), gtk_print_context_get_height(paper), (guint)page);
        g_object_unref(context);
}

static void
free_document(gpointer document, GClosure *closure)
{
        (void)closure;
        guard_document_free(document);
}

/* @path: into this PDF file; NULL: the print dialog asks. GTK draws page by page between events. */
static void
print_document(GuardWindow *window, GuardDocument *document, const char *path)
{
        g_autoptr(GtkPrintOperation) operation = gtk_print_operation_new();
        g_autoptr(GtkPageSetup) setup = gtk_page_setup_new();
        g_autoptr(GError) error = NULL;

        gtk_page_setup_set_orientation(setup, guard_document_is_wide(document) ? GTK_PAGE_ORIENTATION_LANDSCAPE
                                                                               : GTK_PAGE_ORIENTATION_PORTRAIT);
        gtk_print_operation_set_default_page_setup(operation, setup);
        gtk_print_operation_set_job_name(operation, guard_document_title(document));
        gtk_print_operation_set_unit(operation, GTK_UNIT_POINTS);
        gtk_print_operation_set_show_progress(operation, TRUE);
        gtk_print_operation_set_allow_async(operation, TRUE);
        if (path != NULL)
                gtk_print_operation_set_export_filename(operation, path);
        g_signal_connect(operation, "begin-print", G_CALLBACK(on_begin), document);
        g_signal_connect_data(operation, "draw-page", G_CALLBACK(on_draw), document, free_document, 0);
        if (gtk_print_operation_run(operation,
                                    path != NULL ? GTK_PRINT_OPERATION_ACTION_EXPORT
                                                 : GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG,
                                    GTK_WINDOW(window), &error) == GTK_PRINT_OPERATION_RESULT_ERROR)
                guard_widgets_error(GTK_WINDOW(window), _("It was not printed"), error);
}

typedef struct {
        GuardWindow *window;
        GuardDocument *document;
} Pdf;

static void
pdf_chosen(const char *path, gpointer data)
{
        g_autofree Pdf *pdf = data;

        if (path != NULL)
                print_document(pdf->window, pdf->document, path);
        else
                guard_document_free(pdf->document);
}

void
guard_print(GuardWindow *window, const char *what, gboolean pdf)
{
        GuardDocument *document = make_document(window, what);
        Pdf *chosen;

        if (document == NULL)
                return;
        if (!pdf) {
                print_document(window, document, NULL);
                return;
        }
        chosen = g_new0(Pdf, 1);
        *chosen = (Pdf){window, document};
        guard_files_choose(GTK_WINDOW(window), GTK_FILE_CHOOSER_ACTION_SAVE, _("Save as PDF"), "register.pdf",
                           pdf_chosen, chosen);
}
