/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The stage that the bus face is tried on.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include "common/guard-names.h"
#include "tests/integration/serve/stage.h"

static const char polkit_xml[] =
        "<node><interface name='org.freedesktop.PolicyKit1.Authority'>"
        "<method name='CheckAuthorization'><arg type='(sa{sv})' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='a{ss}' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='(bba{ss})' direction='out'/></method>"
        "<method name='CancelCheckAuthorization'><arg type='s' direction='in'/></method>"
        "</interface></node>";

static const char logind_xml[] =
        "<node><interface name='org.freedesktop.login1.Manager'>"
        "<method name='GetSessionByPID'><arg type='u' direction='in'/><arg type='o' direction='out'/></method>"
        "<method name='GetUser'><arg type='u' direction='in'/><arg type='o' direction='out'/></method>"
        "</interface><interface name='org.freedesktop.login1.Session'>"
        "<property name='Id' type='s' access='read'/><property name='Name' type='s' access='read'/>"
        "<property name='Class' type='s' access='read'/><property name='User' type='(uo)' access='read'/>"
        "<property name='Seat' type='(so)' access='read'/></interface></node>";

static gboolean
on_stuck(gpointer user_data)
{
        (void)user_data;
        g_error("the test waits for something that does not come");
        return G_SOURCE_REMOVE;
}

void
stage_iterate(void)
{
        guint limit = g_timeout_add_seconds(20, on_stuck, NULL);

        g_main_context_iteration(NULL, TRUE);
        g_source_remove(limit);
}

static void
question_free(gpointer data)
{
        PolkitQuestion *question = data;

        g_free(question->sender);
        g_free(question->action);
        g_free(question);
}

static void
check_authorization(Stage *stage, GVariant *parameters, GDBusMethodInvocation *invocation)
{
        PolkitQuestion *question = g_new0(PolkitQuestion, 1);
        g_autoptr(GVariant) subject = NULL;
        const char *kind, *action;
        guint32 flags;
        gboolean yes;

        g_variant_get(parameters, "((&s@a{sv})&s@a{ss}u&s)", &kind, &subject, &action, NULL, &flags, NULL);
        g_assert_cmpstr(kind, ==, "system-bus-name");
        g_assert_true(g_variant_lookup(subject, "name", "s", &question->sender));
        question->action = g_strdup(action);
        question->interactive = flags & 1;
        g_ptr_array_add(stage->questions, question);
        if (stage->silent) {
                g_object_unref(invocation);
                return;
        }
        yes = stage->allowed && (g_str_equal(stage->allowed, "*") || g_str_equal(stage->allowed, action));
        g_dbus_method_invocation_return_value(invocation, g_variant_new("((bba{ss}))", yes, !yes, NULL));
}

static void
on_polkit_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
               GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
        Stage *stage = user_data;

        (void)connection, (void)sender, (void)path, (void)interface;
        if (g_str_equal(method, "CheckAuthorization"))
                return check_authorization(stage, parameters, invocation);
        stage->withdrawn++;
        g_dbus_method_invocation_return_value(invocation, NULL);
}

static void
on_logind_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
               GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
        Stage *stage = user_data;

        (void)connection, (void)sender, (void)path, (void)interface, (void)parameters;
        if (g_str_equal(method, "GetSessionByPID") && stage->session_id)
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", "/org/freedesktop/login1/session/one"));
        else
                g_dbus_method_invocation_return_dbus_error(invocation, "org.freedesktop.login1.NoSessionForPID", "no session");
}

static GVariant *
on_logind_property(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
                   GError **error, gpointer user_data)
{
        Stage *stage = user_data;

        (void)connection, (void)sender, (void)path, (void)interface, (void)error;
        if (g_str_equal(name, "Id"))
                return g_variant_new_string(stage->session_id);
        if (g_str_equal(name, "Class"))
                return g_variant_new_string(stage->session_class);
        if (g_str_equal(name, "Name"))
                return g_variant_new_string("wang");
        if (g_str_equal(name, "User"))
                return g_variant_new("(uo)", stage->session_uid, "/org/freedesktop/login1/user/_0");
        return g_variant_new("(so)", "seat0", "/org/freedesktop/login1/seat/seat0");
}

