/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the desktops' lockers say, played on a session bus: each in its own words, and what counts as a lock.
 */
#include <gio/gio.h>
#include "common/guard-error.h"
#include "notifier/agent/saver.h"

static const char xml[] =
        "<node><interface name='org.mate.ScreenSaver'><method name='GetActive'><arg type='b' direction='out'/></method>"
        "<method name='Lock'/><signal name='ActiveChanged'><arg type='b'/></signal></interface>"
        "<interface name='org.ukui.ScreenSaver'><method name='GetLockState'><arg type='b' direction='out'/></method>"
        "<signal name='lock'/></interface>"
        "<interface name='org.xfce.ScreenSaver'><method name='GetActive'><arg type='b' direction='out'/></method></interface>"
        "<interface name='org.xfce.Xfconf'><method name='GetProperty'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='v' direction='out'/></method></interface>"
        "<interface name='org.deepin.dde.SessionManager1'><property name='Locked' type='b' access='read'/></interface></node>";

typedef struct {
        GTestDBus *bus;
        GDBusConnection *desktop, *agent;
        GuardSaver *saver;
        gboolean active, xfconf;
        guint changes, asked, locks;
} Fixture;

static void
on_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
        GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
        Fixture *f = user_data;

        (void)connection, (void)sender, (void)path, (void)interface, (void)parameters;
        if (g_str_equal(method, "Lock")) {
                f->locks++;
                g_dbus_method_invocation_return_value(invocation, NULL);
        } else if (g_str_equal(method, "GetProperty")) {
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(v)", g_variant_new_boolean(f->xfconf)));
        } else {
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(b)", f->active));
        }
        f->asked++;
}

static GVariant *
on_property(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *property,
            GError **error, gpointer user_data)
{
        (void)connection, (void)sender, (void)path, (void)interface, (void)property, (void)error;
        return g_variant_new_boolean(((Fixture *)user_data)->active);
}

static GDBusConnection *
connect_to(Fixture *f)
{
        g_autoptr(GError) error = NULL;
        GDBusConnection *connection = g_dbus_connection_new_for_address_sync(
                g_test_dbus_get_bus_address(f->bus),
                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);

        g_assert_no_error(error);
        return connection;
}

static void
on_changed(gpointer user_data)
{
        ((Fixture *)user_data)->changes++;
}

static void
set_up(Fixture *f, gconstpointer data)
{
        static const GDBusInterfaceVTable table = {.method_call = on_call, .get_property = on_property};
        g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(xml, NULL);
        const char *const paths[] = {"/org/mate/ScreenSaver", "/", "/org/xfce/ScreenSaver", "/org/xfce/Xfconf",
                                     "/org/deepin/dde/SessionManager1"};

        (void)data;
        f->bus = g_test_dbus_new(G_TEST_DBUS_NONE);
        g_test_dbus_up(f->bus);
        f->desktop = connect_to(f);
        f->agent = connect_to(f);
        for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
                g_assert_cmpuint(g_dbus_connection_register_object(f->desktop, paths[i], node->interfaces[i], &table, f, NULL, NULL), >, 0);
        f->saver = guard_saver_new(f->agent, on_changed, f);
        g_assert_cmpint(guard_saver_locked(f->saver), ==, -1);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
        (void)data;
        guard_saver_free(f->saver);
        while (g_main_context_iteration(NULL, FALSE))
                ;
        g_object_unref(f->agent);
        g_object_unref(f->desktop);
        g_test_dbus_down(f->bus);
        g_object_unref(f->bus);
}

static void
name(Fixture *f, const char *method, const char *which)
{
        GVariant *parameters = g_str_equal(method, "RequestName") ? g_variant_new("(su)", which, 4) : g_variant_new("(s)", which);
        g_autoptr(GVariant) reply = g_dbus_connection_call_sync(f->desktop, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                                                "org.freedesktop.DBus", method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE,
                                                                -1, NULL, NULL);

        g_assert_nonnull(reply);
}

static void
wait_for(Fixture *f, gint locked)
{
        while (guard_saver_locked(f->saver) != locked)
                g_main_context_iteration(NULL, TRUE);
}

static void
say(Fixture *f, const char *path, const char *interface, const char *signal, GVariant *parameters)
{
        g_assert_true(g_dbus_connection_emit_signal(f->desktop, NULL, path, interface, signal, parameters, NULL));
}

