/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Full disks, failing disks, damaged files: what was acknowledged stays, what was not is not there,
 * and nothing is ever deleted.
 */
#include "faulty-vfs.h"
#include "ledger-fixture.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* One commit, one sync: what a drive waits for. */
static void
test_one_sync(Fixture *fixture, gconstpointer data)
{
        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 3);
        faulty_vfs_disarm();
        fixture_append(fixture, 1);
        g_assert_cmpint(faulty_vfs_syncs(), ==, 1);
}

static char *
head_now(const Fixture *fixture)
{
        char *text = NULL;

        g_assert_true(g_file_get_contents(fixture->head, &text, NULL, NULL));
        return text;
}

/* Written ahead: everybody can read it, nothing waits for the disk, and the head is told only of what has reached it. */
static void
test_ahead(Fixture *fixture, gconstpointer data)
{
        g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)guard_record_free);
        g_autofree char *before = NULL, *during = NULL, *after = NULL;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 3);
        g_assert_true(guard_ledger_idle(fixture->ledger, NULL)); /* the next commit begins the log anew */
        before = head_now(fixture);
        g_ptr_array_add(records, fixture_record(0));
        faulty_vfs_disarm();
        g_assert_true(guard_ledger_append_ahead(fixture->ledger, records, NULL));
        g_assert_cmpint(faulty_vfs_syncs(), ==, 0);
        g_assert_cmpuint(fixture_last_seq(fixture), ==, ((GuardRecord *)records->pdata[0])->seq);
        during = head_now(fixture);
        g_assert_cmpstr(during, ==, before);
        g_assert_true(guard_ledger_sync(fixture->ledger, NULL));
        after = head_now(fixture);
        g_assert_cmpstr(after, !=, before);
        fixture_expect(fixture, 0);
        fixture_append(fixture, 1);
        g_assert_cmpint(faulty_vfs_syncs(), ==, 1);
        /* The log is gone: that is no disk which has taken it. */
        g_assert_true(guard_ledger_append_ahead(fixture->ledger, records, NULL));
        {
                g_autofree char *log = g_strconcat(fixture->db, "-wal", NULL), *away = g_strconcat(log, ".away", NULL);
                g_autoptr(GError) error = NULL;

                g_assert_cmpint(g_rename(log, away), ==, 0);
                g_assert_false(guard_ledger_sync(fixture->ledger, &error));
                g_assert_error(error, GUARD_ERROR, GUARD_ERROR_IO);
                g_assert_cmpint(g_rename(away, log), ==, 0);
        }
        g_assert_true(guard_ledger_sync(fixture->ledger, NULL));
}

typedef struct {
        int code;
        gboolean lasting;
        GuardError expected;
} Fault;

/* Each write, truncation and sync of an append fails once, or from there on. */
static void
test_append_fails(Fixture *fixture, gconstpointer data)
{
        const Fault *fault = data;
        gboolean failed = TRUE;

        fixture_open(fixture);
        fixture_append(fixture, 2);
        for (gint nth = 0; failed; nth++) {
                g_autoptr(GuardRecord) record = fixture_record(0); /* admits: no reserve for it */
                g_autoptr(GError) error = NULL;
                guint64 before = fixture_last_seq(fixture);

                faulty_vfs_arm(nth, fault->code, fault->lasting);
                failed = !guard_ledger_append(fixture->ledger, record, &error);
                faulty_vfs_disarm();
                if (failed) {
                        g_assert_true(error->code == (int)fault->expected ||
                                      error->code == GUARD_ERROR_IO);
                        g_assert_cmpuint(record->seq, ==, 0);
                        g_assert_null(record->digest);
                        g_assert_cmpuint(fixture_last_seq(fixture), ==, before);
                }
                fixture_expect(fixture, 0);
                fixture_append(fixture, 1);
                fixture_expect(fixture, 0);
        }
}

/* The same for opening, from nothing and again. */
static void
test_open_fails(Fixture *fixture, gconstpointer data)
{
        const Fault *fault = data;
        gboolean failed = TRUE;

        for (gint nth = 0; failed; nth++) {
                g_autoptr(GError) error = NULL;

                faulty_vfs_arm(nth, fault->code, fault->lasting);
                fixture->ledger = guard_ledger_open(fixture->db, fixture->head, NULL, &error);
                faulty_vfs_disarm();
                failed = fixture->ledger == NULL;
                g_assert_true(failed == (error != NULL));
                fixture_close(fixture);
                fixture_open_damaged(fixture);
                fixture_append(fixture, 1);
                fixture_expect(fixture, 0);
                fixture_close(fixture);
        }
}

