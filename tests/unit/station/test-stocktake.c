/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The stock-take: who is expected, who is missing, and what stays written down.
 */
#include "station-fixture.h"
#include "station/pending.h"
#include "station/query.h"
#include "station/stocktake.h"

static gboolean
name(const GuardDrive *drive, gpointer user_data, GError **error)
{
        (void)error;
        g_string_append_printf(user_data, "%s ", drive->media_id);
        return TRUE;
}

static void
assert_missing(GuardStation *station, const char *expected)
{
        g_autoptr(GString) all = g_string_new(NULL);

        g_assert_true(guard_station_stocktake_missing(station, name, all, NULL));
        g_assert_cmpstr(all->str, ==, expected);
}

static void
tick(GuardStation *station, const char *media_id, gboolean with_note)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        GuardAct a = station_act(NULL);

        a.now_us = T0 + 2;
        guard_station_stocktake_tick(station, media_id, &a, &text, &error);
        g_assert_no_error(error);
        g_assert_cmpint(text != NULL, ==, with_note);
}

static void
assert_state(GuardStation *station, guint number, gboolean open, guint expected, guint ticked,
             guint missing, guint extra)
{
        GuardStocktake s;

        g_assert_true(guard_station_stocktake_state(station, &s, NULL));
        g_assert_cmpuint(s.number, ==, number);
        g_assert_cmpint(s.open, ==, open);
        g_assert_cmpuint(s.expected, ==, expected);
        g_assert_cmpuint(s.ticked, ==, ticked);
        g_assert_cmpuint(s.missing, ==, missing);
        g_assert_cmpuint(s.extra, ==, extra);
}

static void
test_count(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        g_autoptr(GError) none = NULL, twice = NULL, stranger = NULL;
        g_autoptr(GuardDrive) seen = NULL;
        GuardAct a = station_act("yearly"), later = station_act(NULL);

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        station_enrol(station, "B", 1, "60A44C413FAF", NULL, FALSE, 0);
        station_enrol(station, "C", 1, "60A44C413FB0", NULL, FALSE, 0);
        station_change(station, "C", "lost");
        assert_state(station, 0, FALSE, 0, 0, 0, 0);
        g_assert_false(guard_station_stocktake_tick(station, "A", &a, NULL, &none));
        g_assert_error(none, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
        g_assert_true(guard_station_stocktake_begin(station, &a, NULL));
        g_assert_false(guard_station_stocktake_begin(station, &a, &twice));
        g_assert_error(twice, GUARD_ERROR, GUARD_ERROR_EXISTS);
        assert_missing(station, "A B ");
        tick(station, "A", FALSE);
        tick(station, "A", FALSE); /* twice is fine, and once in the history */
        g_assert_cmpuint(station_history(station, "A"), ==, 2);
        tick(station, "C", TRUE); /* lost by the book, and here */
        g_assert_false(guard_station_stocktake_tick(station, "X", &a, NULL, &stranger));
        g_assert_error(stranger, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
        assert_state(station, 1, TRUE, 2, 2, 1, 1);
        seen = station_get(station, "A");
        g_assert_cmpint(seen->seen_us, ==, T0 + 2);
        later.now_us = T0 + 5;
        g_assert_true(guard_station_stocktake_end(station, &later, NULL, NULL));
        assert_missing(station, "B ");
        /* what was missing then stays written down */
        station_change(station, "B", "lost");
        assert_missing(station, "B ");
        assert_state(station, 1, FALSE, 2, 2, 1, 1);
        g_assert_true(guard_station_stocktake_begin(station, &later, NULL));
        assert_state(station, 2, TRUE, 1, 0, 1, 0);
}

/* Counting drives is nothing that a workstation must hear of. */
static void
test_not_published(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        GuardAct a = station_act("yearly");
        GuardPending pending;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        station_publish(f, station);
        g_assert_true(guard_station_stocktake_begin(station, &a, NULL));
        tick(station, "A", FALSE);
        g_assert_true(guard_station_pending(station, &pending, NULL, 0, NULL, NULL));
        g_assert_cmpuint(pending.added + pending.removed + pending.changed, ==, 0);
}

static void
test_not_seen(Fixture *f, gconstpointer data)
{
        g_autoptr(GuardStation) station = station_open(f);
        GuardDriveQuery query = {.not_seen_since_us = T0 + 1};
        GuardAct a = station_act(NULL);
        guint64 n = 0;

        (void)data;
        station_enrol(station, "A", 1, "60A44C413FAE", NULL, FALSE, 0);
        station_enrol(station, "B", 1, "60A44C413FAF", NULL, FALSE, 0);
        g_assert_true(guard_station_stocktake_begin(station, &a, NULL));
        tick(station, "A", FALSE);
        g_assert_true(guard_station_count(station, &query, &n, NULL));
        g_assert_cmpuint(n, ==, 1);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("stocktake/count", test_count);
        ADD("stocktake/not-published", test_not_published);
        ADD("stocktake/not-seen", test_not_seen);
        return g_test_run();
}
