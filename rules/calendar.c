/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The calendar, day by day: every day has a list of spans, from one source.
 */
#include "rules/calendar.h"
#include <string.h>

#define DAY_US (24 * 3600 * G_GINT64_CONSTANT(1000000))

enum { MONDAY = 4 /* 1970-01-05, as a number of a day */, LOOK_AHEAD_DAYS = 60 };

GuardCalendar *
guard_calendar_new(void)
{
        GuardCalendar *calendar = g_new0(GuardCalendar, 1);
        calendar->week = g_array_new(FALSE, FALSE, sizeof(GuardHours));
        calendar->holidays = g_array_new(FALSE, FALSE, sizeof(GuardDays));
        calendar->workdays = g_array_new(FALSE, FALSE, sizeof(GuardDays));
        calendar->workday_hours = g_array_new(FALSE, FALSE, sizeof(GuardHours));
        calendar->duty = g_array_new(FALSE, FALSE, sizeof(GuardDuty));
        return calendar;
}

static GArray *
copy_array(const GArray *array)
{
        GArray *copy = g_array_new(FALSE, FALSE, g_array_get_element_size((GArray *)array));
        return g_array_append_vals(copy, array->data, array->len);
}

GuardCalendar *
guard_calendar_copy(const GuardCalendar *calendar)
{
        GuardCalendar *copy = g_new0(GuardCalendar, 1);
        copy->week = copy_array(calendar->week);
        copy->holidays = copy_array(calendar->holidays);
        copy->workdays = copy_array(calendar->workdays);
        copy->workday_hours = copy_array(calendar->workday_hours);
        copy->duty = copy_array(calendar->duty);
        return copy;
}

void
guard_calendar_free(GuardCalendar *calendar)
{
        if (calendar == NULL)
                return;
        g_array_unref(calendar->week);
        g_array_unref(calendar->holidays);
        g_array_unref(calendar->workdays);
        g_array_unref(calendar->workday_hours);
        g_array_unref(calendar->duty);
        g_free(calendar);
}

static gboolean
holds(const GArray *ranges, gint64 day)
{
        for (guint n = 0; n < ranges->len; n++) {
                const GuardDays *days = &g_array_index(ranges, GuardDays, n);
                if (day >= days->first && day <= days->last)
                        return TRUE;
        }
        return FALSE;
}

/* The hours of @day and the day by which their weekday is to be judged; NULL: it is a day off. */
static const GArray *
source(const GuardCalendar *calendar, gint64 day, gint64 *as_day)
{
        *as_day = day;
        if (holds(calendar->workdays, day)) {
                *as_day = MONDAY;
                return calendar->workday_hours->len > 0 ? calendar->workday_hours : calendar->week;
        }
        return holds(calendar->holidays, day) ? NULL : calendar->week;
}

typedef gboolean (*SpanVisit)(gint64 begin, gint64 end, gint64 local_us, gint64 *next);

/* Calls @visit for each span that begins on @day; TRUE as soon as one call says so. */
static gboolean
each_span(const GuardCalendar *calendar, gint64 day, SpanVisit visit, gint64 local_us, gint64 *next)
{
        gint64 as_day, begin, end;
        const GArray *hours = source(calendar, day, &as_day);
        for (guint n = 0; hours != NULL && n < hours->len; n++) {
                const GuardHours *one = &g_array_index(hours, GuardHours, n);
                if (guard_hours_span(one, as_day, &begin, &end) &&
                    visit(begin + (day - as_day) * DAY_US, end + (day - as_day) * DAY_US, local_us,
                          next))
                        return TRUE;
        }
        return FALSE;
}

static gboolean
contains(gint64 begin, gint64 end, gint64 local_us, gint64 *next G_GNUC_UNUSED)
{
        return local_us >= begin && local_us < end;
}

static gboolean
comes(gint64 begin, gint64 end, gint64 local_us, gint64 *next)
{
        if (begin > local_us)
                *next = MIN(*next, begin);
        if (end > local_us)
                *next = MIN(*next, end);
        return FALSE;
}

static gboolean
each_duty(const GuardCalendar *calendar, SpanVisit visit, gint64 local_us, gint64 *next)
{
        for (guint n = 0; n < calendar->duty->len; n++) {
                const GuardDuty *duty = &g_array_index(calendar->duty, GuardDuty, n);
                if (visit(duty->begin_us, duty->end_us, local_us, next))
                        return TRUE;
        }
        return FALSE;
}

gboolean
guard_calendar_works(const GuardCalendar *calendar, gint64 local_us)
{
        gint64 today = guard_hours_day(local_us);
        return each_duty(calendar, contains, local_us, NULL) ||
               each_span(calendar, today - 1, contains, local_us, NULL) ||
               each_span(calendar, today, contains, local_us, NULL);
}

gint64
guard_calendar_next_change(const GuardCalendar *calendar, gint64 local_us)
{
        gint64 today = guard_hours_day(local_us), next = G_MAXINT64;
        each_duty(calendar, comes, local_us, &next);
        for (gint64 day = today - 1; day <= today + LOOK_AHEAD_DAYS; day++) {
                /* What begins later cannot come first. */
                if (next < day * DAY_US)
                        break;
                each_span(calendar, day, comes, local_us, &next);
        }
        return next;
}

static gboolean
digits(const char *text, guint n, gint64 *value)
{
        *value = 0;
        for (guint i = 0; i < n; i++) {
                if (!g_ascii_isdigit(text[i]))
                        return FALSE;
                *value = *value * 10 + (text[i] - '0');
        }
        return TRUE;
}

static gboolean
is_leap(gint64 year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* "2026-10-01", ten characters, as days since 1970-01-01. */
static gboolean
parse_date(const char *text, gint64 *day)
{
        static const guint8 lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        gint64 year, month, date;
        if (strlen(text) < 10 || !digits(text, 4, &year) || text[4] != '-' ||
            !digits(text + 5, 2, &month) || text[7] != '-' || !digits(text + 8, 2, &date))
                return FALSE;
        if (year < 1970 || month < 1 || month > 12 || date < 1 ||
            date > lengths[month - 1] + (month == 2 && is_leap(year)))
                return FALSE;
        *day = date - 1;
        for (gint64 y = 1970; y < year; y++)
                *day += is_leap(y) ? 366 : 365;
        for (gint64 m = 1; m < month; m++)
                *day += lengths[m - 1] + (m == 2 && is_leap(year));
        return TRUE;
}

gboolean
guard_days_parse(const char *text, GuardDays *days)
{
        if (!parse_date(text, &days->first))
                return FALSE;
        days->last = days->first;
        if (text[10] == '\0')
                return TRUE;
        return strncmp(text + 10, "..", 2) == 0 && strlen(text) == 22 &&
               parse_date(text + 12, &days->last) && days->last >= days->first;
}

gboolean
guard_duty_parse(const char *text, GuardDuty *duty)
{
        GuardHours hours;
        gint64 day, begin, end;
        if (!parse_date(text, &day) || text[10] != ' ')
                return FALSE;
        text += 11;
        text += strspn(text, " \t");
        if (!g_ascii_isdigit(*text) || !guard_hours_parse(text, &hours) ||
            !guard_hours_span(&hours, day, &begin, &end))
                return FALSE;
        *duty = (GuardDuty){begin, end};
        return TRUE;
}
