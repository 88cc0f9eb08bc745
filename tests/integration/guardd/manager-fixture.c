/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A root folder, a bus with one hub, and the manager on them.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "tests/integration/guardd/manager-fixture.h"

static guint8 STORAGE[] = {
        18, 1, 0x00, 2, 0, 0, 0, 64, 0x51, 0x09, 0x66, 0x16, 0, 1, 1, 2, 3, 1, /* device */
        9, 2, 32, 0, 1, 1, 0, 0x80, 50,                                         /* configuration */
        9, 4, 0, 0, 2, 8, 6, 0x50, 0,                                           /* interface */
        7, 5, 0x81, 2, 0, 2, 0,                                                 /* bulk in */
        7, 5, 0x02, 2, 0, 2, 0,                                                 /* bulk out */
};

void
fixture_write(Fixture *fixture, const char *path, const char *text)
{
        g_autofree char *full = g_strconcat(fixture->root, path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_file_set_contents(full, text, -1, &error);
        g_assert_no_error(error);
}

static void
give(Fixture *fixture, const char *from, const char *path)
{
        g_autofree char *text = NULL;
        g_autofree char *full = g_strconcat(fixture->root, path, NULL);
        g_autoptr(GError) error = NULL;
        gsize size;

        fixture_write(fixture, path, "");
        g_file_get_contents(from, &text, &size, &error);
        g_assert_no_error(error);
        g_file_set_contents(full, text, (gssize)size, &error);
        g_assert_no_error(error);
}

void
fixture_give_registry(Fixture *fixture, gint64 expires_us, const Drive *drives, gsize n)
{
        g_autoptr(Desk) desk = desk_new(GUARD_ALGORITHM_ED25519);
        g_autofree char *key = g_build_filename(desk->keys, "desk.pem", NULL);

        desk_publish(desk, 1, g_get_real_time() - DAY, expires_us, NULL, drives, n);
        give(fixture, key, "/etc/baomi-guard/keys.d/desk.pem");
        give(fixture, desk->snapshot, "/var/lib/baomi-guard/registry.db");
}

gboolean
fixture_has(Fixture *fixture, const char *path)
{
        g_autofree char *full = g_strconcat(fixture->root, path, NULL);

        return g_file_test(full, G_FILE_TEST_EXISTS);
}

char *
fixture_add_device(Fixture *fixture, const char *name, const char *serial, const char *devnum)
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

void
fixture_set_up(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
        fixture->bed = umockdev_testbed_new();
        fixture->root = g_dir_make_tmp("guardd-manager-XXXXXX", NULL);
        fixture->hub = umockdev_testbed_add_device(fixture->bed, "usb", "usb1", NULL, "busnum", "1",
                                                   "devnum", "1", "authorized_default", "0", NULL,
                                                   "DEVTYPE", "usb_device", NULL);
        fixture_write(fixture, "/usr/share/baomi-guard/host.conf", "[host]\nlevel=none\n");
        fixture_write(fixture, "/usr/share/baomi-guard/policy.d/90-baomi-guard.conf",
                   "[policy]\nunregistered=admit\nregistry-absent=admit\n"
                   "[presence]\nmedia-while-locked=as-usual\n");
        fixture_write(fixture, "/var/lib/baomi-guard/.keep", "");
}

void
fixture_start(Fixture *fixture)
{
        const GuardManagerConfig config = {fixture->root, fixture->bus ? fixture->bus : "unix:path=/nonexistent/bus", FALSE, FALSE,
                                           fixture->socket, 0};
        g_autoptr(GError) error = NULL;

        fixture->manager = guard_manager_new(&config);
        g_assert_true(guard_manager_start(fixture->manager, &error));
        g_assert_no_error(error);
}

void
fixture_tear_down(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
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

GuardDevice *
fixture_only_device(Fixture *fixture)
{
        GPtrArray *devices = guard_manager_devices(fixture->manager);

        return devices->len == 1 ? g_ptr_array_index(devices, 0) : NULL;
}

const GuardDecision *
fixture_only_decision(Fixture *fixture)
{
        GuardDevice *device = fixture_only_device(fixture);

        return device ? device->decision : NULL;
}

void
fixture_expect(Fixture *fixture, GuardVerdict verdict, GuardReason reason)
{
        const GuardDecision *decision = fixture_only_decision(fixture);

        g_assert_nonnull(decision);
        if (!decision)
                return;
        g_assert_cmpstr(guard_verdict_to_string(decision->verdict), ==, guard_verdict_to_string(verdict));
        g_assert_cmpstr(guard_reason_to_string(decision->reason), ==, guard_reason_to_string(reason));
}

gboolean
fixture_has_alarm(Fixture *fixture, const char *key)
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

char *
fixture_kinds(Fixture *fixture)
{
        const GuardLedgerQuery all = {0};
        GString *text = g_string_new(NULL);
        g_autoptr(GError) error = NULL;

        guard_ledger_query(guard_manager_ledger_path(fixture->manager), &all, collect, text, &error);
        g_assert_no_error(error);
        return g_string_free(text, FALSE);
}

void
fixture_turn(void)
{
        g_main_context_iteration(NULL, TRUE);
}
