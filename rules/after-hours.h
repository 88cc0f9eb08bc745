/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When the machine is to be switched off after hours. Pure: clocks and calendar come in, the next
 * edge comes out. The deadline is kept on the boot clock, so that no setting of the wall clock can
 * bring it nearer: a clock that was set gives a full countdown anew, one that is before the last
 * known time gives none.
 */
#pragma once
#include <glib.h>
#include "rules/calendar.h"

G_BEGIN_DECLS

typedef struct GuardAfterHoursSettings {
        gboolean shutdown;
        guint countdown, grace; /* seconds */
        guint postpone_minutes, postpone_times;
        GuardCalendar *calendar; /* NULL: no hours are known, and nothing is ever switched off */
} GuardAfterHoursSettings;

typedef enum {
        GUARD_AFTER_HOURS_OFF = 0, /* no calendar, or shutdown=no */
        GUARD_AFTER_HOURS_WORKING,
        GUARD_AFTER_HOURS_WAITING, /* after hours; grace or postponement, longer than the countdown
                                    */
        GUARD_AFTER_HOURS_COUNTDOWN,
        GUARD_AFTER_HOURS_DUE,
        GUARD_AFTER_HOURS_DOUBTFUL, /* the clock is not to be believed */
        GUARD_N_AFTER_HOURS
} GuardAfterHoursState;

typedef struct { /* begins as zeros; kept from step to step */
        GuardAfterHoursState state;
        gint64 deadline_us; /* boot clock; 0: none */
        guint postponed;    /* times, in this evening */
        gint64 offset_us;   /* wall clock minus boot clock, at the last step */
        gint64 asleep_us;   /* boot clock minus awake clock, at the last step */
        gboolean stepped;   /* there was a step before */
} GuardAfterHours;

typedef struct {
        gint64 wall_us;       /* since 1970 UTC */
        gint64 utc_offset_us; /* of local time */
        gint64 boot_us;       /* CLOCK_BOOTTIME: runs on during suspend */
        gint64 awake_us;      /* CLOCK_MONOTONIC: does not */
        gint64 known_us;      /* a wall time that has certainly passed; 0: none known */
} GuardClocks;

typedef enum {
        GUARD_AFTER_HOURS_NO_EDGE = 0,
        GUARD_AFTER_HOURS_PLANNED, /* a deadline was set, its countdown is to come */
        GUARD_AFTER_HOURS_COUNTS,  /* the countdown has begun */
        GUARD_AFTER_HOURS_AGAIN, /* the clock was set or the machine slept: a new, full countdown */
        GUARD_AFTER_HOURS_CANCELLED, /* working time, another policy */
        GUARD_AFTER_HOURS_DOUBTED,   /* the clock is not to be believed: no shutdown */
        GUARD_AFTER_HOURS_REACHED,   /* switch off now */
        GUARD_N_AFTER_HOURS_EDGES
} GuardAfterHoursEdge;

/* One step; call again until there is no edge. @next_us (out): the boot clock at which to look
 * again; G_MAXINT64: when something else changes. The wall clock's next change is
 * guard_after_hours_next_wall(). */
GuardAfterHoursEdge guard_after_hours_step(GuardAfterHours *plan,
                                           const GuardAfterHoursSettings *settings,
                                           const GuardClocks *clocks, gint64 *next_us);
/* Wall clock (UTC µs) at which working time may begin or end; G_MAXINT64: never. */
gint64 guard_after_hours_next_wall(const GuardAfterHoursSettings *settings,
                                   const GuardClocks *clocks);
/* Puts the deadline off by @minutes. NULL, or why not (an N_() string with at most one %u, for
 * @limit). */
const char *guard_after_hours_postpone(GuardAfterHours *plan,
                                       const GuardAfterHoursSettings *settings, guint minutes,
                                       const char *reason, guint *limit);
const char *guard_after_hours_to_string(GuardAfterHoursState state); /* static */

G_END_DECLS
