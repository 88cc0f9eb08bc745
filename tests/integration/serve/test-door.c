/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nobody gets past the door without polkit. The list of methods and properties is taken from what guardd
 * says of itself on the bus, so that a new one without an action fails here.
 */
#include <fcntl.h>
#include <unistd.h>
#include "common/guard-names.h"
#include "tests/integration/serve/stage.h"

#define MANAGER GUARD_BUS_NAME ".Manager"
#define MEDIUM GUARD_BUS_NAME ".Medium"
#define OBJECTS "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define A "org.baomiguard.guard1."

/* What each method needs. A new method must get a row. */
static const struct {
        const char *interface, *method, *action;
} needs[] = {
        {MANAGER, "GetStatus", A "read-status"},   {MANAGER, "ListMedia", A "read-media"},
        {MANAGER, "Explain", A "read-media"},      {MANAGER, "Eject", A "eject"},
        {MANAGER, "InstallRegistry", A "install-registry"}, {MANAGER, "QueryLog", A "read-log"},
        {MANAGER, "VerifyLog", A "read-log"},      {MANAGER, "Reload", A "reload"},
        {MANAGER, "RegisterAgent", A "register-agent"}, {MANAGER, "Watch", A "watch"},
        {MANAGER, "GetPresence", A "read-status"}, {MANAGER, "Lock", A "lock"},
        {MANAGER, "Postpone", A "postpone"},       {MANAGER, "Heartbeat", A "register-agent"},
        {MANAGER, "MyHistory", A "read-own-history"}, {MANAGER, "GetRegistry", A "query-registry"},
        {MANAGER, "Forget", A "accept-change"},
        {MANAGER, "ListExceptions", A "read-exceptions"}, {MANAGER, "AllowDevice", A "make-exception"},
        {MANAGER, "ApproveException", A "approve-exception"}, {MANAGER, "RevokeException", A "make-exception"},
        {MANAGER, "RequestException", A "request-exception"}, {MANAGER, "EnterCode", A "request-exception"},
        {OBJECTS, "GetManagedObjects", A "read-media"},
};

static GVariant *
zero(const GVariantType *type)
{
        if (g_variant_type_is_array(type))
                return g_variant_new_array(g_variant_type_element(type), NULL, 0);
        if (g_variant_type_equal(type, G_VARIANT_TYPE_STRING))
                return g_variant_new_string("1-1");
        if (g_variant_type_equal(type, G_VARIANT_TYPE_UINT32))
                return g_variant_new_uint32(0);
        if (g_variant_type_equal(type, G_VARIANT_TYPE_HANDLE))
                return g_variant_new_handle(0);
        g_error("add a value of type %s", (const char *)type);
        return NULL;
}

static GVariant *
parameters_of(const GDBusMethodInfo *method)
{
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_TUPLE);
        for (GDBusArgInfo **arg = method->in_args; arg && *arg; arg++)
                g_variant_builder_add_value(&builder, zero(G_VARIANT_TYPE((*arg)->signature)));
        return g_variant_builder_end(&builder);
}

static GDBusNodeInfo *
introspect(GDBusConnection *client, const char *path)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                stage_call(client, path, "org.freedesktop.DBus.Introspectable", "Introspect", NULL, NULL, &error);
        GDBusNodeInfo *node;
        const char *xml;

        g_assert_no_error(error);
        g_variant_get(reply, "(&s)", &xml);
        node = g_dbus_node_info_new_for_xml(xml, &error);
        g_assert_no_error(error);
        return node;
}

static GUnixFDList *
null_fd(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

        g_unix_fd_list_append(list, fd, &error);
        close(fd);
        g_assert_no_error(error);
        return g_steal_pointer(&list);
}

static void
assert_denied(Stage *stage, const char *path, const char *what, GVariant *reply, const GError *error, guint questions, guint looks)
{
        g_autofree char *name = stage_error_name(error);

        g_test_message("%s: %s", what, error ? error->message : "allowed");
        g_assert_null(reply);
        g_assert_cmpstr(name, ==, "org.freedesktop.DBus.Error.AccessDenied");
        g_assert_cmpuint(stage->questions->len, ==, questions + 1); /* polkit was asked, once */
        /* and nothing was looked at; GDBus itself asks for the names of the nodes below /media, once a call */
        g_assert_cmpuint(fake_manager_counts(stage->manager)->looks, <=, looks + (g_str_has_prefix(path, GUARD_BUS_PATH_MEDIA) ? 1 : 0));
}

static void
refuse_methods(Stage *stage, GDBusConnection *client, const char *path, const GDBusInterfaceInfo *interface)
{
        for (GDBusMethodInfo **method = interface->methods; method && *method; method++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(GUnixFDList) fds = null_fd();
                guint questions = stage->questions->len, looks = fake_manager_counts(stage->manager)->looks;
                g_autoptr(GVariant) reply = stage_call(client, path, interface->name, (*method)->name, parameters_of(*method), fds, &error);

                assert_denied(stage, path, (*method)->name, reply, error, questions, looks);
        }
}

