/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The recorder where the ledger fails it: full disks, a file exchanged or altered.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include "tests/unit/ledger/faulty-vfs.h"
#include "tests/unit/record/world.h"

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

/* Five records, of which the third is altered while guardd is away; it is there again. */
static void
start_on_altered(World *world)
{
        start(world, FALSE);
        for (guint i = 0; i < 5; i++)
                write_one(world, "x", GUARD_VERDICT_ADMIT);
        wait_done(world, 5);
        stop(world);
        fixture_sql(world->ledger.db, "UPDATE records SET user='y' WHERE seq=3");
        start(world, FALSE);
}

/* Altered while guardd was away: found by itself after the start, and put on record. */
static void
test_altered(World *world, gconstpointer data)
{
        (void)data;
        start_on_altered(world);
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
        start_on_altered(world);
        stop(world);
        g_assert_cmpuint(find_kind(world, GUARD_KIND_LEDGER_ALTERED).n, ==, 1);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        faulty_vfs_install();
        ADD("full", test_full);
        ADD("full-to-the-end", test_full_to_the_end);
        ADD("exchanged", test_exchanged);
        ADD("altered", test_altered);
        ADD("altered-and-stopped", test_altered_and_stopped);
        return g_test_run();
}
