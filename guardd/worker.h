/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Work that may block on a device: reads, writes to `authorized`, BLKROSET, syncfs. Each job has a
 * thread and a deadline. A thread stuck in the kernel cannot be ended, so at the deadline it is
 * abandoned: its caller goes on, its result is dropped. Their number is bounded, in all and for each
 * lane: a device that hangs delays no other. The main loop never waits here.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GuardWorkers GuardWorkers;
typedef struct GuardJob GuardJob;

typedef struct { /* one sort of work; static */
        const char *name; /* what a person would call it, for messages */
        /* In the thread. Returns the result or NULL with @error. Asks guard_job_abandoned() before every
         * step that changes something, so that no late thread acts on a device long decided about. */
        gpointer (*run)(GuardJob *job, gpointer data, GError **error);
        GDestroyNotify free_data, free_result;
        guint deadline_ms;
        gboolean urgent; /* takes something away: neither its lane nor a full house holds it up */
} GuardJobKind;

/* On the main context, exactly once. @result belongs to the callee (NULL with @error). */
typedef void (*GuardJobDone)(gpointer result, const GError *error, gpointer user_data);

GuardWorkers *guard_workers_new(guint max_threads);
/* Threads still running are abandoned; callbacks not yet called are dropped. */
void guard_workers_free(GuardWorkers *workers);
/* Takes @data. @lane: what its jobs wait for, such as the sysfs folder of a device; NULL: none. Errors:
 * GUARD_ERROR_TIMEOUT at the deadline, GUARD_ERROR_BUSY where no thread was free until then, else what
 * run() sets. */
void guard_workers_run(GuardWorkers *workers, const GuardJobKind *kind, const char *lane,
                       gpointer data, GuardJobDone done, gpointer user_data);
gboolean guard_job_abandoned(GuardJob *job);
/* Threads abandoned and still stuck: an alarm's number. */
guint guard_workers_stuck(GuardWorkers *workers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardWorkers, guard_workers_free)

G_END_DECLS
