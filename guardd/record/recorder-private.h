/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Seams of the recorder, for its tests.
 */
#pragma once
#include "guardd/record/announcer.h"
#include "guardd/record/recorder.h"

G_BEGIN_DECLS

/* NULL for @audit or @journal: not told. @retry_ms: how long to wait before a failed write is tried again. */
GuardRecorder *guard_recorder_new_full(const GuardRecorderConfig *config, GMainContext *context, const GuardAuditOps *audit,
                                       GuardJournalSend journal, guint retry_ms);

G_END_DECLS
