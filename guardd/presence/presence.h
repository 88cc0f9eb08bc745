/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The presence guard: locks the screen of whoever has left, proves it, and switches the machine off
 * after hours. When and whether is judged in rules/; here is what is seen and what is done. Knows the
 * rest of guardd by what its owner hands in. Main thread only.
 */
#pragma once
#include <gio/gio.h>
#include "common/guard-verdict.h"
#include "guardd/presence/clock.h"
#include "rules/presence.h"

G_BEGIN_DECLS

/* What its owner is to raise, by these keys. */
#define GUARD_LOCK_ALARM "screen-not-locked"
#define GUARD_BLIND_ALARM "presence-blind"
#define GUARD_CLOCK_ALARM "clock-doubtful"
#define GUARD_AGENT_ALARM "notifier-missing"

typedef struct GuardPresence GuardPresence;

typedef struct {
        const char *kind, *message; /* an N_() string */
        GuardSeverity severity;
        const char *user, *session; /* may be NULL */
        const char *details;        /* a JSON object */
} GuardPresenceNote;

typedef struct { /* the owner; none may be NULL */
        const GuardPresenceSettings *(*settings)(gpointer owner);
        const GuardAfterHoursSettings *(*after_hours)(gpointer owner);
        void (*note)(const GuardPresenceNote *note, gpointer owner);
        /* @message NULL: the alarm is over. */
        void (*alarm)(const char *key, const char *message, gpointer owner);
        void (*resumed)(gpointer owner); /* after a sleep */
        void (*covered)(gpointer owner); /* guard_presence_is_covered() or _knows() has changed */
} GuardPresenceOwner;

typedef struct { /* what an agent says of its session: claims */
        gint64 idle_us; /* -1: it cannot tell */
        gint locked;    /* -1: it cannot tell */
} GuardPresenceClaims;

typedef struct { /* the way to the session agents; serve/ is it */
        /* FALSE: the session has none that lives. */
        gboolean (*claims)(const char *session, GuardPresenceClaims *claims, gpointer data);
        /* @session NULL: to all. @countdown floating. */
        void (*countdown)(const char *session, GVariant *countdown, gpointer data);
        gpointer data;
} GuardPresenceAgents;

typedef struct {
        const char *root;      /* prefix of /dev, /proc, /sys; "" */
        gint64 known_us;       /* a wall time that has certainly passed; 0: none known */
        GuardPresenceClock *clock; /* NULL: the real one */
} GuardPresenceConfig;

GuardPresence *guard_presence_new(const GuardPresenceConfig *config,
                                  const GuardPresenceOwner *owner, gpointer owner_data);
void guard_presence_free(GuardPresence *presence);
void guard_presence_set_bus(GuardPresence *presence, GDBusConnection *bus); /* NULL: it is lost */
void guard_presence_set_agents(GuardPresence *presence, const GuardPresenceAgents *agents); /* NULL: none */
/* Something that it depends on may have changed: policy, an agent's word. */
void guard_presence_look(GuardPresence *presence);
/* Is the screen of seat0 locked, or being locked, as far as we know? */
gboolean guard_presence_is_covered(GuardPresence *presence);
/* Is that session of a seat locked, and proven so? */
gboolean guard_presence_is_locked(GuardPresence *presence, const char *session);
/* Has it looked at the sessions yet? The owner is told by covered(). */
gboolean guard_presence_knows(GuardPresence *presence);

GVariant *guard_presence_show(GuardPresence *presence); /* a{sv} of GetPresence; floating */
GVariant *guard_presence_show_shutdown(GuardPresence *presence); /* a{sv}; floating */

/* Ends when the lock is proven or has failed: the session's entry, with proven. */
typedef void (*GuardPresenceLocked)(GVariant *session, const GError *error, gpointer user_data);
void guard_presence_lock(GuardPresence *presence, const char *session, GuardPresenceLocked done,
                         gpointer user_data);
/* @who: for the record. GUARD_ERROR_DENIED or _INVALID with a sentence that says why not. */
gboolean guard_presence_postpone(GuardPresence *presence, guint minutes, const char *reason,
                                 const char *who, const char *session, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardPresence, guard_presence_free)

G_END_DECLS
