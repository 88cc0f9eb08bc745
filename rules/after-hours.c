/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After hours, step by step.
 */
#include "rules/after-hours.h"
#include <glib/gi18n-lib.h>

#define SECOND_US G_GINT64_CONSTANT(1000000)
/* Slewing and a little drift are no step. */
#define STEP_US (30 * SECOND_US)
/* What NTP may correct after a start from a slow clock. */
#define TOLERANCE_US (300 * SECOND_US)

static const char *const names[GUARD_N_AFTER_HOURS] = {
        [GUARD_AFTER_HOURS_OFF] = "off",         [GUARD_AFTER_HOURS_WORKING] = "working",
        [GUARD_AFTER_HOURS_WAITING] = "waiting", [GUARD_AFTER_HOURS_COUNTDOWN] = "countdown",
        [GUARD_AFTER_HOURS_DUE] = "due",         [GUARD_AFTER_HOURS_DOUBTFUL] = "doubtful",
};

const char *
guard_after_hours_to_string(GuardAfterHoursState state)
{
        return names[state];
}

static gint64
local_us(const GuardClocks *clocks)
{
        return clocks->wall_us + clocks->utc_offset_us;
}

/* Has the wall clock been set, or has the machine slept, since the last step? */
static gboolean
jumped(GuardAfterHours *plan, const GuardClocks *clocks)
{
        gint64 offset = clocks->wall_us - clocks->boot_us;
        gint64 asleep = clocks->boot_us - clocks->awake_us;
        gboolean jump = plan->stepped && (ABS(offset - plan->offset_us) > STEP_US ||
                                          asleep - plan->asleep_us > STEP_US);
        plan->offset_us = offset;
        plan->asleep_us = asleep;
        plan->stepped = TRUE;
        return jump;
}

static GuardAfterHoursEdge
rest(GuardAfterHours *plan, GuardAfterHoursState state)
{
        gboolean was_planned = plan->deadline_us != 0, was = plan->state == state;
        plan->state = state;
        plan->deadline_us = 0;
        plan->postponed = 0;
        if (state == GUARD_AFTER_HOURS_DOUBTFUL)
                return was ? GUARD_AFTER_HOURS_NO_EDGE : GUARD_AFTER_HOURS_DOUBTED;
        return was_planned ? GUARD_AFTER_HOURS_CANCELLED : GUARD_AFTER_HOURS_NO_EDGE;
}

/* After hours: which edge, if any, has been reached? */
static GuardAfterHoursEdge
advance(GuardAfterHours *plan, const GuardAfterHoursSettings *settings, gint64 now, gint64 *next_us)
{
        gint64 begin = plan->deadline_us - settings->countdown * SECOND_US;
        if (plan->state == GUARD_AFTER_HOURS_DUE)
                return GUARD_AFTER_HOURS_NO_EDGE;
        if (now >= plan->deadline_us && plan->state == GUARD_AFTER_HOURS_COUNTDOWN) {
                plan->state = GUARD_AFTER_HOURS_DUE;
                return GUARD_AFTER_HOURS_REACHED;
        }
        *next_us = now >= begin ? plan->deadline_us : begin;
        if (now >= begin && plan->state != GUARD_AFTER_HOURS_COUNTDOWN) {
                plan->state = GUARD_AFTER_HOURS_COUNTDOWN;
                return GUARD_AFTER_HOURS_COUNTS;
        }
        if (now < begin)
                plan->state = GUARD_AFTER_HOURS_WAITING;
        return GUARD_AFTER_HOURS_NO_EDGE;
}

GuardAfterHoursEdge
guard_after_hours_step(GuardAfterHours *plan, const GuardAfterHoursSettings *settings,
                       const GuardClocks *clocks, gint64 *next_us)
{
        gboolean jump = jumped(plan, clocks);
        gint64 full = clocks->boot_us + settings->countdown * SECOND_US;
        *next_us = G_MAXINT64;
        if (!settings->shutdown || settings->calendar == NULL)
                return rest(plan, GUARD_AFTER_HOURS_OFF);
        if (clocks->known_us != 0 && clocks->wall_us < clocks->known_us - TOLERANCE_US)
                return rest(plan, GUARD_AFTER_HOURS_DOUBTFUL);
        if (guard_calendar_works(settings->calendar, local_us(clocks)))
                return rest(plan, GUARD_AFTER_HOURS_WORKING);
        if (plan->deadline_us == 0) {
                /* The boot clock is also the time since power-on: who comes in at night has the
                 * grace. */
                plan->deadline_us = MAX(full, settings->grace * SECOND_US);
                plan->state = GUARD_AFTER_HOURS_WAITING;
                *next_us = plan->deadline_us - settings->countdown * SECOND_US;
                return GUARD_AFTER_HOURS_PLANNED;
        }
        if (jump && plan->deadline_us < full) {
                plan->deadline_us = full;
                plan->state = GUARD_AFTER_HOURS_WAITING;
                *next_us = clocks->boot_us;
                return GUARD_AFTER_HOURS_AGAIN;
        }
        return advance(plan, settings, clocks->boot_us, next_us);
}

gint64
guard_after_hours_next_wall(const GuardAfterHoursSettings *settings, const GuardClocks *clocks)
{
        gint64 next;
        if (!settings->shutdown || settings->calendar == NULL)
                return G_MAXINT64;
        next = guard_calendar_next_change(settings->calendar, local_us(clocks));
        return next == G_MAXINT64 ? next : next - clocks->utc_offset_us;
}

static gboolean
says_something(const char *reason)
{
        for (const char *p = reason; p != NULL && *p != '\0'; p = g_utf8_next_char(p))
                if (!g_unichar_isspace(g_utf8_get_char(p)))
                        return TRUE;
        return FALSE;
}

const char *
guard_after_hours_postpone(GuardAfterHours *plan, const GuardAfterHoursSettings *settings,
                           guint minutes, const char *reason, guint *limit)
{
        *limit = settings->postpone_minutes;
        if (plan->deadline_us == 0)
                return N_(
                        "No shutdown is planned now; it can be put off once working time is over");
        if (plan->state == GUARD_AFTER_HOURS_DUE)
                return N_("The shutdown is under way");
        if (!g_utf8_validate(reason, -1, NULL) || !says_something(reason))
                return N_("Say why: the reason goes on record");
        if (minutes == 0 || minutes > settings->postpone_minutes)
                return N_("The shutdown can be put off by 1 to %u minutes at a time");
        *limit = settings->postpone_times;
        if (plan->postponed >= settings->postpone_times)
                return N_("The shutdown was put off %u times already, which is all that the policy "
                          "allows");
        plan->postponed++;
        plan->deadline_us += minutes * 60 * SECOND_US;
        plan->state = GUARD_AFTER_HOURS_WAITING;
        return NULL;
}
