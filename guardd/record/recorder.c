/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The recorder's two sides: the main thread queues and is told, the ledger thread works (writer.c). Between them only
 * queues under one lock. Nothing here waits on the main thread but guard_recorder_free().
 */
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/record/announcer.h"
#include "guardd/record/journal-socket.h"
#include "guardd/record/recorder-private.h"
#include "guardd/record/writer.h"
#include "ledger/kinds.h"

#define BATCH_MAX 64
/* A stick has its second record one to three seconds after its first: tidying must not stand in its way. */
#define IDLE_MS 10000
#define RETRY_MS 5000
#define RETRY_MAX_MS 60000

typedef struct { gint64 before_us, now_us; gboolean wanted; } Pruning;

struct GuardRecorder {
        GThread *thread;
        GThread *checker; /* verify after start; this and the next are the ledger thread's */
        gboolean checked;
        GuardAnnouncer *announcer;
        GuardRecorderConfig config;
        guint retry_ms;

        GMutex lock;
        GCond wake;
        GQueue queue; /* of GuardJob: main -> ledger thread */
        Pruning pruning;
        gboolean stopping;
        GQueue finished; /* of GuardJob: ledger thread -> main */
        GQueue to_announce; /* of GuardRecord, in order: when main has carried out what waited for them */
        GSource *source; /* set while a dispatch of the results is under way */
        char *next_alarm, *next_audit, *next_damage; /* as the threads see it */
        gboolean state_changed;

        /* main thread only */
        GMainContext *context;
        char *alarm, *warning;
        void (*changed)(gpointer user_data);
        gpointer changed_data;
};

/* ---- results, on the main thread ---- */

static gboolean
take_state(GuardRecorder *recorder)
{
        gboolean changed = recorder->state_changed;

        if (!changed)
                return FALSE;
        recorder->state_changed = FALSE;
        g_free(recorder->alarm);
        g_free(recorder->warning);
        recorder->alarm = g_strdup(recorder->next_alarm);
        recorder->warning = g_strdup(recorder->next_damage != NULL ? recorder->next_damage : recorder->next_audit);
        return TRUE;
}

/* Announced last: whoever listens would share the processors with the device that is let in. */
static void
dispatch(GuardRecorder *recorder)
{
        GQueue jobs, records;
        GuardRecord *record;
        GuardJob *job;
        gboolean changed;

        g_mutex_lock(&recorder->lock);
        jobs = recorder->finished;
        g_queue_init(&recorder->finished);
        records = recorder->to_announce;
        g_queue_init(&recorder->to_announce);
        g_clear_pointer(&recorder->source, g_source_unref);
        changed = take_state(recorder);
        g_mutex_unlock(&recorder->lock);

        while ((job = g_queue_pop_head(&jobs)) != NULL) {
                if (job->done != NULL)
                        job->done(job->record, job->error, job->user_data);
                guard_job_free(job);
        }
        while ((record = g_queue_pop_head(&records)) != NULL)
                guard_announcer_push(recorder->announcer, record);
        if (changed && recorder->changed != NULL)
                recorder->changed(recorder->changed_data);
}

static gboolean
on_results(gpointer data)
{
        dispatch(data);
        return G_SOURCE_REMOVE;
}

/* With the lock held. */
static void
want_dispatch(GuardRecorder *recorder)
{
        if (recorder->source != NULL)
                return;
        recorder->source = g_idle_source_new();
        g_source_set_priority(recorder->source, G_PRIORITY_HIGH);
        g_source_set_callback(recorder->source, on_results, recorder, NULL);
        g_source_attach(recorder->source, recorder->context);
}

/* ---- events of the ledger thread ---- */

static void
on_finished(GuardJob *job, gpointer data)
{
        GuardRecorder *recorder = data;
        GuardRecord *copy = job->error == NULL ? guard_record_copy(job->record) : NULL;

        g_mutex_lock(&recorder->lock);
        g_queue_push_tail(&recorder->finished, job);
        if (copy != NULL)
                g_queue_push_tail(&recorder->to_announce, copy);
        want_dispatch(recorder);
        g_mutex_unlock(&recorder->lock);
}

static void
on_announce(const GuardRecord *record, gpointer data)
{
        GuardRecorder *recorder = data;

        g_mutex_lock(&recorder->lock);
        g_queue_push_tail(&recorder->to_announce, guard_record_copy(record));
        want_dispatch(recorder);
        g_mutex_unlock(&recorder->lock);
}

