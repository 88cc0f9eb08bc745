/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The machine that the presence guard is tried on.
 */
#include "tests/integration/presence/desk.h"
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "rules/presence-parse.h"

#define SESSION_PATH "/org/freedesktop/login1/session/_32"

static const char logind_xml[] =
        "<node><interface name='org.freedesktop.login1.Manager'>"
        "<method name='ListSessions'><arg type='a(susso)' direction='out'/></method>"
        "<method name='ListInhibitors'><arg type='a(ssssuu)' direction='out'/></method>"
        "<method name='Inhibit'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='h' direction='out'/></method>"
        "<method name='LockSession'><arg type='s' direction='in'/></method>"
        "<method name='ActivateSession'><arg type='s' direction='in'/></method>"
        "<method name='TerminateSession'><arg type='s' direction='in'/></method>"
        "<method name='PowerOffWithFlags'><arg type='t' direction='in'/></method>"
        "<method name='PowerOff'><arg type='b' direction='in'/></method>"
        "<signal name='PrepareForSleep'><arg type='b'/></signal>"
        "</interface><interface name='org.freedesktop.login1.Session'>"
        "<property name='Id' type='s' access='read'/><property name='Name' type='s' access='read'/>"
        "<property name='Class' type='s' access='read'/><property name='Type' type='s' access='read'/>"
        "<property name='State' type='s' access='read'/><property name='Scope' type='s' access='read'/>"
        "<property name='User' type='(uo)' access='read'/><property name='Seat' type='(so)' access='read'/>"
        "<property name='Active' type='b' access='read'/><property name='LockedHint' type='b' access='read'/>"
        "</interface></node>";

static void
on_call(GDBusConnection *bus G_GNUC_UNUSED, const char *sender G_GNUC_UNUSED,
        const char *path G_GNUC_UNUSED, const char *interface G_GNUC_UNUSED, const char *method,
        GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
        Desk *desk = data;
        g_autofree char *words = NULL;

        if (g_str_equal(method, "ListSessions")) {
                GVariantBuilder list;

                g_variant_builder_init(&list, G_VARIANT_TYPE("a(susso)"));
                g_variant_builder_add(&list, "(susso)", "2", 1000, "clerk", desk->remote ? "" : "seat0",
                                      SESSION_PATH);
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(susso))", &list));
                return;
        }
        if (g_str_equal(method, "ListInhibitors")) {
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(ssssuu))", NULL));
                return;
        }
        words = g_variant_print(parameters, FALSE);
        g_string_append_printf(desk->orders, "%s%s ", method, words);
        if (g_str_equal(method, "Inhibit") ||
            (desk->refuse_flags && g_str_equal(method, "PowerOffWithFlags")))
                g_dbus_method_invocation_return_dbus_error(invocation, "org.test.No", "no");
        else
                g_dbus_method_invocation_return_value(invocation, NULL);
}

static GVariant *
on_property(GDBusConnection *bus G_GNUC_UNUSED, const char *sender G_GNUC_UNUSED,
            const char *path G_GNUC_UNUSED, const char *interface G_GNUC_UNUSED, const char *name,
            GError **error G_GNUC_UNUSED, gpointer data)
{
        static const struct {
                const char *name, *value;
        } strings[] = {{"Id", "2"},      {"Name", "clerk"},   {"Class", "user"},
                       {"Type", "x11"},  {"State", "active"}, {"Scope", "session-2.scope"}};
        const Desk *desk = data;

        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
                if (g_str_equal(strings[i].name, name))
                        return g_variant_new_string(strings[i].value);
        if (g_str_equal(name, "User"))
                return g_variant_new("(uo)", 1000, "/org/freedesktop/login1/user/_31000");
        if (g_str_equal(name, "Seat"))
                return desk->remote ? g_variant_new("(so)", "", "/")
                                    : g_variant_new("(so)", "seat0", "/org/freedesktop/login1/seat/seat0");
        return g_variant_new_boolean(g_str_equal(name, "Active") ? desk->active : desk->hint);
}

