/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work calendar and the shutdown after hours, with clocks that are handed in.
 */
#include "common/guard-conf.h"
#include "rules/policy-private.h"
#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static GuardPolicy *
read_policy(const char *text, const char *text2, GPtrArray *errors)
{
        GuardPolicyText texts[] = {{"/etc/50-a.conf", text, strlen(text)},
                                   {"/usr/90-b.conf", text2, strlen(text2)}};
        return guard_policy_new_from_texts(texts, 2, errors);
}

#define OFFICE                                                                                     \
        "[after-hours]\nshutdown=yes\nhours=mon-fri 08:30-12:00; mon-fri 13:00-17:30\n"            \
        "holidays=2026-10-01..2026-10-07; 2026-01-01\nworkdays=2026-10-10; 2026-10-01\n"           \
        "duty=2026-10-02 20:00-02:00; 2026-10-03 09:00-10:00\n"

/* 2026-10-09 is a Friday. */
static const struct {
        const char *when;
        gboolean works;
        const char *change; /* the next one */
} moments[] = {
        {"2026-10-09 08:29", FALSE, "2026-10-09 08:30"},
        {"2026-10-09 08:30", TRUE, "2026-10-09 12:00"},
        {"2026-10-09 12:30", FALSE, "2026-10-09 13:00"},
        {"2026-10-09 17:30", FALSE, "2026-10-10 08:30"}, /* the Saturday is worked instead */
        {"2026-10-10 09:00", TRUE, "2026-10-10 12:00"},
        {"2026-10-10 18:00", FALSE, "2026-10-12 08:30"},
        {"2026-10-05 10:00", FALSE, "2026-10-08 08:30"}, /* a Monday, but a holiday */
        {"2026-10-01 10:00", TRUE, "2026-10-01 12:00"},  /* both: the working day counts */
        {"2026-10-02 21:00", TRUE, "2026-10-03 02:00"},  /* on duty, over midnight */
        {"2026-10-03 01:59", TRUE, "2026-10-03 02:00"},
        {"2026-10-03 02:00", FALSE, "2026-10-03 09:00"},
        {"2026-10-03 09:30", TRUE, "2026-10-03 10:00"},
};

static gint64
at(const char *when)
{
        g_autofree char *date = g_strndup(when, 10);
        GuardDays days;
        gint64 h = g_ascii_strtoll(when + 11, NULL, 10), m = g_ascii_strtoll(when + 14, NULL, 10);
        g_assert_true(guard_days_parse(date, &days));
        return days.first * 24 * HOUR + h * HOUR + m * MINUTE;
}

static void
calendar(void)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardPolicy) policy = read_policy(OFFICE, "", errors);
        g_assert_cmpuint(errors->len, ==, 0);
        for (guint n = 0; n < G_N_ELEMENTS(moments); n++) {
                const GuardCalendar *c = policy->after_hours->calendar;
                g_test_message("%s", moments[n].when);
                g_assert_cmpint(guard_calendar_works(c, at(moments[n].when)), ==, moments[n].works);
                g_assert_cmpint(guard_calendar_next_change(c, at(moments[n].when)), ==,
                                at(moments[n].change));
        }
}

static void
dates(void)
{
        static const char *const bad[] = {"",
                                          "2026-13-01",
                                          "2026-02-29",
                                          "2026-1-01",
                                          "2026-00-10",
                                          "2026-10-01..2026-09-30",
                                          "20261001",
                                          "2026-10-01 ",
                                          "2026-10-01..",
                                          "1969-12-31",
                                          "2026-10-01..2026-10-02x"};
        GuardDays days;
        GuardDuty duty;
        for (guint n = 0; n < G_N_ELEMENTS(bad); n++)
                if (guard_days_parse(bad[n], &days))
                        g_error("“%s” was read", bad[n]);
        g_assert_true(guard_days_parse("1970-01-01", &days));
        g_assert_cmpint(days.first, ==, 0);
        g_assert_true(guard_days_parse("2024-02-29", &days));
        g_assert_cmpint(days.first, ==, 19782);
        g_assert_false(guard_duty_parse("2026-10-01 mon 08:00-09:00", &duty));
        g_assert_false(guard_duty_parse("2026-10-01", &duty));
        g_assert_false(guard_duty_parse("2026-10-01 ", &duty));
        g_assert_true(guard_duty_parse("1970-01-02 23:00-01:00", &duty));
        g_assert_cmpint(duty.end_us - duty.begin_us, ==, 2 * HOUR);
}

