/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Jobs on the book. A thread never touches the desk: it has its own handle, and a counter for how
 * far it is.
 */
#include "station/window/desk.h"

#define TICK_MS 100
#define QUIET_TICKS 3 /* what is over sooner needs no bar */

struct GuardDesk {
        GuardStation *station;
        GuardCollator *collator;
        char *dir;
        GuardDeskProgress progress;
        gpointer progress_data;
        GQueue jobs; /* of Job; the newest is shown */
        guint tick;
};

typedef struct {
        GuardDesk *desk;
        char *dir, *what;
        GuardDeskWork work;
        gpointer input;
        GDestroyNotify free_input, free_result;
        int permille; /* atomic; below 0: not known */
        guint ticks;
} Job;

static void
job_free(gpointer data)
{
        Job *job = data;

        if (job->free_input != NULL)
                job->free_input(job->input);
        g_free(job->dir);
        g_free(job->what);
        g_free(job);
}

GuardDesk *
guard_desk_new(const char *dir, gboolean create, GError **error)
{
        g_autoptr(GuardDesk) desk = g_new0(GuardDesk, 1);
        GuardAct act = guard_desk_act(NULL);
        g_autoptr(GError) made = NULL;

        g_queue_init(&desk->jobs);
        desk->dir = g_strdup(dir);
        desk->collator = guard_collator_new();
        if (create && !guard_station_init(dir, &act, &made) &&
            !g_error_matches(made, GUARD_ERROR, GUARD_ERROR_EXISTS)) {
                g_propagate_error(error, g_steal_pointer(&made));
                return NULL;
        }
        desk->station = guard_station_open(dir, error);
        return desk->station != NULL ? g_steal_pointer(&desk) : NULL;
}

void
guard_desk_free(GuardDesk *desk)
{
        if (desk == NULL)
                return;
        g_clear_handle_id(&desk->tick, g_source_remove);
        g_clear_pointer(&desk->station, guard_station_free);
        guard_collator_free(desk->collator);
        g_free(desk->dir);
        g_free(desk);
}

GuardStation *
guard_desk_station(GuardDesk *desk)
{
        return desk->station;
}

GuardCollator *
guard_desk_collator(GuardDesk *desk)
{
        return desk->collator;
}

const char *
guard_desk_dir(GuardDesk *desk)
{
        return desk->dir;
}

gboolean
guard_desk_busy(GuardDesk *desk)
{
        return !g_queue_is_empty(&desk->jobs);
}

void
guard_desk_set_progress(GuardDesk *desk, GuardDeskProgress progress, gpointer user_data)
{
        desk->progress = progress;
        desk->progress_data = user_data;
}

gboolean
guard_desk_may(GuardDesk *desk, GuardDuty duty, char **why)
{
        g_autoptr(GError) error = NULL;

        if (guard_station_may(desk->station, guard_roles_of_process(), duty, &error))
                return TRUE;
        if (why != NULL)
                *why = g_strdup(error->message);
        return FALSE;
}

GuardAct
guard_desk_act(const char *reason)
{
        return (GuardAct){g_get_user_name(), reason, g_get_real_time(), guard_roles_of_process()};
}

static void
tell(GuardDesk *desk, const Job *job)
{
        int permille = job != NULL ? g_atomic_int_get(&job->permille) : -1;

        if (desk->progress != NULL)
                desk->progress(job != NULL ? job->what : NULL,
                               permille < 0 ? -1.0 : permille / 1000.0, desk->progress_data);
}

static gboolean
on_tick(gpointer data)
{
        GuardDesk *desk = data;
        Job *job = g_queue_peek_tail(&desk->jobs);

        if (job != NULL && ++job->ticks >= QUIET_TICKS)
                tell(desk, job);
        return G_SOURCE_CONTINUE;
}

static void
on_progress(guint64 done, guint64 total, gpointer data)
{
        Job *job = data;

        if (total > 0)
                g_atomic_int_set(&job->permille, (int)(MIN(done, total) * 1000 / total));
}

static void
run_job(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
        Job *job = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardStation) station = guard_station_open(job->dir, &error);
        gpointer result = NULL;

        (void)source;
        (void)cancellable;
        if (station != NULL)
                result = job->work(station, job->input, on_progress, job, &error);
        if (result != NULL)
                g_task_return_pointer(task, result, job->free_result);
        else
                g_task_return_error(task, g_steal_pointer(&error));
}

/* Before the caller hears of it: he may end the desk. */
static void
on_completed(GTask *task, GParamSpec *spec, gpointer data)
{
        Job *job = g_task_get_task_data(task);
        GuardDesk *desk = data;

        (void)spec;
        g_queue_remove(&desk->jobs, job);
        if (g_queue_is_empty(&desk->jobs)) {
                g_clear_handle_id(&desk->tick, g_source_remove);
                tell(desk, NULL);
        }
}

void
guard_desk_run(GuardDesk *desk, const char *what, GuardDeskWork work, gpointer input,
               GDestroyNotify free_input, GDestroyNotify free_result, gpointer owner,
               GAsyncReadyCallback done, gpointer user_data)
{
        g_autoptr(GTask) task = g_task_new(owner, NULL, done, user_data);
        Job *job = g_new0(Job, 1);

        *job = (Job){desk,  g_strdup(desk->dir), g_strdup(what), work,
                     input, free_input,          free_result,    -1,
                     0};
        g_task_set_task_data(task, job, job_free);
        g_signal_connect(task, "notify::completed", G_CALLBACK(on_completed), desk);
        g_queue_push_tail(&desk->jobs, job);
        if (desk->tick == 0)
                desk->tick = g_timeout_add(TICK_MS, on_tick, desk);
        g_task_run_in_thread(task, run_job);
}

gpointer
guard_desk_finish(GAsyncResult *result, GError **error)
{
        return g_task_propagate_pointer(G_TASK(result), error);
}
