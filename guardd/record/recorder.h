/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Record before release: a thread of its own owns the ledger, so that an fsync never blocks the main
 * loop. After the durable append the same event goes to the kernel audit and the journal with seq and digest.
 */
#pragma once
#include <glib.h>
#include "ledger/ledger.h"

G_BEGIN_DECLS

typedef struct GuardRecorder GuardRecorder;

/* Called on the main context. @error NULL: durable; else nothing was written and nothing may be admitted. */
typedef void (*GuardRecorded)(const GuardRecord *record, const GError *error, gpointer user_data);

typedef struct { char *db, *head_file; gboolean use_audit, use_journal; } GuardRecorderConfig;

/* Starts the thread, which puts unclean-end in front of the first record where the last guardd did not say guardd-stop (unless the first record says it); opens the ledger there (an error is told by guard_recorder_alarm() and retried: full disk). */
GuardRecorder *guard_recorder_new(const GuardRecorderConfig *config, GMainContext *context);
/* Drains what is queued, stops the thread. */
void guard_recorder_free(GuardRecorder *recorder);
/* Takes @record. A record that would let a device in and cannot be written fails at once (the caller decides again when the alarm is
 * over); any other waits and is written as soon as it can be. Order of calls is the order of records. @done may be NULL; called exactly once on the main context. */
void guard_recorder_write(GuardRecorder *recorder, GuardRecord *record, GuardRecorded done, gpointer user_data);
/* The same for what opens nothing that could be read yet: @done is called when the record is in the chain, and its sync is only
 * under way. Every record that is durable makes those before it so. */
void guard_recorder_write_ahead(GuardRecorder *recorder, GuardRecord *record, GuardRecorded done, gpointer user_data);
/* NULL when all is well, else why records cannot be written now (for alarms in status). */
const char *guard_recorder_alarm(GuardRecorder *recorder);
/* NULL, or what an administrator or auditor should look at although records are written: the ledger was found altered, cut or
 * damaged; the kernel audit does not take events. */
const char *guard_recorder_warning(GuardRecorder *recorder);
/* @changed is called on the main context after either of the two has changed; when the alarm is over, what was held may be decided
 * again. */
void guard_recorder_watch(GuardRecorder *recorder, void (*changed)(gpointer user_data), gpointer user_data);
/* Runs on the ledger thread, result on the main context. */
void guard_recorder_prune(GuardRecorder *recorder, gint64 before_us, gint64 now_us);

G_END_DECLS