static void
set_state(GuardRecorder *recorder, char **slot, const char *why)
{
        g_mutex_lock(&recorder->lock);
        g_free(*slot);
        *slot = g_strdup(why);
        recorder->state_changed = TRUE;
        want_dispatch(recorder);
        g_mutex_unlock(&recorder->lock);
}

static void
on_alarm(const char *why, gpointer data)
{
        GuardRecorder *recorder = data;

        set_state(recorder, &recorder->next_alarm, why);
}

static const char damage_text[] =
        N_("The event log was found damaged, cut or altered: see 'guardctl log verify'.");

/* The whole chain, once after start, while others work: a change made while guardd was away is told unasked. */
static gpointer
check_chain(gpointer data)
{
        GuardRecorder *recorder = data;
        GuardLedgerCheck check = {0};
        GuardRecord *record;

        if (guard_ledger_verify(recorder->config.db, recorder->config.head_file, NULL, &check, NULL) && !check.good) {
                /* Queued before it is told: who was told may stop us at once. */
                if (!check.recorded) {
                        record = guard_record_new(GUARD_KIND_LEDGER_ALTERED, GUARD_SEVERITY_CRITICAL);
                        record->details = g_strdup_printf("{\"first_bad_seq\":%" G_GUINT64_FORMAT "}", check.first_bad_seq);
                        guard_recorder_write(recorder, record, NULL, NULL);
                }
                set_state(recorder, &recorder->next_damage, damage_text);
        }
        guard_ledger_check_clear(&check);
        return NULL;
}

static void
on_opened(gboolean damaged, gpointer data)
{
        GuardRecorder *recorder = data;

        if (damaged)
                set_state(recorder, &recorder->next_damage, damage_text);
        if (!recorder->checked)
                recorder->checker = g_thread_new("verify", check_chain, recorder);
        recorder->checked = TRUE;
}

/* On the announcer's thread. */
static void
on_audit_changed(const char *why, gpointer data)
{
        GuardRecorder *recorder = data;

        if (why != NULL)
                guard_recorder_write(recorder, guard_record_new(GUARD_KIND_AUDIT_UNAVAILABLE, GUARD_SEVERITY_WARNING), NULL, NULL);
        set_state(recorder, &recorder->next_audit, why);
}

static const GuardWriterEvents writer_events = {on_finished, on_announce, on_opened, on_alarm};

/* ---- the ledger thread ---- */

/* With the lock held: waits for work; FALSE when the time is over first. @wait_ms 0: for ever. */
static gboolean
wait_for_work(GuardRecorder *recorder, guint wait_ms)
{
        gint64 deadline = g_get_monotonic_time() + (gint64)wait_ms * 1000;

        while (g_queue_is_empty(&recorder->queue) && !recorder->pruning.wanted && !recorder->stopping) {
                if (wait_ms == 0)
                        g_cond_wait(&recorder->wake, &recorder->lock);
                else if (!g_cond_wait_until(&recorder->wake, &recorder->lock, deadline))
                        return FALSE;
        }
        return TRUE;
}

/* With the lock held. */
static void
take_batch(GuardRecorder *recorder, GQueue *batch, Pruning *pruning)
{
        while (!g_queue_is_empty(&recorder->queue) && g_queue_get_length(batch) < BATCH_MAX)
                g_queue_push_tail(batch, g_queue_pop_head(&recorder->queue));
        *pruning = recorder->pruning;
        recorder->pruning.wanted = FALSE;
}

static void
work_until_stopped(GuardRecorder *recorder, GuardWriter *writer)
{
        guint wait_ms = 0, retry_ms = recorder->retry_ms;

        g_mutex_lock(&recorder->lock);
        for (;;) {
                gboolean work = wait_for_work(recorder, wait_ms);
                GQueue batch = G_QUEUE_INIT;
                Pruning pruning = {0};

                if (work && recorder->stopping && g_queue_is_empty(&recorder->queue))
                        break;
                take_batch(recorder, &batch, &pruning);
                g_mutex_unlock(&recorder->lock);
                if (!work && guard_writer_idle(writer))
                        retry_ms = recorder->retry_ms;
                if (!g_queue_is_empty(&batch))
                        guard_writer_write(writer, &batch);
                if (pruning.wanted)
                        guard_writer_prune(writer, pruning.before_us, pruning.now_us);
                if (guard_writer_in_trouble(writer)) {
                        wait_ms = retry_ms;
                        retry_ms = MIN(work ? retry_ms : retry_ms * 2, RETRY_MAX_MS);
                } else {
                        wait_ms = work ? IDLE_MS : 0;
                }
                g_mutex_lock(&recorder->lock);
        }
        g_mutex_unlock(&recorder->lock);
}

