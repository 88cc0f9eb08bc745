/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the desk to a workstation: what arrives, what never does, and what is not published.
 */
#include <string.h>
#include <sqlite3.h>
#include "station-fixture.h"
#include "station/computer.h"
#include "station/stocktake.h"

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
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GuardMedium) medium = desk_medium(0x0951, 1, "60a44c413fae");
        g_autoptr(GuardRegistryAnswer) answer = NULL, after = NULL;
        g_autofree char *bytes = NULL;
        const GuardEntry *entry;
        gsize size;

        (void)data;
        station_enrol(station, "LY-001", 1, "60A44C413FAE", "5A3C-91F0", FALSE, 0);
        station_publish(f, station);
        answer = ask(f, medium);
        g_assert_cmpuint(answer->entries->len, ==, 1);
        entry = g_ptr_array_index(answer->entries, 0);
        g_assert_cmpstr(entry->media_id, ==, "LY-001");
        g_assert_cmpint(entry->level, ==, GUARD_LEVEL_SECRET);
        g_assert_cmpint(entry->status, ==, GUARD_STATUS_IN_USE);
        g_assert_true(station_change(station, "LY-001", "lost"));
        station_publish(f, station);
        after = ask(f, medium);
        g_assert_cmpuint(after->sequence, ==, 2);
        g_assert_cmpint(((const GuardEntry *)g_ptr_array_index(after->entries, 0))->status, ==,
                        GUARD_STATUS_LOST);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &bytes, &size, NULL));
        g_assert_null(memmem(bytes, size, "张三", strlen("张三")));
        g_assert_null(memmem(bytes, size, "60A44C413FAE", 12));
        g_assert_null(memmem(bytes, size, "5A3C91F0", 8));
}

/* A drive with every field filled in, its life, a computer, a stock-take, a sighting. */
static void
fill_book(GuardStation *station)
{
        g_autoptr(GuardDrive) drive = guard_drive_new();
        GuardAct a = station_act("secret-reason");
        GuardStep issue = {.kind = GUARD_STEP_ISSUE, .media_id = "LY-001", .holder = "secret-holder", .due = "2032-11-23"};
        GuardComputer computer = {.host_id = (char *)"secret-host",
                                  .level = GUARD_LEVEL_SECRET,
                                  .unit = (char *)"secret-unit-2",
                                  .room = (char *)"secret-room",
                                  .custodian = (char *)"secret-person-2",
                                  .note = (char *)"secret-note-2",
                                  .addresses = (char *[]){(char *)"10.99.98.97", NULL},
                                  .keys = (char *[]){(char *)"secret-key", NULL}};
        g_autoptr(GError) error = NULL;

        drive->media_id = g_strdup("LY-001");
        drive->level = GUARD_LEVEL_SECRET;
        drive->name = g_strdup("secret-name");
        drive->model = g_strdup("secret-model");
        drive->custodian = g_strdup("张三丰");
        drive->department = g_strdup("secret-department");
        drive->unit = g_strdup("secret-unit");
        drive->in_use_date = g_strdup("2031-12-24");
        drive->note = g_strdup("secret-note");
        drive->hosts = g_strsplit("pc-7", ",", -1);
        guard_drive_add_usb(drive, 0x0951, 1, "60A44C413FAE");
        guard_drive_add_id(drive, GUARD_ID_FS_UUID, "5A3C-91F0");
        g_assert_true(guard_station_enrol(station, drive, FALSE, &a, NULL, &error));
        g_assert_true(guard_station_step(station, &issue, &a, &error));
        guard_station_add_computer(station, &computer, &a, &error);
        g_assert_no_error(error);
        g_assert_true(guard_station_stocktake_begin(station, &a, &error));
}

/* What a snapshot has in clear: media ids, and what drives are bound to. */
static gboolean
may_leave(const char *table, const char *column, const char *text)
{
        return strcmp(column, "media_id") == 0 || strcmp(table, "binding") == 0 || strcmp(text, "LY-001") == 0 ||
               strlen(text) < 4; /* found by chance in any file */
}

