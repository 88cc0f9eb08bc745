/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What happens when a record cannot be written, by what it is for:
 *
 *   would let a device in   fails at once: the device waits, guardd decides again later
 *   anything else           is kept, in order, and written as soon as it can be
 *   too many kept           the newest are given up and counted: records-dropped
 *
 * A damaged or exchanged file is closed and opened again at once (opening moves it aside or records
 * the gap); a full disk and I/O errors are tried again later.
 */
#include "common/guard-error.h"
#include "guardd/record/writer.h"
#include "ledger/kinds.h"

#define KEPT_MAX 1024

struct GuardWriter {
        char *db, *head_file;
        const GuardWriterEvents *events;
        gpointer user_data;
        GuardLedger *ledger; /* NULL: not open */
        gboolean opened_before, jump_told;
        gboolean unclean; /* the last guardd did not say goodbye, and nobody has said so yet */
        GQueue kept;      /* of GuardJob */
        guint64 dropped;
        char *alarm;
};

GuardJob *
guard_job_new(GuardRecord *record, GuardRecorded done, gpointer user_data)
{
        GuardJob *job = g_new0(GuardJob, 1);

        job->record = record;
        job->done = done;
        job->user_data = user_data;
        if (record->message == NULL)
                record->message = guard_record_message(record);
        return job;
}

void
guard_job_free(GuardJob *job)
{
        if (job == NULL)
                return;
        guard_record_free(job->record);
        g_clear_error(&job->error);
        g_free(job);
}

GuardWriter *
guard_writer_new(const char *db, const char *head_file, const GuardWriterEvents *events,
                 gpointer user_data)
{
        GuardWriter *writer = g_new0(GuardWriter, 1);

        writer->db = g_strdup(db);
        writer->head_file = g_strdup(head_file);
        writer->events = events;
        writer->user_data = user_data;
        g_queue_init(&writer->kept);
        return writer;
}

static gboolean
admits(const GuardRecord *record)
{
        return record->has_verdict && record->verdict != GUARD_VERDICT_REFUSE &&
               record->verdict != GUARD_VERDICT_HOLD;
}

/* A record of the recorder's own, in front of or behind what is kept. */
static void
keep_own(GuardWriter *writer, const char *kind, GuardSeverity severity, const char *message,
         char *details)
{
        GuardRecord *record = guard_record_new(kind, severity);

        record->message = g_strdup(message);
        record->details = details;
        g_queue_push_tail(&writer->kept, guard_job_new(record, NULL, NULL));
}

/* Tells a change for the better or the worse once. (guardd puts its alarms on record.) */
static void
set_alarm(GuardWriter *writer, const char *why)
{
        if (g_strcmp0(writer->alarm, why) == 0)
                return;
        g_free(writer->alarm);
        writer->alarm = g_strdup(why);
        writer->events->changed(why, writer->user_data);
}

static void
announce_own(GuardWriter *writer)
{
        g_autoptr(GPtrArray) own = guard_ledger_take_own(writer->ledger);

        for (guint i = 0; own != NULL && i < own->len; i++)
                writer->events->announce(own->pdata[i], writer->user_data);
}

static gboolean
ensure_open(GuardWriter *writer, GError **error)
{
        gboolean damaged = FALSE;

        if (writer->ledger != NULL)
                return TRUE;
        writer->ledger = guard_ledger_open(writer->db, writer->head_file, &damaged, error);
        if (writer->ledger == NULL)
                return FALSE;
        announce_own(writer);
        writer->unclean = writer->unclean ||
                          (!writer->opened_before && !guard_ledger_last_was_clean(writer->ledger));
        writer->opened_before = TRUE;
        writer->events->opened(damaged, writer->user_data);
        return TRUE;
}

static gboolean
append_once(GuardWriter *writer, GPtrArray *records, gboolean ahead, GError **error)
{
        if (!ensure_open(writer, error))
                return FALSE;
        return ahead ? guard_ledger_append_ahead(writer->ledger, records, error)
                     : guard_ledger_append_many(writer->ledger, records, error);
}

/* One more try with a freshly opened file where the fault may be in the one that is open. */
static gboolean
append(GuardWriter *writer, GPtrArray *records, gboolean ahead, GError **error)
{
        g_autoptr(GError) trouble = NULL;

        if (append_once(writer, records, ahead, &trouble))
                return TRUE;
        if (writer->ledger == NULL ||
            (!g_error_matches(trouble, GUARD_ERROR, GUARD_ERROR_CORRUPT) &&
             !g_error_matches(trouble, GUARD_ERROR, GUARD_ERROR_IO))) {
                g_propagate_error(error, g_steal_pointer(&trouble));
                return FALSE;
        }
        g_clear_pointer(&writer->ledger, guard_ledger_free);
        return append_once(writer, records, ahead, error);
}

static void
finish(GuardWriter *writer, GuardJob *job, const GError *error)
{
        if (error != NULL)
                job->error = g_error_copy(error);
        writer->events->finished(job, writer->user_data);
}

static void
fail_or_keep(GuardWriter *writer, GuardJob *job, const GError *error)
{
        if (admits(job->record)) {
                finish(writer, job, error);
        } else if (g_queue_get_length(&writer->kept) < KEPT_MAX) {
                g_queue_push_tail(&writer->kept, job);
        } else {
                writer->dropped++;
                finish(writer, job, error);
        }
}

