/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The recorder: order, exactly one answer each, on the main context, only after the record is durable.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include "tests/unit/ledger/faulty-vfs.h"
#include "tests/unit/record/world.h"

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

static void
write_ahead(World *world, const char *media_id)
{
        GuardRecord *record = fixture_record(0);

        g_free(record->media_id);
        record->media_id = g_strdup(media_id);
        guard_recorder_write_ahead(world->recorder, record, on_done, world);
}

/* Answered without a sync; in the same order and the same chain as what waits, which brings it to the disk. */
static void
test_ahead(World *world, gconstpointer data)
{
        gint before;

        (void)data;
        start(world, FALSE);
        write_one(world, "a", GUARD_VERDICT_ADMIT);
        wait_done(world, 1);
        before = faulty_vfs_syncs();
        write_ahead(world, "b");
        wait_done(world, 2);
        g_assert_cmpint(faulty_vfs_syncs(), ==, before);
        write_ahead(world, "c");
        write_one(world, "d", GUARD_VERDICT_ADMIT);
        write_ahead(world, "e");
        wait_done(world, 5);
        g_assert_cmpint(faulty_vfs_syncs(), >, before);
        for (guint i = 0; i < 5; i++) {
                const char id[] = {(char)('a' + i), '\0'};

                g_assert_cmpstr(world->done->pdata[i], ==, id);
        }
        stop(world);
        fixture_expect(&world->ledger, 0);
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
        ADD("order", test_order);
        ADD("ahead", test_ahead);
        ADD("drain", test_drain);
        ADD("hung-journal", test_hung_journal);
        ADD("unclean", test_unclean);
        ADD("no-audit", test_no_audit);
        return g_test_run();
}
