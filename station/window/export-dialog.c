/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The register as a spreadsheet: where to, in which encoding, with which names of columns.
 */
#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "station/import.h"
#include "station/window/form.h"

enum { PATH, ENCODING, NAMES, N_FIELDS };

/* In the order of GuardCsvEncoding. */
static const char *const encodings[] = {N_("UTF-8, as today's spreadsheet programs open it"), N_("UTF-8 without a mark"),
                                        N_("GB18030, for older Chinese programs"), NULL};
static const char *const names[] = {N_("in Chinese"), N_("in English"), NULL};
static const GuardFormField fields[N_FIELDS] = {
        [PATH] = {N_("_File:"), GUARD_FORM_NEW_FILE, NULL, NULL},
        [ENCODING] = {N_("_Encoding:"), GUARD_FORM_CHOICE, NULL, encodings},
        [NAMES] = {N_("Names of the co_lumns:"), GUARD_FORM_CHOICE, NULL, names},
};

static void
input_free(gpointer data)
{
        GuardExport *how = data;

        g_free((char *)how->path);
        g_free(how);
}

static gpointer
collect(GuardForm *form, GError **error)
{
        g_autofree char *path = guard_form_text(form, PATH);
        GuardExport *how;

        if (path == NULL || !g_path_is_absolute(path)) {
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                            _("File: write where the spreadsheet is to go, from / on, or choose it with Browse"));
                return NULL;
        }
        how = g_new0(GuardExport, 1);
        how->path = g_steal_pointer(&path);
        how->encoding = (GuardCsvEncoding)guard_form_choice(form, ENCODING);
        how->english = guard_form_choice(form, NAMES) == 1;
        return how;
}

static gpointer
write_csv(GuardStation *station, gpointer data, GuardProgress progress, gpointer progress_data, GError **error)
{
        GuardExport *how = data;
        GuardAct act = guard_desk_act(NULL);
        g_autofree guint64 *count = g_new0(guint64, 1);

        how->progress = progress;
        how->user_data = progress_data;
        if (!guard_station_may(station, act.roles, GUARD_DUTY_READ, error) ||
            !guard_station_export_csv(station, how, &act, count, error))
                return NULL;
        return g_steal_pointer(&count);
}

static void
done(GuardForm *form, gpointer count)
{
        GuardWindow *window = guard_form_owner(form);
        g_autofree char *path = guard_form_text(form, PATH), *encoding = g_strdup_printf("%u", guard_form_choice(form, ENCODING));
        g_autofree char *told = g_strdup_printf(_("%" PRIu64 " drives were written to %s"), *(guint64 *)count, path);

        guard_widgets_remember("csv-encoding", encoding);
        gtk_label_set_text(window->count, told);
}

static const GuardFormSpec spec = {
        .title = N_("Export the register (CSV)"),
        .ok = N_("E_xport"),
        .busy = N_("Writing the spreadsheet …"),
        .fields = fields,
        .n_fields = N_FIELDS,
        .collect = collect,
        .work = write_csv,
        .free_input = input_free,
        .free_result = g_free,
        .done = done,
};

void
guard_export_dialog_show(GuardWindow *window)
{
        const char *documents = g_get_user_special_dir(G_USER_DIRECTORY_DOCUMENTS);
        g_autofree char *path = g_build_filename(documents != NULL ? documents : g_get_home_dir(), "register.csv", NULL);
        g_autofree char *encoding = guard_widgets_recall("csv-encoding");
        GuardForm *form = guard_form_show(window, &spec, _("Every drive of the register is written, whatever the list shows."),
                                          NULL, NULL);

        guard_form_set_text(form, PATH, path);
        if (encoding != NULL)
                guard_form_set_choice(form, ENCODING, (guint)g_ascii_strtoull(encoding, NULL, 10) % GUARD_N_CSV_ENCODINGS);
}
