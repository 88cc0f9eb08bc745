/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session's states, a function each. Time never runs backwards on the boot clock, so that every
 * wait ends.
 */
#include "rules/presence.h"
#include <glib/gi18n-lib.h>

#define SECOND_US G_GINT64_CONSTANT(1000000)
#define VERIFY_US (10 * SECOND_US)    /* how often a lock is looked at again */
#define SETTLE_US (2 * SECOND_US)     /* a change of consoles loses the proof for a moment */
#define FOREGROUND_US (3 * SECOND_US) /* for a locker to cover a session that comes in front */
/* With nobody's session in front that may be the greeter coming which was asked for: on an old
 * machine its display server takes its time. The desktop is out of sight meanwhile. */
#define GREETER_US (60 * SECOND_US)
#define UNLOCK_US (60 * SECOND_US) /* between the last key and the open desktop */
#define INPUT_US (2 * SECOND_US)   /* how exactly the last input is known */
#define HURRY_US (9 * SECOND_US) /* a rung's time before the machine sleeps: two of them fit into logind's wait */
#define SOON_US (10 * SECOND_US)
#define RETRY_US (60 * SECOND_US)
#define JIGGLE_FRESH_US (30 * SECOND_US)

static const gint64 rung_us[GUARD_N_RUNGS] = {
        [GUARD_RUNG_LOGIND] = 30 * SECOND_US, /* old machines, and light-locker starts a display server */
        [GUARD_RUNG_LOCKER] = 20 * SECOND_US, /* it starts, and is asked when it is there */
        [GUARD_RUNG_PHYSLOCK] = 10 * SECOND_US,
        [GUARD_RUNG_TERMINATE] = 30 * SECOND_US,
};

static const guint rung_actions[GUARD_N_RUNGS] = {
        [GUARD_RUNG_LOGIND] = GUARD_DO_LOGIND,
        [GUARD_RUNG_LOCKER] = GUARD_DO_LOCKER | GUARD_DO_LOGIND,
        [GUARD_RUNG_PHYSLOCK] = GUARD_DO_PHYSLOCK,
        [GUARD_RUNG_TERMINATE] = GUARD_DO_TERMINATE,
};

typedef struct {
        GuardPresencePlan *plan;
        const GuardPresenceSettings *settings;
        const GuardPresenceFacts *facts;
        GuardPresenceStep result;
} Step;

static void
enter(Step *s, GuardPresenceState state, GuardPresenceEdge edge)
{
        s->plan->state = state;
        s->plan->since_us = s->facts->now_us;
        s->plan->lost_us = 0;
        s->result.edge = edge;
        /* The new state has its own wishes. */
        s->result.next_us = s->facts->now_us;
}

static void
climb(Step *s, GuardRung rung, GuardPresenceEdge edge)
{
        enter(s, GUARD_PRESENCE_LOCKING, edge);
        s->plan->rung = rung;
        s->plan->until_us = s->facts->now_us + rung_us[rung];
        s->result.actions |= rung_actions[rung];
        if (rung == GUARD_RUNG_PHYSLOCK && !s->facts->active)
                s->result.actions |= GUARD_DO_FOREGROUND;
}

static gboolean
rung_possible(const Step *s, GuardRung rung)
{
        const GuardPresenceFacts *f = s->facts;
        switch (rung) {
        case GUARD_RUNG_LOCKER:
                return f->locker && f->active;
        case GUARD_RUNG_PHYSLOCK:
                /* Behind another person's session the consoles are not ours to lock. */
                return f->consoles && (f->active || f->greeter);
        case GUARD_RUNG_TERMINATE:
                return s->settings->terminate;
        default:
                return TRUE;
        }
}

/* Behind another person's session: nothing of it is seen, and asking its locker for a greeter would
 * throw that person off the screen. */
static gboolean
in_background(const GuardPresenceFacts *f)
{
        return !f->active && !f->greeter && f->proof == GUARD_PROOF_NONE;
}

static void
locked(Step *s, GuardPresenceEdge edge)
{
        enter(s, GUARD_PRESENCE_LOCKED, edge);
        s->plan->must_lock = FALSE;
        s->plan->background_us = 0;
        if (edge != GUARD_PRESENCE_LOCKED_ITSELF)
                return;
        s->plan->rung = GUARD_RUNG_NONE;
        /* A greeter alone is no lock: the way back to the desktop must be shut as well. */
        if (s->facts->greeter)
                s->result.actions |= GUARD_DO_LOGIND;
}

static void
rest_in_background(Step *s)
{
        const GuardPresenceFacts *f = s->facts;
        if (s->plan->background_us == 0)
                s->plan->background_us = f->now_us;
        s->plan->must_lock |= f->lock_now;
}

