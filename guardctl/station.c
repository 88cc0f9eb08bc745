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
        {"set-level", station_set_level, N_("change a drive's level, or declassify it")},
        {"list", station_list, N_("every drive")},
        {"show", station_show, N_("one drive, whole")},
        {"history", station_history, N_("every change, with who, when and why")},
        {"publish", station_publish, N_("sign a snapshot for the workstations")},
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

GuardAct
station_act(const char *reason)
{
        return (GuardAct){g_get_user_name(), reason, g_get_real_time(), guard_roles_of_process()};
}

static void
add_list(JsonBuilder *builder, const char *name, char **list)
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
        g_autofree char *enrolled = guard_time_format(drive->enrolled_us);

        guardctl_json_string(builder, "media_id", drive->media_id);
        guardctl_json_string(builder, "level", guard_level_to_string(drive->level));
        guardctl_json_string(builder, "status", guard_status_to_string(drive->status));
        guardctl_json_string(builder, "name", drive->name);
        guardctl_json_string(builder, "model", drive->model);
        guardctl_json_string(builder, "custodian", drive->custodian);
        guardctl_json_string(builder, "note", drive->note);
        add_ids(builder, drive);
        add_list(builder, "hosts", drive->hosts);
        add_list(builder, "units", drive->units);
        add_list(builder, "users", drive->users);
        guardctl_json_string(builder, "enrolled", enrolled);
}

int
station_print_list(GuardctlContext *ctx, const char *dir, guint columns, const char *const *headers,
                   StationVisit visit, const char *argument)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardStation) station = station_open(dir, &error);
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