/* A refusal may use what was kept for it, an admission may not. */
static void
test_reserve(Fixture *fixture, gconstpointer data)
{
        g_autofree char *reserve = g_strconcat(fixture->db, ".reserve", NULL);
        g_autoptr(GuardRecord) admitted = fixture_record(0);
        g_autoptr(GuardRecord) refused = fixture_record(1);
        g_autoptr(GError) error = NULL;
        struct stat st;

        (void)data;
        fixture_open(fixture);
        g_assert_cmpint(stat(reserve, &st), ==, 0);
        g_assert_cmpint(st.st_blocks * 512, >=, LEDGER_RESERVE_BYTES);
        faulty_vfs_arm(0, SQLITE_FULL, FALSE);
        g_assert_false(guard_ledger_append(fixture->ledger, admitted, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_FULL);
        g_assert_cmpint(stat(reserve, &st), ==, 0);
        g_assert_cmpint(st.st_size, ==, LEDGER_RESERVE_BYTES);
        faulty_vfs_arm(0, SQLITE_FULL, FALSE);
        g_assert_true(guard_ledger_append(fixture->ledger, refused, NULL));
        g_assert_cmpint(stat(reserve, &st), ==, 0);
        g_assert_cmpint(st.st_size, ==, 0);
        g_assert_nonnull(guard_ledger_trouble(fixture->ledger));
        faulty_vfs_disarm();
        g_assert_true(guard_ledger_idle(fixture->ledger, NULL));
        g_assert_null(guard_ledger_trouble(fixture->ledger));
        g_assert_true(guard_ledger_append(fixture->ledger, admitted, NULL));
        fixture_expect(fixture, 0);
}

/* ---- a real full disk: a tmpfs of 4 MiB in a mount namespace of our own ---- */

static gboolean
mount_small(const char *dir)
{
        return unshare(CLONE_NEWNS) == 0 &&
               mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
               mount("none", dir, "tmpfs", 0, "size=4m,mode=0700") == 0;
}

static void
fill(const char *path)
{
        static char block[4096];
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        g_assert_cmpint(fd, >=, 0);
        while (write(fd, block, sizeof(block)) > 0)
                ;
        g_assert_cmpint(errno, ==, ENOSPC);
        close(fd);
}

static void
test_full_disk(Fixture *fixture, gconstpointer data)
{
        g_autofree char *filler = g_build_filename(fixture->dir, "filler", NULL);
        guint refused = 0, admitted = 0;
        gboolean told_full = FALSE;
        g_autoptr(GError) error = NULL;

        (void)data;
        if (!mount_small(fixture->dir)) {
                g_test_skip("no mount namespace here");
                return;
        }
        fixture_open(fixture);
        fixture_append(fixture, 5);
        fill(filler);
        for (guint i = 0; i < 60; i++) {
                g_autoptr(GuardRecord) record = fixture_record(i);
                g_autoptr(GError) full = NULL;
                gboolean good = guard_ledger_append(fixture->ledger, record, &full);

                if (i % 2 != 0)
                        refused += good ? 1 : 0;
                else if (told_full)
                        admitted += good ? 1 : 0;
                told_full = told_full || g_error_matches(full, GUARD_ERROR, GUARD_ERROR_FULL);
        }
        g_assert_true(told_full);
        g_assert_cmpuint(refused, ==, 30); /* the reserve is for these */
        g_assert_cmpuint(admitted, ==, 0);
        fixture_expect(fixture, 0);
        /* A new start on the disk that is full to the last block: not possible, and said so. */
        fixture_close(fixture);
        fill(filler);
        fixture->ledger = guard_ledger_open(fixture->db, fixture->head, NULL, &error);
        g_assert_true(fixture->ledger != NULL ||
                      g_error_matches(error, GUARD_ERROR, GUARD_ERROR_FULL));
        fixture_close(fixture);
        g_unlink(filler);
        fixture_open(fixture);
        fixture_append(fixture, 2);
        fixture_expect(fixture, 0);
        fixture_close(fixture);
        umount2(fixture->dir, MNT_DETACH);
}

/* ---- damaged files ---- */

static char *
find_aside(Fixture *fixture)
{
        g_autoptr(GDir) dir = g_dir_open(fixture->dir, 0, NULL);
        const char *name;

        while ((name = g_dir_read_name(dir)) != NULL) {
                if (strstr(name, ".damaged-") != NULL && !g_str_has_suffix(name, "-wal") &&
                    !g_str_has_suffix(name, "-shm"))
                        return g_build_filename(fixture->dir, name, NULL);
        }
        return NULL;
}

static void
scribble(const char *path, goffset at, gsize n)
{
        FILE *file = g_fopen(path, "r+");

        g_assert_nonnull(file);
        g_assert_cmpint(fseek(file, (long)at, SEEK_SET), ==, 0);
        while (n-- > 0)
                fputc(0xa5, file);
        fclose(file);
}

static void
test_unreadable(Fixture *fixture, gconstpointer data)
{
        goffset at = GPOINTER_TO_INT(data);
        g_autofree char *aside = NULL;
        g_autofree char *before = NULL;
        g_autofree char *after = NULL;
        gsize size = 0, size_after = 0;
        g_autoptr(GuardRecord) first = NULL;
        guint64 last;

        fixture_open(fixture);
        fixture_append(fixture, 40);
        last = fixture_last_seq(fixture);
        fixture_close(fixture);
        scribble(fixture->db, at, 3000);
        g_assert_true(g_file_get_contents(fixture->db, &before, &size, NULL));
        g_assert_true(fixture_open_damaged(fixture));
        aside = find_aside(fixture);
        g_assert_nonnull(aside);
        g_assert_true(g_file_get_contents(aside, &after, &size_after, NULL));
        g_assert_cmpuint(size, ==, size_after);
        g_assert_true(memcmp(before, after, size) == 0); /* whole, untouched */
        first = fixture_get(fixture, last + 1);          /* numbers go on */
        g_assert_cmpstr(first->kind, ==, GUARD_KIND_LEDGER_REPLACED);
        g_assert_nonnull(strstr(first->details, strrchr(aside, '/') + 1));
        fixture_append(fixture, 1);
        /* Whole by itself, but records are missing: said, and on record. */
        fixture_expect(fixture, 1);
        fixture_close(fixture);
        fixture_open(fixture); /* only once */
}

/* Damage in the middle of a file that can still be opened is named where it is; nothing is moved.
 */
static void
test_damaged_page(Fixture *fixture, gconstpointer data)
{
        GuardLedgerCheck check = {0};

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 60);
        fixture_close(fixture);
        scribble(fixture->db, 4 * 4096 + 2000, 500);
        g_assert_true(guard_ledger_verify(fixture->db, fixture->head, NULL, &check, NULL));
        g_assert_false(check.good);
        g_assert_cmpuint(check.first_bad_seq, >, 0);
        g_assert_cmpuint(check.first_bad_seq, <, 61);
        guard_ledger_check_clear(&check);
}

