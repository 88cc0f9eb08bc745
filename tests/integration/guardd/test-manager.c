/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The real manager on a made-up sysfs (umockdev) and a folder of its own: what is recorded, in which
 * order, and that nothing goes on without its record.
 */
#include <glib/gstdio.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <umockdev.h>
#include "guardd/config/config.h"
#include "guardd/manager.h"
#include "ledger/ledger.h"
#include "desk.h"

static guint8 STORAGE[] = {
        18, 1, 0x00, 2, 0, 0, 0, 64, 0x51, 0x09, 0x66, 0x16, 0, 1, 1, 2, 3, 1, /* device */
        9, 2, 32, 0, 1, 1, 0, 0x80, 50,                                         /* configuration */
        9, 4, 0, 0, 2, 8, 6, 0x50, 0,                                           /* interface */
        7, 5, 0x81, 2, 0, 2, 0,                                                 /* bulk in */
        7, 5, 0x02, 2, 0, 2, 0,                                                 /* bulk out */
};

typedef struct {
        UMockdevTestbed *bed;
        char *root, *hub, *device;
        GuardManager *manager;
        int socket; /* > 0: passed to the manager */
} Fixture;

static void
write_file(Fixture *fixture, const char *path, const char *text)
{
        g_autofree char *full = g_strconcat(fixture->root, path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_file_set_contents(full, text, -1, &error);
        g_assert_no_error(error);
}

static gboolean
has_file(Fixture *fixture, const char *path)
{
        g_autofree char *full = g_strconcat(fixture->root, path, NULL);

        return g_file_test(full, G_FILE_TEST_EXISTS);
}

static char *
add_device(Fixture *fixture, const char *name, const char *serial, const char *devnum)
{
        char *path = umockdev_testbed_add_device(
                fixture->bed, "usb", name, fixture->hub, "busnum", "1", "devnum", devnum, "idVendor",
                "0951", "idProduct", "1666", "serial", serial, "authorized", "0", NULL, "DEVTYPE",
                "usb_device", "BUSNUM", "001", NULL);

        g_assert_nonnull(path);
        umockdev_testbed_set_attribute_binary(fixture->bed, path, "descriptors", STORAGE,
                                              sizeof STORAGE);
        return path;
}

static void
set_up(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        fixture->bed = umockdev_testbed_new();
        fixture->root = g_dir_make_tmp("guardd-manager-XXXXXX", NULL);
        fixture->hub = umockdev_testbed_add_device(fixture->bed, "usb", "usb1", NULL, "busnum", "1",
                                                   "devnum", "1", "authorized_default", "0", NULL,
                                                   "DEVTYPE", "usb_device", NULL);
        write_file(fixture, "/usr/share/baomi-guard/host.conf", "[host]\nlevel=none\n");
        write_file(fixture, "/usr/share/baomi-guard/policy.d/90-baomi-guard.conf",
                   "[policy]\nunregistered=admit\nregistry-absent=admit\n");
        write_file(fixture, "/var/lib/baomi-guard/.keep", "");
}

static void
start(Fixture *fixture)
{
        const GuardManagerConfig config = {fixture->root, "unix:path=/nonexistent/bus", FALSE, FALSE,
                                           fixture->socket};
        g_autoptr(GError) error = NULL;

        fixture->manager = guard_manager_new(&config);
        g_assert_true(guard_manager_start(fixture->manager, &error));
        g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *command = g_strdup_printf("rm -rf '%s'", fixture->root);

        g_clear_object(&fixture->manager);
        g_clear_object(&fixture->bed);
        if (fixture->socket > 0)
                close(fixture->socket);
        g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
        g_free(fixture->root);
        g_free(fixture->hub);
        g_free(fixture->device);
}

static GuardDevice *
only_device(Fixture *fixture)
{
        GPtrArray *devices = guard_manager_devices(fixture->manager);

        return devices->len == 1 ? g_ptr_array_index(devices, 0) : NULL;
}

static const GuardDecision *
only_decision(Fixture *fixture)
{
        GuardDevice *device = only_device(fixture);

        return device ? device->decision : NULL;
}

static void
expect(Fixture *fixture, GuardVerdict verdict, GuardReason reason)
{
        const GuardDecision *decision = only_decision(fixture);

        g_assert_nonnull(decision);
        if (!decision)
                return;
        g_assert_cmpstr(guard_verdict_to_string(decision->verdict), ==, guard_verdict_to_string(verdict));
        g_assert_cmpstr(guard_reason_to_string(decision->reason), ==, guard_reason_to_string(reason));
}

static gboolean
has_alarm(Fixture *fixture, const char *key)
{
        GPtrArray *alarms = guard_manager_alarms(fixture->manager);

        for (guint i = 0; i < alarms->len; i++)
                if (strcmp(((GuardAlarm *)g_ptr_array_index(alarms, i))->key, key) == 0)
                        return TRUE;
        return FALSE;
}

static gboolean
collect(const GuardRecord *record, gpointer data)
{
        g_string_append_printf(data, "%s ", record->kind);
        return TRUE;
}

static char *
kinds(Fixture *fixture)
{
        const GuardLedgerQuery all = {0};
        GString *text = g_string_new(NULL);
        g_autoptr(GError) error = NULL;

        guard_ledger_query(guard_manager_ledger_path(fixture->manager), &all, collect, text, &error);
        g_assert_no_error(error);
        return g_string_free(text, FALSE);
}

static void
turn(void)
{
        g_main_context_iteration(NULL, TRUE);
}

/* At the very moment the verdict is told, the ledger has it already, and the state file is of later. */
static void
on_decided(GuardManager *manager G_GNUC_UNUSED, GuardDevice *device, GuardDisk *disk,
           GuardRecord *record, gpointer data)
{
        Fixture *fixture = data;
        g_autofree char *known = kinds(fixture);

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

        fixture->device = add_device(fixture, "1-1", "SERIAL-1", "2");
        start(fixture);
        g_signal_connect(fixture->manager, "decided", G_CALLBACK(on_decided), fixture);
        while (!only_decision(fixture))
                turn();
        expect(fixture, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
        g_assert_true(has_file(fixture, "/run/baomi-guard/usb/1-1"));
        guard_manager_stop(fixture->manager);
        known = kinds(fixture);
        g_assert_nonnull(strstr(known, "guardd-start"));
        g_assert_nonnull(strstr(known, "usb-decision"));
        g_assert_nonnull(strstr(known, "guardd-stop"));
        g_assert_false(has_file(fixture, "/var/lib/baomi-guard/running"));
}

static void
test_hot(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *known = NULL;

        start(fixture);
        g_assert_null(only_device(fixture));
        fixture->device = add_device(fixture, "1-1", "SERIAL-1", "2");
        umockdev_testbed_uevent(fixture->bed, fixture->device, "add");
        while (!only_decision(fixture))
                turn();
        umockdev_testbed_remove_device(fixture->bed, fixture->device);
        guard_manager_rescan(fixture->manager);
        g_assert_null(only_device(fixture));
        g_assert_false(has_file(fixture, "/run/baomi-guard/usb/1-1"));
        guard_manager_stop(fixture->manager);
        known = kinds(fixture);
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
        g_autofree char *old = add_device(fixture, "1-2", "SERIAL-2", "2");
        char byte;

        fixture->socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
        g_assert_cmpint(fixture->socket, >, 0);
        g_assert_cmpint(bind(fixture->socket, (const struct sockaddr *)&udev, sizeof udev), ==, 0);
        umockdev_testbed_uevent(fixture->bed, old, "add");
        umockdev_testbed_remove_device(fixture->bed, old);
        start(fixture);
        g_assert_cmpint(recv(fixture->socket, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT), <, 0);
        g_assert_cmpuint(deafen(fixture, fixture->socket), ==, 2);
        fixture->device = add_device(fixture, "1-1", "SERIAL-1", "3");
        umockdev_testbed_uevent(fixture->bed, fixture->device, "add");
        while (!only_decision(fixture))
                turn();
        expect(fixture, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
}

/* The ledger cannot be opened: the device waits, with an alarm; once it can, the device goes on. */
static void
test_no_record_no_release(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *db = g_strconcat(fixture->root, "/var/lib/baomi-guard/ledger.db", NULL);

        g_assert_cmpint(symlink("/nonexistent/folder/ledger.db", db), ==, 0);
        fixture->device = add_device(fixture, "1-1", "SERIAL-1", "2");
        start(fixture);
        while (!only_device(fixture) || !has_alarm(fixture, "record-failed"))
                turn();
        for (guint i = 0; i < 50; i++)
                g_main_context_iteration(NULL, FALSE);
        g_assert_null(only_decision(fixture));
        g_assert_false(has_file(fixture, "/run/baomi-guard/usb/1-1"));
        g_assert_cmpint(g_unlink(db), ==, 0);
        while (!only_decision(fixture))
                turn();
        g_assert_true(has_file(fixture, "/run/baomi-guard/usb/1-1"));
        while (has_alarm(fixture, "record-failed"))
                turn();
}

/* A restart takes over what it knows without a second record, and tells of an end nobody told. */
static void
test_restart(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *known = NULL;
        char *first;

        fixture->device = add_device(fixture, "1-1", "SERIAL-1", "2");
        start(fixture);
        while (!only_decision(fixture))
                turn();
        g_clear_object(&fixture->manager);
        write_file(fixture, "/var/lib/baomi-guard/running", "boot_id=another\n");
        start(fixture);
        while (!only_decision(fixture))
                turn();
        guard_manager_stop(fixture->manager);
        known = kinds(fixture);
        first = strstr(known, "usb-decision");
        g_assert_nonnull(first);
        g_assert_null(strstr(first + 1, "usb-decision"));
        g_assert_nonnull(strstr(known, "unclean-end"));
}

/* What the static helper has written down: each becomes one record, and the file goes. */
static void
test_spool(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autofree char *known = NULL;

        write_file(fixture, "/var/lib/baomi-guard/spool/100-off-0-0",
                   "action=off\ntime=1700000000000000\nboot_id=b\n");
        write_file(fixture, "/var/lib/baomi-guard/spool/200-add-1-9",
                   "action=add\ntime=1700000001000000\nboot_id=b\nsyspath=/sys/devices/x\n"
                   "sysname=1-7\nbusnum=1\ndevnum=9\ninode=3\nvendor_id=0951\nproduct_id=1666\n");
        write_file(fixture, "/var/lib/baomi-guard/spool/overflow", "lost=17\n");
        start(fixture);
        while (has_file(fixture, "/var/lib/baomi-guard/spool/100-off-0-0") ||
               has_file(fixture, "/var/lib/baomi-guard/spool/200-add-1-9") ||
               has_file(fixture, "/var/lib/baomi-guard/spool/overflow") ||
               has_file(fixture, "/var/lib/baomi-guard/spool/overflow-taken"))
                turn();
        guard_manager_stop(fixture->manager);
        known = kinds(fixture);
        g_assert_nonnull(strstr(known, "escape-hatch"));
        g_assert_nonnull(strstr(known, "spooled"));
        g_assert_nonnull(strstr(known, "records-dropped"));
}

/* Many sticks share a serial number: two of them at once are two drives. */
static void
test_shared_serial(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        GPtrArray *devices;
        guint admitted = 0;

        fixture->device = add_device(fixture, "1-1", "123456789", "2");
        g_free(add_device(fixture, "1-2", "123456789", "3"));
        start(fixture);
        devices = guard_manager_devices(fixture->manager);
        while (admitted < 2) {
                turn();
                admitted = 0;
                for (guint i = 0; i < devices->len; i++) {
                        const GuardDevice *device = g_ptr_array_index(devices, i);

                        if (!device->decision)
                                continue;
                        g_assert_cmpint(device->decision->verdict, ==, GUARD_VERDICT_ADMIT);
                        admitted++;
                }
        }
}

static void
test_host_unknown(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        write_file(fixture, "/etc/baomi-guard/host.conf", "[host]\nlevel=sometimes\n");
        fixture->device = add_device(fixture, "1-1", "SERIAL-1", "2");
        start(fixture);
        while (!only_decision(fixture))
                turn();
        expect(fixture, GUARD_VERDICT_REFUSE, GUARD_REASON_HOST_LEVEL_UNKNOWN);
        g_assert_true(has_alarm(fixture, "host-level-unknown"));
}

static void
give(Fixture *fixture, const char *from, const char *path)
{
        g_autofree char *text = NULL;
        g_autofree char *full = g_strconcat(fixture->root, path, NULL);
        g_autoptr(GError) error = NULL;
        gsize size;

        write_file(fixture, path, "");
        g_file_get_contents(from, &text, &size, &error);
        g_assert_no_error(error);
        g_file_set_contents(full, text, (gssize)size, &error);
        g_assert_no_error(error);
}

/* Nothing is plugged and nothing happens, and yet the registry's last day is told. */
static void
test_registry_expires(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autofree char *key = g_build_filename(desk->keys, "desk.pem", NULL);
        gint64 now = g_get_real_time();

        desk_publish(desk, 1, now - DAY, now + 2 * G_USEC_PER_SEC, NULL, desk_drives, desk_n_drives);
        give(fixture, key, "/etc/baomi-guard/keys.d/desk.pem");
        give(fixture, desk->snapshot, "/var/lib/baomi-guard/registry.db");
        start(fixture);
        while (!has_alarm(fixture, "registry"))
                turn();
        g_assert_cmpint(g_get_real_time(), >, now + G_USEC_PER_SEC);
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
        write_file(fixture, "/etc/baomi-guard/policy.d/50-office.conf", "[hold]\nclasses=02\n");
        write_file(fixture, "/proc/cmdline", "quiet baomi-guard=official\n");
        g_assert_true(network_waits(fixture));
        write_file(fixture, "/proc/cmdline", "quiet baomi-guard=off\n");
        g_assert_false(network_waits(fixture));
        fixture->device = add_device(fixture, "1-1", "SERIAL-1", "2");
        start(fixture);
        g_assert_true(has_alarm(fixture, "escape-hatch"));
        while (!only_decision(fixture))
                turn();
        expect(fixture, GUARD_VERDICT_ADMIT, GUARD_REASON_REGISTRY_ABSENT);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        /* The manager warns of what these tests do to it. */
        g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
#define ADD(name, function) g_test_add("/manager/" name, Fixture, NULL, set_up, function, tear_down)
        ADD("present", test_present);
        ADD("hot", test_hot);
        ADD("passed-socket", test_passed_socket);
        ADD("no-record-no-release", test_no_record_no_release);
        ADD("restart", test_restart);
        ADD("spool", test_spool);
        ADD("shared-serial", test_shared_serial);
        ADD("host-unknown", test_host_unknown);
        ADD("registry-expires", test_registry_expires);
        ADD("off", test_off);
        return g_test_run();
}
