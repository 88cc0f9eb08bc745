/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work calendar: weekly hours, holidays, working days in exchange for them (调休), and duty.
 * Pure arithmetic on local time; who keeps the clock is elsewhere. Where several say something
 * about one moment: duty, then working days, then holidays, then the week.
 */
#pragma once
#include <glib.h>
#include "rules/hours.h"

G_BEGIN_DECLS

typedef struct {
        gint64 first, last; /* days since 1970-01-01, both inside */
} GuardDays;

typedef struct {
        gint64 begin_us, end_us; /* local */
} GuardDuty;

typedef struct {
        GArray *week;          /* of GuardHours */
        GArray *holidays;      /* of GuardDays */
        GArray *workdays;      /* of GuardDays */
        GArray *workday_hours; /* of GuardHours; empty: those of a Monday */
        GArray *duty;          /* of GuardDuty */
} GuardCalendar;

GuardCalendar *guard_calendar_new(void);
GuardCalendar *guard_calendar_copy(const GuardCalendar *calendar);
void guard_calendar_free(GuardCalendar *calendar);
/* Is it working time at @local_us (µs since 1970, local)? */
gboolean guard_calendar_works(const GuardCalendar *calendar, gint64 local_us);
/* The next moment after @local_us at which that may change, looked for over 60 days; G_MAXINT64:
 * none. */
gint64 guard_calendar_next_change(const GuardCalendar *calendar, gint64 local_us);

/* "2026-10-01" or "2026-10-01..2026-10-07". */
gboolean guard_days_parse(const char *text, GuardDays *days);
/* "2026-10-01 08:00-20:00"; an end before the beginning is on the next day. */
gboolean guard_duty_parse(const char *text, GuardDuty *duty);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardCalendar, guard_calendar_free)

G_END_DECLS
