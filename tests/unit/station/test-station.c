/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The desk's book: enrolling, weak identifiers, the life of a drive, its history, publishing; then
 * what a workstation makes of it. kill -9 at every step, and two who write at once.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#include "crash.h"
#include "desk.h"
#include "station/station.h"

typedef struct {
        Desk *desk; /* keys, and the workstation's side */
        char *dir;
} Fixture;

static GuardAct
act(const char *reason)
{
        return (GuardAct){"tester", reason, T0};
}

static void
set_up(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        GuardAct a = act(NULL);

        (void)data;
        f->desk = desk_new(GUARD_ALGORITHM_ED25519);
        f->dir = g_build_filename(f->desk->dir, "station", NULL);
        guard_station_init(f->dir, &a, &error);
        g_assert_no_error(error);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
        (void)data;
        desk_free(f->desk);
        g_free(f->dir);
}

static GuardStation *
open_station(Fixture *f)
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

/* Warnings are counted; -1: refused with @code. */
static int
enrol(GuardStation *station, const char *media_id, guint16 product, const char *serial,
      const char *fs_uuid, gboolean shared, int code)
{
        g_autoptr(GuardDrive) drive =
                make_drive(media_id, GUARD_LEVEL_SECRET, product, serial, fs_uuid);
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        GuardAct a = act("new");

        if (guard_station_enrol(station, drive, shared, &a, warnings, &error)) {
                g_assert_cmpint(code, ==, 0);
                return (int)warnings->len;
        }
        g_assert_error(error, GUARD_ERROR, code);
        return -1;
}

static GuardDrive *
get(GuardStation *station, const char *media_id)
{
        g_autoptr(GError) error = NULL;
        GuardDrive *drive = guard_station_get(station, media_id, &error);

        g_assert_no_error(error);
        return drive;
}

static gboolean
is_weak(GuardStation *station, const char *media_id, GuardIdType type)
{
        g_autoptr(GuardDrive) drive = get(station, media_id);

        for (guint i = 0; i < drive->ids->len; i++) {
                const GuardDriveId *id = g_ptr_array_index(drive->ids, i);

                if (id->type == type)
                        return id->weak;
        }
        g_error("%s has no %s", media_id, guard_id_type_to_string(type));
}

static gboolean
change(GuardStation *station, const char *media_id, const char *action)
{
        GuardAct a = act("inspection");

        return guard_station_change(station, media_id, action, &a, NULL);
}

static void
count(const GuardHistory *record, gpointer user_data)
{
        g_assert_cmpstr(record->who, ==, "tester");
        (*(guint *)user_data)++;
}

static guint
history(GuardStation *station, const char *media_id)
{
        g_autoptr(GError) error = NULL;
        guint n = 0;

        guard_station_history(station, media_id, count, &n, &error);
        g_assert_no_error(error);
        return n;
}

static void
test_enrol(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = open_station(f);
        g_autoptr(GuardDrive) drive = NULL;

        (void)data;
        g_assert_cmpint(enrol(station, "LY-001", 1, " 60a44c413fae ", "5a3c-91f0", FALSE, 0), ==,
                        0);
        drive = get(station, "LY-001");
        g_assert_cmpint(drive->level, ==, GUARD_LEVEL_SECRET);
        g_assert_cmpint(drive->status, ==, GUARD_STATUS_IN_USE);
        g_assert_cmpstr(drive->custodian, ==, "张三");
        g_assert_cmpuint(drive->ids->len, ==, 3);
        g_assert_cmpuint(history(station, "LY-001"), ==, 1);
        /* twice the same number, twice the same drive */
        g_assert_cmpint(
                enrol(station, "LY-001", 2, "OTHER-SERIAL", NULL, FALSE, GUARD_ERROR_EXISTS), ==,
                -1);
        g_assert_cmpint(
                enrol(station, "LY-002", 1, "60A44C413FAE", NULL, FALSE, GUARD_ERROR_EXISTS), ==,
                -1);
        /* nothing to be recognised by; a name that breaks lines */
        g_assert_cmpint(enrol(station, "LY-003", 1, "", NULL, FALSE, GUARD_ERROR_INVALID_VALUE), ==,
                        -1);
        g_assert_cmpint(
                enrol(station, "LY\n4", 1, "ABC123XYZ", NULL, FALSE, GUARD_ERROR_INVALID_VALUE), ==,
                -1);
        g_assert_cmpint(enrol(station, "", 1, "ABC123XYZ", NULL, FALSE, GUARD_ERROR_INVALID_VALUE),
                        ==, -1);
        g_assert_cmpuint(history(station, NULL), ==,
                         2); /* init, one enrol: refusals leave nothing */
}

