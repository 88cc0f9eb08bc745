/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The present weaknesses, by key. Setting and clearing are events; keeping is not.
 */
#pragma once
#include <glib.h>
#include "guardd/manager.h"

G_BEGIN_DECLS

typedef struct GuardAlarms GuardAlarms;
/* @set FALSE: @alarm has just ended and is freed after the call. */
typedef void (*GuardAlarmChanged)(const GuardAlarm *alarm, gboolean set, gpointer user_data);

GuardAlarms *guard_alarms_new(GuardAlarmChanged changed, gpointer user_data);
void guard_alarms_free(GuardAlarms *alarms);
/* Sets or renews; an event only where the key is new or its message another. */
void guard_alarms_set(GuardAlarms *alarms, const char *key, GuardSeverity severity, const char *message);
void guard_alarms_clear(GuardAlarms *alarms, const char *key);
/* Set where @message is not NULL, else clear. */
void guard_alarms_update(GuardAlarms *alarms, const char *key, GuardSeverity severity,
                         const char *message);
GPtrArray *guard_alarms_list(GuardAlarms *alarms); /* (transfer none), of GuardAlarm */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardAlarms, guard_alarms_free)

G_END_DECLS
