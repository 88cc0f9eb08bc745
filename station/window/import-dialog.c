/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A spreadsheet, judged before anything is entered: every bad row is shown with its reason, and only
 * the button enters what is good.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "station/import.h"
#include "station/window/window.h"
#include "station/window/words.h"

typedef struct {
        GuardWindow *owner;
        GtkWindow *dialog;
        GtkWidget *ok;
        GtkLabel *summary, *columns, *problem;
        GtkListView *faults;
        GtkCheckButton *skip;
        GuardImport *import; /* NULL until it was judged, and while a job has it */
        gboolean skip_bad;
} Dialog;

static gpointer
judge(GuardStation *station, gpointer path, GuardProgress progress, gpointer data, GError **error)
{
        GuardAct act = guard_desk_act(NULL);

        return guard_station_import_preview(station, path, &act, progress, data, error);
}

static void
free_import(gpointer import)
{
        guard_import_free(import);
}

static void
update_ok(Dialog *dialog)
{
        const GuardImportInfo *info = dialog->import != NULL ? guard_import_info(dialog->import) : NULL;
        gboolean skip = gtk_check_button_get_active(dialog->skip);

        gtk_widget_set_sensitive(dialog->ok, info != NULL && info->good > 0 && (info->bad == 0 || skip));
}

static void
show_import(Dialog *dialog)
{
        const GuardImportInfo *info = guard_import_info(dialog->import);
        g_autoptr(GtkStringList) lines = gtk_string_list_new(NULL);
        g_autofree char *summary = guard_words_import(info);
        g_autofree char *understood = g_strjoinv(", ", (char **)info->columns);
        g_autofree char *ignored = g_strjoinv(", ", (char **)info->ignored);
        g_autofree char *columns = g_strdup_printf(_("Encoding %s. Columns: %s. Not understood: %s."), info->encoding,
                                                   understood, *ignored != '\0' ? ignored : _("none"));

        for (guint i = 0; i < info->faults->len + info->notes->len; i++) {
                g_autofree char *line = guard_words_fault(
                        i < info->faults->len ? g_ptr_array_index(info->faults, i)
                                              : g_ptr_array_index(info->notes, i - info->faults->len));

                gtk_string_list_append(lines, line);
        }
        guard_widgets_show_lines(dialog->faults, lines);
        gtk_label_set_text(dialog->summary, summary);
        gtk_label_set_text(dialog->columns, columns);
        gtk_widget_set_visible(GTK_WIDGET(dialog->skip), info->bad > 0);
        update_ok(dialog);
}

static void
on_judged(GObject *source, GAsyncResult *result, gpointer data)
{
        Dialog *dialog = data;
        g_autoptr(GError) error = NULL;

        (void)source;
        dialog->import = guard_desk_finish(result, &error);
        if (dialog->import != NULL) {
                show_import(dialog);
        } else {
                gtk_label_set_text(dialog->summary, _("This file cannot be imported."));
                guard_widgets_problem(dialog->problem, error->message);
        }
        guard_widgets_leave(dialog->dialog);
}

static gpointer
enter(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data, GError **error)
{
        Dialog *dialog = data;
        GuardAct act = guard_desk_act(NULL);
        guint64 imported = 0;

        return guard_station_import_commit(station, dialog->import, dialog->skip_bad, &act, progress, progress_data,
                                           &imported, error)
                       ? GINT_TO_POINTER(1)
                       : NULL;
}

static void
on_entered(GObject *source, GAsyncResult *result, gpointer data)
{
        Dialog *dialog = data;
        g_autoptr(GError) error = NULL;
        gboolean done = guard_desk_finish(result, &error) != NULL;

        (void)source;
        if (done)
                guard_window_changed(dialog->owner);
        else
                guard_widgets_problem(dialog->problem, error->message);
        update_ok(dialog);
        guard_widgets_leave(dialog->dialog);
        if (done)
                gtk_window_destroy(dialog->dialog);
}

static void
on_ok(Dialog *dialog)
{
        dialog->skip_bad = gtk_check_button_get_active(dialog->skip);
        guard_widgets_enter(dialog->dialog);
        guard_desk_run(dialog->owner->desk, _("Entering the drives …"), enter, dialog, NULL, NULL, dialog->owner,
                       on_entered, dialog);
}

static void
dialog_free(gpointer data)
{
        Dialog *dialog = data;

        guard_import_free(dialog->import);
        g_free(dialog);
}

void
guard_import_dialog_show(GuardWindow *window, const char *path)
{
        g_autoptr(GtkBuilder) builder = guard_widgets_build("import-dialog", window);
        Dialog *dialog = g_new0(Dialog, 1);

        *dialog = (Dialog){.owner = window,
                           .dialog = GTK_WINDOW(gtk_builder_get_object(builder, "dialog")),
                           .ok = GTK_WIDGET(gtk_builder_get_object(builder, "ok")),
                           .summary = GTK_LABEL(gtk_builder_get_object(builder, "summary")),
                           .columns = GTK_LABEL(gtk_builder_get_object(builder, "columns")),
                           .problem = GTK_LABEL(gtk_builder_get_object(builder, "problem")),
                           .faults = GTK_LIST_VIEW(gtk_builder_get_object(builder, "faults")),
                           .skip = GTK_CHECK_BUTTON(gtk_builder_get_object(builder, "skip"))};
        gtk_label_set_text(dialog->summary, _("Reading the spreadsheet …"));
        guard_widgets_set_accessible(dialog->faults, _("Rows with something to know"));
        gtk_widget_set_visible(GTK_WIDGET(dialog->skip), FALSE);
        update_ok(dialog);
        g_signal_connect_swapped(dialog->ok, "clicked", G_CALLBACK(on_ok), dialog);
        g_signal_connect_swapped(dialog->skip, "toggled", G_CALLBACK(update_ok), dialog);
        g_object_set_data_full(G_OBJECT(dialog->dialog), "dialog", dialog, dialog_free);
        gtk_window_present(dialog->dialog);
        guard_widgets_enter(dialog->dialog);
        guard_desk_run(window->desk, _("Reading the spreadsheet …"), judge, g_strdup(path), g_free, free_import,
                       window, on_judged, dialog);
}
