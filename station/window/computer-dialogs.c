/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is done with computers: entered, corrected, taken out of use; their secret given out into a
 * file, once, or made anew. The secret itself is never shown.
 */
#include <string.h>
#include <glib/gi18n-lib.h>

#include "station/window/computers.h"
#include "station/window/form.h"

enum { HOST_ID, LEVEL, UNIT, ROOM, CUSTODIAN, ADDRESSES, KEYS, NOTE, REASON };

#define FIELDS                                                                                                         \
        [HOST_ID] = {N_("Com_puter:"), GUARD_FORM_TEXT, N_("Its host-id, as guardctl status shows it there"), NULL},   \
        [LEVEL] = {N_("_Level:"), GUARD_FORM_LEVEL, NULL, NULL}, [UNIT] = {N_("Un_it:"), GUARD_FORM_TEXT, NULL, NULL}, \
        [ROOM] = {N_("Roo_m:"), GUARD_FORM_TEXT, NULL, NULL},                                                          \
        [CUSTODIAN] = {N_("C_ustodian:"), GUARD_FORM_TEXT, NULL, NULL},                                                \
        [ADDRESSES] = {N_("_Addresses:"), GUARD_FORM_TEXT, N_("Several are separated by commas"), NULL},               \
        [KEYS] = {N_("_Keys:"), GUARD_FORM_TEXT, N_("Several are separated by commas"), NULL},                         \
        [NOTE] = {N_("No_te:"), GUARD_FORM_TEXT, NULL, NULL}

static const GuardFormField new_fields[] = {FIELDS};
static const GuardFormField edit_fields[] = {
        FIELDS,
        [REASON] = {N_("_Reason:"), GUARD_FORM_TEXT, N_("Why this is changed; it is kept in the history"), NULL},
};
static const GuardFormField reason_field[] = {
        {N_("_Reason:"), GUARD_FORM_TEXT, N_("Why this is changed; it is kept in the history"), NULL}};
static const GuardFormField file_field[] = {{N_("_File:"), GUARD_FORM_NEW_FILE, NULL, NULL}};

typedef struct {
        GuardComputer *computer;
        char *host_id, *reason, *path;
} Input;

static void
input_free(gpointer data)
{
        Input *input = data;

        guard_computer_free(input->computer);
        g_free(input->host_id);
        g_free(input->reason);
        g_free(input->path);
        g_free(input);
}

static Input *
take_fields(GuardForm *form)
{
        Input *input = g_new0(Input, 1);
        GuardComputer *computer = guard_computer_new();

        computer->host_id = guard_form_text(form, HOST_ID);
        computer->level = guard_form_level(form, LEVEL);
        computer->unit = guard_form_text(form, UNIT);
        computer->room = guard_form_text(form, ROOM);
        computer->custodian = guard_form_text(form, CUSTODIAN);
        computer->addresses = guard_form_list(form, ADDRESSES);
        computer->keys = guard_form_list(form, KEYS);
        computer->note = guard_form_text(form, NOTE);
        input->computer = computer;
        return input;
}

static gpointer
collect_new(GuardForm *form, GError **error)
{
        Input *input = take_fields(form);

        if (input->computer->host_id != NULL)
                return input;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("Computer: write its host-id, as guardctl status shows it on that machine"));
        input_free(input);
        return NULL;
}

static gpointer
collect_edit(GuardForm *form, GError **error)
{
        Input *input = take_fields(form);

        (void)error;
        g_free(input->computer->host_id);
        input->computer->host_id = g_strdup(guard_form_data(form));
        input->reason = guard_form_text(form, REASON);
        return input;
}

static gpointer
collect_reason(GuardForm *form, GError **error)
{
        Input *input = g_new0(Input, 1);

        (void)error;
        input->host_id = g_strdup(guard_form_data(form));
        input->reason = guard_form_text(form, 0);
        return input;
}

static gpointer
collect_file(GuardForm *form, GError **error)
{
        Input *input = g_new0(Input, 1);

        input->host_id = g_strdup(guard_form_data(form));
        input->path = guard_form_text(form, 0);
        if (input->path != NULL && g_path_is_absolute(input->path))
                return input;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("File: write where the secret is to go, from / on, or choose it with Browse"));
        input_free(input);
        return NULL;
}

#define WORK(name, call)                                                                                               \
        static gpointer name(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data,     \
                             GError **error)                                                                           \
        {                                                                                                              \
                Input *input = data;                                                                                   \
                GuardAct act = guard_desk_act(input->reason);                                                          \
                                                                                                                       \
                (void)progress;                                                                                        \
                (void)progress_data;                                                                                   \
                return call ? GINT_TO_POINTER(1) : NULL;                                                               \
        }