static void
read_clock(GuardPresenceClock *clock, GuardClocks *clocks)
{
        gint64 known = clocks->known_us;

        *clocks = ((Desk *)clock)->now;
        clocks->known_us = known;
}

static void
wake_at(GuardPresenceClock *clock, gint64 boot_us)
{
        ((Desk *)clock)->wake_us = boot_us;
}

static const GuardPresenceSettings *
settings(gpointer data)
{
        return &((Desk *)data)->settings;
}

static const GuardAfterHoursSettings *
after_hours(gpointer data)
{
        return &((Desk *)data)->after_hours;
}

static void
note(const GuardPresenceNote *what, gpointer data)
{
        const char *edge = strstr(what->details, "\"edge\":\"");
        const char *begin = edge ? edge + strlen("\"edge\":\"") : what->kind;

        g_string_append_printf(((Desk *)data)->notes, "%.*s ", (int)strcspn(begin, "\""), begin);
}

static void
raise_alarm(const char *key, const char *message, gpointer data)
{
        Desk *desk = data;

        if (message && !desk->alarm)
                desk->alarm = g_strdup(key);
        else if (!message && g_strcmp0(desk->alarm, key) == 0)
                g_clear_pointer(&desk->alarm, g_free);
}

static void
resumed(gpointer data)
{
        ((Desk *)data)->resumed++;
}

static void
covered(gpointer data)
{
        ((Desk *)data)->covered++;
}

static gboolean
claims(const char *session G_GNUC_UNUSED, GuardPresenceClaims *found, gpointer data)
{
        *found = ((Desk *)data)->claims;
        return ((Desk *)data)->has_agent;
}

static void
countdown(const char *session G_GNUC_UNUSED, GVariant *what, gpointer data)
{
        g_autoptr(GVariant) owned = g_variant_ref_sink(what);
        const char *kind, *state;

        g_assert_true(g_variant_lookup(owned, "kind", "&s", &kind));
        g_assert_true(g_variant_lookup(owned, "state", "&s", &state));
        g_string_append_printf(((Desk *)data)->told, "%s:%s ", kind, state);
}

static gboolean
on_stuck(gpointer data)
{
        g_error("it waits for \"%s\", which does not come", (const char *)data);
        return G_SOURCE_REMOVE;
}

void
desk_wait(GString *text, const char *word)
{
        guint limit = g_timeout_add_seconds(30, on_stuck, (gpointer)word);

        while (!strstr(text->str, word))
                g_main_context_iteration(NULL, TRUE);
        g_source_remove(limit);
}

static GDBusConnection *
connect_to(Desk *desk)
{
        g_autoptr(GError) error = NULL;
        GDBusConnection *bus = g_dbus_connection_new_for_address_sync(
                g_test_dbus_get_bus_address(desk->dbus),
                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                        G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                NULL, NULL, &error);

        g_assert_no_error(error);
        return bus;
}

