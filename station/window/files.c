/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that people choose: spreadsheets in and out.
 */
#include <glib/gi18n-lib.h>

#include "station/import.h"
#include "station/window/window.h"

typedef struct {
        GuardFileChosen chosen;
        gpointer data;
} Choice;

static void
on_response(GtkNativeDialog *dialog, int response, Choice *choice)
{
        g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT
                                        ? gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog))
                                        : NULL;
        g_autofree char *path = file != NULL ? g_file_get_path(file) : NULL;

        choice->chosen(path, choice->data);
        g_free(choice);
        g_object_unref(dialog);
}

void
guard_files_choose(GtkWindow *parent, GtkFileChooserAction action, const char *title, const char *name,
                   GuardFileChosen chosen, gpointer user_data)
{
        GtkFileChooserNative *dialog = gtk_file_chooser_native_new(title, parent, action, NULL, NULL);
        Choice *choice = g_new0(Choice, 1);

        *choice = (Choice){chosen, user_data};
        gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
        if (name != NULL)
                gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(dialog), name);
        g_signal_connect(dialog, "response", G_CALLBACK(on_response), choice);
        gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static void
import_chosen(const char *path, gpointer window)
{
        if (path != NULL)
                guard_import_dialog_show(window, path);
}

void
guard_files_import(GuardWindow *window)
{
        guard_files_choose(GTK_WINDOW(window), GTK_FILE_CHOOSER_ACTION_OPEN, _("Import a spreadsheet (CSV)"),
                           NULL, import_chosen, window);
}

static gpointer
write_csv(GuardStation *station, gpointer path, GuardProgress progress, gpointer data, GError **error)
{
        GuardAct act = guard_desk_act(NULL);
        GuardExport how = {.path = path, .encoding = GUARD_CSV_UTF8_BOM, .progress = progress, .user_data = data};
        g_autofree guint64 *count = g_new0(guint64, 1);

        if (!guard_station_may(station, act.roles, GUARD_DUTY_READ, error) ||
            !guard_station_export_csv(station, &how, &act, count, error))
                return NULL;
        return g_steal_pointer(&count);
}

static void
on_exported(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autofree guint64 *count = guard_desk_finish(result, &error);

        (void)data;
        if (count == NULL)
                guard_widgets_error(GTK_WINDOW(source), _("The spreadsheet was not written"), error);
}

static void
export_chosen(const char *path, gpointer data)
{
        GuardWindow *window = data;

        if (path != NULL)
                guard_desk_run(window->desk, _("Writing the spreadsheet …"), write_csv, g_strdup(path), g_free, g_free,
                       window, on_exported, NULL);
}

void
guard_files_export(GuardWindow *window)
{
        guard_files_choose(GTK_WINDOW(window), GTK_FILE_CHOOSER_ACTION_SAVE, _("Export the register (CSV)"),
                           "register.csv", export_chosen, window);
}