/* All of @jobs in one commit; FALSE: none was written, they are still in @jobs. */
static gboolean
write_together(GuardWriter *writer, GQueue *jobs, GError **error)
{
        g_autoptr(GPtrArray) records = g_ptr_array_sized_new(g_queue_get_length(jobs));
        gboolean ahead = TRUE;
        GuardJob *job;

        for (GList *l = jobs->head; l != NULL; l = l->next) {
                job = l->data;
                ahead = ahead && job->ahead;
                g_ptr_array_add(records, job->record);
        }
        if (!append(writer, records, ahead, error))
                return FALSE;
        while ((job = g_queue_pop_head(jobs)) != NULL)
                finish(writer, job, NULL);
        return TRUE;
}

/* One by one, so that what may use the reserve is not held back by what may not. */
static void
write_each(GuardWriter *writer, GQueue *jobs, GError **first_error)
{
        GuardJob *job;

        while ((job = g_queue_pop_head(jobs)) != NULL) {
                g_autoptr(GError) error = NULL;
                GQueue one = G_QUEUE_INIT;

                g_queue_push_tail(&one, job);
                /* Order is kept: behind something that waits, everything waits. */
                if (*first_error != NULL && !g_queue_is_empty(&writer->kept))
                        fail_or_keep(writer, g_queue_pop_head(&one), *first_error);
                else if (!write_together(writer, &one, &error))
                        fail_or_keep(writer, g_queue_pop_head(&one), error);
                if (*first_error == NULL && error != NULL)
                        *first_error = g_steal_pointer(&error);
        }
}

static gboolean
write_kept(GuardWriter *writer, GError **error)
{
        GQueue jobs;

        if (writer->dropped > 0 && !g_queue_is_empty(&writer->kept)) {
                keep_own(writer, GUARD_KIND_RECORDS_DROPPED, GUARD_SEVERITY_CRITICAL, NULL,
                         g_strdup_printf("{\"dropped\":%" G_GUINT64_FORMAT "}", writer->dropped));
                writer->dropped = 0;
        }
        if (!ensure_open(writer, error))
                return FALSE;
        jobs = writer->kept;
        g_queue_init(&writer->kept);
        if (g_queue_is_empty(&jobs) || write_together(writer, &jobs, error))
                return TRUE;
        /* What the reopening put in front stays in front. */
        while (!g_queue_is_empty(&jobs))
                g_queue_push_tail(&writer->kept, g_queue_pop_head(&jobs));
        return FALSE;
}

/* The alarm follows from how the last write went; what it put on record is written at once. */
static void
settle(GuardWriter *writer, const GError *error)
{
        const char *why = error != NULL            ? error->message
                          : writer->ledger != NULL ? guard_ledger_trouble(writer->ledger)
                                                   : NULL;

        set_alarm(writer, why);
        if (writer->ledger != NULL && !g_queue_is_empty(&writer->kept))
                (void)write_kept(writer, NULL);
}

/* In front of the first record of this run, unless that is what it says. */
static gboolean
tell_unclean(GuardWriter *writer, GQueue *jobs, GError **error)
{
        const GuardJob *first = g_queue_peek_head(jobs);

        if (!ensure_open(writer, error))
                return FALSE;
        if (writer->unclean && first != NULL &&
            g_strcmp0(first->record->kind, GUARD_KIND_UNCLEAN_END) != 0)
                g_queue_push_head(&writer->kept,
                                  guard_job_new(guard_record_new(GUARD_KIND_UNCLEAN_END,
                                                                 GUARD_SEVERITY_WARNING),
                                                NULL, NULL));
        writer->unclean = FALSE;
        return TRUE;
}

void
guard_writer_write(GuardWriter *writer, GQueue *jobs)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) together = NULL;

        if (!tell_unclean(writer, jobs, &error) || !write_kept(writer, &error)) {
                while (!g_queue_is_empty(jobs))
                        fail_or_keep(writer, g_queue_pop_head(jobs), error);
        } else if (!write_together(writer, jobs, &together)) {
                write_each(writer, jobs, &error);
        }
        /* Whoever waited for what was written ahead has gone on. */
        if (writer->ledger != NULL && error == NULL)
                (void)guard_ledger_sync(writer->ledger, &error);
        settle(writer, error);
}

gboolean
guard_writer_in_trouble(GuardWriter *writer)
{
        return writer->alarm != NULL || !g_queue_is_empty(&writer->kept);
}

gboolean
guard_writer_idle(GuardWriter *writer)
{
        g_autoptr(GError) error = NULL;

        if (write_kept(writer, &error))
                guard_ledger_idle(writer->ledger, &error);
        settle(writer, error);
        return !guard_writer_in_trouble(writer);
}

void
guard_writer_prune(GuardWriter *writer, gint64 before_us, gint64 now_us)
{
        g_autoptr(GError) error = NULL;
        guint64 removed = 0;

        if (!write_kept(writer, &error)) {
                settle(writer, error);
                return;
        }
        if (guard_ledger_prune(writer->ledger, before_us, now_us, &removed, &error)) {
                announce_own(writer);
                return;
        }
        if (g_error_matches(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE) && !writer->jump_told) {
                writer->jump_told = TRUE;
                keep_own(writer, GUARD_KIND_CLOCK_JUMP, GUARD_SEVERITY_WARNING, NULL, NULL);
                settle(writer, NULL);
        }
}

void
guard_writer_free(GuardWriter *writer)
{
        g_autoptr(GError) error = NULL;
        GuardJob *job;

        if (!g_queue_is_empty(&writer->kept) && !write_kept(writer, &error)) {
                while ((job = g_queue_pop_head(&writer->kept)) != NULL)
                        finish(writer, job, error);
        }
        if (writer->ledger != NULL)
                guard_ledger_free(writer->ledger);
        g_free(writer->alarm);
        g_free(writer->db);
        g_free(writer->head_file);
        g_free(writer);
}
