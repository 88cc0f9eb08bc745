/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guard-hold writes down of devices that wait, and where.
 */
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/guard-names.h"
#include "tests/unit/usb/run-hold.h"
#include "udev/hold/spool.h"

static const FakeInterface stick[] = {{0x08, 0x06, 0x50}};
static const FakeInterface network[] = {{0x02, 0x06, 0x00}, {0x0a, 0x00, 0x00}};

/* The only event in a spool folder. */
static char *
only_event(FakeRoot *fake, const char *folder)
{
        g_auto(GStrv) names = fake_list(fake, folder);
        g_autofree char *path = NULL;

        g_assert_cmpuint(g_strv_length(names), ==, 1);
        path = g_strdup_printf("%s/%s", folder, names[0]);
        return fake_read(fake, path);
}

static void
test_stick_waits_and_goes(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x46f4, 1, "A\"=1", stick, 1);
        g_autofree char *event = NULL, *gone = NULL, *held = NULL;
        g_auto(GStrv) names = NULL;

        fake_write(fake, FAKE_SPOOL "/.keep", "");
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        assert_attribute(fake, path, "authorized", "0");
        event = only_event(fake, FAKE_SPOOL);
        g_assert_nonnull(strstr(event, "action=add\n"));
        g_assert_nonnull(strstr(event, "serial=41223d31\n"));
        g_assert_nonnull(strstr(event, "vendor_id=46f4\nproduct_id=0001\n"));
        g_assert_nonnull(strstr(event, "descriptors=1201"));
        g_assert_nonnull(strstr(event, "boot_id=11111111-2222-3333-4444-555555555555\n"));
        /* udevadm trigger: the same device is no second event. */
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL), ==, 1);

        g_assert_cmpint(hold(fake, "remove", "001", "003", NULL), ==, 0);
        names = fake_list(fake, FAKE_SPOOL);
        g_assert_cmpuint(g_strv_length(names), ==, 2);
        g_assert_true(g_str_has_suffix(names[0], "-add-1-3"));
        g_assert_true(g_str_has_suffix(names[1], "-remove-1-3"));
        held = g_strdup_printf(FAKE_SPOOL "/%s", names[1]);
        gone = fake_read(fake, held);
        g_assert_nonnull(strstr(gone, "action=remove\n"));
        g_assert_nonnull(strstr(gone, "serial=41223d31\n"));
        g_assert_cmpuint(fake_count(fake, "run/baomi-guard/held"), ==, 0);
        g_assert_cmpint(hold(fake, "remove", "001", "009", NULL), ==, 0); /* was never held */
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL), ==, 2);
}

static void
test_escape_hatch(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *net = fake_usb(fake, "1-2", 3, 0x0525, 1, NULL, network, 2);
        g_autofree char *disk = fake_usb(fake, "1-3", 4, 0x46f4, 1, "S", stick, 1);
        g_autofree char *off = NULL;
        g_auto(GStrv) names = NULL;
        guint n = 0;

        fake_write(fake, FAKE_SPOOL "/.keep", "");
        fake_write(fake, "proc/cmdline", "root=/dev/vda baomi-guard=off quiet\n");
        fake_write(fake, "var/lib/baomi-guard/hold-classes", "02\n0a\n");
        g_assert_cmpint(hold(fake, "add", net, "001", "003", NULL), ==, 0);
        g_assert_cmpint(hold(fake, "add", disk, "001", "004", NULL), ==, 0);
        assert_attribute(fake, net, "authorized", "1");
        assert_attribute(fake, disk, "authorized", "0");
        names = fake_list(fake, FAKE_SPOOL);
        for (guint i = 0; names[i]; i++)
                n += g_str_has_suffix(names[i], "-off-0-0") ? 1 : 0;
        g_assert_cmpuint(n, ==, 1); /* once a boot */
        g_assert_cmpuint(g_strv_length(names), ==, 2);
}

static void
fill_folder(FakeRoot *fake, const char *folder)
{
        for (guint i = 0; i < HOLD_SPOOL_MAX; i++) {
                g_autofree char *one = g_strdup_printf("%s/%u-add-1-1", folder, i);

                fake_write(fake, one, "");
        }
}

#define AT_ONCE 16

