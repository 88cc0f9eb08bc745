/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weekly hours, against a plain walk over every minute of two weeks.
 */
#include "rules/hours.h"

#define MINUTE G_GINT64_CONSTANT(60000000)
#define DAY (1440 * MINUTE)
#define MONDAY (4 * DAY) /* 1970-01-05 */

static const char *const good[] = {"08:00-18:00",     "mon-fri 08:00-18:00", "sat 09:00-12:00",
                                   "22:00-06:00",     "fri-mon 20:00-24:00", "SUN 00:00-24:00",
                                   "fri 23:59-00:01", "mon-sun  00:00-00:01"};
static const char *const bad[] = {"",
                                  "8:00-18:00",
                                  "08:00",
                                  "08:00-",
                                  "08:00-18:0",
                                  "08:00-18:60",
                                  "24:00-08:00",
                                  "08:00-24:01",
                                  "08:00-08:00",
                                  "mon08:00-18:00",
                                  "mon- 08:00-18:00",
                                  "moon 08:00-18:00",
                                  "mon",
                                  "08:00-18:00 ",
                                  "mon,tue 08:00-18:00",
                                  "-08:00"};

static void
reads(void)
{
        GuardHours hours;
        for (guint n = 0; n < G_N_ELEMENTS(good); n++)
                g_assert_true(guard_hours_parse(good[n], &hours));
        for (guint n = 0; n < G_N_ELEMENTS(bad); n++)
                if (guard_hours_parse(bad[n], &hours))
                        g_error("“%s” was read", bad[n]);
}

static const struct {
        const char *hours;
        gint64 day, minute; /* from a Monday's midnight */
        gboolean inside;
} moments[] = {
        {"mon-fri 08:00-18:00", 0, 479, FALSE},
        {"mon-fri 08:00-18:00", 0, 480, TRUE},
        {"mon-fri 08:00-18:00", 0, 1079, TRUE},
        {"mon-fri 08:00-18:00", 0, 1080, FALSE},
        {"mon-fri 08:00-18:00", 5, 600, FALSE},
        {"mon-fri 08:00-18:00", 7, 600, TRUE},
        {"fri 22:00-06:00", 4, 1320, TRUE},
        {"fri 22:00-06:00", 5, 359, TRUE},
        {"fri 22:00-06:00", 5, 360, FALSE},
        {"fri 22:00-06:00", 4, 100, FALSE},
        {"sun 22:00-06:00", 7, 100, TRUE},
        {"sat-mon 00:00-24:00", 0, 0, TRUE},
        {"sat-mon 00:00-24:00", 1, 0, FALSE},
        {"sun 00:00-24:00", -1, 700, TRUE},
        {"sun 00:00-24:00", -8 - 7 * 500, 1439, TRUE}, /* long before 1970 */
};

static void
contains(void)
{
        for (guint n = 0; n < G_N_ELEMENTS(moments); n++) {
                GuardHours hours;
                g_assert_true(guard_hours_parse(moments[n].hours, &hours));
                g_test_message("%u %s", n, moments[n].hours);
                g_assert_cmpint(guard_hours_contain(&hours, MONDAY + moments[n].day * DAY +
                                                                    moments[n].minute * MINUTE),
                                ==, moments[n].inside);
        }
}

/* Between now and the next change nothing changes, and every real change is announced. */
static void
next_change_is_the_next(void)
{
        for (guint n = 0; n < G_N_ELEMENTS(good); n++) {
                GuardHours hours;
                g_assert_true(guard_hours_parse(good[n], &hours));
                for (gint64 t = MONDAY - DAY; t < MONDAY + 8 * DAY; t += MINUTE) {
                        gint64 next = guard_hours_next_change(&hours, t);
                        gboolean inside = guard_hours_contain(&hours, t);
                        g_assert_cmpint(next, >, t);
                        g_assert_cmpint(guard_hours_contain(&hours, next - 1), ==, inside);
                        if (guard_hours_contain(&hours, t + MINUTE) != inside)
                                g_assert_cmpint(next, ==, t + MINUTE);
                }
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/hours/reads", reads);
        g_test_add_func("/hours/contains", contains);
        g_test_add_func("/hours/next-change-is-the-next", next_change_is_the_next);
        return g_test_run();
}
