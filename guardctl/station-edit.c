/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station edit`: what is written about a drive, corrected. What is not named stays.
 */
#include <glib/gi18n-lib.h>

#include "guardctl/station.h"
#include "station/column-words.h"

typedef struct {
        char *dir, *reason, *name, *model, *custodian, *department, *own_unit, *in_use_date,
                *capacity, *note;
        char **hosts, **units, **users, **fs_uuids, **pt_uuids;
        gboolean shared_serial;
} Given;

static void
given_clear(Given *given)
{
        char **texts[] = {&given->dir,      &given->reason,      &given->name,
                          &given->model,    &given->custodian,   &given->department,
                          &given->own_unit, &given->in_use_date, &given->capacity,
                          &given->note};
        char ***lists[] = {&given->hosts, &given->units, &given->users, &given->fs_uuids,
                           &given->pt_uuids};

        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
                g_free(*texts[i]);
        for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
                g_strfreev(*lists[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

gboolean
station_parse_capacity(const char *text, GuardDrive *drive, GError **error)
{
        g_autofree char *reason = NULL;

        if (guard_words_capacity(text, &drive->capacity, &reason))
                return TRUE;
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_USAGE, "--capacity '%s': %s", text, reason);
        return FALSE;
}

/* "" takes away what was there. */
static void
replace_text(char **field, const char *text)
{
        if (text == NULL)
                return;
        g_free(*field);
        *field = *text != '\0' ? g_strdup(text) : NULL;
}

static void
replace_list(char ***field, char **list)
{
        if (list == NULL)
                return;
        g_strfreev(*field);
        *field = list[0][0] != '\0' ? g_strdupv(list) : NULL;
}

static gboolean
replace_ids(GuardDrive *drive, GuardIdType type, char **values, GError **error)
{
        if (values == NULL)
                return TRUE;
        for (guint i = drive->ids->len; i > 0; i--) {
                if (((const GuardDriveId *)g_ptr_array_index(drive->ids, i - 1))->type == type)
                        g_ptr_array_remove_index(drive->ids, i - 1);
        }
        for (; *values != NULL; values++) {
                if (**values == '\0' || guard_drive_add_id(drive, type, *values))
                        continue;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE, _("--%s '%s' is empty"),
                            guard_id_type_to_string(type), *values);
                return FALSE;
        }
        return TRUE;
}

static gboolean
apply(const Given *given, GuardDrive *drive, GError **error)
{
        replace_text(&drive->name, given->name);
        replace_text(&drive->model, given->model);
        replace_text(&drive->custodian, given->custodian);
        replace_text(&drive->department, given->department);
        replace_text(&drive->unit, given->own_unit);
        replace_text(&drive->in_use_date, given->in_use_date);
        replace_text(&drive->note, given->note);
        replace_list(&drive->hosts, given->hosts);
        replace_list(&drive->units, given->units);
        replace_list(&drive->users, given->users);
        return (given->capacity == NULL || station_parse_capacity(given->capacity, drive, error)) &&
               replace_ids(drive, GUARD_ID_FS_UUID, given->fs_uuids, error) &&
               replace_ids(drive, GUARD_ID_PT_UUID, given->pt_uuids, error);
}

static int
edit(GuardctlContext *ctx, const Given *given, const char *media_id)
{
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardStation) station = station_open(given->dir, &error);
        g_autoptr(GuardDrive) drive =
                station != NULL ? guard_station_get(station, media_id, &error) : NULL;
        GuardAct act = station_act(given->reason);

        if (drive == NULL || !apply(given, drive, &error) ||
            !guard_station_edit(station, drive, given->shared_serial, &act, warnings, &error))
                return guardctl_fail(ctx, error);
        for (guint i = 0; i < warnings->len; i++)
                guardctl_warn(ctx, _("note: %s"), (const char *)g_ptr_array_index(warnings, i));
        return station_report_drive(ctx, station, media_id);
}

#define TEXT(name, field, help, arg)                                                               \
        {                                                                                          \
                name, 0, 0, G_OPTION_ARG_STRING, &given.field, help, arg                           \
        }
#define LIST(name, field, help, arg)                                                               \
        {                                                                                          \
                name, 0, 0, G_OPTION_ARG_STRING_ARRAY, &given.field, help, arg                     \
        }

int
station_edit(GuardctlContext *ctx, int argc, char **argv)
{
        static const GuardctlUsage usage = {
                "station edit", "MEDIA-ID",
                N_("Corrects what is written about a drive. What is not named stays as it is; an "
                   "empty value takes away what was there."),
                1, 1};
        g_auto(Given) given = {0};
        const GOptionEntry entries[] = {
                STATION_DIR_OPTION(&given.dir),
                TEXT("name", name, N_("What people call it"), N_("TEXT")),
                TEXT("model", model, N_("Its make"), N_("TEXT")),
                TEXT("custodian", custodian, N_("Who answers for it; stays at the desk"),
                     N_("NAME")),
                TEXT("department", department, N_("Its department; stays at the desk"), N_("NAME")),
                TEXT("own-unit", own_unit, N_("The unit it belongs to; stays at the desk"),
                     N_("NAME")),
                TEXT("in-use-date", in_use_date, N_("Since when it is used, such as 2026-03-01"),
                     N_("DAY")),
                TEXT("capacity", capacity, N_("Such as 32GB"), N_("SIZE")),
                TEXT("note", note, N_("Anything else; stays at the desk"), N_("TEXT")),
                LIST("fs-uuid", fs_uuids, N_("A file system's UUID; once for each"), N_("U")),
                LIST("pt-uuid", pt_uuids, N_("The partition table's UUID"), N_("U")),
                LIST("host", hosts, N_("Only for this host; once for each"), N_("HOST-ID")),
                LIST("unit", units, N_("Only for this unit's hosts; once for each"), N_("UNIT")),
                LIST("user", users, N_("Only for this person's account; once for each"),
                     N_("ACCOUNT")),
                {"shared-serial", 0, 0, G_OPTION_ARG_NONE, &given.shared_serial,
                 N_("Another drive of the register truly has the same serial number"), NULL},
                STATION_REASON_OPTION(&given.reason),
                STATION_NO_MORE_OPTIONS,
        };
        int status = guardctl_parse(ctx, &usage, entries, &argc, &argv);

        if (status != GUARDCTL_GO_ON)
                return status;
        if (given.reason == NULL)
                return guardctl_usage_error(ctx, &usage, _("'%s' needs --reason TEXT"),
                                            usage.command);
        return edit(ctx, &given, argv[1]);
}
