/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A snapshot for the workstations: what it will say otherwise than the last one, with which key,
 * into which file. Files and days are those of the last time.
 */
#include <stdlib.h>
#include <glib/gi18n-lib.h>

#include "common/guard-names.h"
#include "station/pending.h"
#include "station/window/window.h"
#include "station/window/words.h"

#define CHANGES_MAX 2000 /* lines; the numbers above are of all */

typedef struct {
        GuardWindow *owner;
        GtkWindow *dialog;
        GtkWidget *ok;
        GtkLabel *summary, *problem;
        GtkListView *changes;
        GtkEditable *key, *passphrase, *output;
        GtkWidget *passphrase_label;
        GtkSpinButton *days;
} Dialog;

typedef struct {
        GuardPending pending;
        GPtrArray *lines; /* of char* */
} Changes;

typedef struct {
        char *key, *passphrase, *output;
        int days;
} Input;

static void
changes_free(gpointer data)
{
        Changes *changes = data;

        g_ptr_array_unref(changes->lines);
        g_free(changes);
}

static void
add_change(const GuardChange *change, gpointer data)
{
        Changes *changes = data;
        g_autofree char *text = guard_change_describe(change);

        if (changes->lines->len < CHANGES_MAX)
                g_ptr_array_add(changes->lines,
                                g_strdup_printf("%s  %s  %s", change->media_id, guard_change_label(change->kind), text));
}

static gpointer
find_changes(GuardStation *station, gpointer input, GuardProgress progress, gpointer data, GError **error)
{
        Changes *changes = g_new0(Changes, 1);

        (void)input;
        (void)progress;
        (void)data;
        changes->lines = g_ptr_array_new_with_free_func(g_free);
        if (guard_station_pending(station, &changes->pending, add_change, CHANGES_MAX, changes, error))
                return changes;
        changes_free(changes);
        return NULL;
}

static void
on_changes(GObject *source, GAsyncResult *result, gpointer data)
{
        Dialog *dialog = data;
        g_autoptr(GError) error = NULL;
        Changes *changes = guard_desk_finish(result, &error);
        g_autoptr(GtkStringList) lines = gtk_string_list_new(NULL);
        g_autofree char *summary = NULL;

        (void)source;
        guard_widgets_leave(dialog->dialog);
        if (changes == NULL) {
                guard_widgets_problem(dialog->problem, error->message);
                return;
        }
        for (guint i = 0; i < changes->lines->len; i++)
                gtk_string_list_append(lines, g_ptr_array_index(changes->lines, i));
        summary = guard_words_pending(&changes->pending);
        gtk_label_set_text(dialog->summary, summary);
        guard_widgets_show_lines(dialog->changes, lines);
        gtk_widget_grab_focus(GTK_WIDGET(gtk_widget_get_visible(GTK_WIDGET(dialog->passphrase)) ? dialog->passphrase : dialog->key));
        changes_free(changes);
}

static void
input_free(gpointer data)
{
        Input *input = data;

        g_free(input->key);
        guard_passphrase_free(input->passphrase);
        g_free(input->output);
        g_free(input);
}

/* What stood in the dialog; asked from the thread, which must not touch it. */
static char *
give_passphrase(const char *what, gpointer data, GError **error)
{
        const Input *input = data;

        if (*input->passphrase != '\0')
                return g_strdup(input->passphrase);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_DENIED, _("Enter the passphrase of %s"), what);
        return NULL;
}

/* The warnings. */
static gpointer
publish(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data, GError **error)
{
        Input *input = data;
        GuardAct act = guard_desk_act(NULL);
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        GuardPublish how = {.signing = {.key = input->key,
                                        .passphrase = {give_passphrase, input},
                                        .trusted_dir = GUARD_KEYS_DIR,
                                        .warnings = warnings},
                            .output = input->output,
                            .valid_days = input->days,
                            .progress = progress,
                            .user_data = progress_data};

        return guard_station_publish(station, &how, &act, NULL, error) ? g_steal_pointer(&warnings) : NULL;
}

static void
show_warnings(Dialog *dialog, GPtrArray *warnings)
{
        g_autofree char *text = NULL;

        if (warnings->len == 0)
                return;
        g_ptr_array_add(warnings, NULL);
        text = g_strjoinv("\n\n", (char **)warnings->pdata);
        guard_widgets_warn(GTK_WINDOW(dialog->owner), _("Published; but mind this"), text);
}

static void
on_published(GObject *source, GAsyncResult *result, gpointer data)
{
        Dialog *dialog = data;
        g_autoptr(GError) error = NULL;
        g_autofree char *days = NULL;
        g_autoptr(GPtrArray) warnings = guard_desk_finish(result, &error);

        (void)source;
        guard_widgets_leave(dialog->dialog);
        if (warnings == NULL) {
                guard_widgets_problem(dialog->problem, error->message);
                return;
        }
        days = g_strdup_printf("%d", gtk_spin_button_get_value_as_int(dialog->days));
        guard_widgets_remember("key", gtk_editable_get_text(dialog->key));
        guard_widgets_remember("output", gtk_editable_get_text(dialog->output));
        guard_widgets_remember("days", days);
        guard_window_changed(dialog->owner);
        show_warnings(dialog, warnings);
        gtk_window_destroy(dialog->dialog);
}

