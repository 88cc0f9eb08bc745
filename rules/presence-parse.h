/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * [presence] and [after-hours] of policy.d. For single values the first file counts, as everywhere;
 * lists of dates are gathered from all files, so that a year is a file.
 */
#pragma once
#include "common/guard-conf.h"
#include "rules/after-hours.h"
#include "rules/presence.h"

G_BEGIN_DECLS

typedef struct {
        GuardPresenceSettings *presence;
        GuardAfterHoursSettings *after_hours;
        guint64 set; /* bit per key that a file has set */
        char *file;  /* where shutdown=yes stands */
        guint line;
} GuardPresenceParser;

/* Reads both groups of @conf, where they are there; faults go to @errors. */
void guard_presence_parse(GuardPresenceParser *parser, const GuardConf *conf, GPtrArray *errors);
/* After the last file: what can only be judged as a whole. */
void guard_presence_parse_end(GuardPresenceParser *parser, GPtrArray *errors);
gboolean guard_presence_is_group(const char *name);

/* The defaults: on, ten minutes; no calendar. */
GuardPresenceSettings *guard_presence_settings_new(void);
void guard_presence_settings_free(GuardPresenceSettings *settings);
GuardAfterHoursSettings *guard_after_hours_settings_new(void);
void guard_after_hours_settings_free(GuardAfterHoursSettings *settings);

/* "90s", "15min", "2h" or plain seconds, from @min to @max seconds. */
gboolean guard_duration_parse(const char *text, guint min, guint max, guint *seconds);

G_END_DECLS
