/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station show`: one drive, whole.
 */
#include <glib/gi18n-lib.h>

#include "common/guard-text.h"
#include "guardctl/station.h"
#include "station/life.h"

#define LABEL_WIDTH 16

static void
put_ids(GuardctlContext *ctx, const GuardDrive *drive)
{
        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);
                g_autofree char *value =
                        id->weak ? g_strdup_printf(_("%s (weak: many drives share it)"), id->value)
                                 : NULL;

                guardctl_field(ctx, LABEL_WIDTH, guard_history_member_label(guard_id_type_to_string(id->type)),
                               id->weak ? GUARDCTL_CAUTION : GUARDCTL_PLAIN,
                               value != NULL ? value : id->value);
        }
}

static void
put_drive(GuardctlContext *ctx, const GuardDrive *drive)
{
        g_autofree char *enrolled = guard_time_format(drive->enrolled_us);
        g_autofree char *hosts = station_join(drive->hosts);
        g_autofree char *capacity = drive->capacity > 0 ? g_format_size(drive->capacity) : NULL;
        g_autofree char *when = drive->seen_us != 0 ? guard_time_format(drive->seen_us) : NULL;
        g_autofree char *seen =
                when != NULL ? g_strdup_printf("%s %s %s", when,
                                               drive->seen_host != NULL ? drive->seen_host : "",
                                               drive->seen_user != NULL ? drive->seen_user : "")
                             : NULL;
        g_autofree char *units = station_join(drive->units);
        g_autofree char *users = station_join(drive->users);
        const struct {
                const char *label, *value;
        } fields[] = {
                {_("Drive"), drive->media_id},
                {_("Level"), guard_level_label(drive->level)},
                {_("Status"), guard_status_label(drive->status)},
                {_("Holder"), drive->holder},
                {_("Due back"), drive->due_date},
                {_("Name"), drive->name},
                {_("Model"), drive->model},
                {_("Custodian"), drive->custodian},
                {_("Department"), drive->department},
                {_("Unit"), drive->unit},
                {_("In use since"), drive->in_use_date},
                {_("Capacity"), capacity},
                {_("Note"), drive->note},
                {_("Hosts"), hosts},
                {_("Units"), units},
                {_("Users"), users},
                {_("Enrolled"), enrolled},
                {_("Last seen"), seen},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
                guardctl_field(ctx, LABEL_WIDTH, fields[i].label, GUARDCTL_PLAIN, fields[i].value);
        put_ids(ctx, drive);
}

int
station_show(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {"station show", "MEDIA-ID",
                                            N_("One drive of the register."), 1, 1};
        g_autofree char *dir = NULL;
        const GOptionEntry entries[] = {STATION_DIR_OPTION(&dir), STATION_NO_MORE_OPTIONS};
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GuardDrive) drive = NULL;
        g_autoptr(JsonBuilder) builder = NULL;
        g_autoptr(GError) error = NULL;

        if (status != GUARDCTL_GO_ON)
                return status;
        station = station_open_for(dir, GUARD_DUTY_READ, &error);
        drive = station != NULL ? guard_station_get(station, argv[1], &error) : NULL;
        if (drive == NULL)
                return guardctl_fail(ctx, error);
        if (!ctx->json) {
                put_drive(ctx, drive);
                return GUARDCTL_DONE;
        }
        builder = json_builder_new();
        json_builder_begin_object(builder);
        station_add_drive(builder, drive);
        json_builder_end_object(builder);
        guardctl_print_builder(ctx, builder);
        return GUARDCTL_DONE;
}
