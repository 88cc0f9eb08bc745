/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the tests of the desk's book share; see station-fixture.h.
 */
#include "station-fixture.h"

GuardAct
station_act(const char *reason)
{
        return (GuardAct){"tester", reason, T0, 0};
}

void
station_set_up(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        GuardAct a = station_act(NULL);

        (void)data;
        f->desk = desk_new(GUARD_ALGORITHM_ED25519);
        f->dir = g_build_filename(f->desk->dir, "station", NULL);
        guard_station_init(f->dir, &a, &error);
        g_assert_no_error(error);
}

void
station_tear_down(Fixture *f, gconstpointer data)
{
        (void)data;
        desk_free(f->desk);
        g_free(f->dir);
}

GuardStation *
station_open(Fixture *f)
{
        g_autoptr(GError) error = NULL;
        GuardStation *station = guard_station_open(f->dir, &error);

        g_assert_no_error(error);
        return station;
}

static GuardDrive *
make_drive(const char *media_id, GuardLevel level, guint16 product, const char *serial,
           const char *fs_uuid)
{
        GuardDrive *drive = guard_drive_new();

        drive->media_id = g_strdup(media_id);
        drive->level = level;
        drive->custodian = g_strdup("张三");
        if (serial != NULL)
                guard_drive_add_usb(drive, 0x0951, product, serial);
        if (fs_uuid != NULL)
                guard_drive_add_id(drive, GUARD_ID_FS_UUID, fs_uuid);
        return drive;
}

int
station_enrol(GuardStation *station, const char *media_id, guint16 product, const char *serial,
              const char *fs_uuid, gboolean shared, int code)
{
        g_autoptr(GuardDrive) drive =
                make_drive(media_id, GUARD_LEVEL_SECRET, product, serial, fs_uuid);
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        GuardAct a = station_act("new");

        if (guard_station_enrol(station, drive, shared, &a, warnings, &error)) {
                g_assert_cmpint(code, ==, 0);
                return (int)warnings->len;
        }
        g_assert_error(error, GUARD_ERROR, code);
        return -1;
}

GuardDrive *
station_get(GuardStation *station, const char *media_id)
{
        g_autoptr(GError) error = NULL;
        GuardDrive *drive = guard_station_get(station, media_id, &error);

        g_assert_no_error(error);
        return drive;
}

gboolean
station_change(GuardStation *station, const char *media_id, const char *action)
{
        GuardAct a = station_act("inspection");
        GuardStep step = {.media_id = media_id, .witness = "李四"};

        return guard_step_from_string(action, &step.kind) &&
               guard_station_step(station, &step, &a, NULL);
}

static void
count(const GuardHistory *record, gpointer user_data)
{
        g_assert_cmpstr(record->who, ==, "tester");
        (*(guint *)user_data)++;
}

guint
station_history(GuardStation *station, const char *media_id)
{
        g_autoptr(GError) error = NULL;
        guint n = 0;

        guard_station_history(station, media_id, count, &n, &error);
        g_assert_no_error(error);
        return n;
}

gboolean
station_publish_at(Fixture *f, GuardStation *station, gint64 now_us, guint days, GError **error)
{
        GuardAct a = {"tester", NULL, now_us, 0};
        GuardPublish publish = {.signing.key = f->desk->private_key, .output = f->desk->snapshot, .valid_days = (int)days};

        return guard_station_publish(station, &publish, &a, NULL, error);
}

void
station_publish(Fixture *f, GuardStation *station)
{
        g_autoptr(GError) error = NULL;

        station_publish_at(f, station, T0, 30, &error);
        g_assert_no_error(error);
}
