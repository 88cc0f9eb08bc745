/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The agent's line against a played guardd: it says that it lives as often as the last answer said.
 */
#include <gio/gio.h>
#include "common/guard-names.h"
#include "notifier/agent/line.h"

static const char manager_xml[] = "<node><interface name='" GUARD_BUS_MANAGER "'>"
                                  "<method name='RegisterAgent'><arg type='a{sv}' direction='in'/><arg type='a{sv}' direction='out'/></method>"
                                  "<method name='Heartbeat'><arg type='a{sv}' direction='in'/><arg type='a{sv}' direction='out'/></method>"
                                  "</interface></node>";

#define FIRST 1u  /* s: what the registration is answered with */
#define SECOND 3u /* what the first beat is */

typedef struct {
        guint registrations, beats;
        gint64 when[3]; /* of each beat, monotonic us */
} Played;

static void
on_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
        GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
        Played *played = user_data;
        gboolean beat = g_str_equal(method, "Heartbeat");
        GVariantDict reply;

        (void)connection, (void)sender, (void)path, (void)interface, (void)parameters;
        g_variant_dict_init(&reply, NULL);
        if (!beat)
                played->registrations++;
        else if (played->beats < G_N_ELEMENTS(played->when))
                played->when[played->beats++] = g_get_monotonic_time();
        if (!beat || played->beats == 1) /* later answers say nothing: it stays as it is */
                g_variant_dict_insert(&reply, "heartbeat_seconds", "u", beat ? SECOND : FIRST);
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(@a{sv})", g_variant_dict_end(&reply)));
}

static GDBusConnection *
play(GTestDBus *bus, Played *played)
{
        static const GDBusInterfaceVTable vtable = {.method_call = on_call};
        g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(manager_xml, NULL);
        g_autoptr(GError) error = NULL;
        GDBusConnection *connection = g_dbus_connection_new_for_address_sync(
                g_test_dbus_get_bus_address(bus),
                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);

        g_assert_no_error(error);
        g_dbus_connection_register_object(connection, GUARD_BUS_PATH, node->interfaces[0], &vtable, played, NULL, &error);
        g_assert_no_error(error);
        g_bus_own_name_on_connection(connection, GUARD_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
        return connection;
}

static void
test_as_often_as_told(void)
{
        static const GuardLineHandlers handlers = {0};
        g_autoptr(GTestDBus) bus = g_test_dbus_new(G_TEST_DBUS_NONE);
        g_autoptr(GDBusConnection) guardd = NULL;
        Played played = {0};
        GuardLine *line;

        g_test_dbus_up(bus);
        guardd = play(bus, &played);
        line = guard_line_new(g_test_dbus_get_bus_address(bus), &handlers, NULL);
        while (played.beats < G_N_ELEMENTS(played.when))
                g_main_context_iteration(NULL, TRUE);
        /* Timers of whole seconds may come a quarter early, and on a busy machine late. */
        for (guint i = 1; i < G_N_ELEMENTS(played.when); i++)
                g_assert_cmpint(played.when[i] - played.when[i - 1], >=, (SECOND - 1) * G_USEC_PER_SEC + G_USEC_PER_SEC / 2);
        g_assert_cmpuint(played.registrations, ==, 1);
        guard_line_free(line);
        g_dbus_connection_close_sync(guardd, NULL, NULL);
        g_test_dbus_down(bus);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/notifier/line/as-often-as-told", test_as_often_as_told);
        return g_test_run();
}
