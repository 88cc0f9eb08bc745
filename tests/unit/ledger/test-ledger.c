/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the ledger is for: records come back as they were written, in order, from a file that only
 * root reads, and each change to any of them is found and named.
 */
#include "ledger-fixture.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define RECORDS 12

static void
test_round_trip(Fixture *fixture, gconstpointer data)
{
        g_autoptr(GuardRecord) written = fixture_record(7);
        g_autoptr(GuardRecord) read = NULL;
        LedgerCell a[LEDGER_N_COLUMNS], b[LEDGER_N_COLUMNS];

        (void)data;
        fixture_open(fixture);
        g_assert_true(guard_ledger_append(fixture->ledger, written, NULL));
        read = fixture_get(fixture, written->seq);
        ledger_cells_from_record(written, a);
        ledger_cells_from_record(read, b);
        for (int i = 0; i < LEDGER_N_COLUMNS; i++) {
                g_test_message("%s", ledger_column_names[i]);
                g_assert_cmpint(a[i].type, !=, CELL_NULL);
                g_assert_cmpint(a[i].type, ==, b[i].type);
                g_assert_cmpint(a[i].number, ==, b[i].number);
                g_assert_cmpuint(a[i].size, ==, b[i].size);
                g_assert_true(a[i].size == 0 || memcmp(a[i].text, b[i].text, a[i].size) == 0);
        }
        fixture_expect(fixture, 0);
}

static void
test_empty_is_not_null(Fixture *fixture, gconstpointer data)
{
        g_autoptr(GuardRecord) record = guard_record_new(GUARD_KIND_REMOVED, GUARD_SEVERITY_INFO);
        g_autoptr(GuardRecord) read = NULL;

        (void)data;
        record->serial = g_strdup("");
        fixture_open(fixture);
        g_assert_true(guard_ledger_append(fixture->ledger, record, NULL));
        read = fixture_get(fixture, record->seq);
        g_assert_cmpstr(read->serial, ==, "");
        g_assert_null(read->product);
        g_assert_false(read->has_verdict);
        fixture_sql(fixture->db, "UPDATE records SET serial=NULL WHERE seq=2");
        fixture_expect(fixture, 2);
}

static void
test_private_files(Fixture *fixture, gconstpointer data)
{
        static const char *const names[] = {"ledger.db", "ledger.db-wal", "ledger.db-shm",
                                            "ledger.head", "ledger.db.reserve"};
        mode_t old = umask(0);

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 1);
        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *path = g_build_filename(fixture->dir, names[i], NULL);
                struct stat st;

                g_test_message("%s", path);
                g_assert_cmpint(stat(path, &st), ==, 0);
                g_assert_cmpuint(st.st_mode & 07777, ==, 0600);
        }
        umask(old);
}

/* Group commit: one transaction, order kept, all or none. */
static void
test_many(Fixture *fixture, gconstpointer data)
{
        g_autoptr(GPtrArray) records =
                g_ptr_array_new_with_free_func((GDestroyNotify)guard_record_free);

        (void)data;
        fixture_open(fixture);
        for (guint i = 0; i < 50; i++)
                g_ptr_array_add(records, fixture_record(i));
        g_assert_true(guard_ledger_append_many(fixture->ledger, records, NULL));
        for (guint i = 0; i < 50; i++) {
                g_autoptr(GuardRecord) read = fixture_get(fixture, 2 + i);

                g_assert_cmpuint(((GuardRecord *)records->pdata[i])->seq, ==, 2 + i);
                g_assert_cmpstr(read->media_id, ==, ((GuardRecord *)records->pdata[i])->media_id);
        }
        fixture_expect(fixture, 0);
}

