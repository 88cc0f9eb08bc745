/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The last minute before a lock, the last ones before a shutdown: large, on top, and every button by keyboard.
 */
#include <glib/gi18n-lib.h>
#include "notifier/text/message.h"
#include "notifier/window/face.h"

static struct {
        GtkWidget *window, *title, *bar, *error, *no_more, *ask, *minutes, *reason, *postpone;
        GuardCountdownKind kind;
        gint64 end_us;
        guint whole; /* seconds at the beginning, for the bar */
} w;

static guint
seconds_left(void)
{
        gint64 left = w.end_us - g_get_monotonic_time();

        return left > 0 ? (guint)((left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC) : 0;
}

static gboolean
on_second(gpointer user_data)
{
        guint left = seconds_left();
        g_autofree char *title = guard_countdown_title(w.kind, left);

        (void)user_data;
        gtk_label_set_text(GTK_LABEL(w.title), title);
        gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(w.bar), w.whole ? CLAMP((double)left / w.whole, 0, 1) : 0);
        return G_SOURCE_CONTINUE;
}

static void
on_say(GtkButton *button, gpointer user_data)
{
        (void)button;
        guard_face_say(user_data);
}

static void
on_here(GtkButton *button, gpointer user_data)
{
        (void)button, (void)user_data;
        guard_face_say("here");
        gtk_widget_destroy(w.window);
}

static char *
reason(void)
{
        return g_strstrip(g_strdup(gtk_entry_get_text(GTK_ENTRY(w.reason))));
}

static void
on_reason(GtkEditable *entry, gpointer user_data)
{
        g_autofree char *text = reason();

        (void)entry, (void)user_data;
        gtk_widget_set_sensitive(w.postpone, *text != '\0');
}

static void
on_postpone(GtkWidget *widget, gpointer user_data)
{
        g_autofree char *text = reason(), *line = NULL;
        const char *minutes = gtk_combo_box_get_active_id(GTK_COMBO_BOX(w.minutes));

        (void)widget, (void)user_data;
        if (*text == '\0' || !minutes)
                return;
        line = g_strdup_printf("postpone %s %s", minutes, text);
        guard_face_say(line);
}

static void
offer(guint minutes)
{
        g_autofree char *id = g_strdup_printf("%u", minutes);
        g_autofree char *text = g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "%u minute", "%u minutes", minutes), minutes);

        gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(w.minutes), id, text);
}

/* Nothing that guardd would refuse, and the most that it allows. */
static void
offer_minutes(guint max)
{
        static const guint choices[] = {15, 30, 60, 90, 120, 180, 240};
        guint last = 0;

        gtk_combo_box_text_remove_all(GTK_COMBO_BOX_TEXT(w.minutes));
        for (gsize i = 0; i < G_N_ELEMENTS(choices) && choices[i] <= max; i++)
                offer(last = choices[i]);
        if (max > last)
                offer(max);
        gtk_combo_box_set_active(GTK_COMBO_BOX(w.minutes), max >= 30 ? 1 : 0);
}

/* "Postpone by [30 minutes] because [          ] (Postpone)" */
static GtkWidget *
make_ask(void)
{
        GtkWidget *grid = gtk_grid_new(), *how_long = gtk_label_new_with_mnemonic(_("_How long")), *why = gtk_label_new_with_mnemonic(_("_Reason"));

        gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
        gtk_grid_set_row_spacing(GTK_GRID(grid), 8);
        w.minutes = gtk_combo_box_text_new();
        w.reason = gtk_entry_new();
        gtk_entry_set_max_length(GTK_ENTRY(w.reason), 200);
        gtk_entry_set_placeholder_text(GTK_ENTRY(w.reason), _("Why you have to work on; it is recorded"));
        gtk_widget_set_hexpand(w.reason, TRUE);
        w.postpone = guard_face_button(_("_Postpone"), G_CALLBACK(on_postpone), NULL);
        gtk_widget_set_sensitive(w.postpone, FALSE);
        gtk_label_set_mnemonic_widget(GTK_LABEL(how_long), w.minutes);
        gtk_label_set_mnemonic_widget(GTK_LABEL(why), w.reason);
        gtk_label_set_xalign(GTK_LABEL(how_long), 0);
        gtk_label_set_xalign(GTK_LABEL(why), 0);
        g_signal_connect(w.reason, "changed", G_CALLBACK(on_reason), NULL);
        g_signal_connect(w.reason, "activate", G_CALLBACK(on_postpone), NULL);
        gtk_grid_attach(GTK_GRID(grid), how_long, 0, 0, 1, 1);
        gtk_grid_attach(GTK_GRID(grid), w.minutes, 1, 0, 1, 1);
        gtk_grid_attach(GTK_GRID(grid), why, 0, 1, 1, 1);
        gtk_grid_attach(GTK_GRID(grid), w.reason, 1, 1, 1, 1);
        gtk_grid_attach(GTK_GRID(grid), w.postpone, 2, 1, 1, 1);
        return grid;
}