static void
test_replaced_while_open(Fixture *fixture, gconstpointer data)
{
        g_autofree char *old = g_build_filename(fixture->dir, "old.db", NULL);
        g_autoptr(GuardRecord) record = fixture_record(1);
        g_autoptr(GError) error = NULL;

        (void)data;
        fixture_open(fixture);
        fixture_append(fixture, 3);
        fixture_copy(fixture->db, old);
        fixture_append(fixture, 3);
        fixture_copy(old, fixture->db);
        g_unlink(fixture->db);
        fixture_copy(old, fixture->db);
        g_assert_false(guard_ledger_append(fixture->ledger, record, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_CORRUPT);
        fixture_expect(fixture, 5);
        fixture_close(fixture);
        fixture_copy(old, fixture->db);
        g_assert_true(fixture_open_damaged(fixture));
        fixture_append(fixture, 1);
        fixture_expect(fixture, 5);
}

int
main(int argc, char **argv)
{
        static const Fault faults[] = {
                {SQLITE_FULL, FALSE, GUARD_ERROR_FULL},
                {SQLITE_FULL, TRUE, GUARD_ERROR_FULL},
                {SQLITE_IOERR_WRITE, FALSE, GUARD_ERROR_IO},
                {SQLITE_IOERR_WRITE, TRUE, GUARD_ERROR_IO},
        };

        g_test_init(&argc, &argv, NULL);
        faulty_vfs_install();
#define ADD(path, function, data)                                                                  \
        g_test_add("/bad-disk/" path, Fixture, data, fixture_set_up, function, fixture_tear_down)
        ADD("one-sync", test_one_sync, NULL);
        ADD("ahead", test_ahead, NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
                g_autofree char *append = g_strdup_printf("/bad-disk/append-fails/%zu", i);
                g_autofree char *open = g_strdup_printf("/bad-disk/open-fails/%zu", i);

                g_test_add(append, Fixture, &faults[i], fixture_set_up, test_append_fails,
                           fixture_tear_down);
                g_test_add(open, Fixture, &faults[i], fixture_set_up, test_open_fails,
                           fixture_tear_down);
        }
        ADD("reserve", test_reserve, NULL);
        ADD("full-disk", test_full_disk, NULL);
        ADD("unreadable/header", test_unreadable, GINT_TO_POINTER(0));
        ADD("unreadable/schema", test_unreadable, GINT_TO_POINTER(100));
        ADD("damaged-page", test_damaged_page, NULL);
        ADD("replaced-while-open", test_replaced_while_open, NULL);
        return g_test_run();
}