/* Somebody else's signal asks nothing; the one that has the name is asked, and when it goes nothing is claimed. */
static void
test_ukui(Fixture *f, gconstpointer data)
{
        (void)data;
        name(f, "RequestName", "org.ukui.ScreenSaver");
        wait_for(f, 0);
        f->active = TRUE;
        say(f, "/", "org.ukui.ScreenSaver", "lock", NULL);
        wait_for(f, 1);
        g_assert_cmpuint(f->changes, ==, 2);
        name(f, "ReleaseName", "org.ukui.ScreenSaver");
        wait_for(f, -1);
}

static void
test_deepin(Fixture *f, gconstpointer data)
{
        (void)data;
        name(f, "RequestName", "org.deepin.dde.SessionManager1");
        wait_for(f, 0);
        f->active = TRUE;
        say(f, "/org/deepin/dde/SessionManager1", "org.freedesktop.DBus.Properties", "PropertiesChanged",
            g_variant_new_parsed("('org.deepin.dde.SessionManager1', @a{sv} {}, ['Locked'])"));
        wait_for(f, 1);
}

static void
test_xfce(Fixture *f, gconstpointer data)
{
        (void)data;
        f->active = TRUE;
        f->xfconf = FALSE;
        name(f, "RequestName", "org.xfce.Xfconf");
        name(f, "RequestName", "org.xfce.ScreenSaver");
        wait_for(f, 0); /* active, but set not to lock */
        f->xfconf = TRUE;
        name(f, "ReleaseName", "org.xfce.ScreenSaver");
        wait_for(f, -1);
        name(f, "RequestName", "org.xfce.ScreenSaver");
        wait_for(f, 1);
}

/* Whatever was answered has arrived. */
static void
heard(Fixture *f)
{
        g_autoptr(GVariant) reply = NULL;

        g_assert_true(g_dbus_connection_flush_sync(f->desktop, NULL, NULL));
        reply = g_dbus_connection_call_sync(f->agent, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", NULL,
                                            NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
        g_assert_nonnull(reply);
        while (g_main_context_iteration(NULL, FALSE))
                ;
}

static void
activate(Fixture *f, gint expected)
{
        guint before;

        f->active = FALSE;
        say(f, "/org/mate/ScreenSaver", "org.mate.ScreenSaver", "ActiveChanged", g_variant_new("(b)", FALSE));
        wait_for(f, 0);
        heard(f);
        before = f->asked;
        f->active = TRUE;
        say(f, "/org/mate/ScreenSaver", "org.mate.ScreenSaver", "ActiveChanged", g_variant_new("(b)", TRUE));
        while (f->asked == before)
                g_main_context_iteration(NULL, TRUE);
        heard(f);
        g_assert_cmpint(guard_saver_locked(f->saver), ==, expected);
}

static gboolean
come(gpointer user_data)
{
        name(user_data, "RequestName", "org.mate.ScreenSaver");
        return G_SOURCE_REMOVE;
}

/* It is asked when it is there at last; where none comes, that is said. */
static void
test_lock(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;

        (void)data;
        g_assert_false(guard_saver_lock(f->agent, 0, &error));
        g_assert_error(error, GUARD_ERROR, GUARD_ERROR_NOT_FOUND);
        g_idle_add(come, f);
        g_assert_true(guard_saver_lock(f->agent, 60, NULL));
        while (f->locks == 0)
                g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(f->locks, ==, 1);
}

/* What a clerk may set for himself makes a covered screen, not a locked one. */
static void
test_mate_settings(Fixture *f, gconstpointer data)
{
        g_autoptr(GSettings) saver = g_settings_new("org.mate.screensaver");
        g_autoptr(GSettings) lockdown = g_settings_new("org.mate.lockdown");

        (void)data;
        name(f, "RequestName", "org.mate.ScreenSaver");
        wait_for(f, 0);
        activate(f, 1);
        g_settings_set_boolean(saver, "lock-enabled", FALSE);
        activate(f, 0);
        g_settings_reset(saver, "lock-enabled");
        g_settings_set_boolean(lockdown, "disable-lock-screen", TRUE);
        activate(f, 0);
        g_settings_reset(lockdown, "disable-lock-screen");
        g_settings_set_int(saver, "lock-delay", 5);
        activate(f, 0);
        g_settings_reset(saver, "lock-delay");
        activate(f, 1);
}

#define ADD(path, function) g_test_add("/notifier/saver/" path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("ukui", test_ukui);
        ADD("deepin", test_deepin);
        ADD("xfce", test_xfce);
        ADD("lock", test_lock);
        ADD("mate-settings", test_mate_settings);
        return g_test_run();
}