static void
grep_column(sqlite3 *db, const char *table, const char *column, const char *bytes, gsize size, guint *looked)
{
        g_autofree char *sql = g_strdup_printf("SELECT DISTINCT \"%s\" FROM \"%s\" WHERE typeof(\"%s\")='text'", column, table, column);
        sqlite3_stmt *statement;

        g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), ==, SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
                const char *text = (const char *)sqlite3_column_text(statement, 0);

                if (may_leave(table, column, text))
                        continue;
                (*looked)++;
                if (memmem(bytes, size, text, strlen(text)) != NULL)
                        g_error("%s.%s of the book is in the snapshot: %s", table, column, text);
        }
        sqlite3_finalize(statement);
}

/* Every text of every table of the book, so that a field that comes in later is looked for, too. */
static void
test_no_names(Fixture *f, gconstpointer data)
{
        static const char all[] = "SELECT m.name,c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type='table' AND "
                                  "m.name NOT IN('publication','desk') AND m.name NOT LIKE 'sqlite_%'";
        g_autoptr(GuardStation) station = station_open(f);
        g_autofree char *bytes = NULL, *path = g_build_filename(f->dir, "register.db", NULL);
        sqlite3_stmt *columns;
        sqlite3 *db;
        guint looked = 0;
        gsize size;

        (void)data;
        fill_book(station);
        station_publish(f, station);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &bytes, &size, NULL));
        g_assert_nonnull(memmem(bytes, size, "LY-001", 6));
        g_assert_nonnull(memmem(bytes, size, "pc-7", 4));
        g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_prepare_v2(db, all, -1, &columns, NULL), ==, SQLITE_OK);
        while (sqlite3_step(columns) == SQLITE_ROW)
                grep_column(db, (const char *)sqlite3_column_text(columns, 0), (const char *)sqlite3_column_text(columns, 1),
                            bytes + GUARD_MANIFEST_BLOCK, size - GUARD_MANIFEST_BLOCK, &looked);
        sqlite3_finalize(columns);
        sqlite3_close(db);
        g_assert_cmpuint(looked, >=, 25);
        /* nor parts of them, as the history has them inside JSON; nor in the manifest */
        g_assert_null(memmem(bytes, size, "secret-", 7));
        g_assert_null(memmem(bytes, size, "张三", strlen("张三")));
        g_assert_null(memmem(bytes, size, "tester", 6));
}

static void
test_publish_refused(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GError) back = NULL, days = NULL, old = NULL, other = NULL;
        g_autofree char *book = g_build_filename(f->dir, "register.db", NULL);
        g_autofree char *copy = NULL;
        gsize size;

        (void)data;
        station_publish(f, station);
        g_assert_true(g_file_get_contents(book, &copy, &size, NULL));
        /* the clock went back */
        g_assert_false(station_publish_at(f, station, T0 - DAY, 30, &back));
        g_assert_error(back, GUARD_ERROR, GUARD_ERROR_ROLLBACK);
        g_assert_false(station_publish_at(f, station, T0, 0, &days));
        g_assert_error(days, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        station_publish(f, station);
        /* an old copy of the book is put back: its next number was given already */
        g_clear_pointer(&station, guard_station_free);
        g_assert_true(g_file_set_contents(book, copy, (gssize)size, NULL));
        station = station_open(f);
        g_assert_false(station_publish_at(f, station, T0, 30, &old));
        g_assert_error(old, GUARD_ERROR, GUARD_ERROR_ROLLBACK);
        /* never over something else */
        g_assert_true(g_file_set_contents(f->desk->snapshot, "a letter", -1, NULL));
        g_assert_false(station_publish_at(f, station, T0, 30, &other));
        g_assert_error(other, GUARD_ERROR, GUARD_ERROR_EXISTS);
}

