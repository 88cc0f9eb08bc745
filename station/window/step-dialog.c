/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One step of a drive's life. What is asked besides the reason stands in a table; whether the step
 * may be taken is the book's to say.
 */
#include <glib/gi18n-lib.h>

#include "station/window/window.h"

typedef struct {
        GuardWindow *owner;
        GtkWindow *dialog;
        GtkWidget *ok;
        GtkLabel *problem;
        GtkEditable *holder, *due, *by, *witness, *reason;
        GtkDropDown *level;
        GuardStepKind kind;
        char *media_id;
} Dialog;

typedef struct {
        GuardStep step;
        char *media_id, *holder, *due, *by, *witness, *reason;
} Input;

/* Fields by the id of their widget, and the steps that have them. */
static const struct {
        const char *id;
        guint steps;
} fields[] = {
        {"holder", 1u << GUARD_STEP_ISSUE | 1u << GUARD_STEP_REPAIR},
        {"due", 1u << GUARD_STEP_ISSUE},
        {"level", 1u << GUARD_STEP_SET_LEVEL},
        {"by", 1u << GUARD_STEP_DESTROY},
        {"witness", 1u << GUARD_STEP_DESTROY},
};

static void
input_free(gpointer data)
{
        Input *input = data;

        g_free(input->media_id);
        g_free(input->holder);
        g_free(input->due);
        g_free(input->by);
        g_free(input->witness);
        g_free(input->reason);
        g_free(input);
}

static gpointer
take_step(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data, GError **error)
{
        Input *input = data;
        GuardAct act = guard_desk_act(input->reason);

        (void)progress;
        (void)progress_data;
        return guard_station_step(station, &input->step, &act, error) ? GINT_TO_POINTER(1) : NULL;
}

static void
on_done(GObject *source, GAsyncResult *result, gpointer data)
{
        Dialog *dialog = data;
        g_autoptr(GError) error = NULL;

        (void)source;
        guard_widgets_leave(dialog->dialog);
        if (guard_desk_finish(result, &error) != NULL) {
                guard_window_changed(dialog->owner);
                gtk_window_destroy(dialog->dialog);
                return;
        }
        guard_widgets_problem(dialog->problem, error->message);
}

static void
on_ok(Dialog *dialog)
{
        Input *input = g_new0(Input, 1);

        input->media_id = g_strdup(dialog->media_id);
        input->holder = guard_widgets_text(dialog->holder);
        input->due = guard_widgets_text(dialog->due);
        input->by = guard_widgets_text(dialog->by);
        input->witness = guard_widgets_text(dialog->witness);
        input->reason = guard_widgets_text(dialog->reason);
        input->step = (GuardStep){dialog->kind,  input->media_id, guard_widgets_level(dialog->level),
                                  input->holder, input->due,      input->by,
                                  input->witness};
        guard_widgets_enter(dialog->dialog);
        guard_desk_run(dialog->owner->desk, _("Writing …"), take_step, input, input_free, NULL, dialog->owner,
                       on_done, dialog);
}

static void
dialog_free(gpointer data)
{
        Dialog *dialog = data;

        g_free(dialog->media_id);
        g_free(dialog);
}

static void
arrange(Dialog *dialog, GtkBuilder *builder)
{
        g_autofree char *about = g_strdup_printf("%s: %s", guard_step_label(dialog->kind), dialog->media_id);

        for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
                g_autofree char *label = g_strconcat(fields[i].id, "-label", NULL);
                gboolean has = (fields[i].steps >> dialog->kind & 1) != 0;

                gtk_widget_set_visible(GTK_WIDGET(gtk_builder_get_object(builder, fields[i].id)), has);
                gtk_widget_set_visible(GTK_WIDGET(gtk_builder_get_object(builder, label)), has);
        }
        gtk_label_set_text(GTK_LABEL(gtk_builder_get_object(builder, "about")), about);
        gtk_window_set_title(dialog->dialog, guard_step_label(dialog->kind));
        gtk_button_set_label(GTK_BUTTON(dialog->ok), guard_step_label(dialog->kind));
        if (dialog->kind == GUARD_STEP_DESTROY || dialog->kind == GUARD_STEP_LOST)
                gtk_widget_add_css_class(dialog->ok, "destructive-action");
}

void
guard_step_dialog_show(GuardWindow *window, GuardStepKind kind)
{
        g_autoptr(GtkBuilder) builder = guard_widgets_build("step-dialog", window);
        Dialog *dialog = g_new0(Dialog, 1);

        *dialog = (Dialog){window,
                           GTK_WINDOW(gtk_builder_get_object(builder, "dialog")),
                           GTK_WIDGET(gtk_builder_get_object(builder, "ok")),
                           GTK_LABEL(gtk_builder_get_object(builder, "problem")),
                           GTK_EDITABLE(gtk_builder_get_object(builder, "holder")),
                           GTK_EDITABLE(gtk_builder_get_object(builder, "due")),
                           GTK_EDITABLE(gtk_builder_get_object(builder, "by")),
                           GTK_EDITABLE(gtk_builder_get_object(builder, "witness")),
                           GTK_EDITABLE(gtk_builder_get_object(builder, "reason")),
                           GTK_DROP_DOWN(gtk_builder_get_object(builder, "level")),
                           kind,
                           g_strdup(window->drive->media_id)};
        guard_widgets_fill_levels(dialog->level);
        arrange(dialog, builder);
        g_signal_connect_swapped(dialog->ok, "clicked", G_CALLBACK(on_ok), dialog);
        g_object_set_data_full(G_OBJECT(dialog->dialog), "dialog", dialog, dialog_free);
        gtk_window_present(dialog->dialog);
}