static const char bus_config[] =
        "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN' "
        "'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\n"
        "<busconfig><type>custom</type><listen>%s</listen>"
        /* As on the system bus: nothing is allowed that no file allows. */
        "<policy context='default'><allow user='*'/><deny own='*'/><deny send_type='method_call'/>"
        "<allow send_type='signal'/><allow send_requested_reply='true' send_type='method_return'/>"
        "<allow send_requested_reply='true' send_type='error'/><allow receive_type='method_call'/>"
        "<allow receive_type='method_return'/><allow receive_type='error'/><allow receive_type='signal'/>"
        "<allow send_destination='org.freedesktop.DBus'/></policy>"
        "<policy context='default'><allow own='org.freedesktop.PolicyKit1'/><allow own='org.freedesktop.login1'/>"
        "<allow send_destination='org.freedesktop.PolicyKit1'/><allow send_destination='org.freedesktop.login1'/></policy>"
        "<include>" GUARD_BUS_POLICY "</include>"
        "<policy context='default'><allow own='" GUARD_BUS_NAME "'/></policy></busconfig>";

/* A test that aborts leaves no bus behind. */
static void
die_with_parent(gpointer user_data)
{
        (void)user_data;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void
stage_start_bus(Stage *stage)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *config = NULL, *text = NULL, *fd = NULL;
        g_autoptr(GSubprocessLauncher) launcher = NULL;
        g_autoptr(GDataInputStream) lines = NULL;
        g_autofree char *line = NULL;

        if (!stage->folder) {
                stage->folder = g_dir_make_tmp("guard-serve-XXXXXX", &error);
                g_assert_no_error(error);
                stage->address = g_strdup_printf("unix:path=%s/bus", stage->folder);
        }
        config = g_build_filename(stage->folder, "bus.conf", NULL);
        text = g_strdup_printf(bus_config, stage->address);
        g_assert_true(g_file_set_contents(config, text, -1, &error));
        fd = g_strdup_printf("--config-file=%s", config);
        launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
        g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
        stage->daemon = g_subprocess_launcher_spawn(launcher, &error, "dbus-daemon", "--nofork", "--print-address", fd, NULL);
        g_assert_no_error(error);
        lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(stage->daemon));
        line = g_data_input_stream_read_line(lines, NULL, NULL, &error); /* comes when it listens */
        g_assert_no_error(error);
        g_assert_nonnull(line);
}

void
stage_stop_bus(Stage *stage)
{
        g_autofree char *path = g_build_filename(stage->folder, "bus", NULL);

        g_subprocess_force_exit(stage->daemon);
        g_subprocess_wait(stage->daemon, NULL, NULL);
        g_clear_object(&stage->daemon);
        g_unlink(path);
}

GDBusConnection *
stage_client(Stage *stage)
{
        g_autoptr(GError) error = NULL;
        GDBusConnection *connection = g_dbus_connection_new_for_address_sync(
                stage->address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
                &error);

        g_assert_no_error(error);
        return connection;
}

static guint
put_object(Stage *stage, const char *path, const char *xml, guint which, const GDBusInterfaceVTable *vtable)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(xml, &error);
        guint id;

        g_assert_no_error(error);
        id = g_dbus_connection_register_object(stage->mocks, path, node->interfaces[which], vtable, stage, NULL, &error);
        g_assert_no_error(error);
        return id;
}

static void
on_owned(GDBusConnection *connection, const char *name, gpointer user_data)
{
        (void)connection, (void)name;
        *(gboolean *)user_data = TRUE;
}

static guint
own(Stage *stage, const char *name)
{
        gboolean owned = FALSE;
        guint id = g_bus_own_name_on_connection(stage->mocks, name, G_BUS_NAME_OWNER_FLAGS_NONE, on_owned, NULL, &owned, NULL);

        while (!owned)
                stage_iterate();
        return id;
}

