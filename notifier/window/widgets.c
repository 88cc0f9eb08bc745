/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all windows are made of.
 */
#include <glib/gi18n-lib.h>
#include "notifier/window/face.h"

const char *
guard_face_text(GVariant *content, const char *key)
{
        const char *text = "";

        g_variant_lookup(content, key, "&s", &text);
        return text;
}

guint
guard_face_number(GVariant *content, const char *key, guint otherwise)
{
        guint32 number = otherwise;

        g_variant_lookup(content, key, "u", &number);
        return number;
}

GtkWidget *
guard_face_label(const char *css, int chars)
{
        GtkWidget *label = gtk_label_new(NULL);

        gtk_label_set_xalign(GTK_LABEL(label), 0);
        if (chars > 0) {
                gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
                gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
                gtk_label_set_max_width_chars(GTK_LABEL(label), chars);
        }
#if PANGO_VERSION_CHECK(1, 44, 0)
        if (chars > 0) { /* a serial number has no hyphens that it did not come with */
                PangoAttrList *attributes = pango_attr_list_new();

                pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
                gtk_label_set_attributes(GTK_LABEL(label), attributes);
                pango_attr_list_unref(attributes);
        }
#endif
        if (css)
                gtk_style_context_add_class(gtk_widget_get_style_context(label), css);
        return label;
}

GtkWidget *
guard_face_button(const char *label, GCallback pressed, gpointer user_data)
{
        GtkWidget *button = gtk_button_new_with_mnemonic(label);

        g_signal_connect(button, "clicked", pressed, user_data);
        return button;
}

static gboolean
on_key(GtkWidget *window, GdkEventKey *event, gpointer user_data)
{
        (void)user_data;
        if (event->keyval != GDK_KEY_Escape)
                return FALSE;
        gtk_widget_destroy(window);
        return TRUE;
}

GtkWidget *
guard_face_window(const char *title, GtkWidget **box)
{
        GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);

        gtk_window_set_title(GTK_WINDOW(window), title);
        gtk_window_set_icon_name(GTK_WINDOW(window), "security-high");
        gtk_window_set_position(GTK_WINDOW(window), GTK_WIN_POS_CENTER);
        gtk_container_set_border_width(GTK_CONTAINER(window), 24);
        *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 16);
        gtk_container_add(GTK_CONTAINER(window), *box);
        g_signal_connect(window, "key-press-event", G_CALLBACK(on_key), NULL);
        g_signal_connect(window, "destroy", G_CALLBACK(guard_face_quit), NULL);
        return window;
}
