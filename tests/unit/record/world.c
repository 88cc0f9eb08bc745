/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A recorder with a ledger of its own, a journal that is read by the test, and no audit.
 */
#include <errno.h>
#include <string.h>
#include "tests/unit/ledger/faulty-vfs.h"
#include "tests/unit/record/world.h"

GMutex journal_lock;
GCond journal_cond;
static gboolean journal_held;
GPtrArray *journal_lines;

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

void
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

static void
changed(gpointer data)
{
        ((World *)data)->changes++;
}

void
start(World *world, gboolean use_audit)
{
        GuardRecorderConfig config = {world->ledger.db, world->ledger.head, use_audit, TRUE};

        world->recorder =
                guard_recorder_new_full(&config, world->context, &no_audit, fake_journal, 20);
        guard_recorder_watch(world->recorder, changed, world);
}

void
stop(World *world)
{
        g_clear_pointer(&world->recorder, guard_recorder_free);
}

void
set_up(World *world, gconstpointer data)
{
        fixture_set_up(&world->ledger, data);
        world->context = g_main_context_new();
        world->done = g_ptr_array_new_with_free_func(g_free);
        journal_lines = g_ptr_array_new_with_free_func(g_free);
        faulty_vfs_disarm();
}

void
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

void
on_done(const GuardRecord *record, const GError *error, gpointer data)
{
        World *world = data;

        g_assert_true(g_main_context_is_owner(world->context));
        g_assert_true((error == NULL) == (record->seq > 0));
        g_ptr_array_add(world->done, g_strconcat(error != NULL ? "!" : "", record->media_id, NULL));
        if (error == NULL) {
                g_autoptr(GuardRecord) stored = fixture_get(&world->ledger, record->seq);

                g_assert_cmpstr(stored->digest, ==, record->digest);
                /* Carried out first, announced then. */
                g_mutex_lock(&journal_lock);
                g_assert_cmpuint(journal_lines->len, <, record->seq);
                g_mutex_unlock(&journal_lock);
        }
}

void
write_one(World *world, const char *media_id, GuardVerdict verdict)
{
        GuardRecord *record = fixture_record(0);

        g_free(record->media_id);
        record->media_id = g_strdup(media_id);
        record->verdict = verdict;
        guard_recorder_write(world->recorder, record, on_done, world);
}

void
wait_done(World *world, guint n)
{
        while (world->done->len < n)
                g_main_context_iteration(world->context, TRUE);
        g_assert_cmpuint(world->done->len, ==, n);
}

static gboolean
count_one(const GuardRecord *record, gpointer data)
{
        ((Found *)data)->n++;
        ((Found *)data)->seq = record->seq;
        return TRUE;
}

Found
find_kind(World *world, const char *kind)
{
        GuardLedgerQuery query = {.kind = kind};
        Found found = {0, 0};

        g_assert_true(guard_ledger_query(world->ledger.db, &query, count_one, &found, NULL));
        return found;
}
