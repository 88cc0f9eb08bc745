/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that people choose: spreadsheets, keys, papers.
 */
#include <glib/gi18n-lib.h>

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
