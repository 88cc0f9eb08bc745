/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Exceptions in force, those that wait for a second person, and requests that wait for the desk's
 * code. Kept in one file, so that they outlive a restart; a request does not. Ends are counted on a
 * clock that never goes back: the later of the wall clock and of what has surely passed, moved on
 * by CLOCK_BOOTTIME. A clock that is set back makes nothing longer; one that is set on too far ends
 * early. Main thread only.
 */
#pragma once
#include "common/guard-host.h"
#include "guardd/presence/clock.h"
#include "rules/exception.h"

G_BEGIN_DECLS

typedef struct GuardExceptions GuardExceptions;

/* What the owner does. @event: a kind of ledger/kinds.h; @exception may be NULL; @who: a login name
 * or NULL. */
typedef struct {
        void (*note)(const char *event, const GuardException *exception, const char *who,
                     const char *message, gpointer data);
        void (*changed)(gpointer data); /* another set is in force: judge again */
        const GuardExceptionSettings *(*settings)(gpointer data);
} GuardExceptionsOwner;

typedef struct {                   /* where things are */
        const char *file;          /* of the exceptions */
        const char *secret;        /* of this computer's secret; may not be there */
        gint64 known_us;           /* a wall time that has passed */
        GuardPresenceClock *clock; /* NULL: the real one. Owned by the caller */
} GuardExceptionsConfig;

typedef struct {            /* what is asked for; strings are copied */
        const char *device; /* guard_exception_device() */
        const char *name;   /* may be NULL */
        GuardVerdict verdict;
        guint seconds;
        const char *reason;
        const char *who; /* login name of whoever asks */
        guint32 uid;
        gboolean import;         /* one-way; the verdict is READ_ONLY then */
        const char *user, *only; /* of an import; may be NULL */
} GuardExceptionAsk;

/* Reads the file; what has ended meanwhile is noted. A file that cannot be read is none: nothing is
 * in force. */
GuardExceptions *guard_exceptions_new(const GuardExceptionsConfig *config,
                                      const GuardExceptionsOwner *owner, gpointer data);
void guard_exceptions_free(GuardExceptions *exceptions);

/* Of GuardException, those in force. Stays the object's; as of now. */
const GPtrArray *guard_exceptions_in_force(GuardExceptions *exceptions);
/* All, for people: those that wait too. Of GuardException, the object's. */
const GPtrArray *guard_exceptions_all(GuardExceptions *exceptions);
/* Seconds until @exception ends; 0 where it waits. */
guint guard_exceptions_left(GuardExceptions *exceptions, const GuardException *exception);

/* Makes one, or (policy: two approvals) one that waits. Stays the object's. Errors:
 * GUARD_ERROR_DENIED by policy, GUARD_ERROR_USAGE for a missing reason or a life that is too long,
 * GUARD_ERROR_IO: not kept, so not made. */
const GuardException *guard_exceptions_allow(GuardExceptions *exceptions,
                                             const GuardExceptionAsk *ask, GError **error);
/* The second person's word: not that of the first, who is told by @uid. */
const GuardException *guard_exceptions_approve(GuardExceptions *exceptions, const char *id,
                                               const char *who, guint32 uid, GError **error);
gboolean guard_exceptions_revoke(GuardExceptions *exceptions, const char *id, const char *who,
                                 GError **error);
/* The import @id is done: the device stays as it is until it is pulled out, and nothing is read of it again. */
void guard_exceptions_use_up(GuardExceptions *exceptions, const char *id);
/* Its device is gone: takes out what is used up. */
void guard_exceptions_forget_used(GuardExceptions *exceptions, const char *id);
/* A code to be read to the desk; caller frees. One request at a time: a new one takes the place of
 * the last. */
char *guard_exceptions_request(GuardExceptions *exceptions, const GuardExceptionAsk *ask,
                               GError **error);
/* The desk's answer to the last request. Five wrong ones, and the request is void. */
const GuardException *guard_exceptions_enter(GuardExceptions *exceptions, const char *code,
                                             const GuardHost *host, const char *who,
                                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardExceptions, guard_exceptions_free)

G_END_DECLS