/* Has it come in front after so long that its person must be taken for gone? */
static gboolean
came_back_late(Step *s)
{
        const GuardPresenceFacts *f = s->facts;
        gint64 since = s->plan->background_us;
        gboolean late;
        if (!f->active || since == 0)
                return FALSE;
        late = s->plan->must_lock ||
               (s->settings->lock && f->now_us - since >= s->settings->lock_after * SECOND_US);
        s->plan->background_us = 0;
        s->plan->must_lock = FALSE;
        return late;
}

static void
active(Step *s)
{
        const GuardPresenceFacts *f = s->facts;
        gint64 quiet = guard_presence_quiet_us(s->settings, f->exempt);
        if (f->proof != GUARD_PROOF_NONE) {
                locked(s, GUARD_PRESENCE_LOCKED_ITSELF);
        } else if (in_background(f)) {
                rest_in_background(s);
        } else if (came_back_late(s)) {
                climb(s, GUARD_RUNG_LOGIND, GUARD_PRESENCE_IDLE_LOCK);
                s->plan->until_us = f->now_us + FOREGROUND_US;
        } else if (f->lock_now) {
                climb(s, GUARD_RUNG_LOGIND, GUARD_PRESENCE_ASKED_LOCK);
        } else if (s->settings->lock) {
                s->result.next_us = f->input_us + quiet;
                if (f->now_us >= s->result.next_us) {
                        enter(s, GUARD_PRESENCE_WARNING, GUARD_PRESENCE_WARNED);
                        s->result.actions |= GUARD_DO_WARN;
                }
        }
}

static void
warning(Step *s)
{
        const GuardPresenceFacts *f = s->facts;
        gint64 quiet = guard_presence_quiet_us(s->settings, f->exempt);
        /* Whole, also where a new policy finds a long silence. */
        gint64 end = MAX(f->input_us + quiet, s->plan->since_us) +
                     guard_presence_warning(s->settings) * SECOND_US;
        s->result.actions |= GUARD_DO_END_WARNING;
        if (f->proof != GUARD_PROOF_NONE) {
                locked(s, GUARD_PRESENCE_LOCKED_ITSELF);
        } else if (!s->settings->lock || f->now_us < f->input_us + quiet || in_background(f)) {
                enter(s, GUARD_PRESENCE_ACTIVE, GUARD_PRESENCE_RETURNED);
        } else if (f->lock_now) {
                climb(s, GUARD_RUNG_LOGIND, GUARD_PRESENCE_ASKED_LOCK);
        } else if (f->now_us >= end) {
                climb(s, GUARD_RUNG_LOGIND, GUARD_PRESENCE_IDLE_LOCK);
        } else {
                s->result.actions = 0;
                s->result.next_us = end;
        }
}

/* It left the screen before the lock was there. */
static void
lock_later(Step *s)
{
        enter(s, GUARD_PRESENCE_ACTIVE, GUARD_PRESENCE_LATER);
        s->plan->rung = GUARD_RUNG_NONE;
        s->plan->background_us = s->facts->now_us;
        s->plan->must_lock = TRUE;
}

static void
rung_failed(Step *s)
{
        for (GuardRung rung = s->plan->rung + 1; rung < GUARD_N_RUNGS; rung++)
                if (rung_possible(s, rung)) {
                        climb(s, rung, GUARD_PRESENCE_RUNG_FAILED);
                        return;
                }
        enter(s, GUARD_PRESENCE_ESCALATED, GUARD_PRESENCE_FAILED);
        s->plan->until_us = s->facts->now_us + RETRY_US;
}

static void
locking(Step *s)
{
        const GuardPresenceFacts *f = s->facts;
        if (f->proof != GUARD_PROOF_NONE) {
                locked(s, GUARD_PRESENCE_PROVEN);
                return;
        }
        if (in_background(f) && s->plan->rung != GUARD_RUNG_PHYSLOCK) {
                gint64 late = MAX(s->plan->until_us, s->plan->since_us + GREETER_US);
                if (f->behind || f->now_us >= late)
                        lock_later(s);
                else
                        s->result.next_us = MIN(late, f->now_us + SECOND_US);
                return;
        }
        if (f->hurry)
                s->plan->until_us = MIN(s->plan->until_us, s->plan->since_us + HURRY_US);
        /* It came in front without a lock: whoever brought it there sees it. */
        if (f->active && !s->plan->foreground)
                s->plan->until_us = MIN(s->plan->until_us, f->now_us + FOREGROUND_US);
        if (f->now_us >= s->plan->until_us)
                rung_failed(s);
        else
                s->result.next_us = MIN(s->plan->until_us, f->now_us + SECOND_US);
}

