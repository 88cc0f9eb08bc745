/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was connected here, newest first.
 */
#include <glib/gi18n-lib.h>
#include "notifier/window/face.h"

static struct {
        GtkWidget *window, *note, *empty, *scroll;
        GtkListStore *rows;
} w;

static void
on_close(GtkButton *button, gpointer user_data)
{
        (void)button, (void)user_data;
        gtk_widget_destroy(w.window);
}

static GtkWidget *
make_view(void)
{
        const char *const titles[] = {_("Time"), _("What happened"), _("Drive"), _("Why")};
        GtkWidget *view = gtk_tree_view_new_with_model(GTK_TREE_MODEL(w.rows));

        for (int i = 0; i < (int)G_N_ELEMENTS(titles); i++) {
                GtkCellRenderer *cell = gtk_cell_renderer_text_new();
                GtkTreeViewColumn *column = gtk_tree_view_column_new_with_attributes(titles[i], cell, "text", i, NULL);

                g_object_set(cell, "ypad", 5, "xpad", 6, NULL);
                if (i == 3)
                        g_object_set(cell, "wrap-mode", PANGO_WRAP_WORD_CHAR, "wrap-width", 320, NULL);
                gtk_tree_view_column_set_resizable(column, TRUE);
                gtk_tree_view_append_column(GTK_TREE_VIEW(view), column);
        }
        return view;
}

static void
build(void)
{
        GtkWidget *box, *buttons = gtk_button_box_new(GTK_ORIENTATION_HORIZONTAL);

        w.window = guard_face_window(_("What was connected to this computer"), &box);
        gtk_window_set_default_size(GTK_WINDOW(w.window), 860, 520);
        w.note = guard_face_label(NULL, 80);
        gtk_widget_set_no_show_all(w.note, TRUE);
        w.empty = guard_face_label("guard-body", 60);
        gtk_label_set_text(GTK_LABEL(w.empty), _("Nothing was connected in the last month."));
        gtk_widget_set_no_show_all(w.empty, TRUE);
        w.rows = gtk_list_store_new(4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
        w.scroll = gtk_scrolled_window_new(NULL, NULL);
        gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(w.scroll), GTK_SHADOW_IN);
        gtk_container_add(GTK_CONTAINER(w.scroll), make_view());
        gtk_button_box_set_layout(GTK_BUTTON_BOX(buttons), GTK_BUTTONBOX_END);
        gtk_container_add(GTK_CONTAINER(buttons), guard_face_button(_("_Close"), G_CALLBACK(on_close), NULL));
        gtk_box_pack_start(GTK_BOX(box), w.note, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.empty, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.scroll, TRUE, TRUE, 0);
        gtk_box_pack_end(GTK_BOX(box), buttons, FALSE, FALSE, 0);
}

static void
update(GVariant *content)
{
        g_autoptr(GVariant) rows = g_variant_lookup_value(content, "rows", G_VARIANT_TYPE("a(ssss)"));
        const char *when, *what, *drive, *why, *note = guard_face_text(content, "note");
        gsize n = rows ? g_variant_n_children(rows) : 0;

        if (!w.window)
                build();
        gtk_list_store_clear(w.rows);
        for (gsize i = 0; i < n; i++) {
                g_variant_get_child(rows, i, "(&s&s&s&s)", &when, &what, &drive, &why);
                gtk_list_store_insert_with_values(w.rows, NULL, -1, 0, when, 1, what, 2, drive, 3, why, -1);
        }
        gtk_label_set_text(GTK_LABEL(w.note), note);
        gtk_widget_set_visible(w.note, *note != '\0');
        gtk_widget_set_visible(w.empty, n == 0);
        gtk_widget_show_all(w.window);
        gtk_window_present(GTK_WINDOW(w.window));
}

const GuardFace guard_face_history = {"history", update};
