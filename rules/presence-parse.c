/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keys of the presence guard, as a table. Text in, settings out.
 */
#include "rules/presence-parse.h"
#include <glib/gi18n-lib.h>
#include <string.h>
#include "rules/policy-private.h"

#define PRESENCE_KEYS                                                                              \
        "lock, lock-after, warning, suspend-after, last-resort, media-while-locked, exempt-for, "  \
        "lockers"
#define AFTER_HOURS_KEYS                                                                           \
        "shutdown, hours, workday-hours, holidays, workdays, duty, countdown, grace, "             \
        "postpone-minutes, postpone-times"

/* The rule: lock within ten minutes. Seconds below a minute help to try it out. */
enum { LOCK_AFTER_MIN = 10, LOCK_AFTER_MAX = 600, MAX_DATES = 4000 };

GuardPresenceSettings *
guard_presence_settings_new(void)
{
        GuardPresenceSettings *settings = g_new0(GuardPresenceSettings, 1);
        settings->lock = TRUE;
        settings->lock_after = LOCK_AFTER_MAX;
        settings->warning = 60;
        settings->hold_media = TRUE;
        return settings;
}

void
guard_presence_settings_free(GuardPresenceSettings *settings)
{
        g_strfreev(settings->lockers);
        g_free(settings);
}

GuardAfterHoursSettings *
guard_after_hours_settings_new(void)
{
        GuardAfterHoursSettings *settings = g_new0(GuardAfterHoursSettings, 1);
        settings->countdown = 15 * 60;
        settings->grace = 30 * 60;
        settings->postpone_minutes = 60;
        settings->postpone_times = 3;
        settings->calendar = guard_calendar_new();
        return settings;
}

void
guard_after_hours_settings_free(GuardAfterHoursSettings *settings)
{
        guard_calendar_free(settings->calendar);
        g_free(settings);
}

