/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a drive looks like: the same at another port, not the same when it is another one; kept over a restart.
 */
#include <glib/gstdio.h>
#include <string.h>
#include "common/guard-error.h"
#include "guardd/fingerprints.h"

static GuardMedium *
stick(guint64 size)
{
        GuardMedium *medium = guard_medium_new();
        GuardVolumeFacts *volume = guard_volume_facts_new();

        medium->usb = guard_usb_facts_new();
        medium->usb->vendor_id = 0x0951;
        medium->usb->product_id = 0x1666;
        medium->usb->product = g_strdup("Data Traveler");
        medium->usb->descriptors.n_interfaces = 1;
        medium->usb->descriptors.interfaces[0] = (struct guard_usb_interface){.cls = 8, .subcls = 6, .protocol = 0x50};
        medium->block = guard_block_facts_new();
        medium->block->size = size;
        medium->block->pt_type = g_strdup("dos");
        volume->partition = 1;
        volume->start = 1 << 20;
        volume->size = size / 2;
        g_ptr_array_add(medium->block->volumes, volume);
        return medium;
}

/* At a faster port the same stick has UAS beside it, and says another USB version. */
static void
test_same_at_another_port(void)
{
        g_autoptr(GuardMedium) slow = stick(1000), fast = stick(1000);
        g_autoptr(GuardFingerprint) a = guard_fingerprint_new(slow), b = NULL;

        fast->usb->sysname = g_strdup("4-1");
        fast->usb->descriptors.usb_version = 0x0320;
        fast->usb->descriptors.n_interfaces = 2;
        fast->usb->descriptors.interfaces[1] = (struct guard_usb_interface){.alternate = 1, .cls = 8, .subcls = 6, .protocol = 0x62};
        b = guard_fingerprint_new(fast);
        g_assert_cmpuint(guard_fingerprint_compare(a, b), ==, 0);
        g_assert_cmpstr(a->descriptor, ==, "0951:1666:0000 08:06  Data Traveler");
}

static guint
changed_by(void (*change)(GuardMedium *medium))
{
        g_autoptr(GuardMedium) before = stick(1 << 30), after = stick(1 << 30);
        g_autoptr(GuardFingerprint) a = guard_fingerprint_new(before), b = NULL;

        change(after);
        b = guard_fingerprint_new(after);
        return guard_fingerprint_compare(a, b);
}

static void larger(GuardMedium *m) { m->block->size *= 2; }
static void newer(GuardMedium *m) { m->usb->descriptors.device_version++; }
static void with_keyboard(GuardMedium *m)
{
        m->usb->descriptors.n_interfaces = 2;
        m->usb->descriptors.interfaces[1] = (struct guard_usb_interface){.cls = 3, .subcls = 1};
}
static void gpt(GuardMedium *m)
{
        g_free(m->block->pt_type);
        m->block->pt_type = g_strdup("gpt");
}
static void moved(GuardMedium *m) { ((GuardVolumeFacts *)g_ptr_array_index(m->block->volumes, 0))->start = 2 << 20; }
static void formatted(GuardMedium *m) { ((GuardVolumeFacts *)g_ptr_array_index(m->block->volumes, 0))->type = g_strdup("exfat"); }
static void renamed(GuardMedium *m)
{
        g_free(m->usb->product);
        m->usb->product = g_strdup("Data\nTraveler");
}

static void
test_what_changes(void)
{
        g_assert_cmpuint(changed_by(larger), ==, GUARD_CHANGED_CAPACITY);
        g_assert_cmpuint(changed_by(newer), ==, GUARD_CHANGED_DESCRIPTOR);
        g_assert_cmpuint(changed_by(with_keyboard), ==, GUARD_CHANGED_DESCRIPTOR);
        g_assert_cmpuint(changed_by(renamed), ==, GUARD_CHANGED_DESCRIPTOR);
        g_assert_cmpuint(changed_by(gpt), ==, GUARD_CHANGED_LAYOUT);
        g_assert_cmpuint(changed_by(moved), ==, GUARD_CHANGED_LAYOUT);
        /* what is in it is the register's business */
        g_assert_cmpuint(changed_by(formatted), ==, 0);
}

static void
test_kept(void)
{
        g_autofree char *folder = g_dir_make_tmp("guard-prints-XXXXXX", NULL), *file = g_build_filename(folder, "fingerprints", NULL);
        g_autoptr(GuardMedium) small = stick(1000), large = stick(2000);
        g_autoptr(GuardFingerprint) a = guard_fingerprint_new(small), b = guard_fingerprint_new(large), before = NULL;
        GuardFingerprints *prints = guard_fingerprints_new(file);
        g_autoptr(GError) error = NULL;
        static const char hostile[] = "LY]\n[x=1";

        g_assert_cmpuint(guard_fingerprints_compare(prints, hostile, a, &before), ==, 0);
        g_assert_null(before);
        g_assert_true(guard_fingerprints_keep(prints, hostile, a, &error));
        guard_fingerprints_free(prints);
        prints = guard_fingerprints_new(file);
        g_assert_cmpuint(guard_fingerprints_compare(prints, hostile, a, NULL), ==, 0);
        g_assert_cmpuint(guard_fingerprints_compare(prints, hostile, b, &before), ==, GUARD_CHANGED_CAPACITY | GUARD_CHANGED_LAYOUT);
        g_assert_cmpuint(before->capacity, ==, 1000);
        g_assert_cmpuint(guard_fingerprints_compare(prints, "LY-2", b, NULL), ==, 0);
        /* the second disk of the same device has a look of its own */
        large->block->lun = 1;
        guard_fingerprint_free(g_steal_pointer(&b));
        b = guard_fingerprint_new(large);
        g_assert_cmpuint(guard_fingerprints_compare(prints, hostile, b, NULL), ==, 0);
        g_assert_true(guard_fingerprints_keep(prints, hostile, b, &error));
        g_assert_cmpuint(guard_fingerprints_compare(prints, hostile, a, NULL), ==, 0);
        g_assert_true(guard_fingerprints_forget(prints, hostile, &error));
        g_assert_cmpuint(guard_fingerprints_compare(prints, hostile, b, NULL), ==, 0);
        g_assert_false(guard_fingerprints_forget(prints, hostile, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
        guard_fingerprints_free(prints);
        g_unlink(file);
        g_rmdir(folder);
}

/* Learnt anew: never in the way of a drive. */
static void
test_damaged(void)
{
        g_autofree char *folder = g_dir_make_tmp("guard-prints-XXXXXX", NULL), *file = g_build_filename(folder, "fingerprints", NULL);
        g_autoptr(GuardMedium) medium = stick(1000);
        g_autoptr(GuardFingerprint) now = guard_fingerprint_new(medium);
        GuardFingerprints *prints;

        g_assert_true(g_file_set_contents(file, "not a key file", -1, NULL));
        g_test_expect_message("baomi-guard", G_LOG_LEVEL_WARNING, "*learnt anew*");
        prints = guard_fingerprints_new(file);
        g_test_assert_expected_messages();
        g_assert_cmpuint(guard_fingerprints_compare(prints, "LY-1", now, NULL), ==, 0);
        g_assert_true(guard_fingerprints_keep(prints, "LY-1", now, NULL));
        guard_fingerprints_free(prints);
        g_unlink(file);
        g_rmdir(folder);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/fingerprints/same-at-another-port", test_same_at_another_port);
        g_test_add_func("/fingerprints/what-changes", test_what_changes);
        g_test_add_func("/fingerprints/kept", test_kept);
        g_test_add_func("/fingerprints/damaged", test_damaged);
        return g_test_run();
}
