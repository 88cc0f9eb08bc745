/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A hostile event log, taken in by a book with one lost drive in it. Whatever it says, it is either
 * taken in or refused with a reason, and the history stays whole.
 */
#include <stdint.h>
#include <stdlib.h>
#include <glib/gstdio.h>

#include "station/life.h"
#include "station/seen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *dir;

static void
clean(void)
{
        g_autofree char *command = g_strdup_printf("rm -rf '%s'", dir);

        if (!g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL))
                g_printerr("%s is left behind\n", dir);
}

static GuardStation *
book(void)
{
        static GuardStation *station;
        GuardAct act = {"fuzz", "fuzz", G_USEC_PER_SEC, 0};
        GuardStep lost = {.kind = GUARD_STEP_LOST, .media_id = "A"};
        g_autoptr(GuardDrive) drive = NULL;

        if (station != NULL)
                return station;
        dir = g_dir_make_tmp("fuzz-events-XXXXXX", NULL);
        g_assert_true(guard_station_init(dir, &act, NULL));
        station = guard_station_open(dir, NULL);
        drive = guard_drive_new();
        drive->media_id = g_strdup("A");
        drive->level = GUARD_LEVEL_SECRET;
        guard_drive_add_usb(drive, 0x0951, 0x1666, "60A44C413FAE");
        g_assert_true(guard_station_enrol(station, drive, FALSE, &act, NULL, NULL));
        g_assert_true(guard_station_step(station, &lost, &act, NULL));
        atexit(clean);
        return station;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        GuardStation *station = book();
        g_autofree char *path = g_build_filename(dir, "events", NULL);
        g_autoptr(GError) error = NULL;
        GuardAct act = {"fuzz", NULL, g_get_real_time(), 0};
        GuardSeenResult result;

        g_assert_true(g_file_set_contents(path, (const char *)data, (gssize)size, NULL));
        if (!guard_station_import_events(station, path, "pc-1", &act, NULL, NULL, &result, &error))
                g_assert_nonnull(error);
        g_assert_true(guard_station_verify(station, NULL, NULL));
        return 0;
}