static const struct {
        const char *text, *message;
} faults[] = {
        {"[after-hours]\nshutdown=yes\n", "/etc/50-a.conf:1: shutdown=yes needs hours="},
        {"[after-hours]\nhours=mon-fri 8-17\n", "/etc/50-a.conf:2: hours=mon-fri 8-17: expected"},
        {"\n[after-hours]\nholidays=2026-10-01..07\n", "/etc/50-a.conf:3: holidays="},
        {"[after-hours]\nduty=2026-02-30 08:00-09:00\n", "/etc/50-a.conf:2: duty="},
        {"[after-hours]\ncountdown=5s\n", "/etc/50-a.conf:2: countdown=5s: expected 30s to 1h"},
        {"[after-hours]\npostpone-times=many\n", "/etc/50-a.conf:2: postpone-times="},
        {"[after-hours]\nlunch=12:00\n", "/etc/50-a.conf:2: "},
        {"[presence]\nlock-after=11min\n",
         "/etc/50-a.conf:2: lock-after=11min: expected 10s to 10min"},
        {"[presence]\nlock=perhaps\n", "/etc/50-a.conf:2: lock="},
        {"[presence]\nlockers=i3lock\n", "/etc/50-a.conf:2: lockers="},
        {"[presence]\nexempt-for=3h\n", "/etc/50-a.conf:2: exempt-for="},
        {"[presence]\nhours=08:00-09:00\n", "/etc/50-a.conf:2: "},
};

/* A calendar that cannot be read gives no policy: the last good one stays, and with none nothing is
 * switched off. */
static void
broken(void)
{
        g_autoptr(GuardPolicy) builtin = guard_policy_new_builtin();
        for (guint n = 0; n < G_N_ELEMENTS(faults); n++) {
                g_autoptr(GPtrArray) errors = guard_conf_errors_new();
                g_assert_null(read_policy(faults[n].text, "", errors));
                g_assert_cmpuint(errors->len, ==, 1);
                const GError *error = g_ptr_array_index(errors, 0);
                g_test_message("%s", error->message);
                g_assert_true(g_str_has_prefix(error->message, faults[n].message));
        }
        g_assert_false(builtin->after_hours->shutdown);
        g_assert_true(builtin->presence->lock);
        g_assert_cmpuint(builtin->presence->lock_after, ==, 600);
}

static void
files_together(void)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        g_autoptr(GuardPolicy) policy =
                read_policy("[presence]\nlock-after=5min\nlockers=/opt/a;/opt/b\n[after-hours]\n"
                            "shutdown=yes\nholidays=2026-05-01\nhours=09:00-17:00\n",
                            "[presence]\nlock-after=2min\nwarning=10s\n[after-hours]\nshutdown=no\n"
                            "holidays=2027-05-01\nhours=01:00-02:00\n",
                            errors);
        g_assert_cmpuint(errors->len, ==, 0);
        g_assert_cmpuint(policy->presence->lock_after, ==, 300);
        g_assert_cmpuint(policy->presence->warning, ==, 10);
        g_assert_cmpuint(g_strv_length(policy->presence->lockers), ==, 2);
        g_assert_true(policy->after_hours->shutdown);
        g_assert_cmpuint(policy->after_hours->calendar->holidays->len, ==, 2);
        g_assert_cmpuint(policy->after_hours->calendar->week->len, ==, 1);
}

/* ---- the evening ---- */

typedef struct {
        GuardPolicy *policy;
        GuardAfterHours plan;
        GuardClocks clocks;
        gint64 next;
} Evening;

static void
evening_begin(Evening *e, const char *when, gint64 up)
{
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        memset(e, 0, sizeof *e);
        e->policy = read_policy(OFFICE "countdown=15min\ngrace=30min\npostpone-minutes=60\n"
                                       "postpone-times=2\n",
                                "", errors);
        g_assert_nonnull(e->policy);
        e->clocks = (GuardClocks){at(when) - 8 * HOUR, 8 * HOUR, up, up, 0};
}

static GuardAfterHoursEdge
step(Evening *e)
{
        return guard_after_hours_step(&e->plan, e->policy->after_hours, &e->clocks, &e->next);
}

static void
pass(Evening *e, gint64 us)
{
        e->clocks.wall_us += us;
        e->clocks.boot_us += us;
        e->clocks.awake_us += us;
}

static void
evening(void)
{
        Evening e;
        evening_begin(&e, "2026-10-09 17:29", 9 * HOUR);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_NO_EDGE);
        g_assert_cmpint(e.plan.state, ==, GUARD_AFTER_HOURS_WORKING);
        g_assert_cmpint(guard_after_hours_next_wall(e.policy->after_hours, &e.clocks) -
                                e.clocks.wall_us,
                        ==, MINUTE);
        pass(&e, MINUTE);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_PLANNED);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_COUNTS);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_NO_EDGE);
        g_assert_cmpint(e.next - e.clocks.boot_us, ==, 15 * MINUTE);
        pass(&e, 15 * MINUTE - 1);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_NO_EDGE);
        pass(&e, 1);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_REACHED);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_NO_EDGE);
        guard_policy_unref(e.policy);
}