static void
join_checker(GuardRecorder *recorder)
{
        if (recorder->checker != NULL)
                g_thread_join(g_steal_pointer(&recorder->checker));
}

static gpointer
run(gpointer data)
{
        GuardRecorder *recorder = data;
        GuardWriter *writer = guard_writer_new(recorder->config.db, recorder->config.head_file, &writer_events, recorder);

        /* Opened at once: unclean-end and damage are on record before the first device is. */
        guard_writer_idle(writer);
        work_until_stopped(recorder, writer);
        /* What the check of the chain found is on record however soon guardd is stopped. */
        join_checker(recorder);
        work_until_stopped(recorder, writer);
        guard_writer_free(writer);
        join_checker(recorder); /* where the ledger could be opened only just now */
        return NULL;
}

/* ---- the main thread ---- */

GuardRecorder *
guard_recorder_new_full(const GuardRecorderConfig *config, GMainContext *context, const GuardAuditOps *audit,
                        GuardJournalSend journal, guint retry_ms)
{
        GuardRecorder *recorder = g_new0(GuardRecorder, 1);

        recorder->config.db = g_strdup(config->db);
        recorder->config.head_file = g_strdup(config->head_file);
        recorder->retry_ms = retry_ms;
        recorder->context = g_main_context_ref(context != NULL ? context : g_main_context_default());
        g_mutex_init(&recorder->lock);
        g_cond_init(&recorder->wake);
        g_queue_init(&recorder->queue);
        g_queue_init(&recorder->finished);
        g_queue_init(&recorder->to_announce);
        recorder->announcer = guard_announcer_new(config->use_audit ? audit : NULL, config->use_journal ? journal : NULL,
                                                  on_audit_changed, recorder);
        recorder->thread = g_thread_new("ledger", run, recorder);
        return recorder;
}

GuardRecorder *
guard_recorder_new(const GuardRecorderConfig *config, GMainContext *context)
{
        return guard_recorder_new_full(config, context, &guard_audit_libaudit, guard_journal_socket_send, RETRY_MS);
}

static void
push(GuardRecorder *recorder, GuardJob *job, gboolean ahead)
{
        job->ahead = ahead;
        g_mutex_lock(&recorder->lock);
        g_queue_push_tail(&recorder->queue, job);
        g_cond_signal(&recorder->wake);
        g_mutex_unlock(&recorder->lock);
}

void
guard_recorder_write(GuardRecorder *recorder, GuardRecord *record, GuardRecorded done, gpointer user_data)
{
        push(recorder, guard_job_new(record, done, user_data), FALSE);
}

void
guard_recorder_write_ahead(GuardRecorder *recorder, GuardRecord *record, GuardRecorded done, gpointer user_data)
{
        push(recorder, guard_job_new(record, done, user_data), TRUE);
}

void
guard_recorder_prune(GuardRecorder *recorder, gint64 before_us, gint64 now_us)
{
        g_mutex_lock(&recorder->lock);
        recorder->pruning = (Pruning){before_us, now_us, TRUE};
        g_cond_signal(&recorder->wake);
        g_mutex_unlock(&recorder->lock);
}

const char *
guard_recorder_alarm(GuardRecorder *recorder)
{
        return recorder->alarm;
}

const char *
guard_recorder_warning(GuardRecorder *recorder)
{
        return recorder->warning;
}

void
guard_recorder_watch(GuardRecorder *recorder, void (*changed)(gpointer user_data), gpointer user_data)
{
        recorder->changed = changed;
        recorder->changed_data = user_data;
}

void
guard_recorder_free(GuardRecorder *recorder)
{
        if (recorder == NULL)
                return;
        g_mutex_lock(&recorder->lock);
        recorder->stopping = TRUE;
        g_cond_signal(&recorder->wake);
        g_mutex_unlock(&recorder->lock);
        g_thread_join(recorder->thread);
        recorder->changed = NULL;
        if (recorder->source != NULL)
                g_source_destroy(recorder->source);
        dispatch(recorder);
        guard_announcer_stop(recorder->announcer);
        g_queue_foreach(&recorder->queue, (GFunc)(void (*)(void))guard_job_free, NULL);
        g_queue_clear(&recorder->queue);
        g_main_context_unref(recorder->context);
        g_mutex_clear(&recorder->lock);
        g_cond_clear(&recorder->wake);
        g_free(recorder->config.db);
        g_free(recorder->config.head_file);
        g_free(recorder->next_alarm);
        g_free(recorder->next_audit);
        g_free(recorder->next_damage);
        g_free(recorder->alarm);
        g_free(recorder->warning);
        g_free(recorder);
}
