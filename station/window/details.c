/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One drive, whole: its fields, its history, and a button for each step of its life.
 */
#include <glib/gi18n-lib.h>

#include "station/window/window.h"
#include "station/window/words.h"

static void
add_record(const GuardHistory *record, gpointer data)
{
        g_autofree char *time = guard_words_time(record->time_us);

        g_ptr_array_add(data, g_strdup_printf("%s\t%s\t%s\t%s", time, guard_words_action(record->action),
                                              record->who != NULL ? record->who : "",
                                              record->reason != NULL ? record->reason : ""));
}

GPtrArray *
guard_window_records(GuardWindow *window, const char *media_id)
{
        GPtrArray *records = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        g_autofree char *why = NULL;

        if (!guard_desk_may(window->desk, GUARD_DUTY_AUDIT, &why))
                g_ptr_array_add(records, g_strdup_printf("%s\t\t\t", why));
        else if (!guard_station_history(guard_desk_station(window->desk), media_id, add_record, records, &error))
                g_ptr_array_add(records, g_strdup_printf("%s\t\t\t", error->message));
        return records;
}

static GtkWidget *
text_label(const char *text, gboolean dim)
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

static void
fill_fields(GuardWindow *window)
{
        g_auto(GStrv) details = guard_words_details(window->drive);
        GtkWidget *child;

        while ((child = gtk_widget_get_first_child(GTK_WIDGET(window->fields))) != NULL)
                gtk_grid_remove(window->fields, child);
        for (int i = 0; details[2 * i] != NULL; i++) {
                GtkWidget *value = text_label(details[2 * i + 1], FALSE);

                gtk_widget_set_hexpand(value, TRUE);
                gtk_widget_set_can_focus(value, FALSE);
                gtk_grid_attach(window->fields, text_label(details[2 * i], TRUE), 0, i, 1, 1);
                gtk_grid_attach(window->fields, value, 1, i, 1, 1);
        }
}

static void
fill_history(GuardWindow *window)
{
        g_autoptr(GPtrArray) records = guard_window_records(window, window->drive->media_id);
        GtkWidget *child;

        while ((child = gtk_widget_get_first_child(GTK_WIDGET(window->history))) != NULL)
                gtk_list_box_remove(window->history, child);
        for (guint i = records->len; i-- > 0;) { /* the latest first */
                g_auto(GStrv) parts = g_strsplit(g_ptr_array_index(records, i), "\t", 4);
                g_autofree char *text = g_strdup_printf("%s  %s  %s%s%s", parts[0], parts[1], parts[2],
                                                        *parts[3] != '\0' ? "\n" : "", parts[3]);

                gtk_list_box_append(window->history, text_label(text, FALSE));
        }
}

void
guard_window_show_drive(GuardWindow *window, const char *media_id)
{
        GuardDrive *drive = media_id != NULL
                                    ? guard_station_get(guard_desk_station(window->desk), media_id, NULL)
                                    : NULL;

        guard_drive_free(window->drive);
        window->drive = drive;
        gtk_widget_set_visible(window->details, drive != NULL);
        if (drive != NULL) {
                g_autofree char *heading = g_strdup_printf("%s  %s", drive->media_id, guard_level_label(drive->level));

                gtk_label_set_text(window->heading, heading);
                fill_fields(window);
                fill_history(window);
        }
        guard_window_update_actions(window);
}
