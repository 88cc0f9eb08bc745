/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A form's widgets by its table. The job ends it, or its error stands below the fields, which stay.
 */
#include <glib/gi18n-lib.h>

#include "station/window/form.h"
#include "station/window/words.h"

#define ONE_COLUMN_MAX 10u /* more would not fit on a screen of 768 lines */

struct GuardForm {
        GuardWindow *owner;
        const GuardFormSpec *spec;
        GtkWindow *dialog;
        GtkLabel *problem;
        GtkWidget **fields;
        gpointer data;
        GDestroyNotify free_data;
};

static void
form_free(gpointer data)
{
        GuardForm *form = data;

        if (form->free_data != NULL)
                form->free_data(form->data);
        g_free(form->fields);
        g_free(form);
}

static void
on_done(GObject *source, GAsyncResult *result, gpointer data)
{
        GuardForm *form = data;
        g_autoptr(GError) error = NULL;
        gpointer answer = guard_desk_finish(result, &error);

        (void)source;
        guard_widgets_leave(form->dialog);
        if (answer == NULL) {
                guard_widgets_problem(form->problem, error->message);
                return;
        }
        guard_window_changed(form->owner);
        if (form->spec->done != NULL)
                form->spec->done(form, answer);
        if (form->spec->free_result != NULL)
                form->spec->free_result(answer);
        gtk_window_destroy(form->dialog);
}

static void
on_ok(GuardForm *form)
{
        g_autoptr(GError) error = NULL;
        gpointer input = form->spec->collect(form, &error);

        if (input == NULL) {
                guard_widgets_problem(form->problem, error->message);
                return;
        }
        gtk_widget_set_visible(GTK_WIDGET(form->problem), FALSE);
        guard_widgets_enter(form->dialog);
        guard_desk_run(form->owner->desk, _(form->spec->busy), form->spec->work, input,
                       form->spec->free_input, form->spec->free_result, form->owner, on_done, form);
}

static void
file_chosen(const char *path, gpointer entry)
{
        if (path != NULL)
                gtk_editable_set_text(entry, path);
}

static void
on_browse(GtkWidget *entry)
{
        GtkWindow *dialog = GTK_WINDOW(gtk_widget_get_root(entry));

        guard_files_choose(dialog, GTK_FILE_CHOOSER_ACTION_SAVE, gtk_window_get_title(dialog),
                           g_object_get_data(G_OBJECT(entry), "name"), file_chosen, entry);
}

static GtkWidget *
file_row(GtkWidget *entry)
{
        GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
        GtkWidget *browse = gtk_button_new_with_mnemonic(_("_Browse …"));

        gtk_widget_set_hexpand(entry, TRUE);
        gtk_box_append(GTK_BOX(row), entry);
        gtk_box_append(GTK_BOX(row), browse);
        g_signal_connect_swapped(browse, "clicked", G_CALLBACK(on_browse), entry);
        return row;
}

static GtkWidget *
make_choice(const GuardFormField *field)
{
        GtkWidget *drop = gtk_drop_down_new(NULL, NULL);
        g_autoptr(GtkStringList) words = gtk_string_list_new(NULL);

        if (field->kind == GUARD_FORM_LEVEL) {
                guard_widgets_fill_levels(GTK_DROP_DOWN(drop));
                return drop;
        }
        for (gsize i = 0; field->choices[i] != NULL; i++)
                gtk_string_list_append(words, _(field->choices[i]));
        gtk_drop_down_set_model(GTK_DROP_DOWN(drop), G_LIST_MODEL(words));
        return drop;
}

static GtkWidget *
make_field(const GuardFormField *field)
{
        GtkWidget *widget;

        switch (field->kind) {
        case GUARD_FORM_LEVEL:
        case GUARD_FORM_CHOICE: return make_choice(field);
        case GUARD_FORM_CHECK: return gtk_check_button_new_with_mnemonic(_(field->label));
        default: break;
        }
        widget = gtk_entry_new();
        gtk_entry_set_activates_default(GTK_ENTRY(widget), TRUE);
        gtk_widget_set_hexpand(widget, TRUE);
        if (field->hint != NULL) {
                gtk_entry_set_placeholder_text(GTK_ENTRY(widget), _(field->hint));
                gtk_widget_set_tooltip_text(widget, _(field->hint));
        }
        return widget;
}

