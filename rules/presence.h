/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a session is to be locked, and whether it is. Pure: facts and the boot clock come in, at
 * most one edge comes out, with what is to be done. A lock is believed only as far as it is proven;
 * where it is not, the ladder goes on to the next rung.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GuardPresenceSettings {
        gboolean lock;
        guint lock_after,
                warning;      /* seconds of silence; the last @warning of them are counted down */
        guint suspend_after;  /* seconds after the lock; 0: never */
        gboolean terminate;   /* the last rung: end the session, with what is unsaved in it */
        gboolean hold_media;  /* new media wait while nobody can answer for them */
        guint exempt_minutes; /* by which an idle inhibitor of the session may put the lock off */
        char **lockers;       /* executables that count as lockers besides the known; may be NULL */
} GuardPresenceSettings;

typedef enum { /* names are those of INTERFACES */
               GUARD_PRESENCE_ACTIVE = 0,
               GUARD_PRESENCE_WARNING,
               GUARD_PRESENCE_LOCKING,
               GUARD_PRESENCE_LOCKED,
               GUARD_PRESENCE_ESCALATED, /* every rung was tried, and no lock is proven */
               GUARD_N_PRESENCE
} GuardPresenceState;

typedef enum {
        GUARD_RUNG_NONE = 0,
        GUARD_RUNG_LOGIND,   /* the desktop is asked */
        GUARD_RUNG_LOCKER,   /* an approved locker is started in the session */
        GUARD_RUNG_PHYSLOCK, /* the consoles are locked, whatever the desktop does */
        GUARD_RUNG_TERMINATE,
        GUARD_N_RUNGS
} GuardRung;

typedef enum {
        GUARD_PROOF_NONE = 0,
        GUARD_PROOF_CORROBORATED, /* a claim and a locker's process */
        GUARD_PROOF_STRONG,       /* greeter on the seat, or physlock */
        GUARD_N_PROOFS
} GuardProof;

typedef struct { /* of one session; begins as zeros; kept from step to step */
        GuardPresenceState state;
        GuardRung rung;
        gint64 since_us; /* boot clock: of the state */
        gint64 until_us; /* LOCKING: when the rung has failed; ESCALATED: when to try again */
        gint64 lost_us;  /* LOCKED: since when there is no proof; 0: there is */
        gint64 suspended_us;
        gboolean foreground;  /* at the last step */
        gint64 background_us; /* since when another session is in front of it; 0: none is */
        gboolean must_lock;   /* to be locked as soon as it comes in front again */
} GuardPresencePlan;

typedef struct {
        gint64 now_us;     /* boot clock */
        gint64 input_us;   /* boot clock: the last real input for this session */
        gboolean active;   /* in the foreground of its seat */
        gboolean greeter;  /* its seat shows a greeter */
        gboolean behind;   /* its seat shows another person's session */
        gboolean consoles; /* physlock is there and can lock its seat */
        gboolean locker;   /* an approved locker is installed that can be started in it */
        GuardProof proof;
        gboolean locker_gone; /* what proved the lock has ended as no unlocking ends it */
        gboolean lock_now;
        gboolean hurry;  /* the machine is about to sleep, and waits for the lock */
        gboolean exempt; /* an idle inhibitor of its own uid is held */
} GuardPresenceFacts;

typedef enum {
        GUARD_PRESENCE_NO_EDGE = 0,
        GUARD_PRESENCE_WARNED,      /* countdown begins */
        GUARD_PRESENCE_RETURNED,    /* input ended the countdown */
        GUARD_PRESENCE_IDLE_LOCK,   /* silence: lock */
        GUARD_PRESENCE_ASKED_LOCK,  /* a person or a suspend: lock */
        GUARD_PRESENCE_RUNG_FAILED, /* no proof in time: next rung */
        GUARD_PRESENCE_PROVEN,
        GUARD_PRESENCE_LOCKED_ITSELF, /* found locked without our asking */
        GUARD_PRESENCE_UNLOCKED,
        GUARD_PRESENCE_TAMPERED,      /* the proof went without an unlocking */
        GUARD_PRESENCE_FAILED,        /* no rung left */
        GUARD_PRESENCE_BACK_UNLOCKED, /* the person came back to a session that could not be locked
                                       */
        GUARD_PRESENCE_SUSPENDS,
        GUARD_PRESENCE_LATER, /* another person's session is in front: locked when it comes back */
        GUARD_N_PRESENCE_EDGES
} GuardPresenceEdge;

enum { /* what is to be done */
       GUARD_DO_WARN = 1 << 0,
       GUARD_DO_END_WARNING = 1 << 1,
       GUARD_DO_LOGIND = 1 << 2,
       GUARD_DO_LOCKER = 1 << 3,
       GUARD_DO_PHYSLOCK = 1 << 4,
       GUARD_DO_FOREGROUND = 1 << 5, /* bring the session in front before that */
       GUARD_DO_TERMINATE = 1 << 6,
       GUARD_DO_SUSPEND = 1 << 7,
};

typedef struct {
        GuardPresenceEdge edge;
        guint actions;  /* GUARD_DO_* */
        gint64 next_us; /* boot clock: look again then, if nothing happens before; G_MAXINT64: never
                         */
} GuardPresenceStep;

/* One step; call again with the same facts (but lock_now off) until there is no edge. */
GuardPresenceStep guard_presence_step(GuardPresencePlan *plan,
                                      const GuardPresenceSettings *settings,
                                      const GuardPresenceFacts *facts);
/* Seconds that are counted down: at most half of the silence. */
guint guard_presence_warning(const GuardPresenceSettings *settings);
/* Where the person is away from: the silence after which the countdown begins, in µs. */
gint64 guard_presence_quiet_us(const GuardPresenceSettings *settings, gboolean exempt);
/* Does the display server report a person (@agent_idle_us) whom no input device knows (@idle_us)?
 */
gboolean guard_presence_jiggled(const GuardPresenceSettings *settings, gint64 agent_idle_us,
                                gint64 idle_us);

const char *guard_presence_to_string(GuardPresenceState state);
const char *guard_rung_to_string(GuardRung rung);
const char *guard_proof_to_string(GuardProof proof);
/* One sentence for the ledger, an N_() string. Static. */
const char *guard_presence_edge_describe(GuardPresenceEdge edge);

G_END_DECLS
