/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weekly hours, as "mon-fri 08:00-18:00". Pure arithmetic on local time; no clock, no time zone
 * file.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct {        /* one span of the day, on some days of the week */
        guint days;     /* bit 0: Monday */
        guint from, to; /* minutes since midnight; to ≤ from: ends on the next day */
} GuardHours;

/* "[DAY[-DAY]] HH:MM-HH:MM"; 24:00 may end a day. */
gboolean guard_hours_parse(const char *text, GuardHours *hours);
/* Is @local_us (µs since 1970, local) inside? */
gboolean guard_hours_contain(const GuardHours *hours, gint64 local_us);
/* The next moment after @local_us at which guard_hours_contain() may change; G_MAXINT64: never. */
gint64 guard_hours_next_change(const GuardHours *hours, gint64 local_us);

/* The span that begins on @day (days since 1970), in local µs; FALSE: none begins there. */
gboolean guard_hours_span(const GuardHours *hours, gint64 day, gint64 *begin, gint64 *end);
/* The number of the day in which @local_us falls, from 1970-01-01 on. */
gint64 guard_hours_day(gint64 local_us);

G_END_DECLS
