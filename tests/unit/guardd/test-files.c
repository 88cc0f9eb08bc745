/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Verdict files, device state, key=value texts: about this very device, or about none.
 */
#include <glib/gstdio.h>
#include <string.h>
#include "common/guard-error.h"
#include "guardd/block/verdict-file.h"
#include "guardd/keyval.h"
#include "guardd/usb/state.h"

static char *
new_folder(void)
{
        g_autoptr(GError) error = NULL;
        char *folder = g_dir_make_tmp("guardd-files-XXXXXX", &error);

        g_assert_no_error(error);
        return folder;
}

static GuardBlockFacts *
disk(guint64 diskseq, guint64 inode)
{
        GuardBlockFacts *facts = guard_block_facts_new();

        facts->name = g_strdup("sda");
        facts->major = 8;
        facts->diskseq = diskseq;
        facts->inode = inode;
        return facts;
}

static void
test_keyval(void)
{
        static const char TEXT[] = "a=1\nno equal sign\n=empty key\nb=x=y\na=2\nlast=z";
        g_autoptr(GHashTable) table = guard_keyval_parse(TEXT, strlen(TEXT));
        g_autoptr(GString) out = g_string_new(NULL);

        g_assert_cmpuint(g_hash_table_size(table), ==, 3);
        g_assert_cmpuint(guard_keyval_number(table, "a", 0), ==, 2);
        g_assert_cmpuint(guard_keyval_number(table, "b", 7), ==, 7);
        g_assert_cmpstr(g_hash_table_lookup(table, "b"), ==, "x=y");
        g_assert_cmpstr(g_hash_table_lookup(table, "last"), ==, "z");
        /* A value cannot forge a line. */
        guard_keyval_add(out, "name", "a\nverdict=admit");
        g_assert_cmpstr(out->str, ==, "name=a verdict=admit\n");
}

static void
test_verdict(void)
{
        g_autofree char *folder = new_folder();
        g_autoptr(GuardBlockFacts) one = disk(14, 100);
        g_autoptr(GuardBlockFacts) replugged = disk(14, 101);
        g_autoptr(GError) error = NULL;
        const GuardKnownVerdict known = {GUARD_VERDICT_READ_ONLY, GUARD_REASON_NO_WRITE_DOWN,
                                         (char *)"LY-1", FALSE};
        GuardKnownVerdict read;

        g_assert_true(guard_verdict_file_write(folder, one, &known, &error));
        g_assert_no_error(error);
        g_assert_true(guard_verdict_file_read(folder, one, &read));
        g_assert_cmpint(read.verdict, ==, GUARD_VERDICT_READ_ONLY);
        g_assert_cmpint(read.reason, ==, GUARD_REASON_NO_WRITE_DOWN);
        g_assert_cmpstr(read.media_id, ==, "LY-1");
        guard_known_verdict_clear(&read);
        /* The same number, another folder in sysfs: another disk. */
        g_assert_false(guard_verdict_file_read(folder, replugged, &read));
        guard_verdict_file_remove(folder, one);
        g_assert_false(guard_verdict_file_read(folder, one, &read));
        g_rmdir(folder);
}