static void
add_field(GuardForm *form, GtkGrid *grid, guint i)
{
        const GuardFormField *field = &form->spec->fields[i];
        guint rows = form->spec->n_fields > ONE_COLUMN_MAX ? (form->spec->n_fields + 1) / 2 : ONE_COLUMN_MAX;
        int column = (int)(i / rows * 2), row = (int)(i % rows);
        GtkWidget *widget = make_field(field), *label;

        form->fields[i] = widget;
        if (field->kind == GUARD_FORM_CHECK) {
                gtk_grid_attach(grid, widget, column + 1, row, 1, 1);
                return;
        }
        label = gtk_label_new_with_mnemonic(_(field->label));
        gtk_label_set_xalign(GTK_LABEL(label), 0);
        gtk_label_set_mnemonic_widget(GTK_LABEL(label), widget);
        gtk_grid_attach(grid, label, column, row, 1, 1);
        gtk_grid_attach(grid, field->kind == GUARD_FORM_NEW_FILE ? file_row(widget) : widget,
                        column + 1, row, 1, 1);
}

GuardForm *
guard_form_show(GuardWindow *window, const GuardFormSpec *spec, const char *about, gpointer data,
                GDestroyNotify free_data)
{
        g_autoptr(GtkBuilder) builder = guard_widgets_build("form-dialog", window);
        GuardForm *form = g_new0(GuardForm, 1);
        GtkWidget *ok = GTK_WIDGET(gtk_builder_get_object(builder, "ok"));

        form->owner = window;
        form->spec = spec;
        form->dialog = GTK_WINDOW(gtk_builder_get_object(builder, "dialog"));
        form->problem = GTK_LABEL(gtk_builder_get_object(builder, "problem"));
        form->fields = g_new0(GtkWidget *, spec->n_fields);
        form->data = data;
        form->free_data = free_data;
        for (guint i = 0; i < spec->n_fields; i++)
                add_field(form, GTK_GRID(gtk_builder_get_object(builder, "fields")), i);
        if (spec->n_fields > ONE_COLUMN_MAX)
                gtk_window_set_default_size(form->dialog, 900, -1);
        gtk_window_set_title(form->dialog, _(spec->title));
        gtk_button_set_label(GTK_BUTTON(ok), _(spec->ok));
        gtk_widget_add_css_class(ok, spec->destructive ? "destructive-action" : "suggested-action");
        if (about != NULL)
                gtk_label_set_text(GTK_LABEL(gtk_builder_get_object(builder, "about")), about);
        gtk_widget_set_visible(GTK_WIDGET(gtk_builder_get_object(builder, "about")), about != NULL);
        g_signal_connect_swapped(ok, "clicked", G_CALLBACK(on_ok), form);
        g_object_set_data_full(G_OBJECT(form->dialog), "form", form, form_free);
        gtk_window_present(form->dialog);
        return form;
}

gpointer
guard_form_data(GuardForm *form)
{
        return form->data;
}

GuardWindow *
guard_form_owner(GuardForm *form)
{
        return form->owner;
}

char *
guard_form_text(GuardForm *form, guint field)
{
        return guard_widgets_text(GTK_EDITABLE(form->fields[field]));
}

void
guard_form_set_text(GuardForm *form, guint field, const char *text)
{
        gtk_editable_set_text(GTK_EDITABLE(form->fields[field]), text != NULL ? text : "");
}

void
guard_form_fix(GuardForm *form, guint field)
{
        gtk_editable_set_editable(GTK_EDITABLE(form->fields[field]), FALSE);
        gtk_widget_set_can_focus(form->fields[field], FALSE);
}

guint
guard_form_choice(GuardForm *form, guint field)
{
        if (GTK_IS_CHECK_BUTTON(form->fields[field]))
                return gtk_check_button_get_active(GTK_CHECK_BUTTON(form->fields[field])) ? 1 : 0;
        return gtk_drop_down_get_selected(GTK_DROP_DOWN(form->fields[field]));
}

void
guard_form_set_choice(GuardForm *form, guint field, guint choice)
{
        gtk_drop_down_set_selected(GTK_DROP_DOWN(form->fields[field]), choice);
}

GuardLevel
guard_form_level(GuardForm *form, guint field)
{
        return guard_widgets_level(GTK_DROP_DOWN(form->fields[field]));
}

void
guard_form_set_level(GuardForm *form, guint field, GuardLevel level)
{
        guard_widgets_set_level(GTK_DROP_DOWN(form->fields[field]), level);
}

char **
guard_form_list(GuardForm *form, guint field)
{
        g_autofree char *text = guard_form_text(form, field);

        return guard_words_list(text);
}

void
guard_form_set_list(GuardForm *form, guint field, char *const *list)
{
        g_autofree char *text = list != NULL ? g_strjoinv(", ", (char **)list) : NULL;

        guard_form_set_text(form, field, text);
}
