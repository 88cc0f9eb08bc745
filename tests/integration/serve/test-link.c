/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardd starts before the bus, and outlives it: the name appears when the bus does, and again after
 * the bus was killed and came back.
 */
#include "common/guard-names.h"
#include "guardd/serve/link.h"
#include "tests/integration/serve/stage.h"

static void
test_socket_of(void)
{
        static const struct {
                const char *address, *socket;
        } cases[] = {
                {"unix:path=/run/dbus/system_bus_socket", "/run/dbus/system_bus_socket"},
                {"unix:guid=00,path=/a%20b", "/a b"},
                {"tcp:host=x,port=1;unix:path=/second", "/second"},
                {"unix:abstract=/tmp/x", NULL},
                {"", NULL},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *socket = guard_link_socket_of(cases[i].address);

                g_assert_cmpstr(socket, ==, cases[i].socket);
        }
}

static void
assert_served(Stage *stage)
{
        g_autoptr(GDBusConnection) client = stage_client(stage);

        stage_wait_name(stage, client, TRUE);
        g_assert_nonnull(guard_serve_connection(stage->serve));
        g_dbus_connection_close_sync(client, NULL, NULL);
}

static void
test_late_and_again(void)
{
        Stage stage = {0};

        stage.folder = g_dir_make_tmp("guard-serve-XXXXXX", NULL);
        stage.address = g_strdup_printf("unix:path=%s/bus", stage.folder);
        stage.manager = fake_manager_new();
        stage.serve = guard_serve_new(stage.manager, stage.address);
        while (g_main_context_iteration(NULL, FALSE))
                ;
        g_assert_null(guard_serve_connection(stage.serve));

        stage_start_bus(&stage);
        assert_served(&stage);
        for (int i = 0; i < 3; i++) {
                stage_stop_bus(&stage);
                while (guard_serve_connection(stage.serve))
                        stage_iterate();
                stage_start_bus(&stage);
                assert_served(&stage);
        }
        stage_stop(&stage);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/serve/link/socket-of", test_socket_of);
        g_test_add_func("/serve/link/late-and-again", test_late_and_again);
        return g_test_run();
}