static void
test_weak(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = open_station(f);

        (void)data;
        g_assert_cmpint(enrol(station, "A", 1, "123456789", "5A3C-91F0", FALSE, 0), ==, 1);
        g_assert_true(is_weak(station, "A", GUARD_ID_USB));
        g_assert_true(is_weak(station, "A", GUARD_ID_SERIAL));
        g_assert_false(is_weak(station, "A", GUARD_ID_FS_UUID));
        /* only weak ones: a second warning */
        g_assert_cmpint(enrol(station, "B", 1, "000000000000", NULL, FALSE, 0), ==, 2);
        /* one serial on two models */
        g_assert_cmpint(enrol(station, "C", 1, "60A44C413FAE", NULL, FALSE, 0), ==, 0);
        g_assert_false(is_weak(station, "C", GUARD_ID_SERIAL));
        g_assert_cmpint(enrol(station, "D", 2, "60A44C413FAE", "77AA-0B0C", FALSE, 0), ==, 1);
        g_assert_true(is_weak(station, "C", GUARD_ID_SERIAL));
        g_assert_true(is_weak(station, "C", GUARD_ID_USB));
        g_assert_true(is_weak(station, "D", GUARD_ID_SERIAL));
        g_assert_cmpuint(history(station, "C"), ==, 2);
        /* one serial on two drives of one model: only when it is said to be so */
        g_assert_cmpint(
                enrol(station, "E", 2, "60A44C413FAE", "11BB-0C0D", FALSE, GUARD_ERROR_EXISTS), ==,
                -1);
        g_assert_cmpint(enrol(station, "E", 2, "60A44C413FAE", "11BB-0C0D", TRUE, 0), ==, 2);
        g_assert_true(is_weak(station, "E", GUARD_ID_SERIAL));
        /* a copied file system is told, and stays strong */
        g_assert_cmpint(enrol(station, "F", 3, "QWERTY-77", "77AA-0B0C", FALSE, 0), ==, 1);
        g_assert_false(is_weak(station, "F", GUARD_ID_FS_UUID));
}

/* From each status, by each action: where it leads, or "-". In the order of
 * guard_station_actions(). */
static const struct {
        const char *path[4]; /* actions that lead to the status */
        const char *leads[8];
} lives[] = {
        {{NULL}, {"issued", "-", "in-repair", "lost", "-", "deregistered", "retired", "-"}},
        {{"issue"}, {"-", "in-use", "in-repair", "lost", "-", "deregistered", "retired", "-"}},
        {{"repair"}, {"-", "in-use", "-", "lost", "-", "deregistered", "retired", "-"}},
        {{"lost"}, {"-", "-", "-", "-", "in-use", "deregistered", "-", "-"}},
        {{"deregister"}, {"-", "-", "-", "lost", "-", "-", "retired", "destroyed"}},
        {{"retire"}, {"-", "-", "-", "lost", "-", "-", "-", "destroyed"}},
        {{"retire", "destroy"}, {"-", "-", "-", "-", "-", "-", "-", "-"}},
};

