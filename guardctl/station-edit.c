/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `guardctl station edit`: what is written about a drive, corrected. What is not named stays.
 */
#include <glib/gi18n-lib.h>

#include "guardctl/station-drive.h"

typedef struct {
        char *dir, *reason;
        StationWritten written;
} Given;

static void
given_clear(Given *given)
{
        g_free(given->dir);
        g_free(given->reason);
        station_written_clear(&given->written);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

static int
edit(GuardctlContext *ctx, const Given *given, const char *media_id)
{
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardStation) station = station_open(given->dir, &error);
        g_autoptr(GuardDrive) drive =
                station != NULL ? guard_station_get(station, media_id, &error) : NULL;
        GuardAct act = station_act(given->reason);

        if (drive == NULL || !station_written_apply(&given->written, drive, &error) ||
            !guard_station_edit(station, drive, given->written.shared_serial, &act, warnings, &error))
                return guardctl_fail(ctx, error);
        station_tell_notes(ctx, warnings);
        return station_report_drive(ctx, station, media_id);
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
                STATION_WRITTEN_OPTIONS(&given.written),
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
