/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-hold as udev runs it, on a made-up /sys: what it writes, what it leaves.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <unistd.h>
#include "tests/unit/usb/run-hold.h"
#include "udev/hold/authorize.h"

static const FakeInterface keyboard[] = {{0x03, 0x01, 0x01}};
static const FakeInterface stick[] = {{0x08, 0x06, 0x50}};
static const FakeInterface network[] = {{0x02, 0x06, 0x00}, {0x0a, 0x00, 0x00}};
static const FakeInterface printer[] = {{0x07, 0x01, 0x02}, {0x08, 0x06, 0x50}};
static const FakeInterface composite[] = {{0x03, 0x01, 0x01}, {0x08, 0x06, 0x50}};

static void
test_keyboard(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x0627, 1, NULL, keyboard, 1);

        fake_write(fake, FAKE_USB1 "/interface_authorized_default", "0\n"); /* a killed holder's */
        fake_write(fake, FAKE_SPOOL "/.keep", "");
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "1");
        assert_attribute(fake, path, "1-2:1.0/authorized", "1");
        assert_attribute(fake, "/" FAKE_PCI "/usb1", "interface_authorized_default", "1");
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL), ==, 0);
}

/* All siblings are authorised, and the control interface is probed before its data interface. */
static void
test_network_order(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x0525, 0xa4a2, NULL, network, 2);

        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "1-2:1.0/authorized", "1");
        assert_attribute(fake, path, "1-2:1.1/authorized", "1");
        assert_attribute(fake, "/bus/usb", "drivers_probe", "1-2:1.1"); /* the last one written */
}

static void
test_another_device_there(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 4, 0x0627, 1, NULL, keyboard, 1);

        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "0"); /* device 4 has its own event */
        g_assert_cmpint(hold(fake, "add", "/" FAKE_PCI "/usb1/1-9", "001", "003", NULL), ==, 0);
}

static void
test_printer_with_reader(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x04b8, 2, "P", printer, 2);

        fake_write(fake, FAKE_SPOOL "/.keep", "");
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "1");
        assert_attribute(fake, path, "1-2:1.0/authorized", "1");
        assert_attribute(fake, path, "1-2:1.1/authorized", "0");
        assert_attribute(fake, "/" FAKE_PCI "/usb1", "interface_authorized_default", "1");
        assert_attribute(fake, "/bus/usb", "drivers_probe", "1-2:1.0");
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL), ==, 1);
}

static void
test_composite_input(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = NULL;

        fake_ps2_keyboard(fake);
        path = fake_usb(fake, "1-2", 3, 0x1234, 2, "B", composite, 2);
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "0");
        assert_attribute(fake, path, "1-2:1.0/authorized", "0");
}

static void
test_composite_only_keyboard(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x1234, 2, "B", composite, 2);
        /* A second one of its kind is no other keyboard. */
        g_autofree char *twin = fake_usb(fake, "1-3", 4, 0x1234, 2, "C", composite, 2);

        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "1");
        assert_attribute(fake, path, "1-2:1.0/authorized", "1");
        assert_attribute(fake, path, "1-2:1.1/authorized", "0");
        assert_attribute(fake, twin, "authorized", "0");
}

static void
test_composite_with_usb_keyboard(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x1234, 2, "B", composite, 2);
        g_autofree char *other = fake_usb(fake, "1-3", 4, 0x0627, 1, NULL, keyboard, 1);

        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "0");
        assert_attribute(fake, other, "authorized", "0"); /* not this event's business */
}

static void
test_hold_classes(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x0525, 1, NULL, network, 2);

        fake_write(fake, "var/lib/baomi-guard/hold-classes", "02\n0a\n");
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "0");
        fake_write(fake, "var/lib/baomi-guard/hold-classes", "nonsense\n");
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "1");
}

static void
test_hatch_must_be_a_word(void)
{
        static const char *const lines[] = {"xbaomi-guard=off\n", "baomi-guard=offline\n",
                                            "init=/x -- baomi-guard=off\n"};

        for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
                g_autoptr(FakeRoot) fake = fake_root_new();
                g_autofree char *net = fake_usb(fake, "1-2", 3, 0x0525, 1, NULL, network, 2);

                fake_write(fake, "proc/cmdline", lines[i]);
                fake_write(fake, "var/lib/baomi-guard/hold-classes", "02,0a");
                g_assert_cmpint(hold(fake, "add", net, "001", "003", NULL), ==, 0);
                assert_attribute(fake, net, "authorized", "0");
        }
}

