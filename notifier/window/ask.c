/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asking the coordination group for an exception: first what is asked for, then the code to read to them and
 * their answer. Every step by keyboard.
 */
#include <glib/gi18n-lib.h>
#include "notifier/window/face.h"

static struct {
        GtkWidget *window, *title, *body, *error, *form, *length, *write, *reason, *next, *codes, *code, *answer, *enter, *close;
        char *contact, *host_id;
} w;

static const struct {
        const char *seconds, *label;
} lengths[] = {
        {"1800", N_("30 minutes")},
        {"3600", N_("1 hour")},
        {"7200", N_("2 hours")},
        {"28800", N_("8 hours")},
};

static char *
text_of(GtkWidget *entry)
{
        return g_strstrip(g_strdup(gtk_entry_get_text(GTK_ENTRY(entry))));
}

static void
clear_error(void)
{
        gtk_widget_hide(w.error);
}

static void
on_reason(GtkEditable *entry, gpointer user_data)
{
        g_autofree char *text = text_of(w.reason);

        (void)entry, (void)user_data;
        gtk_widget_set_sensitive(w.next, *text != '\0');
}

static void
on_next(GtkWidget *widget, gpointer user_data)
{
        g_autofree char *text = text_of(w.reason), *line = NULL;

        (void)widget, (void)user_data;
        if (*text == '\0')
                return;
        clear_error();
        line = g_strdup_printf("request %s %s %s", gtk_combo_box_get_active_id(GTK_COMBO_BOX(w.length)),
                               gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(w.write)) ? "read-write" : "read-only", text);
        guard_face_say(line);
}

static void
on_answer(GtkEditable *entry, gpointer user_data)
{
        g_autofree char *text = text_of(w.answer);

        (void)entry, (void)user_data;
        gtk_widget_set_sensitive(w.enter, *text != '\0');
}

static void
on_enter(GtkWidget *widget, gpointer user_data)
{
        g_autofree char *text = text_of(w.answer), *line = NULL;

        (void)widget, (void)user_data;
        if (*text == '\0')
                return;
        clear_error();
        line = g_strconcat("answer ", text, NULL);
        guard_face_say(line);
}

static void
on_close(GtkButton *button, gpointer user_data)
{
        (void)button, (void)user_data;
        gtk_widget_destroy(w.window);
}

static GtkWidget *
row(GtkWidget *grid, int at, const char *label, GtkWidget *widget)
{
        GtkWidget *name = gtk_label_new_with_mnemonic(label);

        gtk_label_set_xalign(GTK_LABEL(name), 0);
        gtk_label_set_mnemonic_widget(GTK_LABEL(name), widget);
        if (GTK_IS_ENTRY(widget)) /* GTK 3 tells a screen reader that there is a label, not what it says */
                atk_object_set_name(gtk_widget_get_accessible(widget), gtk_label_get_text(GTK_LABEL(name)));
        gtk_widget_set_hexpand(widget, TRUE);
        gtk_grid_attach(GTK_GRID(grid), name, 0, at, 1, 1);
        gtk_grid_attach(GTK_GRID(grid), widget, 1, at, 1, 1);
        return widget;
}

static GtkWidget *
new_grid(void)
{
        GtkWidget *grid = gtk_grid_new();

        gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
        gtk_grid_set_row_spacing(GTK_GRID(grid), 8);
        gtk_widget_set_no_show_all(grid, TRUE);
        return grid;
}

static GtkWidget *
make_form(void)
{
        GtkWidget *grid = new_grid();

        w.length = row(grid, 0, _("_For how long"), gtk_combo_box_text_new());
        for (gsize n = 0; n < G_N_ELEMENTS(lengths); n++)
                gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(w.length), lengths[n].seconds, _(lengths[n].label));
        gtk_combo_box_set_active(GTK_COMBO_BOX(w.length), 1);
        w.reason = row(grid, 1, _("_Reason"), gtk_entry_new());
        gtk_entry_set_max_length(GTK_ENTRY(w.reason), 200);
        gtk_entry_set_placeholder_text(GTK_ENTRY(w.reason), _("What it is needed for; it is recorded"));
        w.write = gtk_check_button_new_with_mnemonic(_("I have to _write to it, too"));
        gtk_grid_attach(GTK_GRID(grid), w.write, 1, 2, 1, 1);
        w.next = guard_face_button(_("_Get a code"), G_CALLBACK(on_next), NULL);
        gtk_widget_set_sensitive(w.next, FALSE);
        gtk_grid_attach(GTK_GRID(grid), w.next, 2, 1, 1, 1);
        g_signal_connect(w.reason, "changed", G_CALLBACK(on_reason), NULL);
        g_signal_connect(w.reason, "activate", G_CALLBACK(on_next), NULL);
        return grid;
}

