/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread a job, at most so many at once, the rest in a queue. All bookkeeping is done on the main
 * context; a thread touches only its job.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/worker.h"

struct GuardWorkers {
        gint refs; /* one by the owner, one by each running thread's job */
        gboolean closed;
        guint max_threads, running, stuck;
        GQueue waiting; /* of GuardJob */
};

struct GuardJob {
        gint refs;
        GuardWorkers *workers;
        const GuardJobKind *kind;
        gpointer data, result;
        GError *error;
        GuardJobDone done;
        gpointer user_data;
        guint deadline;
        gint abandoned; /* atomic */
        gboolean started;
};

static void start_next(GuardWorkers *workers);

static void
workers_unref(GuardWorkers *workers)
{
        if (g_atomic_int_dec_and_test(&workers->refs))
                g_free(workers);
}

static void
job_unref(GuardJob *job)
{
        if (!g_atomic_int_dec_and_test(&job->refs))
                return;
        if (job->data && job->kind->free_data)
                job->kind->free_data(job->data);
        if (job->result && job->kind->free_result)
                job->kind->free_result(job->result);
        g_clear_error(&job->error);
        workers_unref(job->workers);
        g_free(job);
}

gboolean
guard_job_abandoned(GuardJob *job)
{
        return g_atomic_int_get(&job->abandoned) != 0;
}

static void
finish(GuardJob *job, gpointer result, const GError *error)
{
        GuardJobDone done = job->done;

        if (job->deadline)
                g_source_remove(job->deadline);
        job->deadline = 0;
        job->done = NULL;
        if (done && !job->workers->closed)
                done(result, error, job->user_data);
        else if (result && job->kind->free_result)
                job->kind->free_result(result);
}

static gboolean
thread_ended(gpointer data)
{
        GuardJob *job = data;
        GuardWorkers *workers = job->workers;

        workers->running--;
        if (guard_job_abandoned(job)) {
                workers->stuck--;
        } else {
                gpointer result = g_steal_pointer(&job->result);

                finish(job, result, job->error);
        }
        if (!workers->closed)
                start_next(workers);
        return G_SOURCE_REMOVE;
}

static gpointer
thread_main(gpointer data)
{
        GuardJob *job = data;

        GSource *source = g_idle_source_new();

        job->result = job->kind->run(job, job->data, &job->error);
        /* Not g_main_context_invoke(): between two turns of the loop it would run here. */
        g_source_set_priority(source, G_PRIORITY_DEFAULT);
        g_source_set_callback(source, thread_ended, job, (GDestroyNotify)job_unref);
        g_source_attach(source, NULL);
        g_source_unref(source);
        return NULL;
}

static gboolean
at_deadline(gpointer data)
{
        GuardJob *job = data;
        g_autoptr(GError) error = NULL;

        job->deadline = 0;
        g_atomic_int_set(&job->abandoned, 1);
        if (job->started) {
                job->workers->stuck++;
                error = g_error_new(GUARD_ERROR, GUARD_ERROR_TIMEOUT,
                                    _("The device did not answer in time (%s)"), job->kind->name);
                finish(job, NULL, error);
        } else {
                error = g_error_new(GUARD_ERROR, GUARD_ERROR_BUSY,
                                    _("Too many devices do not answer (%s)"), job->kind->name);
                g_queue_remove(&job->workers->waiting, job);
                finish(job, NULL, error);
                job_unref(job);
        }
        return G_SOURCE_REMOVE;
}

static void
start(GuardJob *job)
{
        g_autoptr(GError) error = NULL;
        GThread *thread;

        job->started = TRUE;
        job->workers->running++;
        thread = g_thread_try_new("guard-worker", thread_main, job, &error);
        if (thread) {
                g_thread_unref(thread);
                return;
        }
        job->workers->running--;
        finish(job, NULL, error);
        job_unref(job);
}

static void
start_next(GuardWorkers *workers)
{
        while (workers->running < workers->max_threads && !g_queue_is_empty(&workers->waiting))
                start(g_queue_pop_head(&workers->waiting));
}

void
guard_workers_run(GuardWorkers *workers, const GuardJobKind *kind, gpointer data, GuardJobDone done,
                  gpointer user_data)
{
        GuardJob *job = g_new0(GuardJob, 1);

        job->refs = 1;
        job->workers = workers;
        g_atomic_int_inc(&workers->refs);
        job->kind = kind;
        job->data = data;
        job->done = done;
        job->user_data = user_data;
        job->deadline = g_timeout_add(kind->deadline_ms, at_deadline, job);
        g_queue_push_tail(&workers->waiting, job);
        start_next(workers);
}

GuardWorkers *
guard_workers_new(guint max_threads)
{
        GuardWorkers *workers = g_new0(GuardWorkers, 1);

        workers->refs = 1;
        workers->max_threads = max_threads;
        g_queue_init(&workers->waiting);
        return workers;
}

void
guard_workers_free(GuardWorkers *workers)
{
        if (!workers)
                return;
        workers->closed = TRUE;
        while (!g_queue_is_empty(&workers->waiting)) {
                GuardJob *job = g_queue_pop_head(&workers->waiting);

                if (job->deadline)
                        g_source_remove(job->deadline);
                job_unref(job);
        }
        workers_unref(workers);
}

guint
guard_workers_stuck(GuardWorkers *workers)
{
        return workers->stuck;
}
