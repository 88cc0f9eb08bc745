/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * As much of logind as guardd asks for.
 */
#include "tests/integration/guardd/seat.h"

#define NAME "org.freedesktop.login1"
#define MANAGER_PATH "/org/freedesktop/login1"
#define SEAT_PATH MANAGER_PATH "/seat/seat0"
#define SESSION_PATH MANAGER_PATH "/session/_32"

static const char logind_xml[] =
        "<node><interface name='org.freedesktop.login1.Manager'>"
        "<method name='ListSessions'><arg type='a(susso)' direction='out'/></method>"
        "<method name='ListInhibitors'><arg type='a(ssssuu)' direction='out'/></method>"
        "<method name='LockSession'><arg type='s' direction='in'/></method>"
        "</interface><interface name='org.freedesktop.login1.Seat'>"
        "<property name='ActiveSession' type='(so)' access='read'/>"
        "</interface><interface name='org.freedesktop.login1.Session'>"
        "<property name='Id' type='s' access='read'/><property name='Name' type='s' access='read'/>"
        "<property name='Class' type='s' access='read'/><property name='Type' type='s' access='read'/>"
        "<property name='State' type='s' access='read'/><property name='Scope' type='s' access='read'/>"
        "<property name='User' type='(uo)' access='read'/><property name='Seat' type='(so)' access='read'/>"
        "<property name='Active' type='b' access='read'/>"
        "</interface></node>";

static void
on_call(GDBusConnection *bus G_GNUC_UNUSED, const char *sender G_GNUC_UNUSED,
        const char *path G_GNUC_UNUSED, const char *interface G_GNUC_UNUSED, const char *method,
        GVariant *parameters G_GNUC_UNUSED, GDBusMethodInvocation *invocation, gpointer data)
{
        const Seat *seat = data;
        GVariantBuilder list;

        if (g_str_equal(method, "ListSessions")) {
                g_variant_builder_init(&list, G_VARIANT_TYPE("a(susso)"));
                if (seat->class)
                        g_variant_builder_add(&list, "(susso)", "2", 1000, "clerk", "seat0", SESSION_PATH);
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(susso))", &list));
        } else if (g_str_equal(method, "ListInhibitors")) {
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(ssssuu))", NULL));
        } else {
                g_dbus_method_invocation_return_value(invocation, NULL);
        }
}

static GVariant *
active_session(const Seat *seat)
{
        return g_variant_new("(so)", seat->class ? "2" : "", seat->class ? SESSION_PATH : "/");
}

static GVariant *
on_property(GDBusConnection *bus G_GNUC_UNUSED, const char *sender G_GNUC_UNUSED,
            const char *path G_GNUC_UNUSED, const char *interface G_GNUC_UNUSED, const char *name,
            GError **error G_GNUC_UNUSED, gpointer data)
{
        static const struct {
                const char *name, *value;
        } strings[] = {{"Id", "2"}, {"Name", "clerk"}, {"Type", "x11"}, {"State", "active"}, {"Scope", "session-2.scope"}};
        const Seat *seat = data;

        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                if (g_str_equal(strings[i].name, name))
                        return g_variant_new_string(strings[i].value);
        if (g_str_equal(name, "ActiveSession"))
                return active_session(seat);
        if (g_str_equal(name, "Class"))
                return g_variant_new_string(seat->class ? seat->class : "");
        if (g_str_equal(name, "User"))
                return g_variant_new("(uo)", 1000, MANAGER_PATH "/user/_31000");
        if (g_str_equal(name, "Seat"))
                return g_variant_new("(so)", "seat0", SEAT_PATH);
        return g_variant_new_boolean(TRUE);
}

void
seat_set_up(Seat *seat)
{
        static const GDBusInterfaceVTable table = {.method_call = on_call, .get_property = on_property};
        static const char *const paths[] = {MANAGER_PATH, SEAT_PATH, SESSION_PATH};
        g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(logind_xml, NULL);
        g_autoptr(GVariant) named = NULL;
        g_autoptr(GError) error = NULL;

        seat->dbus = g_test_dbus_new(G_TEST_DBUS_NONE);
        g_test_dbus_up(seat->dbus);
        seat->logind = g_dbus_connection_new_for_address_sync(
                seat_address(seat),
                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                NULL, NULL, &error);
        g_assert_no_error(error);
        for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
                seat->objects[i] = g_dbus_connection_register_object(seat->logind, paths[i], node->interfaces[i],
                                                                     &table, seat, NULL, NULL);
        named = g_dbus_connection_call_sync(seat->logind, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                            "org.freedesktop.DBus", "RequestName", g_variant_new("(su)", NAME, 0),
                                            NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
        g_assert_nonnull(named);
}

void
seat_tear_down(Seat *seat)
{
        for (guint i = 0; i < G_N_ELEMENTS(seat->objects); i++)
                g_dbus_connection_unregister_object(seat->logind, seat->objects[i]);
        g_dbus_connection_close_sync(seat->logind, NULL, NULL);
        g_object_unref(seat->logind);
        g_test_dbus_down(seat->dbus);
        g_object_unref(seat->dbus);
}

const char *
seat_address(Seat *seat)
{
        return g_test_dbus_get_bus_address(seat->dbus);
}

static void
tell(Seat *seat, const char *path, const char *interface, const char *name, GVariant *value)
{
        GVariantBuilder changed;

        g_variant_builder_init(&changed, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&changed, "{sv}", name, value);
        g_dbus_connection_emit_signal(seat->logind, NULL, path, "org.freedesktop.DBus.Properties",
                                      "PropertiesChanged",
                                      g_variant_new("(sa{sv}as)", interface, &changed, NULL), NULL);
}

void
seat_show(Seat *seat, const char *class)
{
        seat->class = class;
        tell(seat, SEAT_PATH, NAME ".Seat", "ActiveSession", active_session(seat));
        if (class)
                tell(seat, SESSION_PATH, NAME ".Session", "Active", g_variant_new_boolean(TRUE));
}