static gboolean
is_marked(const char *folder, const char *mark)
{
        g_autofree char *path = g_build_filename(folder, mark, NULL);

        return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* What udev's rules see without a program is there for an admission only, and goes before the verdict does. */
static void
test_admission_is_marked(void)
{
        g_autofree char *folder = new_folder();
        g_autofree char *there = g_build_filename(folder, "14.admit", NULL);
        g_autoptr(GuardBlockFacts) one = disk(14, 100);
        g_autoptr(GuardBlockFacts) old = disk(0, 100);
        const GuardKnownVerdict admit = {GUARD_VERDICT_ADMIT, GUARD_REASON_UNREGISTERED, NULL, FALSE};
        const GuardKnownVerdict refuse = {GUARD_VERDICT_REFUSE, GUARD_REASON_DRIVE_LOST, NULL, FALSE};
        const GuardKnownVerdict read_only = {GUARD_VERDICT_READ_ONLY, GUARD_REASON_NO_WRITE_DOWN, NULL, FALSE};
        const GuardKnownVerdict *const others[] = {&refuse, &read_only};

        for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
                g_assert_true(guard_verdict_file_write(folder, one, others[i], NULL));
                g_assert_false(is_marked(folder, "14.admit"));
                g_assert_true(guard_verdict_file_write(folder, one, &admit, NULL));
                g_assert_true(guard_verdict_file_write(folder, one, &admit, NULL));
                g_assert_true(is_marked(folder, "14.admit"));
                g_assert_true(guard_verdict_file_write(folder, one, others[i], NULL));
                g_assert_false(g_file_test(there, G_FILE_TEST_IS_SYMLINK));
        }
        g_assert_true(guard_verdict_file_write(folder, one, &admit, NULL));
        guard_verdict_file_remove(folder, one);
        g_assert_false(g_file_test(there, G_FILE_TEST_IS_SYMLINK));
        /* Without a number that is the disk's alone there is no mark. */
        g_assert_true(guard_verdict_file_write(folder, old, &admit, NULL));
        g_assert_false(is_marked(folder, "8:0-100.admit"));
        guard_verdict_file_remove(folder, old);
        g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void
test_verdict_without_diskseq(void)
{
        g_autoptr(GuardBlockFacts) old = disk(0, 100);
        g_autofree char *name = guard_verdict_file_name(old);

        g_assert_cmpstr(name, ==, "8:0-100");
}

static void
test_sweep(void)
{
        g_autofree char *folder = new_folder();
        g_autofree char *empty = new_folder();
        g_autoptr(GuardBlockFacts) one = disk(14, 100);
        const GuardKnownVerdict known = {GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTERED, NULL, FALSE};
        GuardKnownVerdict read;

        g_assert_true(guard_verdict_file_write(folder, one, &known, NULL));
        guard_verdict_files_sweep(folder, empty);
        g_assert_false(guard_verdict_file_read(folder, one, &read));
        g_assert_cmpint(g_rmdir(folder), ==, 0); /* the mark went too */
        g_rmdir(empty);
}

static void
test_usb_state(void)
{
        g_autofree char *folder = new_folder();
        g_autoptr(GuardUsbFacts) usb = guard_usb_facts_new();
        const GuardKnownVerdict state = {GUARD_VERDICT_REFUSE, GUARD_REASON_UNREADABLE, (char *)"M", TRUE};
        GuardKnownVerdict read;

        usb->sysname = g_strdup("1-2");
        usb->busnum = 1;
        usb->devnum = 9;
        usb->inode = 77;
        g_assert_true(guard_usb_state_write(folder, usb, &state, NULL));
        g_assert_true(guard_usb_state_read(folder, usb, &read));
        g_assert_cmpint(read.verdict, ==, GUARD_VERDICT_REFUSE);
        g_assert_true(read.by_content);
        guard_known_verdict_clear(&read);
        usb->devnum = 10; /* replugged at the same port */
        g_assert_false(guard_usb_state_read(folder, usb, &read));
        guard_usb_state_remove(folder, usb); /* not about it: stays */
        usb->devnum = 9;
        g_assert_true(guard_usb_state_read(folder, usb, &read));
        guard_known_verdict_clear(&read);
        guard_usb_state_remove(folder, usb);
        g_assert_false(guard_usb_state_read(folder, usb, &read));
        g_rmdir(folder);
}

static void
test_garbage(void)
{
        g_autofree char *folder = new_folder();
        g_autofree char *path = g_build_filename(folder, "14", NULL);
        g_autoptr(GuardBlockFacts) one = disk(14, 100);
        GuardKnownVerdict read;

        g_assert_true(g_file_set_contents(path, "verdict=admit\nreason=registered\n", -1, NULL));
        g_assert_false(guard_verdict_file_read(folder, one, &read));
        g_assert_true(g_file_set_contents(path, "\0\xff=\n", 4, NULL));
        g_assert_false(guard_verdict_file_read(folder, one, &read));
        g_unlink(path);
        g_rmdir(folder);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/files/keyval", test_keyval);
        g_test_add_func("/files/verdict", test_verdict);
        g_test_add_func("/files/admission-is-marked", test_admission_is_marked);
        g_test_add_func("/files/verdict-without-diskseq", test_verdict_without_diskseq);
        g_test_add_func("/files/sweep", test_sweep);
        g_test_add_func("/files/usb-state", test_usb_state);
        g_test_add_func("/files/garbage", test_garbage);
        return g_test_run();
}
