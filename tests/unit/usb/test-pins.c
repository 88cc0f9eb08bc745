/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which disks the system stands on, and that their pins are matched and no others.
 */
#include <glib.h>
#include <string.h>
#include "tests/unit/usb/fake-sysfs.h"
#include "udev/hold/carrier.h"
#include "udev/hold/pins-scan.h"

#define PINS "var/lib/baomi-guard/system-disks"

static const FakeInterface stick[] = {{0x08, 0x06, 0x50}};

static gboolean
pinned(FakeRoot *fake, const char *path)
{
        struct hold_device device;
        gboolean yes = hold_device_open(&device, fake->root, path) &&
                       hold_pins_match_usb(fake->root, &device);

        hold_device_close(&device);
        return yes;
}

static char *
write_pins(FakeRoot *fake)
{
        fake_write(fake, "var/lib/baomi-guard/.keep", "");
        g_assert_cmpint(hold_pins_write(fake->root, "/" PINS), ==, 0);
        return fake_read(fake, PINS);
}

/* dm-0 on sda1, named by /dev/mapper/root. */
static void
add_dm(FakeRoot *fake)
{
        fake_write(fake, "sys/devices/virtual/block/dm-0/dev", "253:0\n");
        fake_write(fake, "sys/devices/virtual/block/dm-0/slaves/sda1", "");
        fake_link(fake, "sys/class/block/dm-0", "../../devices/virtual/block/dm-0");
        fake_link(fake, "sys/dev/block/253:0", "../../devices/virtual/block/dm-0");
        fake_write(fake, "dev/dm-0", "");
        fake_link(fake, "dev/mapper/root", "../dm-0");
}

static void
add_nodes(FakeRoot *fake, const char *name, const char *uuid)
{
        g_autofree char *node = g_strdup_printf("dev/%s", name);
        g_autofree char *link = g_strdup_printf("dev/disk/by-uuid/%s", uuid);
        g_autofree char *target = g_strdup_printf("../../%s", name);

        fake_write(fake, node, "");
        fake_link(fake, link, target);
}

static void
test_root_through_dm(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *usb = fake_usb(fake, "1-2.1", 3, 0x0951, 0x1666, "AB", stick, 1);
        g_autofree char *disk = fake_disk(fake, usb, "sda", 8, 0, 7);
        g_autofree char *other = fake_usb(fake, "1-3", 4, 0x0951, 0x1666, "CD", stick, 1);
        g_autofree char *pins = NULL;

        add_dm(fake);
        fake_write(fake, "proc/self/mountinfo",
                   "22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/mapper/root rw\n"
                   "30 22 8:33 / /media/clerk/X rw shared:2 - vfat /dev/sdc1 rw\n");
        pins = write_pins(fake);
        g_assert_nonnull(strstr(pins, "usb 0951:1666 4142 pci0000:00/0000:00:04.0:2.1 /"));
        g_assert_true(pinned(fake, usb));
        g_assert_false(pinned(fake, other));
        g_assert_true(hold_carrier_pinned(fake->root, disk));
}

static void
test_declared(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *home = fake_usb(fake, "1-2", 3, 1, 1, "HOME-DISK", stick, 1);
        g_autofree char *backup = fake_usb(fake, "1-3", 4, 1, 1, "BACKUP-DISK", stick, 1);
        g_autofree char *vault = fake_usb(fake, "1-4", 5, 1, 1, "VAULT-DISK", stick, 1);
        g_autofree char *sda = fake_disk(fake, home, "sda", 8, 0, 7);
        g_autofree char *sdb = fake_disk(fake, backup, "sdb", 8, 16, 8);
        g_autofree char *sdc = fake_disk(fake, vault, "sdc", 8, 32, 9);
        g_autofree char *pins = NULL;

        add_nodes(fake, "sda1", "aaaa");
        add_nodes(fake, "sdb1", "bbbb");
        add_nodes(fake, "sdc", "cccc");
        fake_write(fake, "etc/fstab",
                   "# comment\nUUID=\"aaaa\" /home ext4 defaults 0 2\n"
                   "UUID=bbbb /backup ext4 nofail 0 2\n"
                   "tmpfs /tmp tmpfs defaults 0 0\nserver:/x /y nfs defaults 0 0\n");
        fake_write(fake, "etc/crypttab", "vault UUID=cccc none luks\n");
        pins = write_pins(fake);
        g_assert_nonnull(strstr(pins, ":2 /home\n"));
        g_assert_nonnull(strstr(pins, ":4 crypt"));
        g_assert_true(pinned(fake, home));
        g_assert_true(pinned(fake, vault));
        g_assert_false(pinned(fake, backup));
}

/* A disk that is unplugged while the pins are made keeps its pin; one no longer named loses it. */
static void
test_absent_disk_stays(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *pins = NULL;

        fake_write(fake, "etc/fstab", "UUID=aaaa /home ext4 defaults 0 2\n");
        fake_write(fake, PINS, "usb 0001:0001 4142 - /home\nusb 0002:0002 4344 - /srv\n");
        pins = write_pins(fake);
        g_assert_nonnull(strstr(pins, "usb 0001:0001 4142 - /home"));
        g_assert_null(strstr(pins, "0002:0002"));
}