static void
on_ok(Dialog *dialog)
{
        Input *input = g_new0(Input, 1);

        input->key = g_strdup(gtk_editable_get_text(dialog->key));
        input->passphrase = g_strdup(gtk_editable_get_text(dialog->passphrase));
        input->output = g_strdup(gtk_editable_get_text(dialog->output));
        input->days = gtk_spin_button_get_value_as_int(dialog->days);
        guard_widgets_enter(dialog->dialog);
        guard_desk_run(dialog->owner->desk, _("Publishing …"), publish, input, input_free, (GDestroyNotify)g_ptr_array_unref, dialog->owner,
                       on_published, dialog);
}

static void
file_chosen(const char *path, gpointer entry)
{
        if (path != NULL)
                gtk_editable_set_text(entry, path);
}

static void
browse_key(Dialog *dialog)
{
        guard_files_choose(dialog->dialog, GTK_FILE_CHOOSER_ACTION_OPEN, _("The desk's private key"), NULL, file_chosen,
                           dialog->key);
}

static void
browse_output(Dialog *dialog)
{
        guard_files_choose(dialog->dialog, GTK_FILE_CHOOSER_ACTION_SAVE, _("The snapshot to make or replace"),
                           "registry.bgreg", file_chosen, dialog->output);
}

static void
update_ok(Dialog *dialog)
{
        gtk_widget_set_sensitive(dialog->ok, *gtk_editable_get_text(dialog->key) != '\0' &&
                                                     *gtk_editable_get_text(dialog->output) != '\0');
}

/* A field for the passphrase only where the key has one. */
static void
on_key(Dialog *dialog)
{
        gboolean needed = guard_key_needs_passphrase(gtk_editable_get_text(dialog->key));

        gtk_widget_set_visible(GTK_WIDGET(dialog->passphrase), needed);
        gtk_widget_set_visible(dialog->passphrase_label, needed);
        gtk_editable_set_text(dialog->passphrase, "");
        update_ok(dialog);
}

static void
recall(Dialog *dialog)
{
        g_autofree char *key = guard_widgets_recall("key"), *output = guard_widgets_recall("output");
        g_autofree char *days = guard_widgets_recall("days");

        gtk_editable_set_text(dialog->key, key != NULL ? key : "");
        gtk_editable_set_text(dialog->output, output != NULL ? output : "");
        if (days != NULL)
                gtk_spin_button_set_value(dialog->days, atoi(days));
        on_key(dialog);
}

void
guard_publish_dialog_show(GuardWindow *window)
{
        g_autoptr(GtkBuilder) builder = guard_widgets_build("publish-dialog", window);
        Dialog *dialog = g_new0(Dialog, 1);

        *dialog = (Dialog){.owner = window,
                           .dialog = GTK_WINDOW(gtk_builder_get_object(builder, "dialog")),
                           .ok = GTK_WIDGET(gtk_builder_get_object(builder, "ok")),
                           .summary = GTK_LABEL(gtk_builder_get_object(builder, "summary")),
                           .problem = GTK_LABEL(gtk_builder_get_object(builder, "problem")),
                           .changes = GTK_LIST_VIEW(gtk_builder_get_object(builder, "changes")),
                           .key = GTK_EDITABLE(gtk_builder_get_object(builder, "key")),
                           .passphrase = GTK_EDITABLE(gtk_builder_get_object(builder, "passphrase")),
                           .passphrase_label = GTK_WIDGET(gtk_builder_get_object(builder, "passphrase-label")),
                           .output = GTK_EDITABLE(gtk_builder_get_object(builder, "output")),
                           .days = GTK_SPIN_BUTTON(gtk_builder_get_object(builder, "days"))};
        gtk_label_set_text(dialog->summary, _("Looking for changes …"));
        guard_widgets_set_accessible(dialog->changes, _("Changes since the last snapshot"));
        recall(dialog);
        g_signal_connect_swapped(dialog->ok, "clicked", G_CALLBACK(on_ok), dialog);
        g_signal_connect_swapped(dialog->key, "changed", G_CALLBACK(on_key), dialog);
        g_signal_connect_swapped(dialog->output, "changed", G_CALLBACK(update_ok), dialog);
        g_signal_connect_swapped(gtk_builder_get_object(builder, "key-browse"), "clicked", G_CALLBACK(browse_key), dialog);
        g_signal_connect_swapped(gtk_builder_get_object(builder, "output-browse"), "clicked", G_CALLBACK(browse_output),
                                 dialog);
        g_object_set_data_full(G_OBJECT(dialog->dialog), "dialog", dialog, g_free);
        gtk_window_present(dialog->dialog);
        guard_widgets_enter(dialog->dialog);
        guard_desk_run(window->desk, _("Looking for changes …"), find_changes, NULL, NULL, changes_free, window, on_changes,
                       dialog);
}