/* A device that nobody could parse waits; nothing crashes on any cut or flipped byte. */
static void
test_hostile_descriptors(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x46f4, 1, "S", stick, 1);
        g_autofree char *blob_path = g_strdup_printf("sys%s/descriptors", path);
        g_autofree char *authorized = g_strdup_printf("sys%s/authorized", path);
        g_autoptr(GByteArray) blob = fake_descriptors(0x46f4, 1, stick, 1);
        g_autofree guint8 *huge = g_malloc0(70000);

        for (guint cut = 0; cut < blob->len; cut++) {
                if (cut == 18 + 9)
                        continue; /* a configuration without an interface: nothing to hold */
                fake_write_bytes(fake, blob_path, blob->data, cut);
                g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
                assert_attribute(fake, path, "authorized", "0");
        }
        fake_write_bytes(fake, blob_path, huge, 70000);
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "0");
        for (guint i = 0; i < blob->len; i++) {
                blob->data[i] ^= 0xff;
                fake_write_bytes(fake, blob_path, blob->data, blob->len);
                fake_write(fake, authorized, "0\n");
                g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
                blob->data[i] ^= 0xff;
        }
}

static void
test_lock(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        int first = hold_bus_lock(fake->root, 1, 0), other;

        g_assert_cmpint(first, >=, 0);
        g_assert_cmpint(hold_bus_lock(fake->root, 1, 10), ==, -1);
        g_assert_cmpint(errno, ==, ETIMEDOUT);
        other = hold_bus_lock(fake->root, 2, 0);
        g_assert_cmpint(other, >=, 0);
        close(other);
        close(first);
        first = hold_bus_lock(fake->root, 1, 0);
        g_assert_cmpint(first, >=, 0);
        close(first);
}

/* The lock's holder hangs: a keyboard comes up all the same, and the holder's default stays. */
static void
test_lock_held(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x0627, 1, NULL, keyboard, 1);
        int lock = hold_bus_lock(fake->root, 1, 0);

        fake_write(fake, FAKE_USB1 "/interface_authorized_default", "0\n");
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "1");
        assert_attribute(fake, path, "1-2:1.0/authorized", "1");
        assert_attribute(fake, "/" FAKE_PCI "/usb1", "interface_authorized_default", "0");
        close(lock);
}

static void
test_coldplug_and_release(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x46f4, 1, "S", stick, 1);
        g_autofree char *parameter = NULL;

        fake_write(fake, "sys/module/usbcore/parameters/authorized_default", "-1\n");
        fake_write(fake, FAKE_USB1 "/authorized_default", "1\n");
        g_assert_cmpint(hold(fake, "coldplug", NULL), ==, 0);
        assert_attribute(fake, "/" FAKE_PCI "/usb1", "authorized_default", "0");
        assert_attribute(fake, path, "authorized", "0");
        g_assert_cmpint(hold(fake, "sweep", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "0");
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL_EARLY), ==, 0);
        g_assert_cmpint(hold(fake, "release-all", NULL), ==, 0);
        assert_attribute(fake, "/" FAKE_PCI "/usb1", "authorized_default", "1");
        assert_attribute(fake, path, "authorized", "1");
        parameter = fake_read(fake, "sys/module/usbcore/parameters/authorized_default");
        g_assert_true(g_str_has_prefix(parameter, "1"));
}

static void
test_usage(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();

        g_assert_cmpint(hold(fake, "add", NULL), ==, 2);
        g_assert_cmpint(hold(fake, "nothing", NULL), ==, 2);
        g_assert_cmpint(hold(fake, "sweep", "x", NULL), ==, 2);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/usb/hold/keyboard", test_keyboard);
        g_test_add_func("/usb/hold/network-order", test_network_order);
        g_test_add_func("/usb/hold/another-device", test_another_device_there);
        g_test_add_func("/usb/hold/printer-with-reader", test_printer_with_reader);
        g_test_add_func("/usb/hold/composite-input", test_composite_input);
        g_test_add_func("/usb/hold/composite-only-keyboard", test_composite_only_keyboard);
        g_test_add_func("/usb/hold/composite-usb-keyboard", test_composite_with_usb_keyboard);
        g_test_add_func("/usb/hold/classes", test_hold_classes);
        g_test_add_func("/usb/hold/hatch-word", test_hatch_must_be_a_word);
        g_test_add_func("/usb/hold/hostile-descriptors", test_hostile_descriptors);
        g_test_add_func("/usb/hold/lock", test_lock);
        g_test_add_func("/usb/hold/lock-held", test_lock_held);
        g_test_add_func("/usb/hold/coldplug-release", test_coldplug_and_release);
        g_test_add_func("/usb/hold/usage", test_usage);
        return g_test_run();
}