static void
test_triggers(Fixture *fixture, gconstpointer data)
{
        static const char *const forbidden[] = {
                "UPDATE records SET message='x' WHERE seq=2", "DELETE FROM records WHERE seq=2",
                "DELETE FROM records",
                "INSERT OR REPLACE INTO records SELECT * FROM records WHERE seq=2"};
        g_autoptr(sqlite3) database = NULL;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 3);
        g_assert_cmpint(sqlite3_open(fixture->db, &database), ==, SQLITE_OK);
        for (gsize i = 0; i < G_N_ELEMENTS(forbidden); i++)
                g_assert_cmpint(sqlite3_exec(database, forbidden[i], NULL, NULL, NULL), ==,
                                SQLITE_CONSTRAINT);
        fixture_expect(fixture, 0);
}

/* Every field of every record, changed to another value of its type, to NULL and to a blob of the
 * same bytes. */
static void
test_each_field(Fixture *fixture, gconstpointer data)
{
        static const char *const changes[] = {
                "CASE typeof(%s) WHEN 'integer' THEN %s+1 ELSE %s||' ' END", "NULL",
                "CAST(%s AS BLOB)"};
        g_autofree char *good = g_build_filename(fixture->dir, "good.db", NULL);
        guint64 last;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 3);
        last = fixture_last_seq(fixture);
        fixture_close(fixture);
        fixture_copy(fixture->db, good);
        for (guint64 seq = 1; seq <= last; seq++) {
                for (int column = 1; column < LEDGER_N_COLUMNS; column++) {
                        for (gsize change = 0; change < G_N_ELEMENTS(changes); change++) {
                                g_autofree char *quoted =
                                        g_strdup_printf("\"%s\"", ledger_column_names[column]);
                                g_auto(GStrv) parts = g_strsplit(changes[change], "%s", -1);
                                g_autofree char *value = g_strjoinv(quoted, parts);
                                g_autofree char *sql = g_strdup_printf(
                                        "PRAGMA ignore_check_constraints=ON; CREATE TEMP TABLE was "
                                        "AS SELECT %s AS v, "
                                        "typeof(%s) AS t FROM records WHERE seq=%" G_GUINT64_FORMAT
                                        "; UPDATE OR IGNORE records SET %s=%s WHERE "
                                        "seq=%" G_GUINT64_FORMAT
                                        "; CREATE TABLE changed AS SELECT 1 FROM was, records "
                                        "WHERE seq=%" G_GUINT64_FORMAT
                                        " AND (v IS NOT %s OR t IS NOT typeof(%s))",
                                        quoted, quoted, seq, quoted, value, seq, seq, quoted,
                                        quoted);
                                g_autoptr(sqlite3) database = NULL;
                                g_autoptr(LedgerStatement) changed = NULL;

                                fixture_copy(good, fixture->db);
                                fixture_sql(fixture->db, sql);
                                sqlite3_open(fixture->db, &database);
                                sqlite3_prepare_v2(database, "SELECT count(*) FROM changed", -1,
                                                   &changed, NULL);
                                g_assert_cmpint(sqlite3_step(changed), ==, SQLITE_ROW);
                                fixture_expect(fixture,
                                               sqlite3_column_int(changed, 0) != 0 ? seq : 0);
                        }
                }
        }
}

typedef struct {
        const char *name, *sql;
        guint64 bad;
        gboolean unusable;
} Edit;

