/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ledger over time: killed at any moment, started again, its head lost or torn, old records
 * removed, clocks set wrong, edited at random.
 */
#include "ledger-fixture.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAY LEDGER_DAY_US

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

/* ---- pruning ---- */

/* A machine in daily use: @days days up to @end_us, one boot and three records a day. */
static gint64
live(Fixture *fixture, guint days, gint64 end_us)
{
        g_autoptr(GPtrArray) records =
                g_ptr_array_new_with_free_func((GDestroyNotify)guard_record_free);

        for (guint n = 0; n < 3 * days; n++) {
                GuardRecord *record = fixture_record(n);

                g_free(record->boot_id);
                record->boot_id = g_strdup_printf("boot-%u", n / 3);
                record->boottime_us = (n % 3) * G_GINT64_CONSTANT(3600000000);
                record->time_us = end_us - (gint64)(days - n / 3) * DAY + record->boottime_us;
                g_ptr_array_add(records, record);
        }
        g_assert_true(guard_ledger_append_many(fixture->ledger, records, NULL));
        return end_us;
}

static guint64
prune(Fixture *fixture, gint64 before_us, gint64 now_us, GError **error)
{
        LedgerClock clock = {now_us, 1, "boot-now"};
        guint64 removed = 0;

        ledger_prune_at(fixture->ledger, before_us, &clock, &removed, error);
        return removed;
}

/* The opening record is from now; the machine's life is put behind it. */
static gint64
a_year_and_more(Fixture *fixture)
{
        fixture_open(fixture);
        return live(fixture, 400, g_get_real_time() + 500 * DAY);
}

static void
test_prune(Fixture *fixture, gconstpointer data)
{
        gint64 today = a_year_and_more(fixture);
        g_autofree char *pruned = g_build_filename(fixture->dir, "pruned.db", NULL);
        static const struct {
                const char *sql;
                guint64 bad;
        } changes[] = {
                {"UPDATE ledger SET pruned_digest='x', pruned_through=0",
                 0}, /* the checkpoint says it too */
                {"DELETE FROM records WHERE seq=104", 104},
                {"DELETE FROM records WHERE seq<200", 104},
                {"UPDATE records SET user='x' WHERE seq=104", 104},
                {"UPDATE records SET details=details || ' ' WHERE kind='ledger-pruned'",
                 1202},
                {"UPDATE records SET details=NULL WHERE kind='ledger-pruned'", 1202},
                {"DELETE FROM records WHERE kind='ledger-pruned'", 1202},
                {"INSERT INTO records SELECT 50, version, time_us, boottime_us, boot_id, kind, "
                 "severity, verdict, reason, rule,"
                 "media_id, level, device, block, diskseq, vendor_id, product_id, serial, "
                 "manufacturer, product, user, session,"
                 "message, details, digest FROM records WHERE seq=200",
                 50},
        };

        (void)data;
        g_assert_cmpuint(prune(fixture, today - 366 * DAY, today, NULL), ==, 103);
        fixture_expect(fixture, 0);
        g_assert_cmpuint(prune(fixture, today - 366 * DAY, today, NULL), ==, 0);
        fixture_append(fixture, 1);
        fixture_close(fixture);
        fixture_open(fixture);
        fixture_close(fixture);
        fixture_copy(fixture->db, pruned);
        for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
                g_test_message("%s", changes[i].sql);
                fixture_copy(pruned, fixture->db);
                fixture_sql(fixture->db, changes[i].sql);
                fixture_expect(fixture, changes[i].bad);
        }
        fixture_copy(pruned, fixture->db);
        fixture_open(fixture);
        g_assert_cmpuint(prune(fixture, today - 360 * DAY, today, NULL), ==, 18);
        fixture_expect(fixture, 0);
}

static guint64
first_seq(Fixture *fixture)
{
        GuardLedgerCheck check = {0};
        guint64 first;

        g_assert_true(guard_ledger_verify(fixture->db, fixture->head, NULL, &check, NULL));
        first = check.first_seq;
        guard_ledger_check_clear(&check);
        return first;
}

/* However young the caller wants to go, and however often. */
static void
test_prune_minimum(Fixture *fixture, gconstpointer data)
{
        gint64 today = a_year_and_more(fixture);
        g_autoptr(GuardRecord) kept = NULL;

        (void)data;
        while (prune(fixture, G_MAXINT64, today, NULL) > 0)
                ;
        kept = fixture_get(fixture, first_seq(fixture));
        g_assert_cmpint(kept->time_us, <=, today - 184 * DAY);
        fixture_expect(fixture, 0);
}

