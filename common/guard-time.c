/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Times as people and scripts write them (RFC 3339 and a few short forms). The clock is never read
 * here: "now" comes as an argument.
 */
#include "common/guard-error.h"
#include "common/guard-text.h"
#include <glib/gi18n-lib.h>
#include <string.h>
#include <time.h>

gint64
guard_time_utc_offset(gint64 time_us)
{
        time_t second = (time_t)(time_us / G_USEC_PER_SEC);
        struct tm local;

        tzset();
        return localtime_r(&second, &local) ? (gint64)local.tm_gmtoff * G_USEC_PER_SEC : 0;
}

char *
guard_time_format(gint64 time_us)
{
        /* Years 1 to 9999 are all that RFC 3339 can write. */
        const gint64 first = G_GINT64_CONSTANT(-62135510400),
                     last = G_GINT64_CONSTANT(253402214400);
        gint64 micro = time_us % G_USEC_PER_SEC;
        gint64 second = time_us / G_USEC_PER_SEC;
        if (micro < 0) {
                micro += G_USEC_PER_SEC;
                second--;
        }
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(CLAMP(second, first, last));
        g_autofree char *date = g_date_time_format(time, "-%m-%dT%H:%M:%S");
        g_autofree char *offset = g_date_time_format(time, "%:z");
        return g_strdup_printf("%04d%s.%06d%s", g_date_time_get_year(time), date, (int)micro,
                               offset);
}

static gboolean
digits(const char **p, guint count, guint *value)
{
        *value = 0;
        for (guint n = 0; n < count; n++, (*p)++) {
                if (!g_ascii_isdigit(**p))
                        return FALSE;
                *value = *value * 10 + (guint)(**p - '0');
        }
        return TRUE;
}

static gboolean
literal(const char **p, char c)
{
        if (**p != c)
                return FALSE;
        (*p)++;
        return TRUE;
}

/* "HH:MM[:SS[.fraction]]" */
static gboolean
clock_time(const char **p, guint *hour, guint *minute, guint *second, guint *micro)
{
        if (!digits(p, 2, hour) || !literal(p, ':') || !digits(p, 2, minute))
                return FALSE;
        if (!literal(p, ':'))
                return TRUE;
        if (!digits(p, 2, second))
                return FALSE;
        if (!literal(p, '.'))
                return TRUE;
        if (!g_ascii_isdigit(**p))
                return FALSE;
        for (guint scale = 100000; g_ascii_isdigit(**p); (*p)++, scale /= 10)
                *micro +=
                        (guint)(**p - '0') * scale; /* digits beyond the microsecond add nothing */
        return TRUE;
}

/* "Z", "+08:00", or nothing: local time. */
static GTimeZone *
zone(const char **p)
{
        guint hours, minutes;
        if (**p == '\0')
                return g_time_zone_new_local();
        if ((**p == 'Z' || **p == 'z') && (*p)[1] == '\0') {
                (*p)++;
                return g_time_zone_new_utc();
        }
        const char *from = *p;
        if (**p != '+' && **p != '-')
                return NULL;
        (*p)++;
        if (!digits(p, 2, &hours) || !literal(p, ':') || !digits(p, 2, &minutes) || **p != '\0' ||
            hours > 23 || minutes > 59)
                return NULL;
        g_autofree char *name = g_strndup(from, 6);
        G_GNUC_BEGIN_IGNORE_DEPRECATIONS /* the replacement is newer than GLib 2.58 */
                return g_time_zone_new(name);
        G_GNUC_END_IGNORE_DEPRECATIONS
}

static gboolean
parse_absolute(const char *text, gint64 *time_us)
{
        const char *p = text;
        guint year, month, day, hour = 0, minute = 0, second = 0, micro = 0;
        if (!digits(&p, 4, &year) || !literal(&p, '-') || !digits(&p, 2, &month) ||
            !literal(&p, '-') || !digits(&p, 2, &day))
                return FALSE;
        if (*p != '\0') {
                if (*p != 'T' && *p != 't' && *p != ' ')
                        return FALSE;
                p++;
                if (!clock_time(&p, &hour, &minute, &second, &micro))
                        return FALSE;
        }
        g_autoptr(GTimeZone) tz = zone(&p);
        if (tz == NULL)
                return FALSE;
        guint leap = second == 60 ? 1 : 0; /* RFC 3339 knows leap seconds, GDateTime does not */
        g_autoptr(GDateTime) time = g_date_time_new(tz, (int)year, (int)month, (int)day, (int)hour,
                                                    (int)minute, (double)(second - leap));
        if (time == NULL)
                return FALSE;
        *time_us = (g_date_time_to_unix(time) + leap) * G_USEC_PER_SEC + (gint64)micro;
        return TRUE;
}

static gboolean
parse_day(const char *text, gint64 now_us, gint64 *time_us)
{
        int back = g_str_equal(text, "today") ? 0 : g_str_equal(text, "yesterday") ? -1 : 1;
        g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(now_us / G_USEC_PER_SEC);
        if (back > 0 || now == NULL)
                return FALSE;
        g_autoptr(GDateTime) day = g_date_time_add_days(now, back);
        int year, month, day_of_month;
        g_date_time_get_ymd(day, &year, &month, &day_of_month);
        g_autoptr(GDateTime) midnight = g_date_time_new_local(year, month, day_of_month, 0, 0, 0);
        if (midnight == NULL)
                return FALSE;
        *time_us = g_date_time_to_unix(midnight) * G_USEC_PER_SEC;
        return TRUE;
}

/* "-2h": so long before now. */
static gboolean
parse_relative(const char *text, gint64 now_us, gint64 *time_us)
{
        static const struct {
                const char *unit;
                gint64 seconds;
        } units[] = {{"s", 1}, {"min", 60}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}};
        const gint64 longest =
                G_GINT64_CONSTANT(4000000000); /* seconds; more than a century is a typing error */
        char *unit;

        if (text[0] != '-' || !g_ascii_isdigit(text[1]))
                return FALSE;
        guint64 number = g_ascii_strtoull(text + 1, &unit, 10);
        for (guint n = 0; n < G_N_ELEMENTS(units); n++)
                if (g_str_equal(unit, units[n].unit)) {
                        if (number > (guint64)(longest / units[n].seconds))
                                return FALSE;
                        *time_us = now_us - (gint64)number * units[n].seconds * G_USEC_PER_SEC;
                        return TRUE;
                }
        return FALSE;
}

gboolean
guard_time_parse(const char *text, gint64 now_us, gint64 *time_us, GError **error)
{
        gint64 value = now_us;
        if (text != NULL &&
            (g_str_equal(text, "now") || parse_day(text, now_us, &value) ||
             parse_relative(text, now_us, &value) || parse_absolute(text, &value))) {
                *time_us = value;
                return TRUE;
        }
        g_autofree char *shown = guard_text_display(text, 40);
        g_set_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE,
                    _("“%s” is not a time. Write it like 2026-03-01, 2026-03-01 14:30, "
                      "2026-03-01T14:30:00+08:00, today, yesterday, -2h or -7d."),
                    shown);
        return FALSE;
}