static void
test_life(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = open_station(f);
        const char *const *actions = guard_station_actions();
        guint n = 0;

        (void)data;
        for (gsize row = 0; row < G_N_ELEMENTS(lives); row++) {
                for (guint i = 0; actions[i] != NULL; i++) {
                        g_autofree char *id = g_strdup_printf("L-%u", n);
                        g_autofree char *serial = g_strdup_printf("SERIAL-%u-XQ", n++);
                        g_autoptr(GuardDrive) drive = NULL;
                        gboolean may = !g_str_equal(lives[row].leads[i], "-");

                        enrol(station, id, 1, serial, NULL, FALSE, 0);
                        for (guint k = 0; lives[row].path[k] != NULL; k++)
                                g_assert_true(change(station, id, lives[row].path[k]));
                        g_assert_cmpint(change(station, id, actions[i]), ==, may);
                        drive = get(station, id);
                        if (may)
                                g_assert_cmpstr(guard_status_to_string(drive->status), ==,
                                                lives[row].leads[i]);
                }
        }
        g_assert_false(change(station, "nobody", "lost"));
        g_assert_false(change(station, "L-0", "burn"));
}

static void
test_reason_and_level(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = open_station(f);
        g_autoptr(GuardDrive) drive = NULL;
        g_autoptr(GError) error = NULL;
        GuardAct none = act(""), why = act("order 12");

        (void)data;
        enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        g_assert_false(guard_station_change(station, "A", "lost", &none, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_false(guard_station_set_level(station, "A", GUARD_LEVEL_NONE, &none, NULL));
        g_assert_false(guard_station_set_level(station, "A", GUARD_LEVEL_SECRET, &why,
                                               NULL)); /* it has it */
        g_assert_false(guard_station_set_level(station, "A", GUARD_LEVEL_UNKNOWN, &why, NULL));
        g_assert_true(guard_station_set_level(station, "A", GUARD_LEVEL_NONE, &why, NULL));
        drive = get(station, "A");
        g_assert_cmpint(drive->level, ==, GUARD_LEVEL_NONE);
        g_assert_cmpuint(history(station, "A"), ==, 2);
}

/* Not even by hand in SQLite. */
static void
test_history_only_grows(Fixture *f, gconstpointer data)
{
        static const char *const tries[] = {"DELETE FROM history",
                                            "UPDATE history SET who='nobody'"};
        g_autoptr(GuardStation) station = open_station(f);
        g_autofree char *path = g_build_filename(f->dir, "register.db", NULL);
        GStatBuf st;
        sqlite3 *db;

        (void)data;
        g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
        for (gsize i = 0; i < G_N_ELEMENTS(tries); i++)
                g_assert_cmpint(sqlite3_exec(db, tries[i], NULL, NULL, NULL), ==,
                                SQLITE_CONSTRAINT);
        sqlite3_close(db);
        g_assert_cmpuint(history(station, NULL), ==, 1);
        g_assert_cmpint(g_stat(path, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0600);
        g_assert_cmpint(g_stat(f->dir, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0700);
}

static gboolean
publish_at(Fixture *f, GuardStation *station, gint64 now_us, guint days, GError **error)
{
        GuardAct a = {"tester", NULL, now_us};
        GuardPublish publish = {f->desk->private_key, f->desk->snapshot, days, NULL, NULL};

        return guard_station_publish(station, &publish, &a, NULL, error);
}

static void
publish(Fixture *f, GuardStation *station)
{
        g_autoptr(GError) error = NULL;

        publish_at(f, station, T0, 30, &error);
        g_assert_no_error(error);
}

static GuardRegistryAnswer *
ask(Fixture *f, GuardMedium *medium)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardRegistry) registry = NULL;

        desk_install(f->desk, T0, &error);
        g_assert_no_error(error);
        registry = desk_open(f->desk, T0);
        return guard_registry_lookup(registry, medium, T0);
}

/* Desk to workstation: level, status, weakness and bindings arrive; names do not. */
static void
test_publish(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = open_station(f);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 1, "60a44c413fae");
        g_autoptr(GuardRegistryAnswer) answer = NULL, after = NULL;
        g_autofree char *bytes = NULL;
        const GuardEntry *entry;
        gsize size;

        (void)data;
        enrol(station, "LY-001", 1, "60A44C413FAE", "5A3C-91F0", FALSE, 0);
        publish(f, station);
        answer = ask(f, medium);
        g_assert_cmpuint(answer->entries->len, ==, 1);
        entry = g_ptr_array_index(answer->entries, 0);
        g_assert_cmpstr(entry->media_id, ==, "LY-001");
        g_assert_cmpint(entry->level, ==, GUARD_LEVEL_SECRET);
        g_assert_cmpint(entry->status, ==, GUARD_STATUS_IN_USE);
        g_assert_true(change(station, "LY-001", "lost"));
        publish(f, station);
        after = ask(f, medium);
        g_assert_cmpuint(after->sequence, ==, 2);
        g_assert_cmpint(((const GuardEntry *)g_ptr_array_index(after->entries, 0))->status, ==,
                        GUARD_STATUS_LOST);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &bytes, &size, NULL));
        g_assert_null(memmem(bytes, size, "张三", strlen("张三")));
        g_assert_null(memmem(bytes, size, "60A44C413FAE", 12));
        g_assert_null(memmem(bytes, size, "5A3C91F0", 8));
}