void
stage_start_mocks(Stage *stage, gboolean with_polkit)
{
        static const GDBusInterfaceVTable polkit = {.method_call = on_polkit_call};
        static const GDBusInterfaceVTable logind = {.method_call = on_logind_call, .get_property = on_logind_property};

        stage->questions = g_ptr_array_new_with_free_func(question_free);
        stage->mocks = stage_client(stage);
        stage->polkit_id = put_object(stage, "/org/freedesktop/PolicyKit1/Authority", polkit_xml, 0, &polkit);
        stage->logind_id = put_object(stage, "/org/freedesktop/login1", logind_xml, 0, &logind);
        stage->subtree_id = put_object(stage, "/org/freedesktop/login1/session/one", logind_xml, 1, &logind);
        if (with_polkit)
                stage->polkit_name = own(stage, "org.freedesktop.PolicyKit1");
        stage->logind_name = own(stage, "org.freedesktop.login1");
}

void
stage_wait_name(Stage *stage, GDBusConnection *client, gboolean owned)
{
        for (;;) {
                g_autoptr(GVariant) reply = NULL;
                gboolean has = FALSE;

                (void)stage;
                reply = stage_call(client, "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                                   g_variant_new("(s)", GUARD_BUS_NAME), NULL, NULL);
                g_assert_nonnull(reply);
                g_variant_get(reply, "(b)", &has);
                if (has == owned)
                        return;
                g_main_context_iteration(NULL, FALSE);
        }
}

void
stage_start(Stage *stage)
{
        g_autoptr(GDBusConnection) client = NULL;

        stage_start_bus(stage);
        stage_start_mocks(stage, TRUE);
        stage->manager = fake_manager_new();
        stage->serve = guard_serve_new(stage->manager, stage->address);
        client = stage_client(stage);
        stage_wait_name(stage, client, TRUE);
        g_dbus_connection_close_sync(client, NULL, NULL);
}

void
stage_stop(Stage *stage)
{
        g_autofree char *config = g_build_filename(stage->folder, "bus.conf", NULL);

        g_clear_pointer(&stage->serve, guard_serve_free);
        g_clear_object(&stage->manager);
        if (stage->polkit_name)
                g_bus_unown_name(stage->polkit_name);
        if (stage->logind_name)
                g_bus_unown_name(stage->logind_name);
        if (stage->mocks)
                g_dbus_connection_close_sync(stage->mocks, NULL, NULL);
        while (g_main_context_iteration(NULL, FALSE)) /* calls that had come before it was closed */
                ;
        g_clear_object(&stage->mocks);
        g_clear_pointer(&stage->questions, g_ptr_array_unref);
        if (stage->daemon)
                stage_stop_bus(stage);
        g_unlink(config);
        g_rmdir(stage->folder);
        g_free(stage->folder);
        g_free(stage->address);
        memset(stage, 0, sizeof *stage);
}

typedef struct {
        GVariant *reply;
        GError *error;
        gboolean done;
} Waiting;

static void
on_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Waiting *waiting = user_data;

        waiting->reply = g_dbus_connection_call_with_unix_fd_list_finish(G_DBUS_CONNECTION(source), NULL, result, &waiting->error);
        waiting->done = TRUE;
}

GVariant *
stage_call(GDBusConnection *client, const char *path, const char *interface, const char *method, GVariant *parameters,
           GUnixFDList *fds, GError **error)
{
        const char *name = g_str_has_prefix(path, "/org/freedesktop/DBus") ? "org.freedesktop.DBus" : GUARD_BUS_NAME;
        Waiting waiting = {0};

        g_dbus_connection_call_with_unix_fd_list(client, name, path, interface, method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, fds,
                                                 NULL, on_reply, &waiting);
        while (!waiting.done)
                stage_iterate();
        if (waiting.error)
                g_propagate_error(error, waiting.error);
        return waiting.reply;
}

char *
stage_error_name(const GError *error)
{
        return error ? g_dbus_error_get_remote_error(error) : NULL;
}