static const Edit edits[] = {
        {"delete-first", "DELETE FROM records WHERE seq=1", 1, FALSE},
        {"delete-first-three", "DELETE FROM records WHERE seq<=3", 1, FALSE},
        {"delete-middle", "DELETE FROM records WHERE seq=5", 5, FALSE},
        {"delete-range", "DELETE FROM records WHERE seq BETWEEN 5 AND 8", 5, FALSE},
        {"delete-last", "DELETE FROM records WHERE seq=13", 13, FALSE},
        {"cut-tail", "DELETE FROM records WHERE seq>9", 10, FALSE},
        {"delete-all", "DELETE FROM records", 1, FALSE},
        {"renumber",
         "UPDATE records SET seq=seq-1 WHERE seq=5 AND 0; DELETE FROM records WHERE seq=5;"
         "UPDATE records SET seq=seq-1 WHERE seq>5",
         5, FALSE},
        {"swap-two",
         "UPDATE records SET seq=100 WHERE seq=4; UPDATE records SET seq=4 WHERE seq=5;"
         "UPDATE records SET seq=5 WHERE seq=100",
         4, FALSE},
        {"insert-at-end",
         "INSERT INTO records SELECT seq+1, version, time_us, boottime_us, boot_id, kind, "
         "severity, verdict, reason,"
         "rule, media_id, level, device, block, diskseq, vendor_id, product_id, serial, "
         "manufacturer, product,"
         "user, session, message, details, digest FROM records WHERE seq=13",
         14, FALSE},
        {"two-edits",
         "UPDATE records SET message='a' WHERE seq=11; UPDATE records SET message='b' WHERE seq=6",
         6, FALSE},
        {"identity", "UPDATE ledger SET id='00000000-0000-4000-8000-000000000000'", 1, TRUE},
        {"no-identity", "DELETE FROM ledger", 1, FALSE},
        {"false-base", "DELETE FROM records WHERE seq<=4; UPDATE ledger SET pruned_through=4", 1,
         FALSE},
        {"no-table", "DROP TABLE records", 1, TRUE},
        {"view",
         "ALTER TABLE records RENAME TO hidden; CREATE VIEW records AS SELECT * FROM hidden WHERE "
         "seq<>3",
         3, TRUE},
        {"nothing", "PRAGMA user_version", 0, FALSE},
};

static void
test_edit(Fixture *fixture, gconstpointer data)
{
        const Edit *edit = data;

        fixture_open(fixture);
        fixture_append(fixture, RECORDS);
        g_assert_cmpuint(fixture_last_seq(fixture), ==, RECORDS + 1);
        fixture_close(fixture);
        fixture_sql(fixture->db, edit->sql);
        fixture_expect(fixture, edit->bad);
}

/* The same while guardd has it open. */
static void
test_edit_live(Fixture *fixture, gconstpointer data)
{
        const Edit *edit = data;

        fixture_open(fixture);
        fixture_append(fixture, RECORDS);
        fixture_sql(fixture->db, edit->sql);
        fixture_expect(fixture, edit->bad);
}

/* Found after guardd was started again and went on, too. */
static void
test_edit_restart(Fixture *fixture, gconstpointer data)
{
        const Edit *edit = data;
        g_autoptr(GError) error = NULL;
        GuardLedgerCheck check = {0};

        test_edit(fixture, data);
        fixture_open_damaged(fixture);
        fixture_append(fixture, 2);
        g_assert_true(guard_ledger_verify(fixture->db, fixture->head, NULL, &check, &error));
        g_test_message("%s", check.why != NULL ? check.why : "good");
        g_assert_true(check.good == (edit->bad == 0));
        /* Where the file could be kept, the same record is named as before. */
        if (!edit->unusable && edit->bad <= RECORDS + 1)
                g_assert_cmpuint(check.first_bad_seq, ==, edit->bad);
        guard_ledger_check_clear(&check);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(path, function, data)                                                                  \
        g_test_add(path, Fixture, data, fixture_set_up, function, fixture_tear_down)
        ADD("/ledger/round-trip", test_round_trip, NULL);
        ADD("/ledger/empty-is-not-null", test_empty_is_not_null, NULL);
        ADD("/ledger/private-files", test_private_files, NULL);
        ADD("/ledger/many", test_many, NULL);
        ADD("/ledger/triggers", test_triggers, NULL);
        ADD("/ledger/each-field", test_each_field, NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(edits); i++) {
                g_autofree char *closed = g_strconcat("/ledger/edit/", edits[i].name, NULL);
                g_autofree char *live = g_strconcat("/ledger/edit-live/", edits[i].name, NULL);
                g_autofree char *restart =
                        g_strconcat("/ledger/edit-restart/", edits[i].name, NULL);

                ADD(closed, test_edit, &edits[i]);
                ADD(live, test_edit_live, &edits[i]);
                ADD(restart, test_edit_restart, &edits[i]);
        }
        return g_test_run();
}
