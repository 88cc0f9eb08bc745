/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd puts right at start, on a made-up root: devices that a killed helper left half open, and
 * the pins of the disks that the system stands on.
 */
#include <glib.h>
#include <string.h>
#include "guardd/usb/mend.h"
#include "tests/unit/usb/run-hold.h"

#define PINS "var/lib/baomi-guard/system-disks"

static const FakeInterface keyboard[] = {{0x03, 0x01, 0x01}};
static const FakeInterface stick[] = {{0x08, 0x06, 0x50}};

static gpointer
nothing(GuardJob *job G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
        return GINT_TO_POINTER(1);
}

static void
told(gpointer result G_GNUC_UNUSED, const GError *error G_GNUC_UNUSED, gpointer data)
{
        *(gboolean *)data = TRUE;
}

/* With one thread jobs go one after the other: when the next is done, mending is. */
static void
mend(FakeRoot *fake)
{
        static const GuardJobKind NEXT = {"next", nothing, NULL, NULL, 60000, FALSE};
        g_autoptr(GuardWorkers) workers = guard_workers_new(1);
        gboolean done = FALSE;

        guard_mend_at_start(workers, fake->path);
        guard_workers_run(workers, &NEXT, NULL, NULL, told, &done);
        while (!done)
                g_main_context_iteration(NULL, TRUE);
}

static void
test_devices(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *forgotten = fake_usb(fake, "1-2", 3, 0x0627, 1, NULL, keyboard, 1);
        g_autofree char *half = fake_usb(fake, "1-3", 4, 0x0627, 1, NULL, keyboard, 1);
        g_autofree char *waits = fake_usb(fake, "1-4", 5, 0x46f4, 1, "S", stick, 1);
        g_autofree char *opened = g_strdup_printf("sys%s/authorized", half);

        fake_write(fake, FAKE_SPOOL "/.keep", "");
        fake_write(fake, FAKE_USB1 "/interface_authorized_default", "0\n");
        fake_write(fake, opened, "1\n");
        mend(fake);
        assert_attribute(fake, forgotten, "authorized", "1");
        assert_attribute(fake, forgotten, "1-2:1.0/authorized", "1");
        assert_attribute(fake, half, "1-3:1.0/authorized", "1");
        assert_attribute(fake, "/" FAKE_PCI "/usb1", "interface_authorized_default", "1");
        assert_attribute(fake, waits, "authorized", "0");
        /* guardd sees what waits itself. */
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL), ==, 0);
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL_EARLY), ==, 0);
}

/* A disk that carries / now is pinned from this start on, one that fstab names and that is not there keeps
 * its pin, and what nothing names any more loses it. */
static void
test_pins(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *usb = fake_usb(fake, "1-2", 3, 0x0951, 0x1666, "AB", stick, 1);
        g_autofree char *disk = fake_disk(fake, usb, "sda", 8, 0, 7);
        g_autofree char *part = g_strdup_printf("../..%s/sda1", disk);
        g_autofree char *pins = NULL;

        fake_link(fake, "sys/dev/block/8:1", part);
        fake_write(fake, "proc/self/mountinfo", "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n");
        fake_write(fake, "etc/fstab", "UUID=aaaa /home ext4 defaults 0 2\n");
        fake_write(fake, PINS, "usb 0001:0001 4142 - /home\nusb 0002:0002 4344 - /srv\n");
        mend(fake);
        pins = fake_read(fake, PINS);
        g_assert_nonnull(strstr(pins, "usb 0951:1666 4142 pci0000:00/0000:00:04.0:2 /"));
        g_assert_nonnull(strstr(pins, "usb 0001:0001 4142 - /home"));
        g_assert_null(strstr(pins, "0002:0002"));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/mend/devices", test_devices);
        g_test_add_func("/mend/pins", test_pins);
        return g_test_run();
}
