/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Small things that several dialogs need.
 */
#include <glib/gi18n-lib.h>

#include "station/window/window.h"
#include "station/window/words.h"

static void
tell(GtkWindow *parent, GtkMessageType type, const char *title, const char *text)
{
        GtkWidget *dialog = gtk_message_dialog_new(parent, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, type,
                                                   GTK_BUTTONS_CLOSE, "%s", title);

        gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s", text);
        g_signal_connect(dialog, "response", G_CALLBACK(gtk_window_destroy), NULL);
        gtk_window_present(GTK_WINDOW(dialog));
}

void
guard_widgets_error(GtkWindow *parent, const char *title, const GError *error)
{
        tell(parent, GTK_MESSAGE_ERROR, title, error->message);
}

void
guard_widgets_warn(GtkWindow *parent, const char *title, const char *text)
{
        tell(parent, GTK_MESSAGE_WARNING, title, text);
}

static gboolean
on_close(GtkWindow *dialog)
{
        return g_object_get_data(G_OBJECT(dialog), "job") != NULL;
}

GtkBuilder *
guard_widgets_build(const char *name, GuardWindow *window)
{
        g_autofree char *path = g_strdup_printf("/org/baomiguard/Station/ui/%s.ui", name);
        GtkBuilder *builder = gtk_builder_new_from_resource(path);
        GtkWindow *dialog = GTK_WINDOW(gtk_builder_get_object(builder, "dialog"));
        GtkEventController *keys = gtk_shortcut_controller_new();

        gtk_shortcut_controller_add_shortcut(
                GTK_SHORTCUT_CONTROLLER(keys),
                gtk_shortcut_new(gtk_keyval_trigger_new(GDK_KEY_Escape, 0), gtk_named_action_new("window.close")));
        gtk_widget_add_controller(GTK_WIDGET(dialog), keys);
        gtk_window_set_transient_for(dialog, GTK_WINDOW(window));
        g_signal_connect(dialog, "close-request", G_CALLBACK(on_close), NULL);
        g_signal_connect_swapped(gtk_builder_get_object(builder, "cancel"), "clicked", G_CALLBACK(gtk_window_close),
                                 dialog);
        return builder;
}

void
guard_widgets_enter(GtkWindow *dialog)
{
        g_object_set_data(G_OBJECT(dialog), "job", GINT_TO_POINTER(1));
        gtk_widget_set_sensitive(gtk_window_get_child(dialog), FALSE);
}

void
guard_widgets_leave(GtkWindow *dialog)
{
        g_object_set_data(G_OBJECT(dialog), "job", NULL);
        gtk_widget_set_sensitive(gtk_window_get_child(dialog), TRUE);
}

void
guard_widgets_problem(GtkLabel *problem, const char *text)
{
        gtk_label_set_text(problem, text);
        gtk_widget_set_visible(GTK_WIDGET(problem), TRUE);
}

static void
setup_line(GtkSignalListItemFactory *factory, GtkListItem *cell)
{
        GtkWidget *label = gtk_label_new(NULL);

        (void)factory;
        gtk_label_set_xalign(GTK_LABEL(label), 0);
        gtk_label_set_wrap(GTK_LABEL(label), TRUE);
        gtk_list_item_set_child(cell, label);
}

static void
bind_line(GtkSignalListItemFactory *factory, GtkListItem *cell)
{
        (void)factory;
        gtk_label_set_text(GTK_LABEL(gtk_list_item_get_child(cell)),
                           gtk_string_object_get_string(gtk_list_item_get_item(cell)));
}

void
guard_widgets_show_lines(GtkListView *list, GtkStringList *lines)
{
        GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
        g_autoptr(GtkNoSelection) model = gtk_no_selection_new(G_LIST_MODEL(g_object_ref(lines)));

        g_signal_connect(factory, "setup", G_CALLBACK(setup_line), NULL);
        g_signal_connect(factory, "bind", G_CALLBACK(bind_line), NULL);
        gtk_list_view_set_factory(list, factory);
        gtk_list_view_set_model(list, GTK_SELECTION_MODEL(model));
        g_object_unref(factory);
}

char *
guard_widgets_text(GtkEditable *editable)
{
        g_autofree char *text = g_strstrip(g_strdup(gtk_editable_get_text(editable)));

        return *text != '\0' ? g_steal_pointer(&text) : NULL;
}

