/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who is told what: watchers everything, an agent its own session's media, nobody else anything. A
 * monitor on the bus sees every message: none of guardd's signals may be without a receiver.
 */
#include <string.h>
#include <unistd.h>
#include "common/guard-names.h"
#include "guardd/serve/session.h"
#include "tests/integration/serve/stage.h"

typedef struct {
        GDBusConnection *connection;
        GString *signals; /* "Decided InterfacesAdded …" */
        guint id;
} Listener;

static void
on_signal(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
          GVariant *parameters, gpointer user_data)
{
        Listener *listener = user_data;

        (void)connection, (void)sender, (void)path, (void)interface, (void)parameters;
        g_string_append_printf(listener->signals, "%s ", signal);
}

static void
listen_all(Stage *stage, Listener *listener)
{
        listener->connection = stage_client(stage);
        listener->signals = g_string_new(NULL);
        listener->id = g_dbus_connection_signal_subscribe(listener->connection, GUARD_BUS_NAME, NULL, NULL, NULL, NULL,
                                                          G_DBUS_SIGNAL_FLAGS_NONE, on_signal, listener, NULL);
}

static void
listener_clear(Listener *listener)
{
        g_dbus_connection_signal_unsubscribe(listener->connection, listener->id);
        g_dbus_connection_close_sync(listener->connection, NULL, NULL);
        g_clear_object(&listener->connection);
        g_string_free(listener->signals, TRUE);
}

/* Everything that guardd sent before has arrived once a reply to a later call has: messages keep their order. */
static void
settle(Listener *listener)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = stage_manager_call(listener->connection, "GetStatus", NULL, &error);

        g_assert_no_error(error);
        g_assert_nonnull(reply);
        while (g_main_context_iteration(NULL, FALSE))
                ;
}

typedef struct {
        char *guard;
        GMutex lock;
        guint signals, broadcasts;
} Monitor;

static GDBusMessage *
on_message(GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
        Monitor *monitor = user_data;

        (void)connection;
        if (incoming && g_dbus_message_get_message_type(message) == G_DBUS_MESSAGE_TYPE_SIGNAL &&
            g_strcmp0(g_dbus_message_get_sender(message), monitor->guard) == 0) {
                g_mutex_lock(&monitor->lock);
                monitor->signals++;
                monitor->broadcasts += g_dbus_message_get_destination(message) == NULL;
                g_mutex_unlock(&monitor->lock);
                g_main_context_wakeup(NULL);
        }
        /* other people's calls: the connection would answer that it has no such method, and the bus closes a monitor that speaks */
        if (incoming && g_dbus_message_get_message_type(message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL) {
                g_object_unref(message);
                return NULL;
        }
        return message;
}

static GDBusConnection *
start_monitor(Stage *stage, Monitor *monitor)
{
        GDBusConnection *connection = stage_client(stage);
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) owner = stage_call(connection, "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
                                               g_variant_new("(s)", GUARD_BUS_NAME), NULL, &error);
        g_autoptr(GVariant) reply = NULL;

        g_assert_no_error(error);
        g_variant_get(owner, "(s)", &monitor->guard);
        g_dbus_connection_add_filter(connection, on_message, monitor, NULL);
        reply = stage_call(connection, "/org/freedesktop/DBus", "org.freedesktop.DBus.Monitoring", "BecomeMonitor",
                           g_variant_new("(asu)", NULL, 0), NULL, &error);
        g_assert_no_error(error);
        return connection;
}

static void
provoke(Stage *stage)
{
        GuardDevice *device = fake_manager_plug(stage->manager, "1-2", "S", GUARD_VERDICT_REFUSE, GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED);

        fake_manager_change(stage->manager, device);
        fake_manager_announce(stage->manager, device, "7");
        fake_manager_set_alarm(stage->manager, "registry-stale", "The registry has expired.");
        fake_manager_unplug(stage->manager, "1-2");
        guard_manager_reload(stage->manager);
}

