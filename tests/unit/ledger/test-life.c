/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ledger over time: killed at any moment, started again, its head lost or torn, put back, and
 * what an anchor says of it.
 */
#include "ledger-fixture.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- kill -9 ---- */

/* Appends for ever and tells each acknowledged seq through @fd. */
static void
append_for_ever(Fixture *fixture, int fd)
{
        GuardLedger *ledger = guard_ledger_open(fixture->db, fixture->head, NULL, NULL);

        for (guint n = 0; ledger != NULL; n++) {
                g_autoptr(GuardRecord) record = fixture_record(n);

                if (!guard_ledger_append(ledger, record, NULL) ||
                    write(fd, &record->seq, sizeof(record->seq)) != sizeof(record->seq))
                        break;
                if (n % 7 == 0)
                        guard_ledger_idle(ledger, NULL);
        }
        _exit(1);
}

static void
test_kill(Fixture *fixture, gconstpointer data)
{
        guint64 acknowledged = 0, total = 0;

        (void)data;
        for (int round = 0; round < 25; round++) {
                int pipe_fds[2], status;
                guint64 seq, enough = (guint64)g_test_rand_int_range(1, 12);
                pid_t child;

                g_assert_cmpint(pipe(pipe_fds), ==, 0);
                child = fork();
                g_assert_cmpint(child, >=, 0);
                if (child == 0)
                        append_for_ever(fixture, pipe_fds[1]);
                close(pipe_fds[1]);
                for (guint64 n = 0; n < enough; n++) {
                        g_assert_cmpint(read(pipe_fds[0], &seq, sizeof(seq)), ==, sizeof(seq));
                        acknowledged = seq;
                }
                kill(child, SIGKILL);
                waitpid(child, &status, 0);
                g_assert_true(WIFSIGNALED(status));
                while (read(pipe_fds[0], &seq, sizeof(seq)) == sizeof(seq))
                        acknowledged = seq;
                close(pipe_fds[0]);
                fixture_expect(fixture, 0);
                fixture_open(fixture);
                g_assert_cmpuint(fixture_last_seq(fixture), >=, acknowledged);
                g_assert_cmpuint(fixture_last_seq(fixture), <=, acknowledged + 1);
                total = acknowledged;
                fixture_close(fixture);
        }
        g_assert_cmpuint(total, >=, 25);
}

/* ---- how the last guardd ended ---- */

static void
append_kind(Fixture *fixture, const char *kind)
{
        g_autoptr(GuardRecord) record = guard_record_new(kind, GUARD_SEVERITY_INFO);

        g_assert_true(guard_ledger_append(fixture->ledger, record, NULL));
}

static gboolean
was_clean_after(Fixture *fixture, const char *kind)
{
        gboolean clean;

        fixture_open(fixture);
        append_kind(fixture, kind);
        append_kind(fixture, GUARD_KIND_REMOVED);
        fixture_close(fixture);
        fixture_open(fixture);
        clean = guard_ledger_last_was_clean(fixture->ledger);
        fixture_close(fixture);
        return clean;
}

static void
test_unclean(Fixture *fixture, gconstpointer data)
{
        (void)data;
        fixture_open(fixture);
        g_assert_true(guard_ledger_last_was_clean(fixture->ledger));
        fixture_close(fixture);
        g_assert_false(was_clean_after(fixture, GUARD_KIND_GUARDD_START));
        g_assert_true(was_clean_after(fixture, GUARD_KIND_GUARDD_STOP));
        g_assert_false(was_clean_after(fixture, GUARD_KIND_UNCLEAN_END));
}

/* ---- the head file ---- */

static void
write_head(Fixture *fixture, const LedgerHead *head)
{
        int fd = ledger_head_open(fixture->head, NULL);

        g_assert_cmpint(fd, >=, 0);
        g_assert_true(ledger_head_write(fd, head, NULL));
        close(fd);
}

/* A power cut between commit and head: behind is fine. */
static void
test_head_behind(Fixture *fixture, gconstpointer data)
{
        g_autofree char *old = NULL;
        gsize size;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 4);
        g_assert_true(g_file_get_contents(fixture->head, &old, &size, NULL));
        fixture_append(fixture, 3);
        fixture_close(fixture);
        g_assert_true(g_file_set_contents(fixture->head, old, (gssize)size, NULL));
        fixture_expect(fixture, 0);
        fixture_open(fixture);
        fixture_append(fixture, 1);
        fixture_expect(fixture, 0);
}

/* Any byte of either slot torn: the other one still serves; both: said. */
static void
test_head_torn(Fixture *fixture, gconstpointer data)
{
        g_autofree char *good = NULL;
        gsize size;
        LedgerHead head;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 4);
        fixture_close(fixture);
        g_assert_true(g_file_get_contents(fixture->head, &good, &size, NULL));
        g_assert_cmpuint(size, ==, 1024);
        for (gsize at = 0; at < size; at += 7) {
                g_autofree char *torn = g_memdup(good, (guint)size);

                torn[at] ^= 0x21;
                g_assert_true(g_file_set_contents(fixture->head, torn, (gssize)size, NULL));
                g_assert_cmpint(ledger_head_read(fixture->head, &head), ==, LEDGER_HEAD_GOOD);
                g_assert_cmpuint(head.seq, >=, 4);
                g_assert_cmpuint(head.seq, <=, 5);
        }
        fixture_expect(fixture, 0);
        g_assert_true(g_file_set_contents(fixture->head, "", 0, NULL));
        fixture_expect(fixture, 6);
}

