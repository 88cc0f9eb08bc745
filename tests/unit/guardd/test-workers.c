/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Workers: jobs queue, deadlines hold, a device that hangs delays no other, and what takes something
 * away never waits.
 */
#include <gio/gio.h>
#include "common/guard-error.h"
#include "guardd/worker.h"

typedef struct {
        GMutex *gate;
        gint acted; /* atomic */
        guint done;
        GError *error;
} Work;

static gpointer
work_run(GuardJob *job, gpointer data, GError **error G_GNUC_UNUSED)
{
        Work *work = data;

        g_mutex_lock(work->gate); /* a device that does not answer */
        g_mutex_unlock(work->gate);
        if (!guard_job_abandoned(job))
                g_atomic_int_set(&work->acted, 1);
        return GINT_TO_POINTER(1);
}

static void
work_done(gpointer result G_GNUC_UNUSED, const GError *error, gpointer data)
{
        Work *work = data;

        work->done++;
        g_clear_error(&work->error);
        work->error = error ? g_error_copy(error) : NULL;
}

static void
test_worker(void)
{
        static const GuardJobKind KIND = {"test", work_run, NULL, NULL, 20000, FALSE};
        g_autoptr(GuardWorkers) workers = guard_workers_new(2);
        GMutex gate;
        Work work = {&gate, 0, 0, NULL};

        g_mutex_init(&gate);
        for (guint i = 0; i < 5; i++)
                guard_workers_run(workers, &KIND, NULL, &work, work_done, &work);
        while (work.done < 5)
                g_main_context_iteration(NULL, TRUE);
        g_assert_no_error(work.error);
        g_assert_cmpint(work.acted, ==, 1);
        g_mutex_clear(&gate);
}

static gpointer
who_run(GuardJob *job G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
        return g_thread_self();
}

static void
who_done(gpointer result, const GError *error, gpointer data)
{
        g_assert_no_error(error);
        *(gpointer *)data = result;
}

/* What is asked for one by one is done by a few threads, which wait for it. */
static void
test_worker_spare(void)
{
        static const GuardJobKind KIND = {"test", who_run, NULL, NULL, 20000, FALSE};
        g_autoptr(GuardWorkers) workers = guard_workers_new(2);
        g_autoptr(GHashTable) threads = g_hash_table_new(NULL, NULL);

        for (guint i = 0; i < 200; i++) {
                gpointer who = NULL;

                guard_workers_run(workers, &KIND, NULL, NULL, who_done, &who);
                while (!who)
                        g_main_context_iteration(NULL, TRUE);
                g_hash_table_add(threads, who);
        }
        g_assert_cmpuint(g_hash_table_size(threads), <, 100);
}

static void
test_worker_deadline(void)
{
        static const GuardJobKind KIND = {"test", work_run, NULL, NULL, 30, FALSE};
        g_autoptr(GuardWorkers) workers = guard_workers_new(1);
        GMutex gate;
        Work stuck = {&gate, 0, 0, NULL}, queued = {&gate, 0, 0, NULL};

        g_mutex_init(&gate);
        g_mutex_lock(&gate);
        guard_workers_run(workers, &KIND, NULL, &stuck, work_done, &stuck);
        guard_workers_run(workers, &KIND, NULL, &queued, work_done, &queued);
        while (stuck.done == 0 || queued.done == 0)
                g_main_context_iteration(NULL, TRUE);
        g_assert_error(stuck.error, GUARD_ERROR, GUARD_ERROR_TIMEOUT);
        g_assert_error(queued.error, GUARD_ERROR, GUARD_ERROR_BUSY);
        g_assert_cmpuint(guard_workers_stuck(workers), ==, 1);
        g_mutex_unlock(&gate);
        while (guard_workers_stuck(workers) > 0)
                g_main_context_iteration(NULL, TRUE);
        /* It came back late and has touched nothing; its caller was told once. */
        g_assert_cmpint(g_atomic_int_get(&stuck.acted), ==, 0);
        g_assert_cmpuint(stuck.done, ==, 1);
        g_clear_error(&stuck.error);
        g_clear_error(&queued.error);
        g_mutex_clear(&gate);
}

/* Many disks of one device that hangs: another device's work goes on, and so does what takes the first
 * one away. */