gboolean
guard_duration_parse(const char *text, guint min, guint max, guint *seconds)
{
        static const struct {
                const char *unit;
                guint factor;
        } units[] = {{"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}};
        char *end;
        guint64 number;
        if (!g_ascii_isdigit(*text))
                return FALSE;
        number = g_ascii_strtoull(text, &end, 10);
        if (number > 1000000)
                return FALSE;
        for (guint n = 0; n < G_N_ELEMENTS(units); n++)
                if (strcmp(end, units[n].unit) == 0) {
                        number *= units[n].factor;
                        *seconds = (guint)number;
                        return number >= min && number <= max;
                }
        return FALSE;
}

static gboolean
read_bool(gpointer target, const char *value)
{
        return guard_policy_parse_bool(value, target);
}

static gboolean
read_lock_after(gpointer target, const char *value)
{
        return guard_duration_parse(value, LOCK_AFTER_MIN, LOCK_AFTER_MAX, target);
}

static gboolean
read_warning(gpointer target, const char *value)
{
        return guard_duration_parse(value, 0, 300, target);
}

static gboolean
read_suspend(gpointer target, const char *value)
{
        if (strcmp(value, "never") == 0) {
                *(guint *)target = 0;
                return TRUE;
        }
        return guard_duration_parse(value, 60, 24 * 3600, target);
}

static gboolean
read_last_resort(gpointer target, const char *value)
{
        *(gboolean *)target = strcmp(value, "terminate") == 0;
        return *(gboolean *)target || strcmp(value, "none") == 0;
}

static gboolean
read_media(gpointer target, const char *value)
{
        *(gboolean *)target = strcmp(value, "hold") == 0;
        return *(gboolean *)target || strcmp(value, "as-usual") == 0;
}

static gboolean
read_exempt(gpointer target, const char *value)
{
        guint seconds;
        if (strcmp(value, "never") == 0)
                seconds = 0;
        else if (!guard_duration_parse(value, 60, 120 * 60, &seconds))
                return FALSE;
        *(guint *)target = seconds / 60;
        return TRUE;
}

static gboolean
read_lockers(gpointer target, const char *value)
{
        g_auto(GStrv) items = guard_conf_list(value);
        for (guint n = 0; items[n] != NULL; n++)
                if (items[n][0] != '/' || strpbrk(items[n], "*?") != NULL)
                        return FALSE;
        *(char ***)target = g_steal_pointer(&items);
        return TRUE;
}

static gboolean
read_countdown(gpointer target, const char *value)
{
        return guard_duration_parse(value, 30, 3600, target);
}

static gboolean
read_grace(gpointer target, const char *value)
{
        return guard_duration_parse(value, 60, 4 * 3600, target);
}

static gboolean
read_number(gpointer target, const char *value, gint64 max)
{
        gint64 number;
        if (!g_ascii_string_to_signed(value, 10, 0, max, &number, NULL))
                return FALSE;
        *(guint *)target = (guint)number;
        return TRUE;
}

static gboolean
read_minutes(gpointer target, const char *value)
{
        return read_number(target, value, 480);
}

static gboolean
read_times(gpointer target, const char *value)
{
        return read_number(target, value, 24);
}

static gboolean
read_hours(gpointer target, const char *value)
{
        g_auto(GStrv) items = guard_conf_list(value);
        GArray *array = *(GArray **)target;
        for (guint n = 0; items[n] != NULL; n++) {
                GuardHours hours;
                if (!guard_hours_parse(items[n], &hours))
                        return FALSE;
                g_array_append_val(array, hours);
        }
        return array->len > 0;
}

static gboolean
read_days(gpointer target, const char *value)
{
        g_auto(GStrv) items = guard_conf_list(value);
        GArray *array = *(GArray **)target;
        for (guint n = 0; items[n] != NULL; n++) {
                GuardDays days;
                if (!guard_days_parse(items[n], &days) || array->len >= MAX_DATES)
                        return FALSE;
                g_array_append_val(array, days);
        }
        return TRUE;
}

static gboolean
read_duty(gpointer target, const char *value)
{
        g_auto(GStrv) items = guard_conf_list(value);
        GArray *array = *(GArray **)target;
        for (guint n = 0; items[n] != NULL; n++) {
                GuardDuty duty;
                if (!guard_duty_parse(items[n], &duty) || array->len >= MAX_DATES)
                        return FALSE;
                g_array_append_val(array, duty);
        }
        return TRUE;
}

enum { IN_PRESENCE = 0, IN_AFTER_HOURS, IN_CALENDAR };

typedef struct {
        const char *key;
        guint place;
        gsize offset;
        gboolean gathers; /* from all files */
        gboolean (*read)(gpointer target, const char *value);
        const char *expected;
} Key;

#define P(member) IN_PRESENCE, G_STRUCT_OFFSET(GuardPresenceSettings, member), FALSE
#define A(member) IN_AFTER_HOURS, G_STRUCT_OFFSET(GuardAfterHoursSettings, member), FALSE
#define C(member, gathers) IN_CALENDAR, G_STRUCT_OFFSET(GuardCalendar, member), gathers

static const Key keys[] = {
        {"lock", P(lock), read_bool, "yes or no"},
        {"lock-after", P(lock_after), read_lock_after, "10s to 10min"},
        {"warning", P(warning), read_warning, "0s to 5min"},
        {"suspend-after", P(suspend_after), read_suspend, "never, or 1min to 24h"},
        {"last-resort", P(terminate), read_last_resort, "none or terminate"},
        {"media-while-locked", P(hold_media), read_media, "hold or as-usual"},
        {"exempt-for", P(exempt_minutes), read_exempt, "never, or 1min to 2h"},
        {"lockers", P(lockers), read_lockers, "paths of programs"},
        {"shutdown", A(shutdown), read_bool, "yes or no"},
        {"countdown", A(countdown), read_countdown, "30s to 1h"},
        {"grace", A(grace), read_grace, "1min to 4h"},
        {"postpone-minutes", A(postpone_minutes), read_minutes, "minutes from 0 to 480"},
        {"postpone-times", A(postpone_times), read_times, "a number from 0 to 24"},
        {"hours", C(week, FALSE), read_hours, "hours like mon-fri 08:30-17:30"},
        {"workday-hours", C(workday_hours, FALSE), read_hours, "hours like 08:30-17:30"},
        {"holidays", C(holidays, TRUE), read_days, "dates like 2026-10-01..2026-10-07"},
        {"workdays", C(workdays, TRUE), read_days, "dates like 2026-10-10"},
        {"duty", C(duty, TRUE), read_duty, "times like 2026-10-01 08:00-20:00"},
};

static gpointer
target_of(GuardPresenceParser *parser, const Key *key)
{
        gpointer places[] = {parser->presence, parser->after_hours, parser->after_hours->calendar};
        return G_STRUCT_MEMBER_P(places[key->place], key->offset);
}

/* A value that does not count is read all the same, into nothing: its faults do count. */
static gboolean
read_aside(const Key *key, const char *value)
{
        g_autoptr(GArray) array = g_array_new(FALSE, FALSE, sizeof(GuardHours));
        union {
                guint number;
                char **list;
                GArray *array;
        } target = {0};
        gboolean good;
        if (key->place == IN_CALENDAR)
                target.array = array;
        good = key->read(&target, value);
        if (key->read == read_lockers && good)
                g_strfreev(target.list);
        return good;
}

static void
read_key(GuardPresenceParser *parser, const Key *key, const GuardConf *conf, GuardConfGroup *group,
         GPtrArray *errors)
{
        guint64 bit = G_GUINT64_CONSTANT(1) << (key - keys);
        GuardConfEntry *entry = guard_conf_take(group, key->key);
        gboolean counts = key->gathers || (parser->set & bit) == 0;
        if (entry == NULL)
                return;
        parser->set |= bit;
        if (counts ? key->read(target_of(parser, key), entry->value)
                   : read_aside(key, entry->value))
                return;
        guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, conf->file, entry->line,
                         N_("%s=%s: expected %s"), entry->key, entry->value, key->expected);
}

static const struct {
        const char *name, *known;
        gboolean after_hours;
} groups[] = {
        {"presence", PRESENCE_KEYS, FALSE},
        {"after-hours", AFTER_HOURS_KEYS, TRUE},
};

gboolean
guard_presence_is_group(const char *name)
{
        for (guint n = 0; n < G_N_ELEMENTS(groups); n++)
                if (strcmp(groups[n].name, name) == 0)
                        return TRUE;
        return FALSE;
}

void
guard_presence_parse(GuardPresenceParser *parser, const GuardConf *conf, GPtrArray *errors)
{
        for (guint n = 0; n < G_N_ELEMENTS(groups); n++) {
                GuardConfGroup *group = guard_conf_group(conf, groups[n].name);
                gboolean shutdown = parser->after_hours->shutdown;
                if (group == NULL)
                        continue;
                for (guint k = 0; k < G_N_ELEMENTS(keys); k++)
                        if ((keys[k].place != IN_PRESENCE) == groups[n].after_hours)
                                read_key(parser, &keys[k], conf, group, errors);
                guard_conf_refuse_unused(conf, group, groups[n].known, errors);
                if (!shutdown && parser->after_hours->shutdown) {
                        g_free(parser->file);
                        parser->file = g_strdup(conf->file);
                        parser->line = group->line;
                }
        }
}

void
guard_presence_parse_end(GuardPresenceParser *parser, GPtrArray *errors)
{
        if (parser->after_hours->shutdown && parser->after_hours->calendar->week->len == 0)
                guard_conf_error(errors, GUARD_ERROR_INVALID_VALUE, parser->file, parser->line,
                                 N_("shutdown=yes needs hours="));
        g_clear_pointer(&parser->file, g_free);
}