static void
postponement(void)
{
        guint limit;
        Evening e;
        evening_begin(&e, "2026-10-09 17:29", 9 * HOUR);
        step(&e);
        g_assert_nonnull(
                guard_after_hours_postpone(&e.plan, e.policy->after_hours, 10, "x", &limit));
        pass(&e, MINUTE);
        step(&e);
        step(&e);
        g_assert_nonnull(
                guard_after_hours_postpone(&e.plan, e.policy->after_hours, 61, "x", &limit));
        g_assert_cmpuint(limit, ==, 60);
        g_assert_nonnull(
                guard_after_hours_postpone(&e.plan, e.policy->after_hours, 0, "x", &limit));
        g_assert_nonnull(
                guard_after_hours_postpone(&e.plan, e.policy->after_hours, 10, " \t\n", &limit));
        g_assert_nonnull(
                guard_after_hours_postpone(&e.plan, e.policy->after_hours, 10, "\xff", &limit));
        g_assert_cmpuint(e.plan.postponed, ==, 0);
        g_assert_null(
                guard_after_hours_postpone(&e.plan, e.policy->after_hours, 60, "加班", &limit));
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_NO_EDGE);
        g_assert_cmpint(e.plan.state, ==, GUARD_AFTER_HOURS_WAITING);
        g_assert_cmpint(e.next - e.clocks.boot_us, ==, 60 * MINUTE);
        pass(&e, 60 * MINUTE);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_COUNTS);
        g_assert_null(guard_after_hours_postpone(&e.plan, e.policy->after_hours, 1, "a", &limit));
        g_assert_nonnull(
                guard_after_hours_postpone(&e.plan, e.policy->after_hours, 1, "a", &limit));
        g_assert_cmpuint(limit, ==, 2);
        pass(&e, MINUTE);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_COUNTS);
        pass(&e, 15 * MINUTE);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_REACHED);
        guard_policy_unref(e.policy);
}

static void
grace(void)
{
        Evening e;
        evening_begin(&e, "2026-10-09 22:00", 2 * MINUTE);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_PLANNED);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_NO_EDGE);
        g_assert_cmpint(e.plan.deadline_us, ==, 30 * MINUTE);
        g_assert_cmpint(e.next, ==, 15 * MINUTE);
        guard_policy_unref(e.policy);
}

/* However the clock is turned, nothing comes sooner than a full countdown. */
static void
clock_jumps(void)
{
        Evening e;
        evening_begin(&e, "2026-10-09 10:00", 2 * HOUR);
        step(&e);
        e.clocks.wall_us += 10 * HOUR;
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_PLANNED);
        g_assert_cmpint(e.plan.deadline_us - e.clocks.boot_us, ==, 15 * MINUTE);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_COUNTS);
        pass(&e, 14 * MINUTE);
        e.clocks.wall_us += HOUR;
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_AGAIN);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_COUNTS);
        g_assert_cmpint(e.plan.deadline_us - e.clocks.boot_us, ==, 15 * MINUTE);
        /* Asleep past the deadline: the same. */
        pass(&e, MINUTE);
        pass(&e, 9 * HOUR);
        e.clocks.awake_us -= 9 * HOUR;
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_AGAIN);
        g_assert_cmpint(e.plan.deadline_us - e.clocks.boot_us, ==, 15 * MINUTE);
        /* Set back into working time: no shutdown. */
        e.clocks.wall_us = at("2026-10-12 10:00") - 8 * HOUR;
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_CANCELLED);
        guard_policy_unref(e.policy);
}

static void
implausible(void)
{
        Evening e;
        evening_begin(&e, "2026-10-09 22:00", 2 * HOUR);
        e.clocks.known_us = e.clocks.wall_us + HOUR;
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_DOUBTED);
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_NO_EDGE);
        g_assert_cmpint(e.plan.deadline_us, ==, 0);
        e.clocks.known_us = e.clocks.wall_us;
        g_assert_cmpint(step(&e), ==, GUARD_AFTER_HOURS_PLANNED);
        guard_policy_unref(e.policy);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/calendar/calendar", calendar);
        g_test_add_func("/calendar/dates", dates);
        g_test_add_func("/calendar/broken", broken);
        g_test_add_func("/calendar/files-together", files_together);
        g_test_add_func("/after-hours/evening", evening);
        g_test_add_func("/after-hours/postponement", postponement);
        g_test_add_func("/after-hours/grace", grace);
        g_test_add_func("/after-hours/clock-jumps", clock_jumps);
        g_test_add_func("/after-hours/implausible", implausible);
        return g_test_run();
}