static void
test_publish_refused(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = open_station(f);
        g_autoptr(GError) back = NULL, days = NULL, old = NULL, other = NULL;
        g_autofree char *book = g_build_filename(f->dir, "register.db", NULL);
        g_autofree char *copy = NULL;
        gsize size;

        (void)data;
        publish(f, station);
        g_assert_true(g_file_get_contents(book, &copy, &size, NULL));
        /* the clock went back */
        g_assert_false(publish_at(f, station, T0 - DAY, 30, &back));
        g_assert_error(back, GUARD_ERROR, GUARD_ERROR_ROLLBACK);
        g_assert_false(publish_at(f, station, T0, 0, &days));
        g_assert_error(days, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        publish(f, station);
        /* an old copy of the book is put back: its next number was given already */
        g_clear_pointer(&station, guard_station_free);
        g_assert_true(g_file_set_contents(book, copy, (gssize)size, NULL));
        station = open_station(f);
        g_assert_false(publish_at(f, station, T0, 30, &old));
        g_assert_error(old, GUARD_ERROR, GUARD_ERROR_ROLLBACK);
        /* never over something else */
        g_assert_true(g_file_set_contents(f->desk->snapshot, "a letter", -1, NULL));
        g_assert_false(publish_at(f, station, T0, 30, &other));
        g_assert_error(other, GUARD_ERROR, GUARD_ERROR_EXISTS);
}

static void
test_publish_same(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = open_station(f);
        g_autofree char *one = NULL, *two = NULL;
        gsize one_size, two_size;

        (void)data;
        enrol(station, "B", 1, "60A44C413FAE", NULL, FALSE, 0);
        enrol(station, "A", 1, "70A44C413FAE", "5A3C-91F0", FALSE, 0);
        publish(f, station);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &one, &one_size, NULL));
        publish(f, station);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &two, &two_size, NULL));
        g_assert_cmpuint(one_size, ==, two_size);
        g_assert_cmpint(memcmp(one + GUARD_MANIFEST_BLOCK, two + GUARD_MANIFEST_BLOCK,
                               one_size - GUARD_MANIFEST_BLOCK),
                        ==, 0);
}

static void
publish_work(gpointer user_data)
{
        Fixture *f = user_data;
        g_autoptr(GuardStation) station = open_station(f);

        publish(f, station);
}

/* Killed anywhere, the file that is there is whole, and no number is ever given twice. */
static void
test_publish_killed(Fixture *f, gconstpointer data)
{
        gboolean killed = TRUE;
        guint64 highest = 0;
        guint at;

        (void)data;
        publish_work(f);
        for (at = 1; killed; at++) {
                g_autoptr(GuardRegistryInfo) info = NULL;
                g_autoptr(GError) error = NULL;

                killed = crash_at(at, publish_work, f);
                guard_registry_verify_file(f->desk->snapshot, f->desk->keys, 0, T0, NULL, NULL,
                                           &info, &error);
                g_assert_no_error(error);
                g_assert_cmpuint(info->sequence, >=, highest);
                highest = info->sequence;
        }
        g_test_message("%u steps", at - 1);
        g_assert_cmpuint(at, >, 20);
        g_assert_true(desk_install(f->desk, T0, NULL));
}