/* Written only where a pin is another one: by its age doctor tells whether the initramfs is. */
static void
test_same_pins_stay(void)
{
        static const char *const same = "# fixed sdc /old\nusb 0001:0001 4142 - /home\n";
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *kept = NULL, *longer = NULL, *other = NULL;

        fake_write(fake, "etc/fstab", "UUID=aaaa /home ext4 defaults 0 2\n");
        fake_write(fake, PINS, same);
        kept = write_pins(fake);
        g_assert_nonnull(strstr(kept, "# fixed sdc /old"));
        fake_write(fake, PINS, "# fixed sdc /old\nusb 0001:0001 4142 - /home\nusb 0002:0002 4344 - /srv\n");
        longer = write_pins(fake);
        g_assert_null(strstr(longer, "# fixed sdc /old"));
        fake_write(fake, PINS, "# fixed sdc /old\nusb 0002:0002 4344 - /srv\n");
        other = write_pins(fake);
        g_assert_null(strstr(other, "# fixed sdc /old"));
}

static void
test_weak_serial_needs_place(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *a = fake_usb(fake, "1-2", 3, 1, 1, NULL, stick, 1);
        g_autofree char *b = fake_usb(fake, "1-3", 4, 1, 1, NULL, stick, 1);
        g_autofree char *c = fake_usb(fake, "1-4", 5, 1, 1, "00000000", stick, 1);

        fake_write(fake, PINS,
                   "usb 0001:0001 - pci0000:00/0000:00:04.0:2 /\n"
                   "usb 0001:0001 3030303030303030 pci0000:00/0000:00:04.0:7 /\n");
        g_assert_true(pinned(fake, a));
        g_assert_false(pinned(fake, b));
        g_assert_false(pinned(fake, c));
}

/* The pinned disk is open; another device with its identity elsewhere is no system disk. */
static void
test_twin(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *disk = fake_usb(fake, "1-2", 3, 1, 1, "ROOT-DISK", stick, 1);
        g_autofree char *moved = NULL;
        g_autofree char *authorized = g_strdup_printf("sys%s/authorized", disk);

        fake_write(fake, PINS, "usb 0001:0001 524f4f542d4449534b pci0000:00/0000:00:04.0:2 /\n");
        moved = fake_usb(fake, "1-3", 4, 1, 1, "ROOT-DISK", stick, 1);
        g_assert_true(pinned(fake, moved)); /* plugged elsewhere, alone */
        fake_write(fake, authorized, "1\n");
        g_assert_false(pinned(fake, moved));
        g_assert_true(pinned(fake, disk));
}

static void
test_damaged_file(void)
{
        static const char *const texts[] = {"",
                                            "\n\n\n",
                                            "usb",
                                            "usb 0001:0001 ",
                                            "#usb 0001:0001 41424344 x /\n",
                                            "usb 0001:0001 4142434445 x /\n"};

        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(FakeRoot) fake = fake_root_new();
                g_autofree char *disk = fake_usb(fake, "1-2", 3, 1, 1, "ABCD", stick, 1);

                fake_write(fake, PINS, texts[i]);
                g_assert_false(pinned(fake, disk));
        }
}

static void
test_command_line_pin(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *disk = fake_usb(fake, "1-2", 3, 0x0951, 0x1666, "AB-1", stick, 1);

        fake_write(fake, "proc/cmdline", "ro baomi-guard.system-disk=0951:1666:AB-2\n");
        g_assert_false(pinned(fake, disk));
        fake_write(fake, "proc/cmdline", "ro baomi-guard.system-disk=0951:1666:AB-1\n");
        g_assert_true(pinned(fake, disk));
        fake_write(fake, "proc/cmdline", "ro baomi-guard.system-disk=0951:1666\n");
        g_assert_true(pinned(fake, disk));
}

static void
test_early_copy(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *disk = fake_usb(fake, "1-2", 3, 1, 1, "ABCD", stick, 1);

        fake_write(fake, "run/baomi-guard/system-disks", "usb 0001:0001 41424344 x /home\n");
        g_assert_true(pinned(fake, disk));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/usb/pins/root-through-dm", test_root_through_dm);
        g_test_add_func("/usb/pins/declared", test_declared);
        g_test_add_func("/usb/pins/absent-disk-stays", test_absent_disk_stays);
        g_test_add_func("/usb/pins/same-pins-stay", test_same_pins_stay);
        g_test_add_func("/usb/pins/weak-serial", test_weak_serial_needs_place);
        g_test_add_func("/usb/pins/twin", test_twin);
        g_test_add_func("/usb/pins/damaged-file", test_damaged_file);
        g_test_add_func("/usb/pins/command-line", test_command_line_pin);
        g_test_add_func("/usb/pins/early-copy", test_early_copy);
        return g_test_run();
}
