/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One session: collect its facts, let rules/ decide, have it recorded and done.
 */
#include "guardd/presence/presence-private.h"
#include <string.h>

/* More edges at one moment there cannot be; a fault in the rules shall not hang the guard. */
#define MAX_EDGES 16
/* By how much an agent's word of the last input may be too late. */
#define CLAIM_SLACK_US (3 * G_TIME_SPAN_SECOND)

GuardWatched *
guard_watched_new(GuardPresence *presence, const char *id)
{
        GuardWatched *watched = g_new0(GuardWatched, 1);

        watched->presence = presence;
        watched->id = g_strdup(id);
        watched->first_us = watched->seen_us = guard_presence_clock_boot_us(presence->clock);
        watched->waiters = g_array_new(FALSE, FALSE, sizeof(GuardLockWaiter));
        return watched;
}

void
guard_watched_free(GuardWatched *watched)
{
        g_array_unref(watched->waiters);
        g_free(watched->evidence);
        g_free(watched->id);
        g_free(watched);
}

gboolean
guard_session_is_graphical(const GuardLoginSession *session)
{
        return g_strcmp0(session->type, "x11") == 0 || g_strcmp0(session->type, "wayland") == 0;
}

static gboolean
has_seat(const GuardLoginSession *session)
{
        return session->seat && *session->seat != '\0';
}

gboolean
guard_session_is_guarded(const GuardLoginSession *session)
{
        return session->person && !session->closing && session->id &&
               (has_seat(session) || guard_session_is_graphical(session));
}

gboolean
guard_presence_claims(const GuardPresence *presence, const char *id, GuardPresenceClaims *claims)
{
        *claims = (GuardPresenceClaims){-1, -1};
        return presence->agents && presence->agents->claims(id, claims, presence->agents->data);
}

/* A remote person is seen by the display server alone, of which the session's agent tells. Whoever does away
 * with the agent is not at work for ever: what it told last stays. It counts whole seconds and is heard late, so
 * what looks like a somewhat later input is the same one: else a warning would end by itself. */
static gint64
remote_input_us(GuardWatched *watched, const GuardLoginSession *session, gint64 now_us)
{
        GuardPresenceClaims claims;

        if (guard_presence_claims(watched->presence, session->id, &claims) && claims.idle_us >= 0) {
                gint64 input_us = now_us - claims.idle_us;

                if (input_us < watched->told_us || input_us > watched->told_us + CLAIM_SLACK_US)
                        watched->told_us = input_us;
        } else if (!guard_presence_has_agent(watched->presence) && !session->idle_hint) {
                return now_us;
        }
        return MAX(watched->first_us, watched->told_us);
}

/* A seat's person is seen by the input devices. */
gint64
guard_watched_input_us(GuardWatched *watched, const GuardLoginSession *session, gint64 now_us)
{
        const GuardPresence *presence = watched->presence;

        if (!has_seat(session))
                return remote_input_us(watched, session, now_us);
        /* Blind, silence is no sign that somebody has left; an alarm says so. */
        if (guard_input_is_blind(presence->input))
                return now_us;
        return MAX(watched->first_us, guard_input_last_us(presence->input));
}

static const GuardLockerFound *
find_pid(const GArray *found, gint pid)
{
        for (guint i = 0; i < found->len; i++) {
                const GuardLockerFound *one = &g_array_index(found, GuardLockerFound, i);

                if (one->pid == pid)
                        return one;
        }
        return NULL;
}

/* A locker that lives all the time and has died did not unlock anything. */
static void
follow_locker(GuardWatched *watched, const GArray *found, gint pid)
{
        const GuardLockerFound *one = find_pid(found, pid);

        if (pid != 0) {
                watched->locker_gone = FALSE;
                watched->locker_pid =
                        one && one->locker->kind != GUARD_LOCKER_ITSELF ? pid : 0;
        } else if (watched->locker_pid != 0 && !find_pid(found, watched->locker_pid)) {
                watched->locker_gone = TRUE;
        }
        if (watched->proof == GUARD_PROOF_STRONG && pid == 0)
                watched->locker_pid = 0; /* physlock ends with the unlocking */
}

static void
prove(GuardWatched *watched, const GuardLoginSession *session)
{
        GuardPresence *presence = watched->presence;
        const GuardPresenceSettings *settings = presence->owner->settings(presence->owner_data);
        g_autoptr(GArray) found = guard_evidence_lockers(presence->root, session->uid, session->id,
                                                         session->scope, settings->lockers);
        GuardLockFacts facts = {
                .greeter = has_seat(session) && guard_login_shows_greeter(presence->login, session->seat),
                .hint = session->hint,
                .found = found,
        };
        GuardPresenceClaims claims;
        gint pid;

        facts.agent_locked = guard_presence_claims(presence, session->id, &claims) && claims.locked == 1;
        if (g_strcmp0(session->seat, "seat0") == 0)
                facts.physlock = guard_evidence_physlock(presence->root, session->id, &facts.physlock_front);
        g_clear_pointer(&watched->evidence, g_free);
        watched->proof = guard_lock_proof(&facts, &watched->evidence, &pid);
        follow_locker(watched, found, pid);
}

