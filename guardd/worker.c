/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread a job, at most so many at once in all and in a lane, the rest in a queue. All bookkeeping
 * is done on the main context; a thread touches only its job. One or two that are done wait for the next
 * job, since making a thread takes longer than most of the work here.
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/worker.h"

/* Threads of one lane: a device that hangs takes no more of them, however many disks it shows. */
#define LANE_MAX 2
/* Beyond the ordinary number, for what takes a device away: it must not wait behind those that hang. */
#define URGENT_EXTRA 8
#define SPARE_MAX 2

struct GuardWorkers {
        gint refs; /* one by the owner, one by each job, one by each thread */
        gboolean closed;
        guint max_threads, running, stuck;
        GQueue waiting;    /* of GuardJob */
        GHashTable *lanes; /* name (owned) -> number of running threads */
        GMutex lock;       /* of what follows */
        GCond wake;
        GQueue handed; /* of GuardJob, for the spare threads */
        guint spare;   /* threads that wait and have no job handed to them */
        gboolean ending;
};

struct GuardJob {
        gint refs;
        GuardWorkers *workers;
        const GuardJobKind *kind;
        char *lane; /* NULL: none */
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
        if (!g_atomic_int_dec_and_test(&workers->refs))
                return;
        g_hash_table_unref(workers->lanes);
        g_mutex_clear(&workers->lock);
        g_cond_clear(&workers->wake);
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
        g_free(job->lane);
        workers_unref(job->workers);
        g_free(job);
}

gboolean
guard_job_abandoned(GuardJob *job)
{
        return g_atomic_int_get(&job->abandoned) != 0;
}

static guint
lane_running(GuardWorkers *workers, const char *lane)
{
        return lane ? GPOINTER_TO_UINT(g_hash_table_lookup(workers->lanes, lane)) : 0;
}

static void
count_thread(GuardJob *job, int by)
{
        GuardWorkers *workers = job->workers;
        guint n = lane_running(workers, job->lane);

        workers->running = (guint)((int)workers->running + by);
        if (!job->lane)
                return;
        n = (guint)((int)n + by);
        if (n > 0)
                g_hash_table_replace(workers->lanes, g_strdup(job->lane), GUINT_TO_POINTER(n));
        else
                g_hash_table_remove(workers->lanes, job->lane);
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

        count_thread(job, -1);
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

/* @job may be gone when this returns. */
static void
run_job(GuardJob *job)
{
        GSource *source = g_idle_source_new();

        job->result = job->kind->run(job, job->data, &job->error);
        /* Not g_main_context_invoke(): between two turns of the loop it would run here. */
        g_source_set_priority(source, G_PRIORITY_DEFAULT);
        g_source_set_callback(source, thread_ended, job, (GDestroyNotify)job_unref);
        g_source_attach(source, NULL);
        g_source_unref(source);
}

/* NULL: enough others wait, or there will be none. */
static GuardJob *
wait_for_job(GuardWorkers *workers)
{
        GuardJob *job = NULL;

        g_mutex_lock(&workers->lock);
        if (workers->spare < SPARE_MAX && !workers->ending) {
                workers->spare++;
                while (g_queue_is_empty(&workers->handed) && !workers->ending)
                        g_cond_wait(&workers->wake, &workers->lock);
                job = g_queue_pop_head(&workers->handed);
        }
        g_mutex_unlock(&workers->lock);
        return job;
}

static gpointer
thread_main(gpointer data)
{
        GuardJob *job = data;
        GuardWorkers *workers = job->workers;

        g_atomic_int_inc(&workers->refs);
        do
                run_job(job);
        while ((job = wait_for_job(workers)) != NULL);
        workers_unref(workers);
        return NULL;
}

/* FALSE: no thread waits for one. */
static gboolean
hand_over(GuardJob *job)
{
        GuardWorkers *workers = job->workers;
        gboolean taken;

        g_mutex_lock(&workers->lock);
        taken = workers->spare > 0;
        if (taken) {
                workers->spare--;
                g_queue_push_tail(&workers->handed, job);
                g_cond_signal(&workers->wake);
        }
        g_mutex_unlock(&workers->lock);
        return taken;
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
        count_thread(job, 1);
        if (hand_over(job))
                return;
        thread = g_thread_try_new("guard-worker", thread_main, job, &error);
        if (thread) {
                g_thread_unref(thread);
                return;
        }
        count_thread(job, -1);
        finish(job, NULL, error);
        job_unref(job);
}

static gboolean
may_start(GuardWorkers *workers, const GuardJob *job)
{
        if (job->kind->urgent)
                return workers->running < workers->max_threads + URGENT_EXTRA;
        return workers->running < workers->max_threads && lane_running(workers, job->lane) < LANE_MAX;
}

/* In order, but for those whose lane is full. */
static void
start_next(GuardWorkers *workers)
{
        GList *link = workers->waiting.head;

        while (link) {
                GuardJob *job = link->data;

                if (!may_start(workers, job)) {
                        link = link->next;
                        continue;
                }
                g_queue_delete_link(&workers->waiting, link);
                start(job); /* one that cannot be started tells its caller, who may queue more */
                link = workers->waiting.head;
        }
}

void
guard_workers_run(GuardWorkers *workers, const GuardJobKind *kind, const char *lane, gpointer data,
                  GuardJobDone done, gpointer user_data)
{
        GuardJob *job = g_new0(GuardJob, 1);

        job->refs = 1;
        job->workers = workers;
        g_atomic_int_inc(&workers->refs);
        job->kind = kind;
        job->lane = g_strdup(lane);
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
        g_queue_init(&workers->handed);
        g_mutex_init(&workers->lock);
        g_cond_init(&workers->wake);
        workers->lanes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return workers;
}

void
guard_workers_free(GuardWorkers *workers)
{
        if (!workers)
                return;
        workers->closed = TRUE;
        g_mutex_lock(&workers->lock);
        workers->ending = TRUE;
        g_cond_broadcast(&workers->wake);
        g_mutex_unlock(&workers->lock);
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