void
guard_widgets_set_accessible(gpointer widget, const char *name)
{
        gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static const GuardLevel levels[] = {GUARD_LEVEL_CONFIDENTIAL, GUARD_LEVEL_SECRET,
                                    GUARD_LEVEL_TOP_SECRET, GUARD_LEVEL_NONE};

void
guard_widgets_fill_levels(GtkDropDown *drop)
{
        g_autoptr(GtkStringList) words = gtk_string_list_new(NULL);

        for (gsize i = 0; i < G_N_ELEMENTS(levels); i++)
                gtk_string_list_append(words, guard_level_label(levels[i]));
        gtk_drop_down_set_model(drop, G_LIST_MODEL(words));
}

GuardLevel
guard_widgets_level(GtkDropDown *drop)
{
        guint selected = gtk_drop_down_get_selected(drop);

        return selected < G_N_ELEMENTS(levels) ? levels[selected] : GUARD_LEVEL_UNKNOWN;
}

void
guard_widgets_set_level(GtkDropDown *drop, GuardLevel level)
{
        for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
                if (levels[i] == level)
                        gtk_drop_down_set_selected(drop, i);
        }
}

GtkWidget *
guard_widgets_label(const char *text, gboolean dim)
{
        GtkWidget *label = gtk_label_new(text);

        gtk_label_set_xalign(GTK_LABEL(label), 0);
        gtk_label_set_yalign(GTK_LABEL(label), 0);
        gtk_label_set_wrap(GTK_LABEL(label), TRUE);
        gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
        if (dim)
                gtk_widget_add_css_class(label, "dim-label");
        else
                gtk_label_set_selectable(GTK_LABEL(label), TRUE);
        return label;
}

/* What does not fit is read by pointing at it. Asked then, and not set with each text: that asks the
 * display where the pointer is, for every cell that scrolls by. */
static gboolean
on_tooltip(GtkLabel *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
        (void)x;
        (void)y;
        (void)keyboard;
        if (!pango_layout_is_ellipsized(gtk_label_get_layout(label)))
                return FALSE;
        gtk_tooltip_set_text(tooltip, gtk_label_get_text(label));
        return TRUE;
}

static void
setup_cell(GtkSignalListItemFactory *factory, GtkListItem *cell)
{
        GtkWidget *label = gtk_label_new(NULL);

        (void)factory;
        gtk_label_set_xalign(GTK_LABEL(label), 0);
        gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
        gtk_widget_set_has_tooltip(label, TRUE);
        g_signal_connect(label, "query-tooltip", G_CALLBACK(on_tooltip), NULL);
        gtk_list_item_set_child(cell, label);
}

GtkColumnViewColumn *
guard_widgets_add_column(GtkColumnView *view, const char *title, int width, GCallback bind, gpointer column)
{
        GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
        GtkColumnViewColumn *made = gtk_column_view_column_new(title, factory);

        g_signal_connect(factory, "setup", G_CALLBACK(setup_cell), NULL);
        g_signal_connect(factory, "bind", bind, column);
        gtk_column_view_column_set_resizable(made, TRUE);
        if (width > 0)
                gtk_column_view_column_set_fixed_width(made, width);
        else
                gtk_column_view_column_set_expand(made, TRUE);
        gtk_column_view_append_column(view, made);
        g_object_unref(made);
        return made;
}

void
guard_widgets_set_cell(GtkListItem *cell, const char *text)
{
        gtk_label_set_text(GTK_LABEL(gtk_list_item_get_child(cell)), text != NULL ? text : "");
}

void
guard_widgets_fill_fields(GtkGrid *grid, char *const *details)
{
        GtkWidget *child;

        while ((child = gtk_widget_get_first_child(GTK_WIDGET(grid))) != NULL)
                gtk_grid_remove(grid, child);
        for (int i = 0; details[2 * i] != NULL; i++) {
                GtkWidget *value = guard_widgets_label(details[2 * i + 1], FALSE);

                gtk_widget_set_hexpand(value, TRUE);
                gtk_widget_set_can_focus(value, FALSE);
                gtk_grid_attach(grid, guard_widgets_label(details[2 * i], TRUE), 0, i, 1, 1);
                gtk_grid_attach(grid, value, 1, i, 1, 1);
        }
}

void
guard_widgets_fill_records(GtkListBox *list, const GPtrArray *records)
{
        GtkWidget *child;

        while ((child = gtk_widget_get_first_child(GTK_WIDGET(list))) != NULL)
                gtk_list_box_remove(list, child);
        for (guint i = records->len; i-- > 0;) { /* the latest first */
                g_autofree char *text = guard_words_record(g_ptr_array_index(records, i));

                gtk_list_box_append(list, guard_widgets_label(text, FALSE));
        }
}

static char *
memory_path(void)
{
        return g_build_filename(g_get_user_config_dir(), "baomi-guard", "guard-station.ini", NULL);
}

char *
guard_widgets_recall(const char *key)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autofree char *path = memory_path();

        g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL);
        return g_key_file_get_string(file, "publish", key, NULL);
}

void
guard_widgets_remember(const char *key, const char *value)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autofree char *path = memory_path(), *dir = g_path_get_dirname(path);
        g_autoptr(GError) error = NULL;

        g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL);
        g_key_file_set_string(file, "publish", key, value);
        g_mkdir_with_parents(dir, 0700);
        if (!g_key_file_save_to_file(file, path, &error))
                g_warning("%s", error->message);
}
