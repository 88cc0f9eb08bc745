/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pages: every row is one line high, so that the page of a row is known without laying out what is
 * before it; a million rows print like ten.
 */
#include "station/window/document.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>

#include "station/window/words.h"

#define FONT "Sans 9"
#define TITLE_FONT "Sans Bold 15"
#define ROW_HEIGHT 17.0
#define TITLE_HEIGHT 40.0
#define FOOT_HEIGHT 22.0
#define SIGN_HEIGHT 34.0
#define A4_SHORT 595.0
#define A4_LONG 842.0
#define MARGIN 42.0
#define FORM_VALUE_WIDTH ((A4_SHORT - 2 * MARGIN) * 3 / 4 - 4) /* the second of two columns, 1 : 3 */

struct GuardDocument {
        char *title;
        gboolean wide;
        char **headers;  /* NULL: a form without */
        double *weights; /* of the columns */
        guint n_columns, n_rows;
        GuardDocumentRow row;
        gpointer data;
        GDestroyNotify free_data;
        char **signs; /* lines to sign on, after the last row */
};

void
guard_document_free(GuardDocument *document)
{
        if (document == NULL)
                return;
        if (document->free_data != NULL)
                document->free_data(document->data);
        g_strfreev(document->headers);
        g_strfreev(document->signs);
        g_free(document->weights);
        g_free(document->title);
        g_free(document);
}

const char *
guard_document_title(const GuardDocument *document)
{
        return document->title;
}

void
guard_document_set_title(GuardDocument *document, const char *title)
{
        g_free(document->title);
        document->title = g_strdup(title);
}

guint
guard_document_rows(const GuardDocument *document)
{
        return document->n_rows;
}

gboolean
guard_document_is_wide(const GuardDocument *document)
{
        return document->wide;
}

static double
weight_of(GuardSort column)
{
        switch (column) {
        case GUARD_SORT_LEVEL: return 0.55;
        case GUARD_SORT_STATUS: return 0.8;
        case GUARD_SORT_MEDIA_ID:
        case GUARD_SORT_DEPARTMENT: return 1.3;
        case GUARD_SORT_NAME: return 1.6;
        case GUARD_SORT_MODEL: return 1.9;
        default: return 0.95;
        }
}

GuardDocument *
guard_document_list(const GuardSort *columns, guint n, GuardDocumentRow row, gpointer user_data,
                    GDestroyNotify free_data)
{
        GuardDocument *document = g_new0(GuardDocument, 1);
        GPtrArray *headers = g_ptr_array_new();

        document->title = g_strdup(_("Register of removable media"));
        document->wide = TRUE;
        document->weights = g_new0(double, GUARD_N_SORTS);
        for (; *columns != GUARD_N_SORTS; columns++) {
                document->weights[document->n_columns++] = weight_of(*columns);
                g_ptr_array_add(headers, g_strdup(guard_words_title(*columns)));
        }
        g_ptr_array_add(headers, NULL);
        document->headers = (char **)g_ptr_array_free(headers, FALSE);
        document->n_rows = n;
        document->row = row;
        document->data = user_data;
        document->free_data = free_data;
        return document;
}

static char **
fixed_row(guint row, gpointer data)
{
        return g_strdupv(g_ptr_array_index((GPtrArray *)data, row));
}

static void
free_rows(gpointer data)
{
        g_ptr_array_unref(data);
}

/* A form's row: @label, and @value on as many lines as it needs. Laid out for A4, so that a wider
 * paper has it too, and rows stay one line high. */
