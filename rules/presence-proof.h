/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Is a session's screen locked? LockedHint, and what an agent says, are claims that the session's
 * owner can make at will; each needs beside it one fact that he cannot make: a greeter on the seat,
 * a root-owned locker's process of this session. Pure.
 */
#pragma once
#include "rules/presence.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_LOCKER_GREETER = 0, /* switches the seat to a greeter; its living process keeps the
                                     session covered */
        GUARD_LOCKER_DESKTOP, /* the desktop itself; tells logind, so LockedHint says that it locks
                                 now, or the agent's word */
        GUARD_LOCKER_CLAIM,   /* lives all the time and tells logind nothing: a hint beside it is
                                 somebody else's; needs the agent's word */
        GUARD_LOCKER_ITSELF, /* its process is there only while the screen is locked */
} GuardLockerKind;

typedef struct {
        const char *path; /* pattern of the executable, '*' and '?' */
        GuardLockerKind kind;
        const char *start; /* program to start in a session that has no lock; NULL: not by us */
} GuardLocker;

extern const GuardLocker guard_lockers[]; /* ends with a NULL path */

/* The known locker with this executable; @more: further ones, which count as GUARD_LOCKER_ITSELF.
 * NULL: none. */
const GuardLocker *guard_locker_find(const char *path, char *const *more);

typedef struct { /* a running locker */
        const GuardLocker *locker;
        gint pid;
        gboolean trusted; /* executable owned by root and writable by nobody else; runs as the
                             session's uid, in the session or in its user's manager */
} GuardLockerFound;

typedef struct {
        gboolean greeter;        /* the seat shows a greeter */
        gboolean hint;           /* logind's LockedHint */
        gboolean agent_locked;   /* what the session's agent says */
        const GArray *found;     /* of GuardLockerFound; may be NULL */
        gboolean physlock;       /* our physlock unit runs */
        gboolean physlock_front; /* and its console is the active one */
} GuardLockFacts;

/* @evidence (out, caller frees): what the grade rests on, or what is missing. @pid (out): of the
 * locker that counted, 0: none. */
GuardProof guard_lock_proof(const GuardLockFacts *facts, char **evidence, gint *pid);

G_END_DECLS
