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

struct _GuardWindow {
        GtkApplicationWindow parent;
        GuardDesk *desk;
        GuardDriveModel *model;
        GtkSingleSelection *selection;
        GtkColumnViewColumn *columns[GUARD_N_SORTS];
        GtkColumnView *list;
        GtkSearchEntry *search;
        GtkDropDown *level, *status, *holder;
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
/* "time\taction\twho\treason" of each record. */
GPtrArray *guard_window_records(GuardWindow *window, const char *media_id);
/* window.c: enables what may be done now, and says why not of the rest. */
void guard_window_update_actions(GuardWindow *window);

/* Dialogs, one a file; each is modal and ends itself. */
void guard_enrol_dialog_show(GuardWindow *window);
void guard_step_dialog_show(GuardWindow *window, GuardStepKind kind);
void guard_publish_dialog_show(GuardWindow *window);
void guard_import_dialog_show(GuardWindow *window, const char *path);
/* files.c: ask for a file, then go on. */
void guard_files_import(GuardWindow *window);
void guard_files_export(GuardWindow *window);
/* @path is NULL where none was chosen. */
typedef void (*GuardFileChosen)(const char *path, gpointer user_data);
void guard_files_choose(GtkWindow *parent, GtkFileChooserAction action, const char *title,
                        const char *name, GuardFileChosen chosen, gpointer user_data);
/* print.c: "list", "card" or "issue-form"; onto paper, or into a PDF file. */
void guard_print(GuardWindow *window, const char *what, gboolean pdf);

/* widgets.c */
void guard_widgets_error(GtkWindow *parent, const char *title, const GError *error);
void guard_widgets_warn(GtkWindow *parent, const char *title, const char *text);
/* The dialog of ui/@name.ui over @window: Escape and "cancel" end it. Caller frees. */
GtkBuilder *guard_widgets_build(const char *name, GuardWindow *window);
/* A job of the dialog runs: it takes no input and stays until the job is over. */
void guard_widgets_enter(GtkWindow *dialog);
void guard_widgets_leave(GtkWindow *dialog);
void guard_widgets_show_lines(GtkListView *list, GtkStringList *lines);
/* NULL where nothing is written. Caller frees. */
char *guard_widgets_text(GtkEditable *editable);
void guard_widgets_set_accessible(gpointer widget, const char *name);
/* The level chosen; the drop-down has the three of secrets and "none", lowest last. */
void guard_widgets_fill_levels(GtkDropDown *drop);
GuardLevel guard_widgets_level(GtkDropDown *drop);
/* What was entered last in dialogs: group "publish", keys "key" … Caller frees; NULL: nothing. */
char *guard_widgets_recall(const char *key);
void guard_widgets_remember(const char *key, const char *value);

G_END_DECLS