static void
add_form_rows(GPtrArray *rows, const char *label, const char *value)
{
        PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
        PangoFontDescription *description = pango_font_description_from_string(FONT);
        g_autoptr(PangoLayout) layout = NULL;

        pango_cairo_context_set_resolution(context, 72.0);
        layout = pango_layout_new(context);
        pango_layout_set_font_description(layout, description);
        pango_layout_set_width(layout, (int)(FORM_VALUE_WIDTH * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_text(layout, value, -1);
        for (int i = 0; i < pango_layout_get_line_count(layout); i++) {
                const PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
                g_autofree char *text = g_strndup(value + line->start_index, (gsize)line->length);
                const char *row[] = {i == 0 ? label : "", text, NULL};

                g_ptr_array_add(rows, g_strdupv((char **)row));
        }
        pango_font_description_free(description);
        g_object_unref(context);
}

/* Label and value in turns, as rows of two columns; long values take several. */
static GuardDocument *
form(const char *title, char **details)
{
        GuardDocument *document = g_new0(GuardDocument, 1);
        GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);

        for (; details[0] != NULL; details += 2)
                add_form_rows(rows, details[0], details[1]);
        document->title = g_strdup(title);
        document->n_columns = 2;
        document->weights = g_new0(double, 2);
        document->weights[0] = 1.0;
        document->weights[1] = 3.0;
        document->n_rows = rows->len;
        document->row = fixed_row;
        document->data = rows;
        document->free_data = free_rows;
        return document;
}

GuardDocument *
guard_document_card(const GuardDrive *drive, const GPtrArray *records)
{
        g_auto(GStrv) details = guard_words_details(drive);
        g_autofree char *title = g_strdup_printf(_("Card of drive %s"), drive->media_id);
        GuardDocument *document = form(title, details);

        for (guint i = 0; records != NULL && i < records->len; i++) {
                g_autofree char *line = guard_words_record(g_ptr_array_index(records, i));

                add_form_rows(document->data, i == 0 ? _("History") : "", line);
        }
        document->n_rows = ((GPtrArray *)document->data)->len;
        return document;
}

GuardDocument *
guard_document_issue(const GuardDrive *drive)
{
        g_auto(GStrv) details = guard_words_details(drive);
        GuardDocument *document = form(_("Issue form for a removable medium"), details);
        const char *signs[] = {_("Received by (signature):"), _("Handed out by (signature):"),
                               _("Date:"), NULL};

        document->signs = g_strdupv((char **)signs);
        return document;
}

static guint
rows_a_page(const GuardDocument *document, double height)
{
        double left = height - TITLE_HEIGHT - FOOT_HEIGHT;

        if (document->headers != NULL)
                left -= ROW_HEIGHT;
        return (guint)MAX(1.0, left / ROW_HEIGHT);
}

/* Rows of the last page, the signatures counted as rows. */
static guint
rows_in_all(const GuardDocument *document)
{
        guint signs = document->signs != NULL ? g_strv_length(document->signs) : 0;

        return document->n_rows + (guint)(signs * SIGN_HEIGHT / ROW_HEIGHT + 0.5);
}

guint
guard_document_pages(GuardDocument *document, PangoContext *context, double width, double height)
{
        guint a_page = rows_a_page(document, height);

        (void)context;
        (void)width;
        return MAX(1, (rows_in_all(document) + a_page - 1) / a_page);
}

static void
draw_text(cairo_t *cr, PangoContext *context, const char *font, const char *text, double x, double y,
          double width)
{
        g_autoptr(PangoLayout) layout = pango_layout_new(context);
        PangoFontDescription *description = pango_font_description_from_string(font);

        pango_layout_set_font_description(layout, description);
        pango_font_description_free(description);
        pango_layout_set_single_paragraph_mode(layout, TRUE);
        pango_layout_set_text(layout, text, -1);
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        cairo_move_to(cr, x, y);
        pango_cairo_show_layout(cr, layout);
}

static void
draw_row(GuardDocument *document, cairo_t *cr, PangoContext *context, char **cells, double y,
         double width)
{
        double all = 0, x = 0;

        for (guint i = 0; i < document->n_columns; i++)
                all += document->weights[i];
        for (guint i = 0; i < document->n_columns && cells[i] != NULL; i++) {
                double w = width * document->weights[i] / all;

                draw_text(cr, context, FONT, cells[i], x + 2, y + 2, w - 4);
                cairo_rectangle(cr, x, y, w, ROW_HEIGHT);
                x += w;
        }
        cairo_set_line_width(cr, 0.4);
        cairo_stroke(cr);
}

static void
draw_foot(GuardDocument *document, cairo_t *cr, PangoContext *context, double width, double height,
          guint page)
{
        g_autofree char *foot = g_strdup_printf(_("Page %u of %u"), page + 1,
                                                guard_document_pages(document, context, width, height));

        draw_text(cr, context, FONT, foot, 0, height - 14, width);
}

void
guard_document_draw(GuardDocument *document, cairo_t *cr, PangoContext *context, double width,
                    double height, guint page)
{
        guint a_page = rows_a_page(document, height), first = page * a_page, i;
        double y = TITLE_HEIGHT;

        draw_text(cr, context, TITLE_FONT, document->title, 0, 4, width);
        if (document->headers != NULL) {
                draw_row(document, cr, context, document->headers, y, width);
                y += ROW_HEIGHT;
        }
        for (i = first; i < document->n_rows && i < first + a_page; i++) {
                g_auto(GStrv) cells = document->row(i, document->data);

                draw_row(document, cr, context, cells, y, width);
                y += ROW_HEIGHT;
        }
        for (guint s = 0; i >= document->n_rows && document->signs != NULL &&
                          document->signs[s] != NULL && page + 1 == guard_document_pages(document, context, width, height); s++) {
                y += SIGN_HEIGHT;
                draw_text(cr, context, FONT, document->signs[s], 0, y - ROW_HEIGHT, width);
                cairo_move_to(cr, width * 0.3, y);
                cairo_line_to(cr, width * 0.75, y);
                cairo_stroke(cr);
        }
        draw_foot(document, cr, context, width, height, page);
}

static cairo_status_t
draw_all(GuardDocument *document, cairo_t *cr, double width, double height, GuardProgress progress,
         gpointer user_data)
{
        PangoContext *context = pango_cairo_create_context(cr);
        double w = width - 2 * MARGIN, h = height - 2 * MARGIN;
        guint pages;

        pango_cairo_context_set_resolution(context, 72.0);
        pages = guard_document_pages(document, context, w, h);
        for (guint i = 0; i < pages && cairo_status(cr) == CAIRO_STATUS_SUCCESS; i++) {
                cairo_save(cr);
                cairo_translate(cr, MARGIN, MARGIN);
                guard_document_draw(document, cr, context, w, h, i);
                cairo_restore(cr);
                cairo_show_page(cr);
                if (progress != NULL)
                        progress(i + 1, pages, user_data);
        }
        g_object_unref(context);
        return cairo_status(cr);
}

gboolean
guard_document_to_pdf(GuardDocument *document, const char *path, GuardProgress progress,
                      gpointer user_data, GError **error)
{
        double width = document->wide ? A4_LONG : A4_SHORT;
        double height = document->wide ? A4_SHORT : A4_LONG;
        cairo_surface_t *surface = cairo_pdf_surface_create(path, width, height);
        cairo_t *cr = cairo_create(surface);
        cairo_status_t status = draw_all(document, cr, width, height, progress, user_data);

        cairo_destroy(cr);
        cairo_surface_finish(surface);
        if (status == CAIRO_STATUS_SUCCESS)
                status = cairo_surface_status(surface);
        cairo_surface_destroy(surface);
        if (status == CAIRO_STATUS_SUCCESS)
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("%s cannot be written: %s"), path,
                    cairo_status_to_string(status));
        return FALSE;
}