typedef struct {
        Fixture *fixture;
        guint n;
} Enrolment;

static void
enrol_work(gpointer user_data)
{
        Enrolment *e = user_data;
        g_autoptr(GuardStation) station = open_station(e->fixture);
        g_autofree char *id = g_strdup_printf("K-%u", e->n);
        g_autofree char *serial = g_strdup_printf("SERIAL-%u-XQ", e->n);

        enrol(station, id, 1, serial, NULL, FALSE, 0);
}

/* All of an enrolment is there, or nothing. */
static void
test_enrol_killed(Fixture *f, gconstpointer data)
{
        Enrolment e = {f, 0};
        guint there = 0;

        (void)data;
        do {
                e.n++;
        } while (crash_at(e.n, enrol_work, &e));
        for (guint n = 1; n <= e.n; n++) {
                g_autoptr(GuardStation) station = open_station(f);
                g_autofree char *id = g_strdup_printf("K-%u", n);
                g_autoptr(GuardDrive) drive = guard_station_get(station, id, NULL);

                g_assert_cmpuint(history(station, id), ==, drive != NULL ? 1 : 0);
                if (drive == NULL)
                        continue;
                g_assert_cmpuint(drive->ids->len, ==, 2);
                there++;
        }
        g_assert_cmpuint(there, >, 0);
        g_assert_cmpuint(there, <, e.n);
}

static void
write_many(Fixture *f, guint writer)
{
        g_autoptr(GuardStation) station = open_station(f);

        for (guint i = 0; i < 10; i++) {
                g_autofree char *id = g_strdup_printf("W%u-%u", writer, i);
                g_autofree char *serial = g_strdup_printf("SER-%u-%u-XQ", writer, i);
                g_autoptr(GError) error = NULL;

                if (enrol(station, id, 1, serial, NULL, FALSE, 0) != 0)
                        _exit(1);
                /* a later number of the other writer may have won: that is an answer, not a loss */
                if (!publish_at(f, station, T0, 30, &error) &&
                    !g_error_matches(error, GUARD_ERROR, GUARD_ERROR_BUSY))
                        g_error("%s", error->message);
        }
}

static void
test_two_writers(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GuardRegistryInfo) info = NULL;
        g_autoptr(GError) error = NULL;
        pid_t children[2];

        (void)data;
        for (guint i = 0; i < 2; i++) {
                children[i] = fork();
                if (children[i] == 0) {
                        write_many(f, i);
                        _exit(0);
                }
        }
        for (guint i = 0; i < 2; i++) {
                int status;

                g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
                g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        station = open_station(f);
        g_assert_cmpuint(history(station, NULL), ==, 1 + 2 * 20); /* init; enrol and publish each */
        guard_registry_verify_file(f->desk->snapshot, f->desk->keys, 0, T0, NULL, NULL, &info,
                                   &error);
        g_assert_no_error(error);
        g_assert_cmpuint(info->sequence, ==, 20);
        g_assert_cmpuint(info->entries, ==, 20);
}

static void
test_init_twice(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) exists = NULL, missing = NULL;
        g_autofree char *nowhere = g_build_filename(f->desk->dir, "nowhere", NULL);
        GuardAct a = act(NULL);

        (void)data;
        g_assert_false(guard_station_init(f->dir, &a, &exists));
        g_assert_error(exists, GUARD_ERROR, GUARD_ERROR_EXISTS);
        g_assert_null(guard_station_open(nowhere, &missing));
        g_assert_error(missing, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
}

#define ADD(name, test) g_test_add("/station/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("enrol", test_enrol);
        ADD("weak", test_weak);
        ADD("life", test_life);
        ADD("reason-and-level", test_reason_and_level);
        ADD("history-only-grows", test_history_only_grows);
        ADD("publish", test_publish);
        ADD("publish-refused", test_publish_refused);
        ADD("publish-same", test_publish_same);
        ADD("publish-killed", test_publish_killed);
        ADD("enrol-killed", test_enrol_killed);
        ADD("two-writers", test_two_writers);
        ADD("init-twice", test_init_twice);
        return g_test_run();
}