static void
test_unicast(void)
{
        Stage stage = {0};
        Listener watcher = {0}, agent = {0}, other = {0}, nobody = {0};
        Monitor monitor = {0};
        g_autoptr(GDBusConnection) spy = NULL;
        g_autoptr(GVariant) watching = NULL;
        g_autoptr(GVariant) mine = NULL;
        g_autoptr(GVariant) theirs = NULL;
        g_autoptr(GError) error = NULL;

        stage_start(&stage);
        stage.allowed = (char *)"*";
        stage.session_class = "user";
        stage.session_uid = getuid();
        listen_all(&stage, &watcher);
        listen_all(&stage, &agent);
        listen_all(&stage, &other);
        listen_all(&stage, &nobody);
        watching = stage_manager_call(watcher.connection, "Watch", g_variant_new("(a{sv})", NULL), &error);
        g_assert_no_error(error);
        stage.session_id = "7";
        mine = stage_manager_call(agent.connection, "RegisterAgent", g_variant_new("(a{sv})", NULL), &error);
        g_assert_no_error(error);
        stage.session_id = "8";
        theirs = stage_manager_call(other.connection, "RegisterAgent", g_variant_new("(a{sv})", NULL), &error);
        g_assert_no_error(error);
        spy = start_monitor(&stage, &monitor);

        provoke(&stage);
        settle(&watcher);
        settle(&agent);
        settle(&other);
        settle(&nobody);
        g_assert_cmpstr(watcher.signals->str, ==,
                        "InterfacesAdded PropertiesChanged Decided AlarmsChanged InterfacesRemoved PropertiesChanged ");
        g_assert_cmpstr(agent.signals->str, ==, "Decided AlarmsChanged PropertiesChanged ");
        g_assert_cmpstr(other.signals->str, ==, "AlarmsChanged PropertiesChanged "); /* the machine's, not anybody's */
        g_assert_cmpstr(nobody.signals->str, ==, "");
        for (guint seen = 0; seen < 11;) { /* six for the watcher, three for the agent, two for the other */
                g_mutex_lock(&monitor.lock);
                seen = monitor.signals;
                g_mutex_unlock(&monitor.lock);
                if (seen < 11)
                        stage_iterate();
        }
        g_assert_cmpuint(monitor.signals, ==, 11);
        g_assert_cmpuint(monitor.broadcasts, ==, 0);

        g_dbus_connection_close_sync(spy, NULL, NULL);
        listener_clear(&watcher);
        listener_clear(&agent);
        listener_clear(&other);
        listener_clear(&nobody);
        g_free(monitor.guard);
        stage_stop(&stage);
}

static void
assert_no_agent(Stage *stage, const char *session, const char *class, guint32 uid)
{
        g_autoptr(GDBusConnection) client = stage_client(stage);
        g_autoptr(GError) error = NULL;
        g_autofree char *name = NULL;

        stage->session_id = session;
        stage->session_class = class;
        stage->session_uid = uid;
        g_assert_null(stage_manager_call(client, "RegisterAgent", g_variant_new("(a{sv})", NULL), &error));
        name = stage_error_name(error);
        g_test_message("%s", error->message);
        g_assert_true(error->domain == g_quark_from_string("guard-error-quark") || g_strcmp0(name, GUARD_BUS_NAME ".Error.Denied") == 0);
        g_dbus_connection_close_sync(client, NULL, NULL);
}

/* Whoever says it is an agent must be in a session of its own user. */
static void
test_agents_are_checked(void)
{
        Stage stage = {0};

        stage_start(&stage);
        stage.allowed = (char *)"*";
        assert_no_agent(&stage, NULL, "user", getuid());
        assert_no_agent(&stage, "7", "greeter", getuid());
        assert_no_agent(&stage, "7", "user", getuid() + 1);
        stage_stop(&stage);
}

/* What guardd starts is outside of the session's scope; whose it is its unit says, which only root can name. */
static void
test_units_of_ours(void)
{
        static const struct {
                const char *cgroup, *session;
        } rows[] = {
                {"0::/system.slice/baomi-guard-agent-3-1.service\n", "3"},
                {"12:pids:/x\n1:name=systemd:/system.slice/baomi-guard-agent-c12-0.service\n", "c12"},
                {"0::/user.slice/user-1000.slice/user@1000.service/x:/system.slice/baomi-guard-agent-3-1.service\n", NULL},
                {"0::/user.slice/system.slice/baomi-guard-agent-3-1.service\n", NULL},
                {"0::/system.slice/baomi-guard-agent--1.service\n", NULL},
                {"0::/system.slice/baomi-guard-agent-3\n", NULL},
                {"0::/system.slice/guardd.service\n", NULL},
                {"", NULL},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autofree char *session = guard_session_of_unit(rows[i].cgroup);

                g_test_message("%s", rows[i].cgroup);
                g_assert_cmpstr(session, ==, rows[i].session);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/serve/audience/unicast", test_unicast);
        g_test_add_func("/serve/audience/agents-are-checked", test_agents_are_checked);
        g_test_add_func("/serve/audience/units-of-ours", test_units_of_ours);
        return g_test_run();
}
