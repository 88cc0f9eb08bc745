/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The manager's ordinary life: what is recorded, in which order, and what a restart takes over.
 */
#include <glib/gstdio.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include "guardd/config/config.h"
#include "tests/integration/guardd/manager-fixture.h"

/* At the very moment the verdict is told, the ledger has it already, and the state file is of later. */
static void
on_decided(GuardManager *manager G_GNUC_UNUSED, GuardDevice *device, GuardDisk *disk,
           GuardRecord *record, gpointer data)
{
        Fixture *fixture = data;
        g_autofree char *known = fixture_kinds(fixture);

        g_assert_null(disk);
        g_assert_cmpstr(device->id, ==, "1-1");
        g_assert_cmpstr(record->serial, ==, "SERIAL-1");
        g_assert_cmpuint(record->seq, >, 0);
        g_assert_nonnull(strstr(known, "usb-decision"));
}

static void
test_present(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *known = NULL;

        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        fixture_start(fixture);
        g_signal_connect(fixture->manager, "decided", G_CALLBACK(on_decided), fixture);
        while (!fixture_only_decision(fixture))
                fixture_turn();
        fixture_expect(fixture, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
        g_assert_true(fixture_has(fixture, "/run/baomi-guard/usb/1-1"));
        guard_manager_stop(fixture->manager);
        known = fixture_kinds(fixture);
        g_assert_nonnull(strstr(known, "guardd-start"));
        g_assert_nonnull(strstr(known, "usb-decision"));
        g_assert_nonnull(strstr(known, "guardd-stop"));
        g_assert_false(fixture_has(fixture, "/var/lib/baomi-guard/running"));
}

static void
test_hot(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *known = NULL;

        fixture_start(fixture);
        g_assert_null(fixture_only_device(fixture));
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        umockdev_testbed_uevent(fixture->bed, fixture->device, "add");
        while (!fixture_only_decision(fixture))
                fixture_turn();
        umockdev_testbed_remove_device(fixture->bed, fixture->device);
        guard_manager_rescan(fixture->manager);
        g_assert_null(fixture_only_device(fixture));
        g_assert_false(fixture_has(fixture, "/run/baomi-guard/usb/1-1"));
        guard_manager_stop(fixture->manager);
        known = fixture_kinds(fixture);
        g_assert_nonnull(strstr(known, "removed"));
}

/* umockdev has a file for each socket that listens to udev. Returns how many there are; all but @but go. */
static guint
deafen(Fixture *fixture, int but)
{
        g_autofree char *kept = g_strdup_printf("event%d", but);
        g_autofree char *folder = umockdev_testbed_get_root_dir(fixture->bed);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;
        guint n = 0;

        while (dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *path = g_build_filename(folder, name, NULL);

                if (!g_str_has_prefix(name, "event"))
                        continue;
                n++;
                if (strcmp(name, kept) != 0)
                        g_assert_cmpint(g_unlink(path), ==, 0);
        }
        return n;
}

/* The manager's own socket is deaf, as in a network namespace without udevd: it hears on the one that
 * was passed, and nothing of what had been said there before. */
static void
test_passed_socket(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        const struct sockaddr_nl udev = {.nl_family = AF_NETLINK, .nl_groups = 2};
        g_autofree char *old = fixture_add_device(fixture, "1-2", "SERIAL-2", "2");
        char byte;

        fixture->socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
        g_assert_cmpint(fixture->socket, >, 0);
        g_assert_cmpint(bind(fixture->socket, (const struct sockaddr *)&udev, sizeof udev), ==, 0);
        umockdev_testbed_uevent(fixture->bed, old, "add");
        umockdev_testbed_remove_device(fixture->bed, old);
        fixture_start(fixture);
        g_assert_cmpint(recv(fixture->socket, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT), <, 0);
        g_assert_cmpuint(deafen(fixture, fixture->socket), ==, 2);
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "3");
        umockdev_testbed_uevent(fixture->bed, fixture->device, "add");
        while (!fixture_only_decision(fixture))
                fixture_turn();
        fixture_expect(fixture, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
}

/* A restart takes over what it knows without a second record, and tells of an end nobody told. */
static void
test_restart(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *known = NULL;
        char *first;

        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        fixture_start(fixture);
        while (!fixture_only_decision(fixture))
                fixture_turn();
        g_clear_object(&fixture->manager);
        fixture_write(fixture, "/var/lib/baomi-guard/running", "boot_id=another\n");
        fixture_start(fixture);
        while (!fixture_only_decision(fixture))
                fixture_turn();
        guard_manager_stop(fixture->manager);
        known = fixture_kinds(fixture);
        first = strstr(known, "usb-decision");
        g_assert_nonnull(first);
        g_assert_null(strstr(first + 1, "usb-decision"));
        g_assert_nonnull(strstr(known, "unclean-end"));
}

static void
test_host_unknown(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        fixture_write(fixture, "/etc/baomi-guard/host.conf", "[host]\nlevel=sometimes\n");
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        fixture_start(fixture);
        while (!fixture_only_decision(fixture))
                fixture_turn();
        fixture_expect(fixture, GUARD_VERDICT_REFUSE, GUARD_REASON_HOST_LEVEL_UNKNOWN);
        g_assert_true(fixture_has_alarm(fixture, "host-level-unknown"));
}

/* Nothing is plugged and nothing happens, and yet it is told that the registry grows old, and its last day. */
static void
test_registry_expires(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        gint64 now = g_get_real_time();

        fixture_give_registry(fixture, now + 2 * G_USEC_PER_SEC, desk_drives, desk_n_drives);
        fixture_start(fixture);
        while (!fixture_has_alarm(fixture, "registry-ageing"))
                fixture_turn();
        g_assert_false(fixture_has_alarm(fixture, "registry"));
        while (!fixture_has_alarm(fixture, "registry"))
                fixture_turn();
        g_assert_cmpint(g_get_real_time(), >, now + G_USEC_PER_SEC);
        g_assert_false(fixture_has_alarm(fixture, "registry-ageing"));
}

static void
nothing_changed(guint what G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
}

/* Is a network adapter (communications class) held on the machine of the fixture? */
static gboolean
network_waits(Fixture *fixture)
{
        const struct guard_usb_descriptors network = {.n_interfaces = 1, .interfaces = {{.cls = 0x02}}};
        g_autoptr(GuardPaths) paths = guard_paths_new(fixture->root);
        g_autoptr(GuardConfig) config = guard_config_new(paths, nothing_changed, NULL);

        return guard_usb_device_guarded(&network, guard_config_hold(config));
}

/* The escape hatch frees what policy holds, not drives, and is an alarm. */
static void
test_off(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        fixture_write(fixture, "/etc/baomi-guard/policy.d/50-office.conf", "[hold]\nclasses=02\n");
        fixture_write(fixture, "/proc/cmdline", "quiet baomi-guard=official\n");
        g_assert_true(network_waits(fixture));
        fixture_write(fixture, "/proc/cmdline", "quiet baomi-guard=off\n");
        g_assert_false(network_waits(fixture));
        fixture->device = fixture_add_device(fixture, "1-1", "SERIAL-1", "2");
        fixture_start(fixture);
        g_assert_true(fixture_has_alarm(fixture, "escape-hatch"));
        while (!fixture_only_decision(fixture))
                fixture_turn();
        fixture_expect(fixture, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        /* The manager warns of what these tests do to it. */
        g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
        FIXTURE_ADD("present", test_present);
        FIXTURE_ADD("hot", test_hot);
        FIXTURE_ADD("passed-socket", test_passed_socket);
        FIXTURE_ADD("restart", test_restart);
        FIXTURE_ADD("host-unknown", test_host_unknown);
        FIXTURE_ADD("registry-expires", test_registry_expires);
        FIXTURE_ADD("off", test_off);
        return g_test_run();
}