/* The payload of a book with these drives in this order, by this digest key. */
static char *
payload_of(Fixture *f, const char *const *ids, gboolean detour, gsize *size)
{
        static const char same_key[] = "UPDATE desk SET value=zeroblob(32) WHERE key='digest-key'";
        g_autofree char *path = g_build_filename(f->dir, "register.db", NULL);
        g_autoptr(GuardStation) station = NULL;
        g_autoptr(GError) error = NULL;
        char *bytes = NULL;
        sqlite3 *db;

        g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_exec(db, same_key, NULL, NULL, NULL), ==, SQLITE_OK);
        sqlite3_close(db);
        station = station_open(f);
        for (gsize i = 0; ids[i] != NULL; i++) {
                g_autofree char *serial = g_strconcat("60A44C41", ids[i], NULL);

                station_enrol(station, ids[i], 1, serial, i % 2 == 0 ? serial : NULL, FALSE, 0);
        }
        if (detour) { /* another past, the same present */
                station_publish(f, station);
                g_assert_true(station_change(station, ids[0], "lost"));
                station_publish(f, station);
                g_assert_true(station_change(station, ids[0], "found"));
        }
        station_publish(f, station);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &bytes, size, &error));
        g_assert_no_error(error);
        *size -= GUARD_MANIFEST_BLOCK;
        memmove(bytes, bytes + GUARD_MANIFEST_BLOCK, *size);
        return bytes;
}

/* The same content gives the same bytes: in whatever order it was entered, by whatever key it is signed, with whatever past. */
static void
test_publish_same(void)
{
        static const char *const orders[][5] = {{"A1B2", "C3D4", "E5F6", "G7H8", NULL}, {"E5F6", "C3D4", "A1B2", "G7H8", NULL}};
        g_autofree char *first = NULL;
        gsize first_size = 0;

        for (guint i = 0; i < 4; i++) {
                g_autofree char *bytes = NULL;
                gsize size;
                Fixture f;

                station_set_up(&f, NULL);
                bytes = payload_of(&f, orders[i % 2], i >= 2, &size);
                if (first == NULL) {
                        first = g_steal_pointer(&bytes);
                        first_size = size;
                } else {
                        g_assert_cmpuint(size, ==, first_size);
                        g_assert_cmpint(memcmp(bytes, first, size), ==, 0);
                }
                station_tear_down(&f, NULL);
        }
}

/* What SQLite writes into a header by its version, its settings or the number of changes is fixed. SQLite's file format, 1.3. */
static void
test_header(Fixture *f, gconstpointer data)
{
        static const struct {
                const char *what;
                gsize at, size;
                guint32 value;
        } fields[] = {
                {"page size", 16, 2, 4096},   {"journal modes", 18, 2, 0x0101}, {"reserved bytes", 20, 1, 0}, {"change counter", 24, 4, 1},
                {"first free page", 32, 4, 0}, {"free pages", 36, 4, 0},        {"schema format", 44, 4, 4},  {"cache size", 48, 4, 0},
                {"auto-vacuum", 52, 4, 0},    {"encoding", 56, 4, 1},           {"user version", 60, 4, 0},   {"application id", 68, 4, 0},
                {"valid for", 92, 4, 1},      {"SQLite's version", 96, 4, 3030225},
        };
        g_autoptr(GuardStation) station = station_open(f);
        g_autofree char *bytes = NULL;
        const guint8 *header;
        gsize size;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        station_publish(f, station);
        g_assert_true(g_file_get_contents(f->desk->snapshot, &bytes, &size, NULL));
        header = (const guint8 *)bytes + GUARD_MANIFEST_BLOCK;
        for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
                guint32 value = 0;

                for (gsize j = 0; j < fields[i].size; j++)
                        value = value << 8 | header[fields[i].at + j];
                g_test_message("%s: %u", fields[i].what, value);
                g_assert_cmpuint(value, ==, fields[i].value);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("publish", test_publish);
        ADD("no-names", test_no_names);
        ADD("publish-refused", test_publish_refused);
        g_test_add_func("/station/publish-same", test_publish_same);
        ADD("publish-header", test_header);
        return g_test_run();
}
