/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A short list, searched from its start.
 */
#include <string.h>
#include "guardd/alarms.h"

struct GuardAlarms {
        GPtrArray *list;
        GuardAlarmChanged changed;
        gpointer user_data;
};

static void
alarm_free(gpointer data)
{
        GuardAlarm *alarm = data;

        if (!alarm)
                return;
        g_free(alarm->key);
        g_free(alarm->message);
        g_free(alarm);
}

GuardAlarms *
guard_alarms_new(GuardAlarmChanged changed, gpointer user_data)
{
        GuardAlarms *alarms = g_new0(GuardAlarms, 1);

        alarms->list = g_ptr_array_new_with_free_func(alarm_free);
        alarms->changed = changed;
        alarms->user_data = user_data;
        return alarms;
}

void
guard_alarms_free(GuardAlarms *alarms)
{
        if (!alarms)
                return;
        g_ptr_array_unref(alarms->list);
        g_free(alarms);
}

static GuardAlarm *
find(GuardAlarms *alarms, const char *key, guint *index)
{
        for (guint i = 0; i < alarms->list->len; i++) {
                GuardAlarm *alarm = g_ptr_array_index(alarms->list, i);

                if (strcmp(alarm->key, key) == 0) {
                        *index = i;
                        return alarm;
                }
        }
        return NULL;
}

void
guard_alarms_set(GuardAlarms *alarms, const char *key, GuardSeverity severity, const char *message)
{
        guint index;
        GuardAlarm *alarm = find(alarms, key, &index);

        if (alarm && strcmp(alarm->message, message) == 0)
                return;
        if (!alarm) {
                alarm = g_new0(GuardAlarm, 1);
                alarm->key = g_strdup(key);
                alarm->since_us = g_get_real_time();
                g_ptr_array_add(alarms->list, alarm);
        }
        g_free(alarm->message);
        alarm->message = g_strdup(message);
        alarm->severity = severity;
        alarms->changed(alarm, TRUE, alarms->user_data);
}

void
guard_alarms_clear(GuardAlarms *alarms, const char *key)
{
        guint index;
        GuardAlarm *alarm = find(alarms, key, &index);

        if (!alarm)
                return;
        alarms->list->pdata[index] = NULL;
        g_ptr_array_remove_index(alarms->list, index);
        alarms->changed(alarm, FALSE, alarms->user_data);
        alarm_free(alarm);
}

void
guard_alarms_update(GuardAlarms *alarms, const char *key, GuardSeverity severity, const char *message)
{
        if (message)
                guard_alarms_set(alarms, key, severity, message);
        else
                guard_alarms_clear(alarms, key);
}

GPtrArray *
guard_alarms_list(GuardAlarms *alarms)
{
        return alarms->list;
}
