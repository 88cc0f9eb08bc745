/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is written about a drive, corrected: names, places, bindings, content. Level, status and
 * holder are steps of its life, and its hardware identity is what it is.
 */
#include <glib/gi18n-lib.h>

#include "station/column-words.h"
#include "station/window/form.h"
#include "station/window/words.h"

enum {
        NAME,
        MODEL,
        CUSTODIAN,
        DEPARTMENT,
        UNIT,
        IN_USE_DATE,
        CAPACITY,
        FS_UUIDS,
        PT_UUIDS,
        HOSTS,
        UNITS,
        USERS,
        NOTE,
        SHARED,
        REASON,
        N_FIELDS
};

#define LIST_HINT N_("Several are separated by commas; empty: any")

static const GuardFormField fields[N_FIELDS] = {
        [NAME] = {N_("N_ame:"), GUARD_FORM_TEXT, NULL, NULL},
        [MODEL] = {N_("_Model:"), GUARD_FORM_TEXT, NULL, NULL},
        [CUSTODIAN] = {N_("C_ustodian:"), GUARD_FORM_TEXT, NULL, NULL},
        [DEPARTMENT] = {N_("_Department:"), GUARD_FORM_TEXT, NULL, NULL},
        [UNIT] = {N_("Un_it:"), GUARD_FORM_TEXT, NULL, NULL},
        [IN_USE_DATE] = {N_("In use sinc_e:"), GUARD_FORM_TEXT, N_("A day, such as 2026-03-01"), NULL},
        [CAPACITY] = {N_("Ca_pacity:"), GUARD_FORM_TEXT, N_("Such as 32GB"), NULL},
        [FS_UUIDS] = {N_("_File system UUIDs:"), GUARD_FORM_TEXT, N_("Several are separated by commas"), NULL},
        [PT_UUIDS] = {N_("Partition ta_ble UUID:"), GUARD_FORM_TEXT, NULL, NULL},
        [HOSTS] = {N_("Only on _hosts:"), GUARD_FORM_TEXT, LIST_HINT, NULL},
        [UNITS] = {N_("On_ly in units:"), GUARD_FORM_TEXT, LIST_HINT, NULL},
        [USERS] = {N_("Only for acc_ounts:"), GUARD_FORM_TEXT, LIST_HINT, NULL},
        [NOTE] = {N_("No_te:"), GUARD_FORM_TEXT, NULL, NULL},
        [SHARED] = {N_("_Shared serial number: these are two drives"), GUARD_FORM_CHECK, NULL, NULL},
        [REASON] = {N_("_Reason:"), GUARD_FORM_TEXT, N_("Why this is changed; it is kept in the history"), NULL},
};

typedef struct {
        GuardDrive *drive;
        char *reason;
        gboolean shared;
} Input;

static void
input_free(gpointer data)
{
        Input *input = data;

        guard_drive_free(input->drive);
        g_free(input->reason);
        g_free(input);
}

static void
free_drive(gpointer drive)
{
        guard_drive_free(drive);
}

static void
take_text(GuardForm *form, guint field, char **text)
{
        g_free(*text);
        *text = guard_form_text(form, field);
}

static void
take_list(GuardForm *form, guint field, char ***list)
{
        g_strfreev(*list);
        *list = guard_form_list(form, field);
}

static void
take_ids(GuardForm *form, guint field, GuardIdType type, GuardDrive *drive)
{
        g_auto(GStrv) values = guard_form_list(form, field);

        for (guint i = drive->ids->len; i-- > 0;) {
                if (((const GuardDriveId *)g_ptr_array_index(drive->ids, i))->type == type)
                        g_ptr_array_remove_index(drive->ids, i);
        }
        for (guint i = 0; values != NULL && values[i] != NULL; i++)
                guard_drive_add_id(drive, type, values[i]);
}

static gpointer
collect(GuardForm *form, GError **error)
{
        g_autoptr(GuardDrive) drive = guard_drive_copy(guard_form_data(form));
        g_autofree char *capacity = guard_form_text(form, CAPACITY), *reason = NULL;
        g_autofree char *was = guard_words_size(drive->capacity);
        Input *input;

        take_text(form, NAME, &drive->name);
        take_text(form, MODEL, &drive->model);
        take_text(form, CUSTODIAN, &drive->custodian);
        take_text(form, DEPARTMENT, &drive->department);
        take_text(form, UNIT, &drive->unit);
        take_text(form, IN_USE_DATE, &drive->in_use_date);
        take_text(form, NOTE, &drive->note);
        take_list(form, HOSTS, &drive->hosts);
        take_list(form, UNITS, &drive->units);
        take_list(form, USERS, &drive->users);
        take_ids(form, FS_UUIDS, GUARD_ID_FS_UUID, drive);
        take_ids(form, PT_UUIDS, GUARD_ID_PT_UUID, drive);
        if (capacity == NULL) {
                drive->capacity = 0;
        } else if (g_strcmp0(capacity, was) != 0 && /* shown rounded: left alone, it stays exact */
                   !guard_words_capacity(capacity, &drive->capacity, &reason)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("Capacity '%s': %s"), capacity, reason);
                return NULL;
        }
        input = g_new0(Input, 1);
        input->drive = g_steal_pointer(&drive);
        input->reason = guard_form_text(form, REASON);
        input->shared = guard_form_choice(form, SHARED) != 0;
        return input;
}

static gpointer
edit(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data, GError **error)
{
        Input *input = data;
        GuardAct act = guard_desk_act(input->reason);

        (void)progress;
        (void)progress_data;
        return guard_station_edit(station, input->drive, input->shared, &act, NULL, error) ? GINT_TO_POINTER(1) : NULL;
}

static const GuardFormSpec spec = {
        .title = N_("Correct a drive's entry"),
        .ok = N_("Sa_ve"),
        .busy = N_("Writing …"),
        .fields = fields,
        .n_fields = N_FIELDS,
        .collect = collect,
        .work = edit,
        .free_input = input_free,
};

static void
show_ids(GuardForm *form, guint field, GuardIdType type, const GuardDrive *drive)
{
        g_autoptr(GPtrArray) values = guard_drive_id_values(drive, type);

        guard_form_set_list(form, field, (char **)values->pdata);
}

void
guard_edit_dialog_show(GuardWindow *window)
{
        const GuardDrive *drive = window->drive;
        g_autofree char *about = g_strdup_printf(_("Drive %s, %s, %s"), drive->media_id, guard_level_label(drive->level),
                                                 guard_status_label(drive->status));
        g_autofree char *capacity = guard_words_size(drive->capacity);
        GuardForm *form = guard_form_show(window, &spec, about, guard_drive_copy(drive), free_drive);

        guard_form_set_text(form, NAME, drive->name);
        guard_form_set_text(form, MODEL, drive->model);
        guard_form_set_text(form, CUSTODIAN, drive->custodian);
        guard_form_set_text(form, DEPARTMENT, drive->department);
        guard_form_set_text(form, UNIT, drive->unit);
        guard_form_set_text(form, IN_USE_DATE, drive->in_use_date);
        guard_form_set_text(form, CAPACITY, capacity);
        guard_form_set_text(form, NOTE, drive->note);
        guard_form_set_list(form, HOSTS, drive->hosts);
        guard_form_set_list(form, UNITS, drive->units);
        guard_form_set_list(form, USERS, drive->users);
        show_ids(form, FS_UUIDS, GUARD_ID_FS_UUID, drive);
        show_ids(form, PT_UUIDS, GUARD_ID_PT_UUID, drive);
}