static void
test_worker_lane(void)
{
        static const GuardJobKind KIND = {"test", work_run, NULL, NULL, 20000, FALSE};
        static const GuardJobKind URGENT = {"test-away", work_run, NULL, NULL, 20000, TRUE};
        g_autoptr(GuardWorkers) workers = guard_workers_new(4);
        GMutex closed, open;
        Work stuck = {&closed, 0, 0, NULL}, other = {&open, 0, 0, NULL}, away = {&open, 0, 0, NULL};

        g_mutex_init(&closed);
        g_mutex_init(&open);
        g_mutex_lock(&closed);
        for (guint i = 0; i < 20; i++)
                guard_workers_run(workers, &KIND, "/sys/1-1", &stuck, work_done, &stuck);
        guard_workers_run(workers, &KIND, "/sys/1-2", &other, work_done, &other);
        guard_workers_run(workers, &URGENT, "/sys/1-1", &away, work_done, &away);
        while (other.done == 0 || away.done == 0)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(stuck.done, ==, 0);
        g_mutex_unlock(&closed);
        while (stuck.done < 20)
                g_main_context_iteration(NULL, TRUE);
        g_mutex_clear(&closed);
        g_mutex_clear(&open);
}

/* All threads hang in other devices: ordinary work waits for one, what takes a device away does not. Freed
 * while they hang, nobody is called any more, and what they have made is not lost track of. */
static void
test_worker_full_house(void)
{
        static const GuardJobKind KIND = {"test", work_run, NULL, NULL, 20000, FALSE};
        static const GuardJobKind URGENT = {"test-away", work_run, NULL, NULL, 20000, TRUE};
        GuardWorkers *workers = guard_workers_new(2);
        /* One of the two that hang may come back when this is over. */
        static GMutex closed, open;
        static Work stuck = {&closed, 0, 0, NULL}, other = {&open, 0, 0, NULL}, away = {&open, 0, 0, NULL};

        g_mutex_lock(&closed);
        guard_workers_run(workers, &KIND, "/sys/1-1", &stuck, work_done, &stuck);
        guard_workers_run(workers, &KIND, "/sys/1-2", &stuck, work_done, &stuck);
        guard_workers_run(workers, &KIND, "/sys/1-3", &other, work_done, &other);
        for (guint i = 0; i < 4; i++)
                guard_workers_run(workers, &URGENT, "/sys/1-1", &away, work_done, &away);
        while (away.done < 4)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(other.done, ==, 0);
        g_assert_cmpint(g_atomic_int_get(&other.acted), ==, 0);
        g_mutex_unlock(&closed);
        while (other.done == 0)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(stuck.done, >, 0); /* whose thread it was */
        guard_workers_free(workers);
        while (g_main_context_iteration(NULL, FALSE))
                ;
}

static gint alive; /* atomic: data and results not yet freed */

static gpointer
own(void)
{
        g_atomic_int_inc(&alive);
        return g_malloc(1);
}

static void
disown(gpointer owned)
{
        g_atomic_int_add(&alive, -1);
        g_free(owned);
}

static GMutex owned_gate;

static gpointer
owned_run(GuardJob *job G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
        g_mutex_lock(&owned_gate);
        g_mutex_unlock(&owned_gate);
        return own();
}

static void
owned_done(gpointer result, const GError *error, gpointer told)
{
        ++*(guint *)told;
        g_assert_true((result == NULL) == (error != NULL));
        if (result)
                disown(result);
}

/* Whose data it is, and whose result, at every way a job can end: done, late, never begun, left behind. */
static void
test_worker_frees(void)
{
        static const GuardJobKind QUICK = {"test", owned_run, disown, disown, 20000, FALSE};
        /* Long enough to begin, and for the late one to be given up first, on a loaded machine. */
        static const GuardJobKind STUCK = {"test", owned_run, disown, disown, 3000, FALSE};
        static const GuardJobKind LATE = {"test", owned_run, disown, disown, 20, FALSE};
        GuardWorkers *workers = guard_workers_new(1);
        guint told = 0;

        guard_workers_run(workers, &QUICK, NULL, own(), owned_done, &told);
        while (told < 1)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpint(g_atomic_int_get(&alive), ==, 0);
        g_mutex_lock(&owned_gate);
        guard_workers_run(workers, &STUCK, NULL, own(), owned_done, &told);
        guard_workers_run(workers, &LATE, NULL, own(), owned_done, &told); /* never begins */
        while (told < 3)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpint(g_atomic_int_get(&alive), ==, 1); /* the stuck one's data */
        guard_workers_run(workers, &QUICK, NULL, own(), owned_done, &told);
        guard_workers_free(workers);
        g_assert_cmpint(g_atomic_int_get(&alive), ==, 1);
        g_mutex_unlock(&owned_gate);
        while (g_atomic_int_get(&alive) > 0)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(told, ==, 3);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/worker/queue", test_worker);
        g_test_add_func("/worker/spare", test_worker_spare);
        g_test_add_func("/worker/deadline", test_worker_deadline);
        g_test_add_func("/worker/lane", test_worker_lane);
        g_test_add_func("/worker/full-house", test_worker_full_house);
        g_test_add_func("/worker/frees", test_worker_frees);
        return g_test_run();
}
