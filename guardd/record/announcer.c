/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The announcer's thread and its queue. Shared with a thread that may hang in the kernel: counted
 * references, and nobody joins it.
 */
#include "guardd/record/announcer.h"

#define QUEUE_MAX 1024
#define STOP_WAIT_US (5 * G_TIME_SPAN_SECOND)

struct GuardAnnouncer {
        gint references;
        GMutex lock;
        GCond changed;
        GQueue queue;
        gboolean stopping, ended;
        GuardAudit *audit;
        GuardJournalSend journal;
        GuardAuditChanged audit_changed;
        gpointer user_data;
        GError *audit_trouble;
        gboolean journal_trouble;
};

static void
announcer_unref(GuardAnnouncer *announcer)
{
        if (!g_atomic_int_dec_and_test(&announcer->references))
                return;
        g_queue_foreach(&announcer->queue, (GFunc)(void (*)(void))guard_record_free, NULL);
        g_queue_clear(&announcer->queue);
        guard_audit_free(announcer->audit);
        g_clear_error(&announcer->audit_trouble);
        g_mutex_clear(&announcer->lock);
        g_cond_clear(&announcer->changed);
        g_free(announcer);
}

static void
tell_audit_change(GuardAnnouncer *announcer, GError *trouble)
{
        gboolean changed = (trouble == NULL) != (announcer->audit_trouble == NULL);

        g_clear_error(&announcer->audit_trouble);
        announcer->audit_trouble = trouble;
        if (!changed)
                return;
        g_mutex_lock(&announcer->lock);
        if (!announcer->stopping && announcer->audit_changed != NULL)
                announcer->audit_changed(trouble != NULL ? trouble->message : NULL,
                                         announcer->user_data);
        g_mutex_unlock(&announcer->lock);
}

static void
announce(GuardAnnouncer *announcer, const GuardRecord *record)
{
        g_autoptr(GError) journal_error = NULL;
        GError *audit_error = NULL;
        gboolean trouble;

        if (announcer->journal != NULL) {
                trouble = !guard_journal_send(announcer->journal, record, &journal_error);
                if (trouble && !announcer->journal_trouble)
                        g_warning("%s", journal_error->message);
                announcer->journal_trouble = trouble;
        }
        if (announcer->audit != NULL) {
                guard_audit_send(announcer->audit, record, &audit_error);
                tell_audit_change(announcer, audit_error);
        }
}

static gpointer
run(gpointer data)
{
        GuardAnnouncer *announcer = data;
        GuardRecord *record;

        g_mutex_lock(&announcer->lock);
        for (;;) {
                record = g_queue_pop_head(&announcer->queue);
                if (record == NULL && announcer->stopping)
                        break;
                if (record == NULL) {
                        g_cond_wait(&announcer->changed, &announcer->lock);
                        continue;
                }
                g_mutex_unlock(&announcer->lock);
                announce(announcer, record);
                guard_record_free(record);
                g_mutex_lock(&announcer->lock);
        }
        announcer->ended = TRUE;
        g_cond_broadcast(&announcer->changed);
        g_mutex_unlock(&announcer->lock);
        announcer_unref(announcer);
        return NULL;
}

GuardAnnouncer *
guard_announcer_new(const GuardAuditOps *audit, GuardJournalSend journal, GuardAuditChanged changed,
                    gpointer user_data)
{
        GuardAnnouncer *announcer = g_new0(GuardAnnouncer, 1);

        announcer->references = 2;
        g_mutex_init(&announcer->lock);
        g_cond_init(&announcer->changed);
        g_queue_init(&announcer->queue);
        announcer->audit = audit != NULL ? guard_audit_new(audit) : NULL;
        announcer->journal = journal;
        announcer->audit_changed = changed;
        announcer->user_data = user_data;
        g_thread_unref(g_thread_new("announcer", run, announcer));
        return announcer;
}

void
guard_announcer_push(GuardAnnouncer *announcer, GuardRecord *record)
{
        g_mutex_lock(&announcer->lock);
        if (g_queue_get_length(&announcer->queue) >= QUEUE_MAX)
                guard_record_free(g_queue_pop_head(&announcer->queue));
        g_queue_push_tail(&announcer->queue, record);
        g_cond_broadcast(&announcer->changed);
        g_mutex_unlock(&announcer->lock);
}

void
guard_announcer_stop(GuardAnnouncer *announcer)
{
        gint64 deadline = g_get_monotonic_time() + STOP_WAIT_US;

        g_mutex_lock(&announcer->lock);
        announcer->stopping = TRUE;
        g_cond_broadcast(&announcer->changed);
        while (!announcer->ended &&
               g_cond_wait_until(&announcer->changed, &announcer->lock, deadline))
                ;
        g_mutex_unlock(&announcer->lock);
        announcer_unref(announcer);
}
