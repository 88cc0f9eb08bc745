/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The recorder: order, exactly one answer each, on the main context, only after the record is
 * durable; full disks; an audit or a journal that hangs.
 */
#include "guardd/record/recorder-private.h"
#include "common/guard-error.h"
#include "tests/unit/ledger/faulty-vfs.h"
#include "tests/unit/ledger/ledger-fixture.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

typedef struct {
        Fixture ledger;
        GMainContext *context;
        GuardRecorder *recorder;
        GPtrArray *done; /* of char*: media id, or "!" and it where it failed */
        guint changes;
} World;

/* ---- a journal that is read by the test; it can be held up ---- */

static GMutex journal_lock;
static GCond journal_cond;
static gboolean journal_held;
static GPtrArray *journal_lines;

static int
fake_journal(const struct iovec *iov, int n)
{
        GString *line = g_string_new(NULL);

        for (int i = 0; i < n; i++) {
                g_string_append_len(line, iov[i].iov_base, (gssize)iov[i].iov_len);
                g_string_append_c(line, '\n');
        }
        g_mutex_lock(&journal_lock);
        while (journal_held)
                g_cond_wait(&journal_cond, &journal_lock);
        g_ptr_array_add(journal_lines, g_string_free(line, FALSE));
        g_cond_broadcast(&journal_cond);
        g_mutex_unlock(&journal_lock);
        return 0;
}

static void
hold_journal(gboolean held)
{
        g_mutex_lock(&journal_lock);
        journal_held = held;
        g_cond_broadcast(&journal_cond);
        g_mutex_unlock(&journal_lock);
}

static int
audit_open_fails(void)
{
        errno = EPROTONOSUPPORT;
        return -1;
}

static const GuardAuditOps no_audit = {audit_open_fails, NULL, NULL};

/* ---- the world ---- */

static void
changed(gpointer data)
{
        ((World *)data)->changes++;
}

static void
start(World *world, gboolean use_audit)
{
        GuardRecorderConfig config = {world->ledger.db, world->ledger.head, use_audit, TRUE};

        world->recorder =
                guard_recorder_new_full(&config, world->context, &no_audit, fake_journal, 20);
        guard_recorder_watch(world->recorder, changed, world);
}

static void
stop(World *world)
{
        g_clear_pointer(&world->recorder, guard_recorder_free);
}

static void
set_up(World *world, gconstpointer data)
{
        fixture_set_up(&world->ledger, data);
        world->context = g_main_context_new();
        world->done = g_ptr_array_new_with_free_func(g_free);
        journal_lines = g_ptr_array_new_with_free_func(g_free);
        faulty_vfs_disarm();
}

static void
tear_down(World *world, gconstpointer data)
{
        faulty_vfs_disarm();
        hold_journal(FALSE);
        stop(world);
        g_main_context_unref(world->context);
        g_ptr_array_unref(world->done);
        g_ptr_array_unref(journal_lines);
        fixture_tear_down(&world->ledger, data);
}

static void
on_done(const GuardRecord *record, const GError *error, gpointer data)
{
        World *world = data;

        g_assert_true(g_main_context_is_owner(world->context));
        g_assert_true((error == NULL) == (record->seq > 0));
        g_ptr_array_add(world->done, g_strconcat(error != NULL ? "!" : "", record->media_id, NULL));
        if (error == NULL) {
                g_autoptr(GuardRecord) stored = fixture_get(&world->ledger, record->seq);

                g_assert_cmpstr(stored->digest, ==, record->digest);
        }
}

static void
write_one(World *world, const char *media_id, GuardVerdict verdict)
{
        GuardRecord *record = fixture_record(0);

        g_free(record->media_id);
        record->media_id = g_strdup(media_id);
        record->verdict = verdict;
        guard_recorder_write(world->recorder, record, on_done, world);
}

static void
wait_done(World *world, guint n)
{
        while (world->done->len < n)
                g_main_context_iteration(world->context, TRUE);
        g_assert_cmpuint(world->done->len, ==, n);
}

/* How many records of @kind the ledger holds, and the seq of the last. */
typedef struct {
        guint n;
        guint64 seq;
} Found;

static gboolean
count_one(const GuardRecord *record, gpointer data)
{
        ((Found *)data)->n++;
        ((Found *)data)->seq = record->seq;
        return TRUE;
}

static Found
find_kind(World *world, const char *kind)
{
        GuardLedgerQuery query = {.kind = kind};
        Found found = {0, 0};

        g_assert_true(guard_ledger_query(world->ledger.db, &query, count_one, &found, NULL));
        return found;
}

/* ---- tests ---- */

