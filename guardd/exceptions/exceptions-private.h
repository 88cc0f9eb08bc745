/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Inside of exceptions.
 */
#pragma once
#include "guardd/exceptions/exceptions.h"
#include "registry/offline-code.h"

G_BEGIN_DECLS

#define GUARD_EXCEPTION_ID_LENGTH 5

typedef struct { /* what waits for the desk's answer */
        GuardOfflineRequest code;
        GuardException *ask; /* NULL: nothing is asked */
        guint wrong;
} GuardPendingRequest;

struct GuardExceptions {
        const GuardExceptionsOwner *owner;
        gpointer data;
        char *file, *secret;
        GuardPresenceClock *clock;
        gboolean own_clock;
        gint64 anchor_us, anchor_boot_us; /* it was so late then, at least */
        GPtrArray *all;                   /* of GuardException, owned */
        GPtrArray *in_force;              /* of the same, not owned: what was last asked for */
        GuardPendingRequest request;
        guint wrong_before; /* wrong codes since a good one: each void request makes the next wait
                               longer */
        gint64 not_before_us;
};

/* NULL: there is none. However it is written: an id is typed in. */
GuardException *guard_exceptions_by_id(GuardExceptions *exceptions, const char *id);
/* The time by the clock that never goes back. */
gint64 guard_exceptions_now(GuardExceptions *exceptions);
/* Fails where the policy or the asking is not in order. @exception: (transfer full), made of @ask.
 */
GuardException *guard_exceptions_make(GuardExceptions *exceptions, const GuardExceptionAsk *ask,
                                      GError **error);
/* Takes @exception (transfer full) into force, keeps it, has media judged. NULL: it could not be
 * kept. */
const GuardException *guard_exceptions_begin(GuardExceptions *exceptions, GuardException *exception,
                                             const char *who, GError **error);

/* exceptions-file.c */
/* Never NULL; @error is set where there is a file that cannot be read. */
GPtrArray *guard_exceptions_load(const char *file, GError **error);
gboolean guard_exceptions_save(const char *file, const GPtrArray *all, GError **error);
/* This computer's secret; @size bytes, cleansed and freed by the caller. GUARD_ERROR_NOT_FOUND says
 * how to get one. */
guint8 *guard_exceptions_read_secret(const char *file, const char *host_id, gsize *size,
                                     GError **error);

G_END_DECLS
