/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ledger thread's work: opens and reopens the ledger, writes what is queued in as few commits as
 * it can, keeps what must not be lost until it can be written. Knows no thread and no main loop: one
 * caller, one thread, results through callbacks.
 */
#pragma once
#include "guardd/record/recorder.h"

G_BEGIN_DECLS

typedef struct { /* one guard_recorder_write() */
        GuardRecord *record;
        GuardRecorded done;
        gpointer user_data;
        gboolean ahead; /* told before it is synced */
        GError *error; /* how it ended */
} GuardJob;

GuardJob *guard_job_new(GuardRecord *record, GuardRecorded done, gpointer user_data);
void guard_job_free(GuardJob *job);

typedef struct {
        void (*finished)(GuardJob *job, gpointer user_data);               /* takes @job */
        void (*announce)(const GuardRecord *record, gpointer user_data);   /* of records without a job */
        void (*opened)(gboolean damaged, gpointer user_data);              /* each time the ledger was opened */
        void (*changed)(const char *alarm, gpointer user_data);            /* NULL: records can be written (again) */
} GuardWriterEvents;

typedef struct GuardWriter GuardWriter;

GuardWriter *guard_writer_new(const char *db, const char *head_file, const GuardWriterEvents *events, gpointer user_data);
/* What could not be written until now ends with an error. */
void guard_writer_free(GuardWriter *writer);
/* Takes the jobs out of @jobs (of GuardJob, in order). */
void guard_writer_write(GuardWriter *writer, GQueue *jobs);
/* Once nobody waits: housekeeping; and, where there is trouble, tries again. TRUE: all is well. */
gboolean guard_writer_idle(GuardWriter *writer);
/* TRUE: guard_writer_idle() should be called again after a while. */
gboolean guard_writer_in_trouble(GuardWriter *writer);
void guard_writer_prune(GuardWriter *writer, gint64 before_us, gint64 now_us);

G_END_DECLS
