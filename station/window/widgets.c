/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Small things that several dialogs need.
 */
#include <glib/gi18n-lib.h>

#include "station/window/window.h"

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
