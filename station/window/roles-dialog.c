/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How roles are asked for in this register (三员分立): the system administrator's to say.
 */
#include <glib/gi18n-lib.h>

#include "station/window/form.h"

enum { MODE, REASON, N_FIELDS };

/* In the order of GuardRolesMode. */
static const char *const modes[] = {N_("off: whoever may write the file is the desk"),
                                    N_("on: by groups; root does what both administrators may"),
                                    N_("strict: by groups; root is a system administrator and no more"), NULL};
static const GuardFormField fields[N_FIELDS] = {
        [MODE] = {N_("Ro_les:"), GUARD_FORM_CHOICE, NULL, modes},
        [REASON] = {N_("_Reason:"), GUARD_FORM_TEXT, N_("Why this is changed; it is kept in the history"), NULL},
};

typedef struct {
        GuardRolesMode mode;
        char *reason;
} Input;

static void
input_free(gpointer data)
{
        g_free(((Input *)data)->reason);
        g_free(data);
}

static gpointer
collect(GuardForm *form, GError **error)
{
        Input *input = g_new0(Input, 1);

        (void)error;
        input->mode = (GuardRolesMode)guard_form_choice(form, MODE);
        input->reason = guard_form_text(form, REASON);
        return input;
}

static gpointer
set_roles(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data, GError **error)
{
        Input *input = data;
        GuardAct act = guard_desk_act(input->reason);

        (void)progress;
        (void)progress_data;
        return guard_station_set_roles(station, input->mode, &act, error) ? GINT_TO_POINTER(1) : NULL;
}

static const GuardFormSpec spec = {
        .title = N_("Roles at this register"),
        .ok = N_("_Set"),
        .busy = N_("Writing …"),
        .fields = fields,
        .n_fields = N_FIELDS,
        .collect = collect,
        .work = set_roles,
        .free_input = input_free,
};

void
guard_roles_dialog_show(GuardWindow *window)
{
        g_autofree char *about =
                g_strdup_printf(_("System administrators are the group %s, security administrators the group %s, "
                                  "auditors the group %s. An auditor may be in neither of the other two."),
                                GUARD_GROUP_ADMIN, GUARD_GROUP_SECURITY, GUARD_GROUP_AUDIT);
        GuardForm *form = guard_form_show(window, &spec, about, NULL, NULL);
        GuardRolesMode mode;

        if (guard_station_get_roles(guard_desk_station(window->desk), &mode, NULL))
                guard_form_set_choice(form, MODE, mode);
}
