/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One message and the record behind it, in words.
 */
#include <glib/gi18n-lib.h>
#include "notifier/window/face.h"

static struct {
        GtkWidget *window, *title, *body, *grid, *eject, *ask;
} w;

static void
on_button(GtkButton *button, gpointer user_data)
{
        (void)button;
        guard_face_say(user_data);
}

static void
on_close(GtkButton *button, gpointer user_data)
{
        (void)button, (void)user_data;
        gtk_widget_destroy(w.window);
}

static void
build(void)
{
        GtkWidget *box, *buttons = gtk_button_box_new(GTK_ORIENTATION_HORIZONTAL), *close;

        w.window = guard_face_window(_("Baomi Guard"), &box);
        w.title = guard_face_label("guard-title", 40);
        w.body = guard_face_label("guard-body", 48);
        gtk_label_set_selectable(GTK_LABEL(w.body), TRUE);
        w.grid = gtk_grid_new();
        gtk_grid_set_column_spacing(GTK_GRID(w.grid), 18);
        gtk_grid_set_row_spacing(GTK_GRID(w.grid), 6);
        gtk_button_box_set_layout(GTK_BUTTON_BOX(buttons), GTK_BUTTONBOX_END);
        gtk_box_set_spacing(GTK_BOX(buttons), 8);
        w.eject = guard_face_button(_("_Eject"), G_CALLBACK(on_button), (gpointer) "eject");
        gtk_widget_set_no_show_all(w.eject, TRUE);
        w.ask = guard_face_button(_("_Ask for permission…"), G_CALLBACK(on_button), (gpointer) "ask");
        gtk_widget_set_no_show_all(w.ask, TRUE);
        close = guard_face_button(_("_Close"), G_CALLBACK(on_close), NULL);
        gtk_container_add(GTK_CONTAINER(buttons), w.eject);
        gtk_container_add(GTK_CONTAINER(buttons), w.ask);
        gtk_container_add(GTK_CONTAINER(buttons), guard_face_button(_("My _history"), G_CALLBACK(on_button), (gpointer) "history"));
        gtk_container_add(GTK_CONTAINER(buttons), close);
        gtk_box_pack_start(GTK_BOX(box), w.title, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.body, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.grid, FALSE, FALSE, 0);
        gtk_box_pack_end(GTK_BOX(box), buttons, FALSE, FALSE, 0);
        gtk_widget_grab_focus(close);
}

static void
fill_rows(GVariant *content)
{
        g_autoptr(GVariant) rows = g_variant_lookup_value(content, "rows", G_VARIANT_TYPE("a(ss)"));
        const char *label, *value;
        GVariantIter iter;
        int row = 0;

        gtk_container_foreach(GTK_CONTAINER(w.grid), (GtkCallback)(void (*)(void))gtk_widget_destroy, NULL);
        if (!rows)
                return;
        g_variant_iter_init(&iter, rows);
        while (g_variant_iter_next(&iter, "(&s&s)", &label, &value)) {
                GtkWidget *left = guard_face_label("guard-quiet", 0), *right = guard_face_label(NULL, 40);

                gtk_label_set_text(GTK_LABEL(left), label);
                gtk_label_set_text(GTK_LABEL(right), value);
                gtk_label_set_selectable(GTK_LABEL(right), TRUE);
                gtk_widget_set_valign(left, GTK_ALIGN_START);
                gtk_grid_attach(GTK_GRID(w.grid), left, 0, row, 1, 1);
                gtk_grid_attach(GTK_GRID(w.grid), right, 1, row++, 1, 1);
        }
}

static void
update(GVariant *content)
{
        gboolean critical = FALSE, can_eject = FALSE, can_ask = FALSE;

        if (!w.window)
                build();
        g_variant_lookup(content, "critical", "b", &critical);
        g_variant_lookup(content, "eject", "b", &can_eject);
        g_variant_lookup(content, "ask", "b", &can_ask);
        gtk_label_set_text(GTK_LABEL(w.title), guard_face_text(content, "title"));
        gtk_label_set_text(GTK_LABEL(w.body), guard_face_text(content, "body"));
        if (critical)
                gtk_style_context_add_class(gtk_widget_get_style_context(w.title), "guard-critical");
        else
                gtk_style_context_remove_class(gtk_widget_get_style_context(w.title), "guard-critical");
        fill_rows(content);
        gtk_widget_set_visible(w.eject, can_eject);
        gtk_widget_set_visible(w.ask, can_ask);
        gtk_widget_show_all(w.window);
        gtk_window_present(GTK_WINDOW(w.window));
}

const GuardFace guard_face_details = {"details", update};
