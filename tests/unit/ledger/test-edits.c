/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Anything in the file changed at random: what the records say cannot be changed unnoticed.
 */
#include "ledger-fixture.h"
#include <glib/gstdio.h>

static char *
random_edit(guint64 last, guint64 *seq)
{
        int column = g_test_rand_int_range(1, LEDGER_N_COLUMNS);
        const char *name = ledger_column_names[column];

        *seq = (guint64)g_test_rand_int_range(1, (gint32)last + 1);
        if (g_test_rand_bit())
                return g_strdup_printf("UPDATE records SET \"%s\"=hex(randomblob(%d)) WHERE "
                                       "seq=%" G_GUINT64_FORMAT,
                                       name, g_test_rand_int_range(1, 20), *seq);
        if (g_test_rand_bit())
                return g_strdup_printf("DELETE FROM records WHERE seq=%" G_GUINT64_FORMAT, *seq);
        return g_strdup_printf(
                "UPDATE records SET \"%s\"=abs(random()) WHERE seq=%" G_GUINT64_FORMAT, name, *seq);
}

static void
test_random_edits(Fixture *fixture, gconstpointer data)
{
        g_autofree char *good = g_build_filename(fixture->dir, "good.db", NULL);
        guint64 last, seq;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 30);
        last = fixture_last_seq(fixture);
        fixture_close(fixture);
        fixture_copy(fixture->db, good);
        for (int round = 0; round < 200; round++) {
                g_autofree char *sql = random_edit(last, &seq);

                g_test_message("%s", sql);
                fixture_copy(good, fixture->db);
                fixture_sql(fixture->db, sql);
                fixture_expect(fixture, seq);
        }
}

/* Any byte of the file: found, or without effect on what the records say; never a crash, never an
 * error. */
static void
test_random_bytes(Fixture *fixture, gconstpointer data)
{
        g_autofree char *good = NULL;
        gsize size = 0;
        guint found = 0;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 30);
        fixture_close(fixture);
        g_assert_true(g_file_get_contents(fixture->db, &good, &size, NULL));
        for (int round = 0; round < 300; round++) {
                gsize at = (gsize)g_test_rand_int_range(0, (gint32)size);
                g_autofree char *bytes = g_memdup(good, (guint)size);
                GuardLedgerCheck check = {0};
                FILE *file;

                bytes[at] ^= (char)(1 << g_test_rand_int_range(0, 8));
                file = g_fopen(fixture->db, "w");
                g_assert_cmpuint(fwrite(bytes, 1, size, file), ==, size);
                fclose(file);
                g_assert_true(guard_ledger_verify(fixture->db, fixture->head, NULL, &check, NULL));
                found += check.good ? 0 : 1;
                g_assert_true(!check.good || (check.first_seq == 1 && check.last_seq == 31));
                g_assert_cmpuint(check.good ? 0 : check.first_bad_seq, <=, 32);
                guard_ledger_check_clear(&check);
        }
        g_test_message("%u of 300 found", found);
        g_assert_cmpuint(
                found, >,
                60); /* the rest are unused bytes of pages and the counters of the header */
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
        g_test_add("/ledger-edits/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
        ADD("random-edits", test_random_edits);
        ADD("random-bytes", test_random_bytes);
        return g_test_run();
}
