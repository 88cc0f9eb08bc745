/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is written about a drive, from the command line into the drive.
 */
#include <glib/gi18n-lib.h>

#include "guardctl/station-drive.h"
#include "station/column-words.h"

void
station_written_clear(StationWritten *w)
{
        char **texts[] = {&w->name,     &w->model,       &w->custodian, &w->department,
                          &w->own_unit, &w->in_use_date, &w->capacity,  &w->note};
        char ***lists[] = {&w->hosts, &w->units, &w->users, &w->fs_uuids, &w->pt_uuids};

        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
                g_clear_pointer(texts[i], g_free);
        for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
                g_clear_pointer(lists[i], g_strfreev);
}

void
station_replace_text(char **field, const char *text)
{
        if (text == NULL)
                return;
        g_free(*field);
        *field = *text != '\0' ? g_strdup(text) : NULL;
}

void
station_replace_list(char ***field, char **list)
{
        if (list == NULL)
                return;
        g_strfreev(*field);
        *field = list[0][0] != '\0' ? g_strdupv(list) : NULL;
}

static gboolean
replace_ids(GuardDrive *drive, GuardIdType type, char **values, GError **error)
{
        gboolean had = FALSE;

        if (values == NULL)
                return TRUE;
        for (guint i = drive->ids->len; i > 0; i--) {
                if (((const GuardDriveId *)g_ptr_array_index(drive->ids, i - 1))->type != type)
                        continue;
                g_ptr_array_remove_index(drive->ids, i - 1);
                had = TRUE;
        }
        for (; *values != NULL; values++) {
                if ((**values == '\0' && had) || guard_drive_add_id(drive, type, *values))
                        continue;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("--%s '%s' is empty"),
                            guard_id_type_to_string(type), *values);
                return FALSE;
        }
        return TRUE;
}

static gboolean
parse_capacity(const char *text, GuardDrive *drive, GError **error)
{
        g_autofree char *reason = NULL;

        if (text == NULL || guard_words_capacity(text, &drive->capacity, &reason))
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_USAGE, "--capacity '%s': %s", text, reason);
        return FALSE;
}

gboolean
station_written_apply(const StationWritten *w, GuardDrive *drive, GError **error)
{
        station_replace_text(&drive->name, w->name);
        station_replace_text(&drive->model, w->model);
        station_replace_text(&drive->custodian, w->custodian);
        station_replace_text(&drive->department, w->department);
        station_replace_text(&drive->unit, w->own_unit);
        station_replace_text(&drive->in_use_date, w->in_use_date);
        station_replace_text(&drive->note, w->note);
        station_replace_list(&drive->hosts, w->hosts);
        station_replace_list(&drive->units, w->units);
        station_replace_list(&drive->users, w->users);
        return parse_capacity(w->capacity, drive, error) &&
               replace_ids(drive, GUARD_ID_FS_UUID, w->fs_uuids, error) &&
               replace_ids(drive, GUARD_ID_PT_UUID, w->pt_uuids, error);
}

void
station_tell_notes(GuardctlContext *ctx, const GPtrArray *warnings)
{
        for (guint i = 0; i < warnings->len; i++)
                guardctl_warn(ctx, _("note: %s"), (const char *)g_ptr_array_index(warnings, i));
}
