/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station`: the table of its verbs, and what they share.
 */
#include "guardctl/station.h"

#include <unistd.h>
#include <glib/gi18n-lib.h>

#include "common/guard-text.h"

static const GuardctlVerb station_verbs[] = {
        {"init", station_init, N_("make a register")},
        {"keygen", station_keygen, N_("make the desk's pair of keys")},
        {"enrol", station_enrol, N_("enter a drive")},
        {"issue", station_change, N_("hand a drive out")},
        {"return", station_change, N_("take a drive back, also from repair")},
        {"repair", station_change, N_("send a drive to repair")},
        {"lost", station_change,
         N_("a drive is reported lost: refused everywhere from the next snapshot on")},
        {"found", station_change, N_("a lost drive is back")},
        {"deregister", station_change, N_("take a drive out of use for good")},
        {"retire", station_change, N_("a drive is worn out")},
        {"destroy", station_change, N_("a drive was destroyed")},
        {"declassify", station_change, N_("a drive is no longer classified")},
        {"set-level", station_set_level, N_("change a drive's level")},
        {"mark", station_mark, N_("write the signed mark onto a drive that is plugged in")},
        {"edit", station_edit, N_("correct what is written about a drive")},
        {"list", station_list, N_("drives, filtered and sorted")},
        {"show", station_show, N_("one drive, whole")},
        {"history", station_history, N_("every change, with who, when and why")},
        {"verify", station_verify, N_("prove that no record of the history is missing or altered")},
        {"overdue", station_overdue, N_("drives that should be back")},
        {"not-seen", station_not_seen, N_("drives that nobody has seen for long")},
        {"stocktake", station_stocktake,
         N_("the yearly stock-take: begin, tick, status, missing, end")},
        {"host", station_host,
         N_("the register of computers: add, edit, list, show, secret, renew, retire")},
        {"import-csv", station_import_csv, N_("enter the drives of a spreadsheet")},
        {"export-csv", station_export_csv, N_("write the register as a spreadsheet")},
        {"import-events", station_import_events,
         N_("take in the event logs of workstations: when was which drive seen last")},
        {"cross-use", station_cross_use, N_("what was connected to classified computers and to others")},
        {"pending", station_pending, N_("what changed since the last snapshot")},
        {"publish", station_publish, N_("sign a snapshot for the workstations")},
        {"answer", station_answer, N_("answer a workstation's request for an exception")},
        {"roles", station_roles, N_("who may do what: show or set it")},
        {NULL, NULL, NULL},
};

int
guardctl_station(GuardctlContext *ctx, int argc, char **argv)
{
        return guardctl_dispatch(
                ctx, station_verbs, "station",
                _("Keeps the register of classified drives at the coordination group's desk."),
                argc, argv);
}

char *
station_dir(const char *dir)
{
        if (dir != NULL)
                return g_strdup(dir);
        return g_build_filename(g_get_user_data_dir(), "baomi-guard", "station", NULL);
}

GuardStation *
station_open(const char *dir, GError **error)
{
        g_autofree char *place = station_dir(dir);

        return guard_station_open(place, error);
}

/* Who became root is worth writing down; only root could lie about it. */
static const char *
who_acts(void)
{
        const char *sudo = geteuid() == 0 ? g_getenv("SUDO_USER") : NULL;
        g_autofree char *both = NULL;

        if (sudo == NULL || *sudo == '\0' || !g_utf8_validate(sudo, -1, NULL))
                return g_get_user_name();
        both = g_strdup_printf("%s (%s)", sudo, g_get_user_name());
        return g_intern_string(both);
}

GuardAct
station_act(const char *reason)
{
        return (GuardAct){who_acts(), reason, g_get_real_time(), guard_roles_of_process()};
}

GuardStation *
station_open_for(const char *dir, GuardDuty duty, GError **error)
{
        g_autoptr(GuardStation) station = station_open(dir, error);

        if (station == NULL || !guard_station_may(station, guard_roles_of_process(), duty, error))
                return NULL;
        return g_steal_pointer(&station);
}

int
station_start(GuardctlContext *ctx, const GuardctlUsage *usage, const GOptionEntry *entries, int *argc, char ***argv,
              char *const *dir, GuardDuty duty, GuardStation **station)
{
        int status = guardctl_parse(ctx, usage, entries, argc, argv);
        g_autoptr(GError) error = NULL;

        if (status != GUARDCTL_GO_ON)
                return status;
        *station = duty == GUARD_DUTY_EDIT ? station_open(*dir, &error) : station_open_for(*dir, duty, &error);
        return *station != NULL ? GUARDCTL_GO_ON : guardctl_fail(ctx, error);
}

char *
station_read_attribute(const char *folder, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        char *text = NULL;

        return g_file_get_contents(path, &text, NULL, NULL) ? g_strchomp(text) : NULL;
}

void
station_add_number(JsonBuilder *builder, const char *name, guint64 number)
{
        json_builder_set_member_name(builder, name);
        json_builder_add_int_value(builder, (gint64)number);
}

void
station_add_time(JsonBuilder *builder, const char *name, gint64 time_us)
{
        g_autofree char *time = time_us != 0 ? guard_time_format(time_us) : NULL;

        guardctl_json_string(builder, name, time);
}

void
station_add_list(JsonBuilder *builder, const char *name, char **list)
{
        json_builder_set_member_name(builder, name);
        json_builder_begin_array(builder);
        for (; list != NULL && *list != NULL; list++)
                json_builder_add_string_value(builder, *list);
        json_builder_end_array(builder);
}

static void
add_ids(JsonBuilder *builder, const GuardDrive *drive)
{
        json_builder_set_member_name(builder, "identifiers");
        json_builder_begin_array(builder);
        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                json_builder_begin_object(builder);
                guardctl_json_string(builder, "type", guard_id_type_to_string(id->type));
                guardctl_json_string(builder, "value", id->value);
                json_builder_set_member_name(builder, "weak");
                json_builder_add_boolean_value(builder, id->weak);
                json_builder_end_object(builder);
        }
        json_builder_end_array(builder);
}

void
station_add_drive(JsonBuilder *builder, const GuardDrive *drive)
{
        guardctl_json_string(builder, "media_id", drive->media_id);
        guardctl_json_string(builder, "level", guard_level_to_string(drive->level));
        guardctl_json_string(builder, "status", guard_status_to_string(drive->status));
        guardctl_json_string(builder, "name", drive->name);
        guardctl_json_string(builder, "model", drive->model);
        guardctl_json_string(builder, "custodian", drive->custodian);
        guardctl_json_string(builder, "note", drive->note);
        add_ids(builder, drive);
        station_add_list(builder, "hosts", drive->hosts);
        station_add_list(builder, "units", drive->units);
        station_add_list(builder, "users", drive->users);
        station_add_time(builder, "enrolled", drive->enrolled_us);
        guardctl_json_string(builder, "department", drive->department);
        guardctl_json_string(builder, "unit", drive->unit);
        guardctl_json_string(builder, "in_use_date", drive->in_use_date);
        station_add_number(builder, "capacity", drive->capacity);
        guardctl_json_string(builder, "holder", drive->holder);
        guardctl_json_string(builder, "due_date", drive->due_date);
        station_add_time(builder, "last_seen", drive->seen_us);
        guardctl_json_string(builder, "last_seen_host", drive->seen_host);
        guardctl_json_string(builder, "last_seen_user", drive->seen_user);
}

int
station_print_list(GuardctlContext *ctx, const char *dir, GuardDuty duty, guint columns,
                   const char *const *headers, StationVisit visit, gconstpointer argument)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardStation) station = station_open_for(dir, duty, &error);
        g_autoptr(GuardctlTable) table = guardctl_table_new(columns, headers);
        g_autoptr(JsonBuilder) builder = ctx->json ? json_builder_new() : NULL;

        if (station == NULL)
                return guardctl_fail(ctx, error);
        if (builder != NULL)
                json_builder_begin_array(builder);
        if (!visit(station, argument, builder, table, &error))
                return guardctl_fail(ctx, error);
        if (builder != NULL) {
                json_builder_end_array(builder);
                guardctl_print_builder(ctx, builder);
        } else {
                guardctl_table_print(ctx, table);
        }
        return GUARDCTL_DONE;
}

char *
station_join(char **list)
{
        return list != NULL && list[0] != NULL ? g_strjoinv(", ", list) : NULL;
}

void
station_progress(guint64 done, guint64 total, gpointer user_data)
{
        GuardctlContext *ctx = user_data;

        /* a short job needs no bar, a pipe must not get one */
        if (total < (8u << 20) || !isatty(fileno(ctx->err)))
                return;
        fprintf(ctx->err, "\r%3d %%", (int)(done * 100 / total));
        if (done >= total)
                fputs("\r      \r", ctx->err);
        fflush(ctx->err);
}