static void
test_order(World *world, gconstpointer data)
{
        guint64 last = 0;

        (void)data;
        start(world, FALSE);
        for (guint i = 0; i < 300; i++) {
                g_autofree char *id = g_strdup_printf("%u", i);

                write_one(world, id, i % 3 ? GUARD_VERDICT_ADMIT : GUARD_VERDICT_REFUSE);
        }
        wait_done(world, 300);
        for (guint i = 0; i < 300; i++) {
                g_autofree char *id = g_strdup_printf("%u", i);

                g_assert_cmpstr(world->done->pdata[i], ==, id);
        }
        stop(world);
        last = find_kind(world, GUARD_KIND_BLOCK_DECISION).seq;
        g_assert_cmpuint(last, ==, 301); /* behind ledger-begun, nothing in between */
        fixture_expect(&world->ledger, 0);
        /* Everything was announced, with its seq, in order. */
        g_assert_cmpuint(journal_lines->len, ==, 301);
        for (guint i = 0; i < journal_lines->len; i++) {
                g_autofree char *seq = g_strdup_printf("BAOMI_SEQ=%u\n", i + 1);

                g_assert_nonnull(strstr(journal_lines->pdata[i], seq));
        }
}

/* What is queued when guardd stops is written, and answered. */
static void
test_drain(World *world, gconstpointer data)
{
        (void)data;
        start(world, FALSE);
        for (guint i = 0; i < 100; i++)
                write_one(world, "x", GUARD_VERDICT_ADMIT);
        g_assert_true(g_main_context_acquire(world->context));
        stop(world);
        g_main_context_release(world->context);
        g_assert_cmpuint(world->done->len, ==, 100);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_BLOCK_DECISION).n, ==, 100);
}

/* A hung journal or audit holds up nobody. */
static void
test_hung_journal(World *world, gconstpointer data)
{
        (void)data;
        hold_journal(TRUE);
        start(world, FALSE);
        write_one(world, "a", GUARD_VERDICT_ADMIT);
        write_one(world, "b", GUARD_VERDICT_ADMIT);
        wait_done(world, 2);
        hold_journal(FALSE);
}

static void
test_unclean(World *world, gconstpointer data)
{
        (void)data;
        start(world, FALSE);
        guard_recorder_write(world->recorder,
                             guard_record_new(GUARD_KIND_GUARDD_START, GUARD_SEVERITY_INFO), NULL,
                             NULL);
        stop(world); /* no guardd-stop: as if killed */
        start(world, FALSE);
        guard_recorder_write(world->recorder,
                             guard_record_new(GUARD_KIND_GUARDD_START, GUARD_SEVERITY_INFO), NULL,
                             NULL);
        guard_recorder_write(world->recorder,
                             guard_record_new(GUARD_KIND_GUARDD_STOP, GUARD_SEVERITY_INFO), NULL,
                             NULL);
        stop(world);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_UNCLEAN_END).n, ==, 1);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_UNCLEAN_END).seq, ==,
                         find_kind(world, GUARD_KIND_GUARDD_START).seq - 1);
        start(world, FALSE);
        guard_recorder_write(world->recorder,
                             guard_record_new(GUARD_KIND_GUARDD_START, GUARD_SEVERITY_INFO), NULL,
                             NULL);
        stop(world);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_UNCLEAN_END).n, ==, 1);
        start(world, FALSE); /* who says it first says it alone */
        guard_recorder_write(world->recorder,
                             guard_record_new(GUARD_KIND_UNCLEAN_END, GUARD_SEVERITY_INFO), NULL,
                             NULL);
        stop(world);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_UNCLEAN_END).n, ==, 2);
}

/* Full: what would let a device in fails at once, the rest waits in order; afterwards all is well.
 */
static void
test_full(World *world, gconstpointer data)
{
        (void)data;
        start(world, FALSE);
        write_one(world, "before", GUARD_VERDICT_ADMIT);
        wait_done(world, 1);
        g_assert_null(guard_recorder_alarm(world->recorder));
        faulty_vfs_arm(0, SQLITE_FULL, TRUE);
        write_one(world, "r1", GUARD_VERDICT_REFUSE);
        write_one(world, "a1", GUARD_VERDICT_ADMIT);
        write_one(world, "r2", GUARD_VERDICT_REFUSE);
        write_one(world, "a2", GUARD_VERDICT_READ_ONLY);
        wait_done(world, 3);
        g_assert_cmpstr(world->done->pdata[1], ==, "!a1");
        g_assert_cmpstr(world->done->pdata[2], ==, "!a2");
        while (guard_recorder_alarm(world->recorder) == NULL)
                g_main_context_iteration(world->context, TRUE);
        g_assert_cmpuint(world->changes, >, 0);
        faulty_vfs_disarm();
        wait_done(world, 5);
        g_assert_cmpstr(world->done->pdata[3], ==, "r1");
        g_assert_cmpstr(world->done->pdata[4], ==, "r2");
        while (guard_recorder_alarm(world->recorder) != NULL)
                g_main_context_iteration(world->context, TRUE);
        write_one(world, "after", GUARD_VERDICT_ADMIT);
        wait_done(world, 6);
        g_assert_cmpstr(world->done->pdata[5], ==, "after");
        stop(world);
        fixture_expect(&world->ledger, 0);
}