static void
test_head_lost(Fixture *fixture, gconstpointer data)
{
        g_autoptr(GuardRecord) record = NULL;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 4);
        fixture_close(fixture);
        g_unlink(fixture->head);
        fixture_expect(fixture, 6);
        g_assert_true(fixture_open_damaged(fixture));
        record = fixture_get(fixture, 6);
        g_assert_cmpstr(record->kind, ==, GUARD_KIND_LEDGER_HEAD_LOST);
        fixture_expect(fixture, 0);
}

/* The database gone, or another one in its place, head still there. */
static void
test_gone_and_foreign(Fixture *fixture, gconstpointer data)
{
        g_autofree char *other = g_build_filename(fixture->dir, "other.db", NULL);
        g_autoptr(GuardRecord) record = NULL;
        GuardLedger *foreign = guard_ledger_open(other, NULL, NULL, NULL);

        (void)data;
        guard_ledger_free(foreign);
        fixture_open(fixture);
        fixture_append(fixture, 4);
        fixture_close(fixture);
        g_unlink(fixture->db);
        g_assert_true(fixture_open_damaged(fixture));
        record = fixture_get(fixture, 6);
        g_assert_cmpstr(record->kind, ==, GUARD_KIND_LEDGER_REPLACED);
        g_assert_nonnull(strstr(record->details, "\"gone\""));
        fixture_append(fixture, 1);
        fixture_close(fixture);
        fixture_copy(other, fixture->db);
        fixture_expect(fixture, 1);
        g_assert_true(fixture_open_damaged(fixture));
        g_clear_pointer(&record, guard_record_free);
        record = fixture_get(fixture, 8);
        g_assert_cmpstr(record->kind, ==, GUARD_KIND_LEDGER_REPLACED);
        g_assert_nonnull(strstr(record->details, "another-ledger"));
}

/* The whole chain computed anew by somebody who knows how: the head's record is not there any more.
 */
static void
test_rewritten(Fixture *fixture, gconstpointer data)
{
        LedgerHead head;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 4);
        head = fixture->ledger->head;
        fixture_close(fixture);
        memset(head.digest, 'a', LEDGER_DIGEST_HEX);
        write_head(fixture, &head);
        fixture_expect(fixture, 5);
        g_assert_true(fixture_open_damaged(fixture));
        fixture_append(fixture, 2);
        fixture_expect(fixture, 5);
}

/* ---- anchors ---- */

static gboolean
good_with(Fixture *fixture, const char *anchor, guint64 *bad)
{
        GuardLedgerCheck check = {0};
        gboolean good;

        g_assert_true(guard_ledger_verify(fixture->db, fixture->head, anchor, &check, NULL));
        good = check.good;
        if (check.why != NULL)
                g_test_message("%s", check.why);
        *bad = check.first_bad_seq;
        guard_ledger_check_clear(&check);
        return good;
}

/* A break that is on record stays a break until the auditor has taken an anchor behind it. */
static void
test_anchor_accepts(Fixture *fixture, gconstpointer data)
{
        g_autofree char *before = NULL;
        g_autofree char *after = NULL;
        guint64 bad = 0;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 6);
        before = guard_ledger_anchor(fixture->db, NULL);
        g_assert_true(good_with(fixture, before, &bad));
        fixture_close(fixture);
        fixture_sql(fixture->db, "DELETE FROM records WHERE seq>=6");
        fixture_open_damaged(fixture);
        fixture_append(fixture, 1);
        g_assert_false(good_with(fixture, before, &bad));
        g_assert_cmpuint(bad, ==, 6);
        after = guard_ledger_anchor(fixture->db, NULL);
        g_assert_true(good_with(fixture, after, &bad));
        fixture_append(fixture, 1);
        fixture_sql(fixture->db, "UPDATE records SET user='x' WHERE seq=9");
        g_assert_false(good_with(fixture, after, &bad));
        g_assert_cmpuint(bad, ==, 9);
}

/* A commit in place: the log is long enough after the housekeeping, what lies behind the last commit is nothing, also
 * for whoever finds both files after a power cut. */
static void
test_log_is_long_enough(Fixture *fixture, gconstpointer data)
{
        g_autofree char *log = g_strconcat(fixture->db, "-wal", NULL);
        g_autofree char *copy = g_strconcat(fixture->db, ".cut", NULL);
        GuardLedgerCheck check;
        struct stat before, after;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 3);
        g_assert_true(guard_ledger_idle(fixture->ledger, NULL));
        g_assert_cmpint(stat(log, &before), ==, 0);
        g_assert_cmpint(before.st_size, >=, 256 * 1024);
        fixture_append(fixture, 5);
        g_assert_cmpint(stat(log, &after), ==, 0);
        g_assert_cmpint(after.st_size, ==, before.st_size);
        fixture_copy(fixture->db, copy);
        g_assert_true(guard_ledger_verify(copy, fixture->head, NULL, &check, NULL));
        g_assert_true(check.good);
        g_assert_cmpuint(check.last_seq, ==, fixture_last_seq(fixture));
        guard_ledger_check_clear(&check);
        g_assert_true(guard_ledger_idle(fixture->ledger, NULL));
        fixture_close(fixture);
        fixture_open(fixture);
        fixture_expect(fixture, 0);
        g_unlink(copy);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
        g_test_add("/ledger-life/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
        ADD("kill", test_kill);
        ADD("unclean", test_unclean);
        ADD("head-behind", test_head_behind);
        ADD("head-torn", test_head_torn);
        ADD("head-lost", test_head_lost);
        ADD("gone-and-foreign", test_gone_and_foreign);
        ADD("rewritten", test_rewritten);
        ADD("anchor-accepts", test_anchor_accepts);
        ADD("log-is-long-enough", test_log_is_long_enough);
        return g_test_run();
}
