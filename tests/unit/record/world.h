/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A recorder with a ledger of its own, a journal that is read by the test and can be held up, and no audit.
 * For tests of the recorder only.
 */
#pragma once
#include "common/guard-error.h"
#include "guardd/record/recorder-private.h"
#include "tests/unit/ledger/ledger-fixture.h"

typedef struct {
        Fixture ledger;
        GMainContext *context;
        GuardRecorder *recorder;
        GPtrArray *done; /* of char*: media id, or "!" and it where it failed */
        guint changes;
} World;

/* How many records of @kind the ledger holds, and the seq of the last. */
typedef struct {
        guint n;
        guint64 seq;
} Found;

/* What the journal was told, and its lock. */
extern GMutex journal_lock;
extern GCond journal_cond;
extern GPtrArray *journal_lines;
void hold_journal(gboolean held);

#define ADD(path, function) g_test_add("/recorder/" path, World, NULL, set_up, function, tear_down)

void set_up(World *world, gconstpointer data);
void tear_down(World *world, gconstpointer data);
void start(World *world, gboolean use_audit);
void stop(World *world);
/* Puts the answer into world->done. */
void on_done(const GuardRecord *record, const GError *error, gpointer data);
void write_one(World *world, const char *media_id, GuardVerdict verdict);
void wait_done(World *world, guint n);
Found find_kind(World *world, const char *kind);