static void
refuse_properties(Stage *stage, GDBusConnection *client, const char *path, const GDBusInterfaceInfo *interface)
{
        for (GDBusPropertyInfo **property = interface->properties; property && *property; property++) {
                g_autoptr(GError) error = NULL;
                guint questions = stage->questions->len, looks = fake_manager_counts(stage->manager)->looks;
                g_autoptr(GVariant) reply = stage_call(client, path, PROPERTIES, "Get",
                                                       g_variant_new("(ss)", interface->name, (*property)->name), NULL, &error);

                assert_denied(stage, path, (*property)->name, reply, error, questions, looks);
                g_assert_cmpuint((*property)->flags, ==, G_DBUS_PROPERTY_INFO_FLAGS_READABLE);
        }
        if (interface->properties && *interface->properties) {
                g_autoptr(GError) error = NULL;
                guint questions = stage->questions->len, looks = fake_manager_counts(stage->manager)->looks;
                g_autoptr(GVariant) reply =
                        stage_call(client, path, PROPERTIES, "GetAll", g_variant_new("(s)", interface->name), NULL, &error);

                assert_denied(stage, path, "GetAll", reply, error, questions, looks);
        }
}

static gboolean
is_of_dbus(const char *name)
{
        static const char *const known[] = {PROPERTIES, "org.freedesktop.DBus.Introspectable", "org.freedesktop.DBus.Peer", NULL};

        return g_strv_contains(known, name);
}

static guint
refuse_object(Stage *stage, GDBusConnection *client, const char *path)
{
        g_autoptr(GDBusNodeInfo) node = introspect(client, path);
        guint n = 0;

        for (GDBusInterfaceInfo **interface = node->interfaces; interface && *interface; interface++) {
                if (is_of_dbus((*interface)->name))
                        continue;
                refuse_methods(stage, client, path, *interface);
                refuse_properties(stage, client, path, *interface);
                n++;
        }
        return n;
}

static void
test_refused(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) client = NULL;

        stage_start(&stage);
        fake_manager_plug(stage.manager, "1-2", "CLASSIFIED1", GUARD_VERDICT_ADMIT, GUARD_REASON_UNREGISTERED);
        client = stage_client(&stage);
        stage.allowed = NULL;
        g_assert_cmpuint(refuse_object(&stage, client, GUARD_BUS_PATH), ==, 2);
        {
                /* Introspection looks for nodes; what they are about is not told. */
                g_autoptr(GDBusNodeInfo) media = introspect(client, GUARD_BUS_PATH_MEDIA);

                g_assert_cmpstr(media->nodes[0]->path, ==, "1_2d2");
                g_assert_cmpuint(refuse_object(&stage, client, GUARD_BUS_PATH_MEDIA "/1_2d2"), ==, 1);
        }
        g_assert_cmpuint(fake_manager_counts(stage.manager)->ejects, ==, 0);
        g_assert_cmpuint(fake_manager_counts(stage.manager)->reloads, ==, 0);
        g_assert_cmpuint(fake_manager_counts(stage.manager)->installs, ==, 0);
        stage_stop(&stage);
}

/* The action of each method, and no other, opens it. */
static void
test_actions(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) client = NULL;
        g_autoptr(GDBusNodeInfo) node = NULL;

        stage_start(&stage);
        stage.session_id = "7";
        stage.session_class = "user";
        stage.session_uid = getuid();
        fake_manager_plug(stage.manager, "1-1", "S", GUARD_VERDICT_ADMIT, GUARD_REASON_UNREGISTERED);
        client = stage_client(&stage);
        node = introspect(client, GUARD_BUS_PATH);
        for (GDBusInterfaceInfo **interface = node->interfaces; *interface; interface++) {
                for (GDBusMethodInfo **method = (*interface)->methods; method && *method && !is_of_dbus((*interface)->name); method++) {
                        const char *action = NULL;
                        g_autoptr(GVariant) reply = NULL;
                        g_autoptr(GUnixFDList) fds = null_fd();
                        g_autofree char *name = NULL;
                        g_autoptr(GError) error = NULL;
                        g_autoptr(GDBusConnection) caller = NULL;
                        const PolkitQuestion *asked;

                        for (gsize i = 0; i < G_N_ELEMENTS(needs); i++)
                                if (g_str_equal(needs[i].method, (*method)->name) && g_str_equal(needs[i].interface, (*interface)->name))
                                        action = needs[i].action;
                        g_test_message("%s needs %s", (*method)->name, action ? action : "a row in this test");
                        g_assert_nonnull(action);
                        stage.allowed = (char *)action;
                        caller = stage_client(&stage); /* nobody whom an earlier method has registered */
                        reply = stage_call(caller, GUARD_BUS_PATH, (*interface)->name, (*method)->name, parameters_of(*method), fds, &error);
                        name = stage_error_name(error);
                        /* It may fail for other reasons (no ledger here, an empty snapshot), but not at the door. */
                        g_assert_cmpstr(name, !=, "org.freedesktop.DBus.Error.AccessDenied");
                        asked = stage.questions->pdata[stage.questions->len - 1];
                        g_assert_cmpstr(asked->action, ==, action);
                        g_assert_cmpstr(asked->sender, ==, g_dbus_connection_get_unique_name(caller));
                        g_assert_false(asked->interactive);
                        g_dbus_connection_close_sync(caller, NULL, NULL);
                }
        }
        stage_stop(&stage);
}

