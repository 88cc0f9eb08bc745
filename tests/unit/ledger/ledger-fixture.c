/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fixture of the ledger's tests. Real files, real SQLite.
 */
#include "ledger-fixture.h"
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>

void
fixture_set_up(Fixture *fixture, gconstpointer data)
{
        (void)data;
        fixture->dir = g_dir_make_tmp("guard-ledger-XXXXXX", NULL);
        g_assert_nonnull(fixture->dir);
        fixture->db = g_build_filename(fixture->dir, "ledger.db", NULL);
        fixture->head = g_build_filename(fixture->dir, "ledger.head", NULL);
}

void
fixture_tear_down(Fixture *fixture, gconstpointer data)
{
        GDir *dir = g_dir_open(fixture->dir, 0, NULL);
        const char *name;

        (void)data;
        fixture_close(fixture);
        while ((name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *path = g_build_filename(fixture->dir, name, NULL);

                g_unlink(path);
        }
        g_dir_close(dir);
        g_rmdir(fixture->dir);
        g_free(fixture->dir);
        g_free(fixture->db);
        g_free(fixture->head);
}

gboolean
fixture_open_damaged(Fixture *fixture)
{
        g_autoptr(GError) error = NULL;
        gboolean damaged = FALSE;

        fixture->ledger = guard_ledger_open(fixture->db, fixture->head, &damaged, &error);
        g_assert_no_error(error);
        g_assert_nonnull(fixture->ledger);
        return damaged;
}

void
fixture_open(Fixture *fixture)
{
        g_assert_false(fixture_open_damaged(fixture));
}

void
fixture_close(Fixture *fixture)
{
        g_clear_pointer(&fixture->ledger, guard_ledger_free);
}

GuardRecord *
fixture_record(guint n)
{
        GuardRecord *record = guard_record_new(GUARD_KIND_BLOCK_DECISION, GUARD_SEVERITY_CRITICAL);

        record->has_verdict = TRUE;
        record->verdict = n % 2 != 0 ? GUARD_VERDICT_REFUSE : GUARD_VERDICT_ADMIT;
        record->reason = GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED;
        record->rule = g_strdup("core:classified-on-unclassified");
        record->media_id = g_strdup_printf("LY-%03u", n);
        record->level = g_strdup("secret");
        record->device = g_strdup("1-2");
        record->block = g_strdup("sdb");
        record->diskseq = n + 1;
        record->vendor_id = g_strdup("46f4");
        record->product_id = g_strdup("0001");
        record->serial = g_strdup_printf("serial \"%u\"\n; DROP", n);
        record->manufacturer = g_strdup("某公司");
        record->product = g_strdup("bytes \xff\xfe that are no UTF-8");
        record->user = g_strdup("zhang");
        record->session = g_strdup("2");
        record->message = g_strdup("Refused.");
        record->details = g_strdup_printf("{\"n\":%u}", n);
        return record;
}

void
fixture_append(Fixture *fixture, guint n)
{
        for (guint i = 0; i < n; i++) {
                g_autoptr(GuardRecord) record = fixture_record(i);
                g_autoptr(GError) error = NULL;
                gboolean good = guard_ledger_append(fixture->ledger, record, &error);

                g_assert_no_error(error);
                g_assert_true(good);
                g_assert_cmpuint(record->seq, ==, fixture_last_seq(fixture));
                g_assert_cmpuint(strlen(record->digest), ==, LEDGER_DIGEST_HEX);
        }
}

void
fixture_sql(const char *db, const char *sql)
{
        g_autoptr(sqlite3) database = NULL;
        g_autofree char *all = g_strconcat("PRAGMA synchronous=OFF;"
                                           "DROP TRIGGER IF EXISTS records_are_not_changed;"
                                           "DROP TRIGGER IF EXISTS records_are_not_removed;"
                                           "DROP TRIGGER IF EXISTS records_are_appended;",
                                           sql, NULL);

        g_assert_cmpint(sqlite3_open(db, &database), ==, SQLITE_OK);
        if (sqlite3_exec(database, all, NULL, NULL, NULL) != SQLITE_OK)
                g_error("%s: %s", sql, sqlite3_errmsg(database));
}

void
fixture_copy(const char *from, const char *to)
{
        static const char *const parts[] = {"", "-wal"};

        for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
                g_autofree char *a = g_strconcat(from, parts[i], NULL);
                g_autofree char *b = g_strconcat(to, parts[i], NULL);
                g_autofree char *bytes = NULL;
                gsize size = 0;

                g_unlink(b);
                if (!g_file_get_contents(a, &bytes, &size, NULL))
                        continue;
                FILE *out = g_fopen(b, "w");
                g_assert_nonnull(out);
                g_assert_cmpuint(fwrite(bytes, 1, size, out), ==, size);
                g_assert_cmpint(fclose(out), ==, 0);
        }
}

guint64
fixture_last_seq(Fixture *fixture)
{
        guint64 seq = 0;

        g_assert_true(guard_ledger_head(fixture->ledger, &seq, NULL, NULL));
        return seq;
}

void
fixture_expect(Fixture *fixture, guint64 bad_seq)
{
        g_autoptr(GError) error = NULL;
        GuardLedgerCheck check = {0};
        gboolean answered = guard_ledger_verify(fixture->db, fixture->head, NULL, &check, &error);

        g_assert_no_error(error);
        g_assert_true(answered);
        if (check.why != NULL)
                g_test_message("%s", check.why);
        g_assert_cmpuint(check.first_bad_seq, ==, bad_seq);
        g_assert_true(check.good == (bad_seq == 0));
        guard_ledger_check_clear(&check);
}

static gboolean
take_one(const GuardRecord *record, gpointer data)
{
        *(GuardRecord **)data = guard_record_copy(record);
        return FALSE;
}

GuardRecord *
fixture_get(Fixture *fixture, guint64 seq)
{
        GuardLedgerQuery query = {.after_seq = seq - 1, .limit = 1};
        GuardRecord *record = NULL;

        g_assert_true(guard_ledger_query(fixture->db, &query, take_one, &record, NULL));
        g_assert_nonnull(record);
        g_assert_cmpuint(record->seq, ==, seq);
        return record;
}