/* Starts AT_ONCE helpers together, for one stick each, and waits for all of them. */
static void
hold_many(FakeRoot *fake)
{
        GPid pids[AT_ONCE];

        for (guint i = 0; i < AT_ONCE; i++) {
                g_autofree char *name = g_strdup_printf("1-%u", i + 1);
                g_autofree char *path = fake_usb(fake, name, i + 2, 0x46f4, 1, name, stick, 1);
                g_autofree char *sysroot = g_strdup_printf("--sysroot=%s", fake->path);
                g_autofree char *devnum = g_strdup_printf("%03u", i + 2);
                const char *argv[] = {
                        g_getenv("GUARD_HOLD"), sysroot, "add", path, "001", devnum, NULL};

                g_assert_true(g_spawn_async(NULL, (char **)argv, NULL,
                                            G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                                            NULL, NULL, &pids[i], NULL));
        }
        for (guint i = 0; i < AT_ONCE; i++) {
                int status;

                g_assert_cmpint(waitpid(pids[i], &status, 0), ==, pids[i]);
                g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
}

/* As udev runs them at power-on: side by side. The hatch is told of once, and nothing lost is lost
 * count of. */
static void
test_side_by_side(void)
{
        for (guint round = 0; round < 5; round++) {
                g_autoptr(FakeRoot) fake = fake_root_new(), full = fake_root_new();
                g_autofree char *lost = NULL, *all = g_strdup_printf("lost=%u", AT_ONCE + 1);

                fake_write(fake, "proc/cmdline", "baomi-guard=off\n");
                fake_write(full, "proc/cmdline", "baomi-guard=off\n");
                hold_many(fake);
                g_assert_cmpuint(fake_count(fake, FAKE_SPOOL_EARLY), ==, AT_ONCE + 1);
                fill_folder(full, FAKE_SPOOL_EARLY);
                hold_many(full);
                lost = fake_read(full, FAKE_SPOOL_EARLY "/overflow");
                g_assert_cmpstr(lost, ==, all);
        }
}

static void
test_spool_without_var(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x46f4, 1, "S", stick, 1);

        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL_EARLY), ==, 1);
        g_assert_false(fake_exists(fake, "var")); /* never made in an initramfs */
}

/* Where there is room the event is written, and nothing counts as lost; where there is none it is
 * counted once, however many places were tried. The hold depends on neither. */
static void
test_full(void)
{
        static const struct {
                gboolean durable_full, early_full;
                guint written_early;
                const char *lost; /* of two events */
        } CASES[] = {
                {FALSE, FALSE, 0, NULL},
                {TRUE, FALSE, 2, NULL},
                {TRUE, TRUE, HOLD_SPOOL_MAX, "lost=2"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
                g_autoptr(FakeRoot) fake = fake_root_new();
                g_autofree char *a = fake_usb(fake, "1-2", 3, 0x46f4, 1, "A", stick, 1);
                g_autofree char *b = fake_usb(fake, "1-3", 4, 0x46f4, 1, "B", stick, 1);
                g_autofree char *lost = NULL;

                fake_write(fake, FAKE_SPOOL "/.keep", "");
                if (CASES[i].durable_full)
                        fill_folder(fake, FAKE_SPOOL);
                if (CASES[i].early_full)
                        fill_folder(fake, FAKE_SPOOL_EARLY);
                g_assert_cmpint(hold(fake, "add", a, "001", "003", NULL), ==, 0);
                g_assert_cmpint(hold(fake, "add", b, "001", "004", NULL), ==, 0);
                assert_attribute(fake, a, "authorized", "0");
                assert_attribute(fake, b, "authorized", "0");
                lost = fake_read(fake, FAKE_SPOOL "/overflow");
                g_assert_cmpstr(lost, ==, CASES[i].lost);
                g_assert_false(fake_exists(fake, FAKE_SPOOL_EARLY "/overflow"));
                g_assert_cmpuint(fake_count(fake, FAKE_SPOOL_EARLY), ==, CASES[i].written_early);
        }
}

/* Before /var is mounted there is one place only, and it is counted there. */
static void
test_full_without_var(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x46f4, 1, "S", stick, 1);
        g_autofree char *lost = NULL;

        fill_folder(fake, FAKE_SPOOL_EARLY);
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        lost = fake_read(fake, FAKE_SPOOL_EARLY "/overflow");
        g_assert_cmpstr(lost, ==, "lost=1");
        g_assert_false(fake_exists(fake, "var"));
}

/* guardd makes its own durable record of what it sees: the spool is then only for what it may miss.
 */
static void
test_guardd_listens(void)
{
        g_autoptr(FakeRoot) fake = fake_root_new();
        g_autofree char *path = fake_usb(fake, "1-2", 3, 0x46f4, 1, "S", stick, 1);
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

        fake_write(fake, FAKE_SPOOL "/.keep", "");
        fake_write(fake, "run/baomi-guard/.keep", "");
        g_snprintf(address.sun_path, sizeof address.sun_path, "%s" GUARD_ASK_SOCKET, fake->path);
        g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        g_assert_cmpint(listen(fd, 8), ==, 0);
        g_assert_cmpint(hold(fake, "add", path, "001", "003", NULL), ==, 0);
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL), ==, 0);
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL_EARLY), ==, 1);
        close(fd);
        g_assert_cmpint(hold(fake, "remove", "001", "003", NULL), ==, 0);
        g_assert_cmpuint(fake_count(fake, FAKE_SPOOL), ==, 1);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/usb/spool/stick", test_stick_waits_and_goes);
        g_test_add_func("/usb/spool/escape-hatch", test_escape_hatch);
        g_test_add_func("/usb/spool/side-by-side", test_side_by_side);
        g_test_add_func("/usb/spool/without-var", test_spool_without_var);
        g_test_add_func("/usb/spool/full", test_full);
        g_test_add_func("/usb/spool/full-without-var", test_full_without_var);
        g_test_add_func("/usb/spool/guardd-listens", test_guardd_listens);
        return g_test_run();
}
