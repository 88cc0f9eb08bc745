/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Papers of the desk: a title, lines, a table, lines to sign on. Drawn with Pango on any cairo
 * surface, a printer's or a PDF file's; no widget and no display.
 */
#pragma once
#include <pango/pangocairo.h>
#include "station/query.h"

G_BEGIN_DECLS

typedef struct GuardDocument GuardDocument;

/* The cells of row @row, of as many columns as the document has. Caller frees. */
typedef char **(*GuardDocumentRow)(guint row, gpointer user_data);

/* The register (台账): @n rows of @row, the columns of @columns (ended by GUARD_N_SORTS). */
GuardDocument *guard_document_list(const GuardSort *columns, guint n, GuardDocumentRow row,
                                   gpointer user_data, GDestroyNotify free_data);
/* One drive's card, with its history: @records of "time\taction\twho\treason". */
GuardDocument *guard_document_card(const GuardDrive *drive, const GPtrArray *records);
/* The form that is signed when a drive is handed out. */
GuardDocument *guard_document_issue(const GuardDrive *drive);
void guard_document_free(GuardDocument *document);
void guard_document_set_title(GuardDocument *document, const char *title);
const char *guard_document_title(const GuardDocument *document);

/* Into a page of @width × @height points: how many pages, and one of them. */
guint guard_document_pages(GuardDocument *document, PangoContext *context, double width,
                           double height);
void guard_document_draw(GuardDocument *document, cairo_t *cr, PangoContext *context, double width,
                         double height, guint page);
/* A4, upright for forms and lying for lists. GUARD_ERROR_IO. @progress may be NULL. */
gboolean guard_document_to_pdf(GuardDocument *document, const char *path, GuardProgress progress,
                               gpointer user_data, GError **error);
guint guard_document_rows(const GuardDocument *document); /* lines of the table, on all pages */
gboolean guard_document_is_wide(const GuardDocument *document);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardDocument, guard_document_free)

G_END_DECLS