static GtkWidget *
make_codes(void)
{
        GtkWidget *grid = new_grid();

        w.code = row(grid, 0, _("Read this out"), guard_face_label("guard-huge", 0));
        gtk_label_set_selectable(GTK_LABEL(w.code), TRUE);
        w.answer = row(grid, 1, _("Their _answer"), gtk_entry_new());
        gtk_entry_set_max_length(GTK_ENTRY(w.answer), 40);
        w.enter = guard_face_button(_("_Submit"), G_CALLBACK(on_enter), NULL);
        gtk_widget_set_sensitive(w.enter, FALSE);
        gtk_grid_attach(GTK_GRID(grid), w.enter, 2, 1, 1, 1);
        g_signal_connect(w.answer, "changed", G_CALLBACK(on_answer), NULL);
        g_signal_connect(w.answer, "activate", G_CALLBACK(on_enter), NULL);
        return grid;
}

static void
build(GVariant *content)
{
        GtkWidget *box, *buttons = gtk_button_box_new(GTK_ORIENTATION_HORIZONTAL);

        w.window = guard_face_window(_("Baomi Guard"), &box);
        gtk_window_set_default_size(GTK_WINDOW(w.window), 640, -1);
        w.contact = g_strdup(guard_face_text(content, "contact"));
        w.host_id = g_strdup(guard_face_text(content, "host_id"));
        w.title = guard_face_label("guard-title", 40);
        w.body = guard_face_label("guard-body", 52);
        w.error = guard_face_label("guard-critical", 56);
        gtk_widget_set_no_show_all(w.error, TRUE);
        w.form = make_form();
        w.codes = make_codes();
        gtk_button_box_set_layout(GTK_BUTTON_BOX(buttons), GTK_BUTTONBOX_END);
        w.close = guard_face_button(_("_Close"), G_CALLBACK(on_close), NULL);
        gtk_container_add(GTK_CONTAINER(buttons), w.close);
        gtk_box_pack_start(GTK_BOX(box), w.title, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.body, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.form, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.codes, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.error, FALSE, FALSE, 0);
        gtk_box_pack_end(GTK_BOX(box), buttons, FALSE, FALSE, 0);
        gtk_label_set_text(GTK_LABEL(w.title), guard_face_text(content, "title"));
}

/* Of the three steps, that one; NULL: none. @text is taken. */
static void
show_step(GtkWidget *step, char *text)
{
        GtkWidget *const steps[] = {w.form, w.codes};

        for (gsize n = 0; n < G_N_ELEMENTS(steps); n++) {
                gtk_widget_set_no_show_all(steps[n], steps[n] != step);
                gtk_widget_set_visible(steps[n], steps[n] == step);
        }
        gtk_label_set_text(GTK_LABEL(w.body), text);
        g_free(text);
        gtk_widget_show_all(w.window);
}

static void
update(GVariant *content)
{
        const char *code = guard_face_text(content, "code"), *error = guard_face_text(content, "error");
        gboolean first = w.window == NULL;

        if (first) {
                build(content);
                show_step(w.form, g_strdup_printf(_("%s can allow it for a time. Say what it is needed for; then there is a code to read to "
                                                    "them."),
                                                  w.contact));
                gtk_widget_grab_focus(w.reason);
        }
        if (*code) {
                gtk_label_set_text(GTK_LABEL(w.code), code);
                show_step(w.codes, g_strdup_printf(_("Call %1$s, tell them the number of this computer (%2$s) and this code, and enter what "
                                                     "they answer."),
                                                   w.contact, w.host_id));
                gtk_widget_grab_focus(w.answer);
        }
        if (*guard_face_text(content, "done")) {
                show_step(NULL, g_strdup(_("It is allowed, and can be used in a moment. It ends by itself.")));
                gtk_label_set_text(GTK_LABEL(w.title), _("Allowed for a time"));
                gtk_widget_grab_focus(w.close);
        }
        gtk_label_set_text(GTK_LABEL(w.error), error);
        gtk_widget_set_visible(w.error, *error != '\0');
        gtk_window_present(GTK_WINDOW(w.window));
}

const GuardFace guard_face_ask = {"ask", update};
