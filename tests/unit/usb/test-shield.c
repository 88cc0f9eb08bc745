/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel shield is told of a device, on a made-up /sys. That it holds is shown in the guest.
 */
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "tests/unit/usb/fake-sysfs.h"
#include "udev/ask/shield.h"

static const FakeInterface stick[] = {{0x08, 0x06, 0x50}};

typedef struct {
        FakeRoot *fake;
        int root;
        char *usb, *disk, *partition, *sg;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
        g_autofree char *scsi = NULL;

        (void)data;
        f->fake = fake_root_new();
        f->root = open(f->fake->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        g_assert_cmpint(f->root, >=, 0);
        f->usb = fake_usb(f->fake, "1-2", 3, 0x46f4, 1, "SHIELD-1", stick, 1);
        f->disk = fake_disk(f->fake, f->usb, "sda", 8, 0, 7);
        f->partition = g_strdup_printf("%s/sda1", f->disk);
        scsi = g_strndup(f->disk, strlen(f->disk) - strlen("/block/sda"));
        f->sg = g_strdup_printf("%s/scsi_generic/sg1", scsi);
        fake_put_on_bus(f->fake, f->usb, "usb");
}

static void
tear_down(Fixture *f, gconstpointer data)
{
        (void)data;
        close(f->root);
        g_free(f->usb);
        g_free(f->disk);
        g_free(f->partition);
        g_free(f->sg);
        fake_root_free(f->fake);
}

static void
verdict(Fixture *f, const char *text)
{
        g_autofree char *path = g_strdup_printf("%s/sys%s", f->fake->path, f->disk), *content = NULL;
        GStatBuf st;

        g_assert_cmpint(g_stat(path, &st), ==, 0);
        content = g_strdup_printf("%s\nname=sda\nmajor=8\nminor=0\ninode=%" G_GUINT64_FORMAT "\ndiskseq=7\n", text, (guint64)st.st_ino);

        fake_write(f->fake, "run/baomi-guard/verdicts/7", content);
}

static void
assert_access(Fixture *f, const char *path, const char *said, enum shield_access expected)
{
        struct ask_target target;

        g_assert_cmpint(ask_shield_access(f->root, path, said, &target), ==, expected);
}

static void
test_guarded(Fixture *f, gconstpointer data)
{
        (void)data;
        assert_access(f, f->disk, NULL, SHIELD_NONE);
        assert_access(f, f->disk, "admit", SHIELD_WRITE);
        assert_access(f, f->partition, "read-only", SHIELD_READ);
        assert_access(f, f->sg, "read-only", SHIELD_NONE);
        assert_access(f, f->sg, "admit", SHIELD_WRITE);
        assert_access(f, f->disk, "hold", SHIELD_NONE);
        assert_access(f, f->disk, "nonsense", SHIELD_NONE);
}

/* When the shield comes up nobody says the verdict: it is in guardd's file. */
static void
test_verdict_file(Fixture *f, gconstpointer data)
{
        (void)data;
        verdict(f, "verdict=admit\nreason=policy");
        assert_access(f, f->partition, NULL, SHIELD_WRITE);
        assert_access(f, f->sg, "", SHIELD_WRITE);
        verdict(f, "verdict=read-only\nreason=policy");
        assert_access(f, f->partition, NULL, SHIELD_READ);
        verdict(f, "verdict=refuse\nreason=drive-lost");
        assert_access(f, f->disk, NULL, SHIELD_NONE);
}

static void
test_layers(Fixture *f, gconstpointer data)
{
        g_autofree char *luks = fake_layer(f->fake, "dm-0", 0, "sda1"), *empty = fake_layer(f->fake, "dm-1", 1, NULL);
        g_autofree char *fixed = fake_layer(f->fake, "vda", 2, NULL), *above = fake_layer(f->fake, "dm-2", 3, "vda");

        (void)data;
        assert_access(f, luks, NULL, SHIELD_NONE);
        verdict(f, "verdict=admit\nreason=policy");
        assert_access(f, luks, NULL, SHIELD_WRITE);
        /* a table that is still to come may stand on anything */
        assert_access(f, empty, NULL, SHIELD_NONE);
        assert_access(f, fixed, NULL, SHIELD_WRITE);
        assert_access(f, above, NULL, SHIELD_WRITE);
}

#define SLOT "/devices/pci0000:00/0000:00:1c.0/0000:03:00.0"
#define CONTROLLER SLOT "/nvme/nvme0"
#define ABOVE "/devices/virtual/nvme-subsystem/nvme-subsys0"

/* An NVMe disk in a slot that leads outside where @outside says so: in its place below its controller and, as another one
 * of it, above it, as a subsystem of several controllers has it. */
static void
put_nvme(FakeRoot *fake, const char *outside)
{
        static const char *const nodes[] = {CONTROLLER, CONTROLLER "/nvme0n1", CONTROLLER "/ng0n1", ABOVE "/nvme1n1",
                                            ABOVE "/ng1n1"};

        for (guint i = 0; i < G_N_ELEMENTS(nodes); i++) {
                g_autofree char *dev = g_strdup_printf("sys%s/dev", nodes[i]), *number = g_strdup_printf("259:%u\n", i);

                fake_write(fake, dev, number);
        }
        fake_write(fake, "sys" ABOVE "/nvme1n1/nvme1n1p1/dev", "259:9\n");
        fake_write(fake, "sys" ABOVE "/nvme1n1/nvme1n1p1/partition", "1\n");
        fake_write(fake, "sys" SLOT "/removable", outside);
        fake_link(fake, "sys" SLOT "/subsystem", "../../../../bus/pci");
        fake_link(fake, "sys" ABOVE "/nvme0", "../../../pci0000:00/0000:00:1c.0/0000:03:00.0/nvme/nvme0");
}

static void
test_nvme(Fixture *f, gconstpointer data)
{
        static const char *const all[] = {CONTROLLER "/nvme0n1", CONTROLLER "/ng0n1", CONTROLLER, ABOVE "/nvme1n1",
                                          ABOVE "/nvme1n1/nvme1n1p1", ABOVE "/ng1n1"};

        (void)data;
        put_nvme(f->fake, "removable\n");
        for (guint i = 0; i < G_N_ELEMENTS(all); i++)
                assert_access(f, all[i], NULL, SHIELD_NONE);
        assert_access(f, ABOVE "/nvme1n1", "admit", SHIELD_WRITE);
        assert_access(f, CONTROLLER "/ng0n1", "admit", SHIELD_WRITE);
        assert_access(f, CONTROLLER "/ng0n1", "read-only", SHIELD_NONE);
        /* it reaches every disk of the controller, and those that are still to come */
        assert_access(f, CONTROLLER, "admit", SHIELD_NONE);
        fake_write(f->fake, "sys" SLOT "/removable", "fixed\n");
        for (guint i = 0; i < G_N_ELEMENTS(all); i++)
                assert_access(f, all[i], NULL, SHIELD_WRITE);
        /* without its controllers nothing is known of it */
        g_assert_cmpint(unlinkat(f->root, "sys" ABOVE "/nvme0", 0), ==, 0);
        assert_access(f, ABOVE "/nvme1n1", NULL, SHIELD_NONE);
}

/* No shield: nothing to tell, and that is well. */
static void
test_no_shield(Fixture *f, gconstpointer data)
{
        (void)data;
        g_assert_cmpint(hold_shield_open(f->root), <, 0);
        g_assert_true(ask_shield_tell(f->root, "add", f->disk, 8, 0, "admit"));
        g_assert_true(ask_shield_tell(f->root, "remove", f->disk, 8, 0, NULL));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/usb/shield/guarded", Fixture, NULL, set_up, test_guarded, tear_down);
        g_test_add("/usb/shield/verdict-file", Fixture, NULL, set_up, test_verdict_file, tear_down);
        g_test_add("/usb/shield/layers", Fixture, NULL, set_up, test_layers, tear_down);
        g_test_add("/usb/shield/nvme", Fixture, NULL, set_up, test_nvme, tear_down);
        g_test_add("/usb/shield/no-shield", Fixture, NULL, set_up, test_no_shield, tear_down);
        return g_test_run();
}