static GtkWidget *
make_buttons(void)
{
        GtkWidget *buttons = gtk_button_box_new(GTK_ORIENTATION_HORIZONTAL);
        GtkWidget *here = guard_face_button(w.kind == GUARD_COUNTDOWN_LOCK ? _("I am still _here") : _("_Close"), G_CALLBACK(on_here), NULL);

        gtk_button_box_set_layout(GTK_BUTTON_BOX(buttons), GTK_BUTTONBOX_END);
        gtk_box_set_spacing(GTK_BOX(buttons), 8);
        gtk_container_add(GTK_CONTAINER(buttons), guard_face_button(_("_Lock now"), G_CALLBACK(on_say), (gpointer) "lock"));
        gtk_container_add(GTK_CONTAINER(buttons), here);
        if (w.kind == GUARD_COUNTDOWN_LOCK)
                gtk_widget_grab_focus(here);
        return buttons;
}

static void
build(GVariant *content)
{
        guint idle = guard_face_number(content, "idle_seconds", 0) / 60;
        g_autofree char *text = guard_countdown_body(w.kind, idle);
        GtkWidget *box, *body = guard_face_label("guard-body", 44);

        w.window = guard_face_window(_("Baomi Guard"), &box);
        gtk_window_set_default_size(GTK_WINDOW(w.window), 680, -1);
        gtk_window_set_keep_above(GTK_WINDOW(w.window), TRUE);
        gtk_window_set_urgency_hint(GTK_WINDOW(w.window), TRUE);
        gtk_window_stick(GTK_WINDOW(w.window));
        w.title = guard_face_label("guard-huge", 24);
        w.bar = gtk_progress_bar_new();
        w.error = guard_face_label("guard-critical", 60);
        w.no_more = guard_face_label("guard-quiet", 60);
        w.ask = make_ask();
        gtk_label_set_text(GTK_LABEL(body), text);
        gtk_label_set_text(GTK_LABEL(w.no_more), _("It cannot be put off any more."));
        gtk_widget_set_no_show_all(w.error, TRUE);
        gtk_widget_set_no_show_all(w.no_more, TRUE);
        gtk_box_pack_start(GTK_BOX(box), w.title, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.bar, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), body, FALSE, FALSE, 0);
        if (w.kind == GUARD_COUNTDOWN_SHUTDOWN)
                gtk_box_pack_start(GTK_BOX(box), w.ask, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.no_more, FALSE, FALSE, 0);
        gtk_box_pack_start(GTK_BOX(box), w.error, FALSE, FALSE, 0);
        gtk_box_pack_end(GTK_BOX(box), make_buttons(), FALSE, FALSE, 0);
        g_timeout_add_seconds(1, on_second, NULL);
}

static void
update(GVariant *content)
{
        guint seconds = guard_face_number(content, "seconds", 0), left = guard_face_number(content, "postponements_left", 1);
        gboolean may_postpone = left > 0;
        const char *error = guard_face_text(content, "error");
        gboolean first = w.window == NULL;

        w.kind = g_str_equal(guard_face_text(content, "kind"), "lock") ? GUARD_COUNTDOWN_LOCK : GUARD_COUNTDOWN_SHUTDOWN;
        w.end_us = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
        w.whole = MAX(w.whole, seconds);
        if (first)
                build(content);
        if (w.kind == GUARD_COUNTDOWN_SHUTDOWN && (first || !*error))
                offer_minutes(guard_face_number(content, "max_minutes", 60));
        gtk_widget_set_sensitive(w.ask, may_postpone);
        gtk_widget_set_visible(w.no_more, w.kind == GUARD_COUNTDOWN_SHUTDOWN && !may_postpone);
        gtk_label_set_text(GTK_LABEL(w.error), error);
        gtk_widget_set_visible(w.error, *error != '\0');
        on_second(NULL);
        gtk_widget_show_all(w.window);
        if (first && w.kind == GUARD_COUNTDOWN_SHUTDOWN && may_postpone)
                gtk_widget_grab_focus(w.reason);
        gtk_window_present(GTK_WINDOW(w.window));
}

const GuardFace guard_face_countdown = {"countdown", update};
