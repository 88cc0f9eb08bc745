/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Old records removed behind a checkpoint, and clocks that are set wrong meanwhile.
 */
#include "ledger-fixture.h"
#include "common/guard-error.h"

#define DAY LEDGER_DAY_US

/* A machine in daily use: @days days up to @end_us, one boot and three records a day. */
static gint64
live(Fixture *fixture, guint days, gint64 end_us)
{
        g_autoptr(GPtrArray) records =
                g_ptr_array_new_with_free_func((GDestroyNotify)guard_record_free);

        for (guint n = 0; n < 3 * days; n++) {
                GuardRecord *record = fixture_record(n);

                g_free(record->boot_id);
                record->boot_id = g_strdup_printf("boot-%u", n / 3);
                record->boottime_us = (n % 3) * G_GINT64_CONSTANT(3600000000);
                record->time_us = end_us - (gint64)(days - n / 3) * DAY + record->boottime_us;
                g_ptr_array_add(records, record);
        }
        g_assert_true(guard_ledger_append_many(fixture->ledger, records, NULL));
        return end_us;
}

static guint64
prune(Fixture *fixture, gint64 before_us, gint64 now_us, GError **error)
{
        LedgerClock clock = {now_us, 1, "boot-now"};
        guint64 removed = 0;

        ledger_prune_at(fixture->ledger, before_us, &clock, &removed, error);
        return removed;
}

/* The opening record is from now; the machine's life is put behind it. */
static gint64
a_year_and_more(Fixture *fixture)
{
        fixture_open(fixture);
        return live(fixture, 400, g_get_real_time() + 500 * DAY);
}

static void
test_prune(Fixture *fixture, gconstpointer data)
{
        gint64 today = a_year_and_more(fixture);
        g_autofree char *pruned = g_build_filename(fixture->dir, "pruned.db", NULL);
        static const struct {
                const char *sql;
                guint64 bad;
        } changes[] = {
                {"UPDATE ledger SET pruned_digest='x', pruned_through=0",
                 0}, /* the checkpoint says it too */
                {"DELETE FROM records WHERE seq=104", 104},
                {"DELETE FROM records WHERE seq<200", 104},
                {"UPDATE records SET user='x' WHERE seq=104", 104},
                {"UPDATE records SET details=details || ' ' WHERE kind='ledger-pruned'",
                 1202},
                {"UPDATE records SET details=NULL WHERE kind='ledger-pruned'", 1202},
                {"DELETE FROM records WHERE kind='ledger-pruned'", 1202},
                {"INSERT INTO records SELECT 50, version, time_us, boottime_us, boot_id, kind, "
                 "severity, verdict, reason, rule,"
                 "media_id, level, device, block, diskseq, vendor_id, product_id, serial, "
                 "manufacturer, product, user, session,"
                 "message, details, digest FROM records WHERE seq=200",
                 50},
        };

        (void)data;
        g_assert_cmpuint(prune(fixture, today - 366 * DAY, today, NULL), ==, 103);
        fixture_expect(fixture, 0);
        g_assert_cmpuint(prune(fixture, today - 366 * DAY, today, NULL), ==, 0);
        fixture_append(fixture, 1);
        fixture_close(fixture);
        fixture_open(fixture);
        fixture_close(fixture);
        fixture_copy(fixture->db, pruned);
        for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
                g_test_message("%s", changes[i].sql);
                fixture_copy(pruned, fixture->db);
                fixture_sql(fixture->db, changes[i].sql);
                fixture_expect(fixture, changes[i].bad);
        }
        fixture_copy(pruned, fixture->db);
        fixture_open(fixture);
        g_assert_cmpuint(prune(fixture, today - 360 * DAY, today, NULL), ==, 18);
        fixture_expect(fixture, 0);
}

static guint64
first_seq(Fixture *fixture)
{
        GuardLedgerCheck check = {0};
        guint64 first;

        g_assert_true(guard_ledger_verify(fixture->db, fixture->head, NULL, &check, NULL));
        first = check.first_seq;
        guard_ledger_check_clear(&check);
        return first;
}

/* However young the caller wants to go, and however often. */
static void
test_prune_minimum(Fixture *fixture, gconstpointer data)
{
        gint64 today = a_year_and_more(fixture);
        g_autoptr(GuardRecord) kept = NULL;

        (void)data;
        while (prune(fixture, G_MAXINT64, today, NULL) > 0)
                ;
        kept = fixture_get(fixture, first_seq(fixture));
        g_assert_cmpint(kept->time_us, <=, today - 184 * DAY);
        fixture_expect(fixture, 0);
}

/* The clock set years ahead: in this boot it is noticed, over a reboot age is only what is proven.
 */
static void
test_prune_jump(Fixture *fixture, gconstpointer data)
{
        gint64 today = a_year_and_more(fixture), future = today + 3650 * DAY;
        LedgerClock same_boot = {future, 3 * 3600 * G_GINT64_CONSTANT(1000000), "boot-399"};
        LedgerClock backward = {today - 30 * DAY, 1, "boot-now"};
        g_autoptr(GuardRecord) kept = NULL;
        g_autoptr(GError) error = NULL;
        guint64 removed = 1;

        (void)data;
        g_assert_false(
                ledger_prune_at(fixture->ledger, future - 366 * DAY, &same_boot, &removed, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_cmpuint(removed, ==, 0);
        g_clear_error(&error);
        g_assert_false(
                ledger_prune_at(fixture->ledger, today - 366 * DAY, &backward, &removed, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        removed = prune(fixture, future - 366 * DAY, future, NULL);
        g_assert_cmpuint(removed, >, 0);
        kept = fixture_get(fixture, removed + 1);
        g_assert_cmpint(kept->time_us, <=, today - 184 * DAY);
        fixture_expect(fixture, 0);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
        g_test_add("/ledger-prune/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
        ADD("prune", test_prune);
        ADD("prune-minimum", test_prune_minimum);
        ADD("prune-jump", test_prune_jump);
        return g_test_run();
}