WORK(add, guard_station_add_computer(station, input->computer, &act, error))
WORK(edit, guard_station_edit_computer(station, input->computer, &act, error))
WORK(retire, guard_station_retire_computer(station, input->host_id, &act, error))
WORK(renew, guard_station_renew_secret(station, input->host_id, &act, error))
WORK(give_out, guard_station_export_secret(station, input->host_id, input->path, &act, error))

#define SPEC(name, the_title, the_ok, the_fields, the_collect, the_work, red)                                         \
        static const GuardFormSpec name = {.title = the_title,                                                        \
                                           .ok = the_ok,                                                              \
                                           .busy = N_("Writing …"),                                                   \
                                           .fields = the_fields,                                                      \
                                           .n_fields = G_N_ELEMENTS(the_fields),                                      \
                                           .destructive = red,                                                        \
                                           .collect = the_collect,                                                    \
                                           .work = the_work,                                                          \
                                           .free_input = input_free}
SPEC(edit_spec, N_("Correct a computer's entry"), N_("_Save"), edit_fields, collect_edit, edit, FALSE);
SPEC(retire_spec, N_("Take a computer out of use"), N_("_Take out of use"), reason_field, collect_reason, retire, TRUE);
SPEC(renew_spec, N_("Make a new secret"), N_("_Make it"), reason_field, collect_reason, renew, TRUE);
SPEC(secret_spec, N_("Give out a computer's secret"), N_("_Write it"), file_field, collect_file, give_out, FALSE);

static void show_secret(GuardWindow *window, const char *host_id);

/* It is worth nothing without its secret on the machine: that is the next thing to do. */
static void
added(GuardForm *form, gpointer result)
{
        g_autofree char *host_id = guard_form_text(form, HOST_ID);

        (void)result;
        show_secret(guard_form_owner(form), host_id);
}

static const GuardFormSpec add_spec = {.title = N_("Enter a computer"),
                                       .ok = N_("_Enter"),
                                       .busy = N_("Writing …"),
                                       .fields = new_fields,
                                       .n_fields = G_N_ELEMENTS(new_fields),
                                       .collect = collect_new,
                                       .work = add,
                                       .free_input = input_free,
                                       .done = added};

void
guard_computer_add_show(GuardWindow *window)
{
        guard_form_show(window, &add_spec, NULL, NULL, NULL);
}

void
guard_computer_edit_show(GuardWindow *window)
{
        const GuardComputer *computer = guard_computers_chosen(window);
        GuardForm *form = guard_form_show(window, &edit_spec, NULL, g_strdup(computer->host_id), g_free);

        guard_form_set_text(form, HOST_ID, computer->host_id);
        guard_form_fix(form, HOST_ID);
        guard_form_set_level(form, LEVEL, computer->level);
        guard_form_set_text(form, UNIT, computer->unit);
        guard_form_set_text(form, ROOM, computer->room);
        guard_form_set_text(form, CUSTODIAN, computer->custodian);
        guard_form_set_list(form, ADDRESSES, computer->addresses);
        guard_form_set_list(form, KEYS, computer->keys);
        guard_form_set_text(form, NOTE, computer->note);
}

static void
show_secret(GuardWindow *window, const char *host_id)
{
        g_autofree char *name = g_strconcat(host_id, ".secret", NULL);
        g_autofree char *path = g_build_filename(g_get_home_dir(), g_strdelimit(name, "/:", '-'), NULL);
        g_autofree char *about =
                g_strdup_printf(_("The secret of %s is written into a new file that only you can read, once. Carry the "
                                  "file to that computer, and delete it afterwards. The secret itself is not shown."),
                                host_id);
        GuardForm *form = guard_form_show(window, &secret_spec, about, g_strdup(host_id), g_free);

        guard_form_set_text(form, 0, path);
}

void
guard_computer_secret_show(GuardWindow *window)
{
        show_secret(window, guard_computers_chosen(window)->host_id);
}

void
guard_computer_renew_show(GuardWindow *window)
{
        const char *host_id = guard_computers_chosen(window)->host_id;
        g_autofree char *about = g_strdup_printf(_("The old secret of %s is worth nothing from then on; the new one has "
                                                   "to be given out again."),
                                                 host_id);

        guard_form_show(window, &renew_spec, about, g_strdup(host_id), g_free);
}

void
guard_computer_retire_show(GuardWindow *window)
{
        const char *host_id = guard_computers_chosen(window)->host_id;
        g_autofree char *about =
                g_strdup_printf(_("%s stays in the register as it is now; its secret is erased."), host_id);

        guard_form_show(window, &retire_spec, about, g_strdup(host_id), g_free);
}
