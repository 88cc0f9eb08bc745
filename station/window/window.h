/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The window of the register desk: for station/window's own files. What it shows is read anew from
 * the book after every change.
 */
#pragma once
#include <gtk/gtk.h>
#include "station/life.h"
#include "station/window/desk.h"
#include "station/window/drive-model.h"

G_BEGIN_DECLS

#define GUARD_TYPE_WINDOW (guard_window_get_type())
G_DECLARE_FINAL_TYPE(GuardWindow, guard_window, GUARD, WINDOW, GtkApplicationWindow)

typedef struct GuardComputersPage GuardComputersPage;
typedef struct GuardStocktakePage GuardStocktakePage;
typedef struct GuardHistoryPage GuardHistoryPage;

struct _GuardWindow {
        GtkApplicationWindow parent;
        GuardDesk *desk;
        GuardDriveModel *model;
        GtkSingleSelection *selection;
        GtkColumnViewColumn *columns[GUARD_N_SORTS];
        GtkColumnView *list;
        GtkSearchEntry *search;
        GtkDropDown *level, *status, *holder, *attention;
        GtkSpinButton *days; /* of "not seen for" */
        GtkStack *pages;
        GuardComputersPage *computers;
        GuardStocktakePage *stocktake;
        GuardHistoryPage *records;
        GPtrArray *buttons; /* that start an action of the window; borrowed */
        GtkLabel *notice, *count, *heading;
        GtkGrid *fields;
        GtkListBox *history;
        GtkFlowBox *steps;
        GtkWidget *details;
        GtkProgressBar *bar;
        GuardDrive *drive; /* shown in the details; NULL: none */
        GuardSort sort;
        guint64 version; /* of the book, when it was read */
        guint watch;
        gboolean descending, loading, again, quiet;
};

/* @desk is the window's from now on. */
GuardWindow *guard_window_new(GtkApplication *app, GuardDesk *desk);

/* window-list.c: columns and filters; reading the list anew. */
void guard_window_list_init(GuardWindow *window);
void guard_window_reload(GuardWindow *window);
/* After a change: the list, the details, what may be done. */
void guard_window_changed(GuardWindow *window);

/* details.c */
void guard_window_show_drive(GuardWindow *window, const char *media_id); /* NULL: none */
/* Of a drive, or of a computer (@host_id): each as guard_words_keep_record() makes it. */
GPtrArray *guard_window_records(GuardWindow *window, const char *media_id, const char *host_id);

/* window-actions.c: what can be done; enables what may be done now, and says why not of the rest. */
void guard_window_add_actions(GuardWindow *window, GtkApplication *app);
void guard_window_update_actions(GuardWindow *window);

/* window.c: reads the page that is shown, beside the list of drives. */
void guard_window_reload_page(GuardWindow *window);

/* Pages end with their widgets, whose first reference is the caller's. */
GuardComputersPage *guard_computers_page_new(GuardWindow *window);
GtkWidget *guard_computers_widget(GuardComputersPage *page);
void guard_computers_reload(GuardComputersPage *page);
GuardStocktakePage *guard_stocktake_page_new(GuardWindow *window);
GtkWidget *guard_stocktake_widget(GuardStocktakePage *page);
void guard_stocktake_reload(GuardStocktakePage *page);
gboolean guard_stocktake_is_open(GuardStocktakePage *page);
gboolean guard_stocktake_was_any(GuardStocktakePage *page);
GListModel *guard_stocktake_missing(GuardStocktakePage *page); /* of GuardDriveItem; borrowed */
void guard_stocktake_begin_show(GuardWindow *window);
void guard_stocktake_end_show(GuardWindow *window);
GuardHistoryPage *guard_history_page_new(GuardWindow *window, GtkWidget **widget);
void guard_history_reload(GuardHistoryPage *page);

/* Dialogs, one a file; each is modal and ends itself. */
void guard_enrol_dialog_show(GuardWindow *window);
void guard_step_dialog_show(GuardWindow *window, GuardStepKind kind);
void guard_publish_dialog_show(GuardWindow *window);
void guard_import_dialog_show(GuardWindow *window, const char *path);
void guard_edit_dialog_show(GuardWindow *window);
void guard_export_dialog_show(GuardWindow *window);
void guard_roles_dialog_show(GuardWindow *window);
/* files.c: ask for a file, then go on. */
void guard_files_import(GuardWindow *window);
/* @path is NULL where none was chosen. */
typedef void (*GuardFileChosen)(const char *path, gpointer user_data);
void guard_files_choose(GtkWindow *parent, GtkFileChooserAction action, const char *title,
                        const char *name, GuardFileChosen chosen, gpointer user_data);
/* print.c: "list", "missing", "card" or "issue-form"; onto paper, or into a PDF file. */
void guard_print(GuardWindow *window, const char *what, gboolean pdf);

/* widgets.c */
void guard_widgets_error(GtkWindow *parent, const char *title, const GError *error);
void guard_widgets_warn(GtkWindow *parent, const char *title, const char *text);
/* The dialog of ui/@name.ui over @window: Escape and "cancel" end it. Caller frees. */
GtkBuilder *guard_widgets_build(const char *name, GuardWindow *window);
/* A job of the dialog runs: it takes no input and stays until the job is over. */
void guard_widgets_enter(GtkWindow *dialog);
void guard_widgets_leave(GtkWindow *dialog);
/* What is wrong, on the dialog's own line for it. */
void guard_widgets_problem(GtkLabel *problem, const char *text);
void guard_widgets_show_lines(GtkListView *list, GtkStringList *lines);
/* NULL where nothing is written. Caller frees. */
char *guard_widgets_text(GtkEditable *editable);
void guard_widgets_set_accessible(gpointer widget, const char *name);
/* The level chosen; the drop-down has the three of secrets and "none", lowest last. */
void guard_widgets_fill_levels(GtkDropDown *drop);
GuardLevel guard_widgets_level(GtkDropDown *drop);
void guard_widgets_set_level(GtkDropDown *drop, GuardLevel level);
/* A text that wraps; @dim: the name of a field, else it can be copied. */
GtkWidget *guard_widgets_label(const char *text, gboolean dim);
/* A column of one-line texts; @bind gets the cell and @column. @width 0: what is left. Owned by @view. */
GtkColumnViewColumn *guard_widgets_add_column(GtkColumnView *view, const char *title, int width, GCallback bind,
                                              gpointer column);
void guard_widgets_set_cell(GtkListItem *cell, const char *text); /* NULL: empty */
/* Label and value in turns, ended by NULL, in place of what was there. */
void guard_widgets_fill_fields(GtkGrid *grid, char *const *details);
/* Records of guard_window_records(), the latest first. */
void guard_widgets_fill_records(GtkListBox *list, const GPtrArray *records);
/* What was entered last in dialogs: group "publish", keys "key" … Caller frees; NULL: nothing. */
char *guard_widgets_recall(const char *key);
void guard_widgets_remember(const char *key, const char *value);

G_END_DECLS