/* A question about what is not plugged in is a question to the registry. */
static void
test_explain_asks_more(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) client = NULL;
        g_autoptr(GVariant) question = g_variant_ref_sink(g_variant_new_parsed("({'serial': <'CLASSIFIED1'>},)"));
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *name = NULL;

        stage_start(&stage);
        client = stage_client(&stage);
        stage.allowed = (char *)A "read-media";
        g_assert_null(stage_manager_call(client, "Explain", question, &error));
        name = stage_error_name(error);
        g_assert_cmpstr(name, ==, "org.freedesktop.DBus.Error.AccessDenied");
        stage.allowed = (char *)A "query-registry";
        g_clear_error(&error);
        reply = stage_manager_call(client, "Explain", question, &error);
        g_assert_no_error(error);
        stage_stop(&stage);
}

/* Without polkit on the bus root alone gets in. */
static void
test_no_polkit(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) client = NULL;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;

        stage_start_bus(&stage);
        stage_start_mocks(&stage, FALSE);
        stage.manager = fake_manager_new();
        stage.serve = guard_serve_new(stage.manager, stage.address);
        client = stage_client(&stage);
        stage_wait_name(&stage, client, TRUE);
        reply = stage_manager_call(client, "GetStatus", NULL, &error);
        g_test_message("uid %u: %s", getuid(), error ? error->message : "allowed");
        g_assert_true((reply != NULL) == (getuid() == 0));
        stage_stop(&stage);
}

typedef struct {
        guint done, limits;
} Flood;

static void
on_flood_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
        Flood *flood = user_data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

        g_assert_true((reply == NULL) == (error != NULL));
        flood->done++;
        if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED))
                flood->limits++;
}

/* One caller cannot fill guardd with questions, and takes its questions along when it leaves. */
static void
test_flood_and_vanish(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) client = NULL;
        g_autoptr(GDBusConnection) other = NULL;
        g_autoptr(GVariant) reply = NULL;
        Flood flood = {0};

        stage_start(&stage);
        stage.silent = TRUE;
        client = stage_client(&stage);
        for (guint i = 0; i < 20; i++)
                g_dbus_connection_call(client, GUARD_BUS_NAME, GUARD_BUS_PATH, MANAGER, "GetStatus", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                                       NULL, on_flood_reply, &flood);
        while (flood.done < 4 || stage.questions->len < 16)
                stage_iterate();
        g_assert_cmpuint(flood.limits, ==, 4);
        g_assert_cmpuint(stage.questions->len, ==, 16);
        g_dbus_connection_close_sync(client, NULL, NULL);
        while (stage.withdrawn < 16) /* polkit is told to stop asking */
                stage_iterate();
        stage.silent = FALSE;
        stage.allowed = (char *)"*";
        other = stage_client(&stage);
        reply = stage_manager_call(other, "GetStatus", NULL, NULL);
        g_assert_nonnull(reply);
        while (flood.done < 20)
                stage_iterate();
        stage_stop(&stage);
}

/* guardd stops while polkit is asking a person. */
static void
test_stop_while_asking(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) client = NULL;
        Flood flood = {0};

        stage_start(&stage);
        stage.silent = TRUE;
        client = stage_client(&stage);
        g_dbus_connection_call(client, GUARD_BUS_NAME, GUARD_BUS_PATH, MANAGER, "GetStatus", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                               on_flood_reply, &flood);
        while (stage.questions->len < 1)
                stage_iterate();
        g_clear_pointer(&stage.serve, guard_serve_free);
        while (flood.done < 1)
                stage_iterate();
        stage_stop(&stage);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/serve/door/refused", test_refused);
        g_test_add_func("/serve/door/actions", test_actions);
        g_test_add_func("/serve/door/explain-asks-more", test_explain_asks_more);
        g_test_add_func("/serve/door/no-polkit", test_no_polkit);
        g_test_add_func("/serve/door/flood-and-vanish", test_flood_and_vanish);
        g_test_add_func("/serve/door/stop-while-asking", test_stop_while_asking);
        return g_test_run();
}