/* Nothing can be written until the end: each is answered, with the error. */
static void
test_full_to_the_end(World *world, gconstpointer data)
{
        (void)data;
        start(world, FALSE);
        write_one(world, "ok", GUARD_VERDICT_ADMIT);
        wait_done(world, 1);
        faulty_vfs_arm(0, SQLITE_FULL, TRUE);
        write_one(world, "r", GUARD_VERDICT_REFUSE);
        write_one(world, "a", GUARD_VERDICT_ADMIT);
        g_assert_true(g_main_context_acquire(world->context));
        stop(world);
        g_main_context_release(world->context);
        g_assert_cmpuint(world->done->len, ==, 3);
        faulty_vfs_disarm();
        fixture_expect(&world->ledger, 0);
}

/* The file exchanged while guardd runs: the record goes into the new one, behind the gap. */
static void
test_exchanged(World *world, gconstpointer data)
{
        g_autofree char *old = g_build_filename(world->ledger.dir, "old.db", NULL);

        (void)data;
        start(world, FALSE);
        write_one(world, "1", GUARD_VERDICT_ADMIT);
        wait_done(world, 1);
        fixture_copy(world->ledger.db, old);
        write_one(world, "2", GUARD_VERDICT_ADMIT);
        wait_done(world, 2);
        g_assert_cmpint(g_unlink(world->ledger.db), ==, 0);
        fixture_copy(old, world->ledger.db);
        write_one(world, "3", GUARD_VERDICT_ADMIT);
        wait_done(world, 3);
        g_assert_cmpstr(world->done->pdata[2], ==, "3");
        while (guard_recorder_warning(world->recorder) == NULL)
                g_main_context_iteration(world->context, TRUE);
        stop(world);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_LEDGER_GAP).n, ==, 1);
        fixture_expect(&world->ledger, 3);
}

/* Altered while guardd was away: found by itself after the start, and put on record. */
static void
test_altered(World *world, gconstpointer data)
{
        (void)data;
        start(world, FALSE);
        for (guint i = 0; i < 5; i++)
                write_one(world, "x", GUARD_VERDICT_ADMIT);
        wait_done(world, 5);
        stop(world);
        fixture_sql(world->ledger.db, "UPDATE records SET user='y' WHERE seq=3");
        start(world, FALSE);
        while (guard_recorder_warning(world->recorder) == NULL)
                g_main_context_iteration(world->context, TRUE);
        write_one(world, "after", GUARD_VERDICT_ADMIT);
        wait_done(world, 6);
        stop(world);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_LEDGER_ALTERED).n, ==, 1);
        fixture_expect(&world->ledger, 3);
}

/* The same where guardd is stopped as soon as it was started: what the check found is written. */
static void
test_altered_and_stopped(World *world, gconstpointer data)
{
        (void)data;
        start(world, FALSE);
        for (guint i = 0; i < 5; i++)
                write_one(world, "x", GUARD_VERDICT_ADMIT);
        wait_done(world, 5);
        stop(world);
        fixture_sql(world->ledger.db, "UPDATE records SET user='y' WHERE seq=3");
        start(world, FALSE);
        stop(world);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_LEDGER_ALTERED).n, ==, 1);
}

/* No audit: told once, on record once, and nothing waits for it. */
static void
test_no_audit(World *world, gconstpointer data)
{
        (void)data;
        start(world, TRUE);
        for (guint i = 0; i < 5; i++)
                write_one(world, "x", GUARD_VERDICT_ADMIT);
        wait_done(world, 5);
        while (guard_recorder_warning(world->recorder) == NULL)
                g_main_context_iteration(world->context, TRUE);
        stop(world);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_AUDIT_UNAVAILABLE).n, ==, 1);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        faulty_vfs_install();
#define ADD(path, function) g_test_add("/recorder/" path, World, NULL, set_up, function, tear_down)
        ADD("order", test_order);
        ADD("drain", test_drain);
        ADD("hung-journal", test_hung_journal);
        ADD("unclean", test_unclean);
        ADD("full", test_full);
        ADD("full-to-the-end", test_full_to_the_end);
        ADD("exchanged", test_exchanged);
        ADD("altered", test_altered);
        ADD("altered-and-stopped", test_altered_and_stopped);
        ADD("no-audit", test_no_audit);
        return g_test_run();
}