static void
start_logind(Desk *desk)
{
        static const GDBusInterfaceVTable table = {.method_call = on_call, .get_property = on_property};
        g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(logind_xml, NULL);
        const char *const paths[] = {"/org/freedesktop/login1", SESSION_PATH};
        g_autoptr(GVariant) named = NULL;

        desk->logind = connect_to(desk);
        for (guint i = 0; i < 2; i++)
                desk->objects[i] = g_dbus_connection_register_object(
                        desk->logind, paths[i], node->interfaces[i], &table, desk, NULL, NULL);
        named = g_dbus_connection_call_sync(
                desk->logind, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                "RequestName", g_variant_new("(su)", "org.freedesktop.login1", 0), NULL,
                G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
        g_assert_nonnull(named);
}

void
desk_set_up(Desk *desk, gboolean remote)
{
        static const GuardPresenceOwner owner = {settings,    after_hours, note,
                                                 raise_alarm, resumed,     covered};
        GuardPresenceConfig config;

        memset(desk, 0, sizeof *desk);
        desk->clock = (GuardPresenceClock){read_clock, wake_at, NULL, NULL};
        desk->now = (GuardClocks){.wall_us = 1000000 * SECOND, .boot_us = 1000 * SECOND,
                                  .awake_us = 1000 * SECOND};
        desk->settings = (GuardPresenceSettings){.lock = TRUE, .lock_after = 60, .warning = 20};
        desk->active = TRUE;
        desk->remote = remote;
        desk->orders = g_string_new(NULL);
        desk->notes = g_string_new(NULL);
        desk->told = g_string_new(NULL);
        desk->root = g_dir_make_tmp("guard-presence-XXXXXX", NULL);
        desk->dbus = g_test_dbus_new(G_TEST_DBUS_NONE);
        g_test_dbus_up(desk->dbus);
        start_logind(desk);
        desk->bus = connect_to(desk);
        desk->agents = (GuardPresenceAgents){claims, countdown, desk};
        config = (GuardPresenceConfig){desk->root, 0, &desk->clock};
        desk->presence = guard_presence_new(&config, &owner, desk);
        guard_presence_set_agents(desk->presence, &desk->agents);
        guard_presence_set_bus(desk->presence, desk->bus);
        desk_wait(desk->orders, "Inhibit");
        /* The list of sessions is asked for before that, and answered in two steps. */
        while (desk->settings.lock && desk->wake_us == G_MAXINT64)
                g_main_context_iteration(NULL, TRUE);
}

void
desk_tear_down(Desk *desk)
{
        g_autofree char *command = g_strdup_printf("rm -rf '%s'", desk->root);

        guard_presence_free(desk->presence);
        /* Calls that are still on their way find nobody. */
        for (guint i = 0; i < 2; i++)
                g_dbus_connection_unregister_object(desk->logind, desk->objects[i]);
        g_dbus_connection_close_sync(desk->bus, NULL, NULL);
        g_dbus_connection_close_sync(desk->logind, NULL, NULL);
        g_object_unref(desk->bus);
        g_object_unref(desk->logind);
        g_test_dbus_down(desk->dbus);
        g_object_unref(desk->dbus);
        g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
        g_string_free(desk->orders, TRUE);
        g_string_free(desk->notes, TRUE);
        g_string_free(desk->told, TRUE);
        g_free(desk->alarm);
        g_free(desk->root);
}

void
desk_pass(Desk *desk, guint seconds)
{
        gint64 end = desk->now.boot_us + seconds * SECOND;

        while (desk->now.boot_us < end) {
                gint64 next = CLAMP(desk->wake_us, desk->now.boot_us + 1, end);
                gint64 step = next - desk->now.boot_us;

                desk->now.boot_us += step;
                desk->now.awake_us += step;
                desk->now.wall_us += step;
                if (desk->wake_us <= desk->now.boot_us)
                        desk->clock.woken(desk->clock.user_data);
        }
}

void
desk_announce(Desk *desk)
{
        GVariantBuilder changed;

        g_variant_builder_init(&changed, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&changed, "{sv}", "LockedHint", g_variant_new_boolean(desk->hint));
        g_dbus_connection_emit_signal(desk->logind, NULL, SESSION_PATH,
                                      "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                      g_variant_new("(sa{sv}as)", "org.freedesktop.login1.Session",
                                                    &changed, NULL),
                                      NULL);
}

static void
put(Desk *desk, const char *path, const char *text)
{
        g_autofree char *full = g_strconcat(desk->root, path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_assert_true(g_file_set_contents(full, text, -1, NULL));
}

void
desk_process(Desk *desk, int pid, const char *exe)
{
        g_autofree char *proc = g_strdup_printf("/proc/%d/status", pid);
        g_autofree char *line = g_strdup_printf("%d\n", pid);
        g_autofree char *link = g_strdup_printf("%s/proc/%d/exe", desk->root, pid);
        g_autofree char *program = g_strconcat(desk->root, exe, NULL);
        g_autofree char *folder = g_path_get_dirname(program);

        put(desk, "/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope/cgroup.procs",
            exe ? line : "");
        if (!exe)
                return;
        put(desk, proc, "Name:\tlocker\nUid:\t1000\t1000\t1000\t1000\n");
        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        /* A file of root's, which a test that is not root cannot make. */
        g_assert_true(symlink("/bin/true", program) == 0);
        g_assert_true(symlink(program, link) == 0);
}
