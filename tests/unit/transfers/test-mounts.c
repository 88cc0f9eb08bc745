/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mount points of a disk by a made-up sysfs: a partition, LUKS on another, and other disks.
 */
#include <glib/gstdio.h>
#include <unistd.h>

#include "transfers/mounts.h"

static void
folder(const char *root, const char *path)
{
        g_autofree char *whole = g_build_filename(root, path, NULL);

        g_assert_cmpint(g_mkdir_with_parents(whole, 0700), ==, 0);
}

static void
link_to(const char *root, const char *path, const char *target)
{
        g_autofree char *whole = g_build_filename(root, path, NULL), *to = g_build_filename(root, target, NULL), *above = g_path_get_dirname(whole);

        g_mkdir_with_parents(above, 0700);
        g_assert_cmpint(symlink(to, whole), ==, 0);
}

static void
test_mounts(void)
{
        static const char mountinfo[] = "25 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
                                        "90 25 8:17 / /media/li/MY\\040STICK rw,nosuid - vfat /dev/sdb1 rw\n"
                                        "91 25 8:17 / /srv/again rw - vfat /dev/sdb1 rw\n"
                                        "92 25 253:0 / /media/li/secret rw - ext4 /dev/mapper/luks rw\n"
                                        "93 25 8:1 / /media/li/other rw - vfat /dev/sda1 rw\n"
                                        "94 25 0:35 / /proc rw - proc proc rw\n"
                                        "nonsense\n";
        g_autofree char *sys = g_dir_make_tmp("guard-mounts-XXXXXX", NULL);
        g_autoptr(GPtrArray) found = NULL;

        folder(sys, "devices/vda/vda1");
        folder(sys, "devices/usb1/block/sdb/sdb1");
        folder(sys, "devices/usb1/block/sdb/sdb2");
        folder(sys, "devices/usb2/block/sda/sda1");
        folder(sys, "devices/virtual/block/dm-0");
        link_to(sys, "devices/virtual/block/dm-0/slaves/sdb2", "devices/usb1/block/sdb/sdb2");
        link_to(sys, "dev/block/254:1", "devices/vda/vda1");
        link_to(sys, "dev/block/8:17", "devices/usb1/block/sdb/sdb1");
        link_to(sys, "dev/block/8:1", "devices/usb2/block/sda/sda1");
        link_to(sys, "dev/block/253:0", "devices/virtual/block/dm-0");
        found = transfers_mounts_of(mountinfo, sys, "sdb");
        g_assert_cmpuint(found->len, ==, 3);
        g_assert_cmpstr(g_ptr_array_index(found, 0), ==, "/media/li/MY STICK");
        g_assert_cmpstr(g_ptr_array_index(found, 2), ==, "/media/li/secret");
        g_assert_true(transfers_is_on_disk(sys, 8, 1, "sda"));
        g_assert_false(transfers_is_on_disk(sys, 8, 17, "sd"));
        g_assert_false(transfers_is_on_disk(sys, 99, 9, "sdb"));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/transfers/mounts", test_mounts);
        return g_test_run();
}
