/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weekly hours. Pure: local time comes in, nothing is read.
 */
#include "rules/hours.h"
#include <string.h>

#define MINUTE_US G_GINT64_CONSTANT(60000000)
#define DAY_US (1440 * MINUTE_US)

enum { EVERY_DAY = 0x7f, DAY_MINUTES = 1440 };

static const char *const day_names[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static gboolean
parse_day(const char **p, guint *day)
{
        for (guint n = 0; n < G_N_ELEMENTS(day_names); n++)
                if (g_ascii_strncasecmp(*p, day_names[n], 3) == 0) {
                        *p += 3;
                        *day = n;
                        return TRUE;
                }
        return FALSE;
}

/* "mon-fri " or "sat ": fri-mon goes over the week's end. Nothing: every day. */
static gboolean
parse_days(const char **p, guint *days)
{
        guint first, last;
        *days = EVERY_DAY;
        if (!g_ascii_isalpha(**p))
                return TRUE;
        if (!parse_day(p, &first))
                return FALSE;
        last = first;
        if (**p == '-') {
                (*p)++;
                if (!parse_day(p, &last))
                        return FALSE;
        }
        if (**p != ' ' && **p != '\t')
                return FALSE;
        while (**p == ' ' || **p == '\t')
                (*p)++;
        *days = 0;
        for (guint day = first;; day = (day + 1) % 7) {
                *days |= 1u << day;
                if (day == last)
                        return TRUE;
        }
}

static gboolean
parse_minutes(const char **p, guint *minutes)
{
        const char *s = *p;
        if (!g_ascii_isdigit(s[0]) || !g_ascii_isdigit(s[1]) || s[2] != ':' ||
            !g_ascii_isdigit(s[3]) || !g_ascii_isdigit(s[4]))
                return FALSE;
        guint hour = (guint)(s[0] - '0') * 10 + (guint)(s[1] - '0');
        guint minute = (guint)(s[3] - '0') * 10 + (guint)(s[4] - '0');
        if (minute > 59 || hour * 60 + minute > DAY_MINUTES)
                return FALSE;
        *minutes = hour * 60 + minute;
        *p += 5;
        return TRUE;
}

gboolean
guard_hours_parse(const char *text, GuardHours *hours)
{
        const char *p = text;
        if (!parse_days(&p, &hours->days) || !parse_minutes(&p, &hours->from) || *p++ != '-' ||
            !parse_minutes(&p, &hours->to) || *p != '\0')
                return FALSE;
        return hours->from < DAY_MINUTES && hours->from != hours->to;
}

static gint64
day_of(gint64 local_us)
{
        gint64 day = local_us / DAY_US;
        return local_us % DAY_US < 0 ? day - 1 : day;
}

/* Does a span begin on day number @day (days since 1970-01-01, a Thursday)? */
static gboolean
begins_on(const GuardHours *hours, gint64 day)
{
        gint64 weekday = (day % 7 + 7 + 3) % 7;
        return (hours->days >> weekday & 1) != 0;
}

static gint64
length_us(const GuardHours *hours)
{
        guint to = hours->to > hours->from ? hours->to : hours->to + DAY_MINUTES;
        return (gint64)(to - hours->from) * MINUTE_US;
}

static gint64
begin_us(const GuardHours *hours, gint64 day)
{
        return day * DAY_US + (gint64)hours->from * MINUTE_US;
}

gboolean
guard_hours_contain(const GuardHours *hours, gint64 local_us)
{
        gint64 today = day_of(local_us);
        for (gint64 day = today - 1; day <= today; day++) {
                gint64 begin = begin_us(hours, day);
                if (begins_on(hours, day) && local_us >= begin &&
                    local_us < begin + length_us(hours))
                        return TRUE;
        }
        return FALSE;
}

gint64
guard_hours_next_change(const GuardHours *hours, gint64 local_us)
{
        gint64 today = day_of(local_us), next = G_MAXINT64;
        for (gint64 day = today - 1; day <= today + 7; day++) {
                if (!begins_on(hours, day))
                        continue;
                gint64 begin = begin_us(hours, day), end = begin + length_us(hours);
                if (begin > local_us)
                        next = MIN(next, begin);
                if (end > local_us)
                        next = MIN(next, end);
        }
        return next;
}

gboolean
guard_hours_span(const GuardHours *hours, gint64 day, gint64 *begin, gint64 *end)
{
        if (!begins_on(hours, day))
                return FALSE;
        *begin = begin_us(hours, day);
        *end = *begin + length_us(hours);
        return TRUE;
}

gint64
guard_hours_day(gint64 local_us)
{
        return day_of(local_us);
}