static gboolean
has_physlock(const GuardPresence *presence, const GuardLoginSession *session)
{
        g_autofree char *path = g_strconcat(presence->root, GUARD_PHYSLOCK_PROGRAM, NULL);

        return g_strcmp0(session->seat, "seat0") == 0 &&
               g_file_test(path, G_FILE_TEST_IS_EXECUTABLE);
}

static GuardPresenceFacts
collect(GuardWatched *watched, const GuardLoginSession *session)
{
        GuardPresence *presence = watched->presence;
        const GuardPresenceSettings *settings = presence->owner->settings(presence->owner_data);
        const GuardLoginSession *front = guard_login_front(presence->login, session->seat);
        gint64 now = guard_presence_clock_boot_us(presence->clock);
        GuardPresenceFacts facts = {
                .now_us = now,
                .input_us = guard_watched_input_us(watched, session, now),
                .active = session->active,
                .greeter = has_seat(session) && guard_login_shows_greeter(presence->login, session->seat),
                .behind = front && front != session && front->person,
                .consoles = has_physlock(presence, session),
                .locker = guard_session_is_graphical(session) && guard_evidence_startable(presence->root) != NULL,
                .lock_now = watched->lock_now,
                .hurry = presence->sleeping,
                .exempt = settings->exempt_minutes > 0 &&
                          guard_login_inhibits_idle(presence->login, session->uid),
        };

        prove(watched, session);
        facts.proof = watched->proof;
        facts.locker_gone = watched->locker_gone;
        watched->lock_now = FALSE;
        return facts;
}

static void
cross_check(GuardWatched *watched, const GuardLoginSession *session, const GuardPresenceFacts *facts)
{
        GuardPresence *presence = watched->presence;
        const GuardPresenceSettings *settings = presence->owner->settings(presence->owner_data);
        GuardPresenceClaims claims;
        gint64 idle = facts->now_us - facts->input_us;

        if (!has_seat(session) || !guard_presence_claims(presence, session->id, &claims) || claims.idle_us < 0)
                return;
        if (!guard_presence_jiggled(settings, claims.idle_us, idle)) {
                if (idle <= claims.idle_us)
                        watched->jiggled = FALSE;
        } else if (!watched->jiggled && session->active && facts->proof == GUARD_PROOF_NONE) {
                watched->jiggled = TRUE;
                guard_watched_note_jiggler(watched, session, claims.idle_us, idle);
        }
}

static void
answer(GuardWatched *watched, const GuardLoginSession *session)
{
        GuardPresenceState state = watched->plan.state;

        if (watched->waiters->len == 0 ||
            (state != GUARD_PRESENCE_LOCKED && state != GUARD_PRESENCE_ESCALATED &&
             !watched->plan.must_lock))
                return;
        for (guint i = 0; i < watched->waiters->len; i++) {
                const GuardLockWaiter *waiter = &g_array_index(watched->waiters, GuardLockWaiter, i);
                g_autoptr(GVariant) shown = g_variant_ref_sink(
                        guard_watched_show(watched->presence, watched, session, TRUE));

                waiter->done(shown, NULL, waiter->user_data);
        }
        g_array_set_size(watched->waiters, 0);
}

static void
follow(GuardWatched *watched, const GuardLoginSession *session, const GuardPresenceStep *step,
       gint64 idle_us)
{
        gboolean begins_again = step->edge == GUARD_PRESENCE_FAILED && watched->failing;

        if (step->edge == GUARD_PRESENCE_PROVEN || step->edge == GUARD_PRESENCE_BACK_UNLOCKED ||
            step->edge == GUARD_PRESENCE_LATER)
                watched->failing = FALSE;
        if (!watched->failing && !begins_again)
                guard_watched_note(watched, session, step->edge, idle_us);
        if (step->edge == GUARD_PRESENCE_FAILED)
                watched->failing = TRUE;
        if (step->edge == GUARD_PRESENCE_UNLOCKED || step->edge == GUARD_PRESENCE_TAMPERED)
                watched->locker_pid = 0;
        if (step->edge == GUARD_PRESENCE_UNLOCKED)
                watched->first_us = guard_presence_clock_boot_us(watched->presence->clock);
        if (step->actions & GUARD_DO_WARN)
                guard_watched_countdown(watched, session, "running", idle_us);
        if (step->actions & GUARD_DO_END_WARNING)
                guard_watched_countdown(watched, session,
                                        watched->plan.state == GUARD_PRESENCE_ACTIVE ? "cancelled"
                                                                                     : "done",
                                        idle_us);
        guard_presence_act(watched->presence, session, step->actions);
}

gint64
guard_watched_look(GuardWatched *watched, const GuardLoginSession *session)
{
        GuardPresence *presence = watched->presence;
        GuardPresenceFacts facts = collect(watched, session);
        GuardPresenceStep step = {GUARD_PRESENCE_NO_EDGE, 0, GUARD_NEVER};

        cross_check(watched, session, &facts);
        for (guint i = 0; i < MAX_EDGES; i++) {
                step = guard_presence_step(&watched->plan,
                                           presence->owner->settings(presence->owner_data), &facts);
                if (step.edge == GUARD_PRESENCE_NO_EDGE)
                        break;
                facts.lock_now = FALSE;
                follow(watched, session, &step, facts.now_us - facts.input_us);
        }
        answer(watched, session);
        return step.next_us;
}
