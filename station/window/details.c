/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One drive, whole: its fields, its history, and a button for each step of its life.
 */
#include <glib/gi18n-lib.h>

#include "station/window/window.h"
#include "station/window/words.h"

static void
add_record(const GuardHistory *record, gpointer records)
{
        g_ptr_array_add(records, guard_words_keep_record(record));
}

GPtrArray *
guard_window_records(GuardWindow *window, const char *media_id, const char *host_id)
{
        GPtrArray *records = g_ptr_array_new_with_free_func(g_free);
        GuardStation *station = guard_desk_station(window->desk);
        g_autoptr(GError) error = NULL;
        char *why = NULL;

        if (!guard_desk_may(window->desk, GUARD_DUTY_AUDIT, &why))
                g_ptr_array_add(records, why);
        else if (host_id != NULL ? !guard_station_computer_history(station, host_id, add_record, records, &error)
                                 : !guard_station_history(station, media_id, add_record, records, &error))
                g_ptr_array_add(records, g_strdup(error->message));
        return records;
}

static void
fill(GuardWindow *window)
{
        g_autofree char *heading =
                g_strdup_printf("%s  %s", window->drive->media_id, guard_level_label(window->drive->level));
        g_autoptr(GPtrArray) records = guard_window_records(window, window->drive->media_id, NULL);
        g_auto(GStrv) details = guard_words_details(window->drive);

        gtk_label_set_text(window->heading, heading);
        guard_widgets_fill_fields(window->fields, details);
        guard_widgets_fill_records(window->history, records);
}

void
guard_window_show_drive(GuardWindow *window, const char *media_id)
{
        gboolean may = guard_desk_may(window->desk, GUARD_DUTY_READ, NULL);
        GuardDrive *drive = may && media_id != NULL
                                    ? guard_station_get(guard_desk_station(window->desk), media_id, NULL)
                                    : NULL;

        guard_drive_free(window->drive);
        window->drive = drive;
        gtk_widget_set_visible(window->details, drive != NULL);
        if (drive != NULL)
                fill(window);
        guard_window_update_actions(window);
}
