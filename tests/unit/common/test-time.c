/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Times as people write them. The time zone is Shanghai's throughout, the clock is an argument.
 */
#include "common/guard-error.h"
#include "common/guard-text.h"
#include <locale.h>

/* 2026-11-24 09:00 in UTC, 17:00 in Shanghai */
#define NOW_S G_GINT64_CONSTANT(1795510800)
#define NOW_US (NOW_S * G_USEC_PER_SEC)

static const struct {
        const char *text;
        gint64 seconds; /* from NOW_S */
        gint64 micro;
} good[] = {
        {"now", 0, 0},
        {"2026-11-24T09:00:00Z", 0, 0},
        {"2026-11-24t09:00:00z", 0, 0},
        {"2026-11-24T17:00:00+08:00", 0, 0},
        {"2026-11-24T04:30:00-04:30", 0, 0},
        {"2026-11-24T09:00:00.5Z", 0, 500000},
        {"2026-11-24T09:00:00.0000019Z", 0, 1},
        {"2026-11-24T08:59:60Z", 0, 0}, /* a leap second is the next minute's first */
        {"2026-11-24 17:00", 0, 0},
        {"2026-11-24 17:00:01", 1, 0},
        {"2026-11-24T17:00:01", 1, 0},
        {"2026-11-24", -17 * 3600, 0},
        {"today", -17 * 3600, 0},
        {"yesterday", -41 * 3600, 0},
        {"-30s", -30, 0},
        {"-30min", -1800, 0},
        {"-30m", -1800, 0},
        {"-2h", -7200, 0},
        {"-7d", -7 * 86400, 0},
        {"-1w", -7 * 86400, 0},
};

static void
reads(void)
{
        for (guint n = 0; n < G_N_ELEMENTS(good); n++) {
                g_autoptr(GError) error = NULL;
                gint64 time_us = -1;
                gboolean known = guard_time_parse(good[n].text, NOW_US, &time_us, &error);
                g_assert_no_error(error);
                g_assert_true(known);
                g_assert_cmpint(time_us - NOW_US, ==,
                                good[n].seconds * G_USEC_PER_SEC + good[n].micro);
        }
}

static const char *const bad[] = {"",
                                  " ",
                                  "tomorrow",
                                  "2026",
                                  "2026-13-01",
                                  "2026-02-30",
                                  "2026-1-1",
                                  "26-01-01",
                                  "2026-11-24T",
                                  "2026-11-24T9:00",
                                  "2026-11-24T24:00:00Z",
                                  "2026-11-24T09:60Z",
                                  "2026-11-24T09:00:61Z",
                                  "2026-11-24T09:00:00.Z",
                                  "2026-11-24T09:00:00+8",
                                  "2026-11-24T09:00:00+0800",
                                  "2026-11-24T09:00:00+24:00",
                                  "2026-11-24T09:00:00ZZ",
                                  "2026-11-24x",
                                  "2026-11-24 09:00 ",
                                  "-",
                                  "-h",
                                  "-2",
                                  "-2x",
                                  "2h",
                                  "-2hh",
                                  "-9999999999999999999s",
                                  "-70000d",
                                  "0000-01-01",
                                  NULL};

static void
refuses(void)
{
        for (guint n = 0; n < G_N_ELEMENTS(bad); n++) {
                g_autoptr(GError) error = NULL;
                gint64 time_us = 4711;
                if (guard_time_parse(bad[n], NOW_US, &time_us, &error))
                        g_error("“%s” was read", bad[n]);
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
                g_assert_cmpint(time_us, ==, 4711);
        }
}

static void
writes(void)
{
        static const struct {
                gint64 time_us;
                const char *text;
        } times[] = {
                {NOW_US, "2026-11-24T17:00:00.000000+08:00"},
                {NOW_US + 42, "2026-11-24T17:00:00.000042+08:00"},
                {0, "1970-01-01T08:00:00.000000+08:00"},
                {-1, "1970-01-01T07:59:59.999999+08:00"},
        };
        for (guint n = 0; n < G_N_ELEMENTS(times); n++) {
                g_autofree char *text = guard_time_format(times[n].time_us);
                g_assert_cmpstr(text, ==, times[n].text);
        }
        g_autofree char *first = guard_time_format(G_MININT64),
                        *last = guard_time_format(G_MAXINT64);
        g_assert_true(g_str_has_prefix(last, "9999-"));
        g_assert_true(g_str_has_prefix(first, "0001-"));
}

static void
there_and_back(void)
{
        for (guint round = 0; round < 2000; round++) {
                gint64 time_us = (gint64)g_test_rand_double_range(0, 4e15), back = 0;
                g_autofree char *text = guard_time_format(time_us);
                g_assert_true(guard_time_parse(text, 0, &back, NULL));
                g_assert_cmpint(back, ==, time_us);
        }
}

/* With the summer time of that moment, and in a time zone that was set only just now. */
static void
offset(void)
{
        g_assert_cmpint(guard_time_utc_offset(NOW_US), ==, 8 * G_TIME_SPAN_HOUR);
        g_setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", TRUE);
        g_assert_cmpint(guard_time_utc_offset(NOW_US), ==, G_TIME_SPAN_HOUR);
        g_assert_cmpint(guard_time_utc_offset(NOW_US - 180 * G_TIME_SPAN_DAY), ==, 2 * G_TIME_SPAN_HOUR);
        g_setenv("TZ", "CST-8", TRUE);
        g_assert_cmpint(guard_time_utc_offset(NOW_US), ==, 8 * G_TIME_SPAN_HOUR);
}

int
main(int argc, char **argv)
{
        g_setenv("TZ", "CST-8", TRUE);
        setlocale(LC_ALL, "C.UTF-8");
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/time/reads", reads);
        g_test_add_func("/time/refuses", refuses);
        g_test_add_func("/time/writes", writes);
        g_test_add_func("/time/there-and-back", there_and_back);
        g_test_add_func("/time/offset", offset);
        return g_test_run();
}