/* Keys within two seconds are one input for whoever looks at the devices: what began just before
 * the lock may have been the password, if the desktop is open soon after. */
static gboolean
was_unlocked(const Step *s)
{
        const GuardPresenceFacts *f = s->facts;
        gint64 patience = f->input_us > s->plan->since_us              ? UNLOCK_US
                          : f->input_us + INPUT_US > s->plan->since_us ? SOON_US
                                                                       : -1;
        return f->active && !f->locker_gone && f->now_us - f->input_us <= patience;
}

static void
still_locked(Step *s)
{
        const GuardPresenceFacts *f = s->facts;
        gint64 quiet_since = MAX(s->plan->since_us, MAX(f->input_us, s->plan->suspended_us));
        s->plan->lost_us = 0;
        s->result.next_us = f->now_us + VERIFY_US;
        if (s->settings->suspend_after == 0)
                return;
        if (f->now_us - quiet_since >= s->settings->suspend_after * SECOND_US) {
                s->plan->suspended_us = f->now_us;
                s->result.edge = GUARD_PRESENCE_SUSPENDS;
                s->result.actions |= GUARD_DO_SUSPEND;
        }
}

static void
locked_state(Step *s)
{
        const GuardPresenceFacts *f = s->facts;
        if (f->proof != GUARD_PROOF_NONE || (in_background(f) && !f->locker_gone)) {
                still_locked(s);
        } else if (s->plan->lost_us == 0) {
                s->plan->lost_us = f->now_us;
                s->result.next_us = f->now_us + SETTLE_US;
        } else if (f->now_us - s->plan->lost_us < SETTLE_US) {
                s->result.next_us = s->plan->lost_us + SETTLE_US;
        } else if (was_unlocked(s)) {
                enter(s, GUARD_PRESENCE_ACTIVE, GUARD_PRESENCE_UNLOCKED);
                s->plan->rung = GUARD_RUNG_NONE;
        } else {
                climb(s, GUARD_RUNG_LOGIND, GUARD_PRESENCE_TAMPERED);
        }
}

static void
escalated(Step *s)
{
        const GuardPresenceFacts *f = s->facts;
        s->result.next_us = s->plan->until_us;
        if (f->proof != GUARD_PROOF_NONE) {
                locked(s, GUARD_PRESENCE_PROVEN);
        } else if (in_background(f)) {
                lock_later(s);
        } else if (f->active && !s->plan->foreground) {
                climb(s,
                      rung_possible(s, GUARD_RUNG_PHYSLOCK) ? GUARD_RUNG_PHYSLOCK
                                                            : GUARD_RUNG_LOGIND,
                      GUARD_PRESENCE_ASKED_LOCK);
        } else if (f->active && f->input_us > s->plan->since_us) {
                enter(s, GUARD_PRESENCE_ACTIVE, GUARD_PRESENCE_BACK_UNLOCKED);
                s->plan->rung = GUARD_RUNG_NONE;
        } else if (f->now_us >= s->plan->until_us || f->lock_now) {
                climb(s, GUARD_RUNG_LOGIND, GUARD_PRESENCE_ASKED_LOCK);
        }
}

GuardPresenceStep
guard_presence_step(GuardPresencePlan *plan, const GuardPresenceSettings *settings,
                    const GuardPresenceFacts *facts)
{
        static void (*const states[GUARD_N_PRESENCE])(Step * s) = {
                [GUARD_PRESENCE_ACTIVE] = active,       [GUARD_PRESENCE_WARNING] = warning,
                [GUARD_PRESENCE_LOCKING] = locking,     [GUARD_PRESENCE_LOCKED] = locked_state,
                [GUARD_PRESENCE_ESCALATED] = escalated,
        };
        Step s = {plan, settings, facts, {GUARD_PRESENCE_NO_EDGE, 0, G_MAXINT64}};
        states[plan->state](&s);
        plan->foreground = facts->active;
        return s.result;
}

guint
guard_presence_warning(const GuardPresenceSettings *settings)
{
        return MIN(settings->warning, settings->lock_after / 2);
}

gint64
guard_presence_quiet_us(const GuardPresenceSettings *settings, gboolean exempt)
{
        gint64 extra = exempt ? settings->exempt_minutes * 60 * SECOND_US : 0;
        return (settings->lock_after - guard_presence_warning(settings)) * SECOND_US + extra;
}

gboolean
guard_presence_jiggled(const GuardPresenceSettings *settings, gint64 agent_idle_us, gint64 idle_us)
{
        return agent_idle_us <= JIGGLE_FRESH_US &&
               idle_us >= settings->lock_after * SECOND_US / 2 && idle_us > 2 * JIGGLE_FRESH_US;
}