/* The clock set years ahead: in this boot it is noticed, over a reboot age is only what is proven.
 */
static void
test_prune_jump(Fixture *fixture, gconstpointer data)
{
        gint64 today = a_year_and_more(fixture), future = today + 3650 * DAY;
        LedgerClock same_boot = {future, 3 * 3600 * G_GINT64_CONSTANT(1000000), "boot-399"};
        LedgerClock backward = {today - 30 * DAY, 1, "boot-now"};
        g_autoptr(GuardRecord) kept = NULL;
        g_autoptr(GError) error = NULL;
        guint64 removed = 1;

        (void)data;
        g_assert_false(
                ledger_prune_at(fixture->ledger, future - 366 * DAY, &same_boot, &removed, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        g_assert_cmpuint(removed, ==, 0);
        g_clear_error(&error);
        g_assert_false(
                ledger_prune_at(fixture->ledger, today - 366 * DAY, &backward, &removed, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_INVALID_VALUE);
        removed = prune(fixture, future - 366 * DAY, future, NULL);
        g_assert_cmpuint(removed, >, 0);
        kept = fixture_get(fixture, removed + 1);
        g_assert_cmpint(kept->time_us, <=, today - 184 * DAY);
        fixture_expect(fixture, 0);
}

/* ---- random edits ---- */

static char *
random_edit(guint64 last, guint64 *seq)
{
        int column = g_test_rand_int_range(1, LEDGER_N_COLUMNS);
        const char *name = ledger_column_names[column];

        *seq = (guint64)g_test_rand_int_range(1, (gint32)last + 1);
        if (g_test_rand_bit())
                return g_strdup_printf("UPDATE records SET \"%s\"=hex(randomblob(%d)) WHERE "
                                       "seq=%" G_GUINT64_FORMAT,
                                       name, g_test_rand_int_range(1, 20), *seq);
        if (g_test_rand_bit())
                return g_strdup_printf("DELETE FROM records WHERE seq=%" G_GUINT64_FORMAT, *seq);
        return g_strdup_printf(
                "UPDATE records SET \"%s\"=abs(random()) WHERE seq=%" G_GUINT64_FORMAT, name, *seq);
}

static void
test_random_edits(Fixture *fixture, gconstpointer data)
{
        g_autofree char *good = g_build_filename(fixture->dir, "good.db", NULL);
        guint64 last, seq;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 30);
        last = fixture_last_seq(fixture);
        fixture_close(fixture);
        fixture_copy(fixture->db, good);
        for (int round = 0; round < 200; round++) {
                g_autofree char *sql = random_edit(last, &seq);

                g_test_message("%s", sql);
                fixture_copy(good, fixture->db);
                fixture_sql(fixture->db, sql);
                fixture_expect(fixture, seq);
        }
}

/* Any byte of the file: found, or without effect on what the records say; never a crash, never an
 * error. */
static void
test_random_bytes(Fixture *fixture, gconstpointer data)
{
        g_autofree char *good = NULL;
        gsize size = 0;
        guint found = 0;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 30);
        fixture_close(fixture);
        g_assert_true(g_file_get_contents(fixture->db, &good, &size, NULL));
        for (int round = 0; round < 300; round++) {
                gsize at = (gsize)g_test_rand_int_range(0, (gint32)size);
                g_autofree char *bytes = g_memdup(good, (guint)size);
                GuardLedgerCheck check = {0};
                FILE *file;

                bytes[at] ^= (char)(1 << g_test_rand_int_range(0, 8));
                file = g_fopen(fixture->db, "w");
                g_assert_cmpuint(fwrite(bytes, 1, size, file), ==, size);
                fclose(file);
                g_assert_true(guard_ledger_verify(fixture->db, fixture->head, NULL, &check, NULL));
                found += check.good ? 0 : 1;
                g_assert_true(!check.good || (check.first_seq == 1 && check.last_seq == 31));
                g_assert_cmpuint(check.good ? 0 : check.first_bad_seq, <=, 32);
                guard_ledger_check_clear(&check);
        }
        g_test_message("%u of 300 found", found);
        g_assert_cmpuint(
                found, >,
                60); /* the rest are unused bytes of pages and the counters of the header */
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
        ADD("prune", test_prune);
        ADD("prune-minimum", test_prune_minimum);
        ADD("prune-jump", test_prune_jump);
        ADD("random-edits", test_random_edits);
        ADD("random-bytes", test_random_bytes);
        return g_test_run();
}
