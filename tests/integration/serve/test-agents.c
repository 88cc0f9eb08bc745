/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Session agents: what they are told at registration, that a heartbeat counts only from who registered,
 * that a countdown reaches one session, and that the history shows one's own records only.
 */
#include <glib/gstdio.h>
#include <unistd.h>
#include "common/guard-names.h"
#include "ledger/ledger.h"
#include "tests/integration/serve/stage.h"

static GVariant *
no_options(void)
{
        return g_variant_new("(a{sv})", NULL);
}

static void
be(Stage *stage, const char *session)
{
        stage->allowed = (char *)"*";
        stage->session_id = session;
        stage->session_class = "user";
        stage->session_uid = getuid();
}

static GDBusConnection *
agent_of(Stage *stage, const char *session)
{
        GDBusConnection *client = stage_client(stage);
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = NULL;

        be(stage, session);
        reply = stage_manager_call(client, "RegisterAgent", no_options(), &error);
        g_assert_no_error(error);
        return client;
}

static void
test_registration_tells(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) client = NULL;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) told = NULL;
        g_autoptr(GVariant) host = NULL;
        g_autoptr(GVariant) alarms = NULL;
        g_autoptr(GError) error = NULL;
        const char *text;
        guint32 seconds;

        stage_start(&stage);
        fake_manager_set_alarm(stage.manager, "registry", "It has expired.");
        be(&stage, "7");
        client = stage_client(&stage);
        reply = stage_manager_call(client, "RegisterAgent", no_options(), &error);
        g_assert_no_error(error);
        told = g_variant_get_child_value(reply, 0);
        g_assert_true(g_variant_lookup(told, "session", "&s", &text));
        g_assert_cmpstr(text, ==, "7");
        g_assert_true(g_variant_lookup(told, "heartbeat_seconds", "u", &seconds));
        g_assert_cmpuint(seconds, ==, GUARD_AGENT_HEARTBEAT_SECONDS);
        host = g_variant_lookup_value(told, "host", G_VARIANT_TYPE_VARDICT);
        g_assert_true(g_variant_lookup(host, "level", "&s", &text));
        g_assert_cmpstr(text, ==, "none");
        alarms = g_variant_lookup_value(told, "alarms", G_VARIANT_TYPE("aa{sv}"));
        g_assert_cmpuint(g_variant_n_children(alarms), ==, 1);
        g_dbus_connection_close_sync(client, NULL, NULL);
        stage_stop(&stage);
}

static void
test_heartbeat(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) agent = NULL;
        g_autoptr(GDBusConnection) stranger = NULL;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GVariant) none = NULL;
        g_autoptr(GVariant) state = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) wanted = NULL;
        GuardAgentState said;
        guint looks = 0, questions;
        guint32 seconds;
        gboolean idle = FALSE;

        stage_start(&stage);
        g_assert_false(guard_serve_agent(stage.serve, "7", &said));
        agent = agent_of(&stage, "7");
        g_assert_true(guard_serve_agent(stage.serve, "7", &said));
        g_assert_true(said.notifications && said.idle_seconds == -1 && said.locked == -1 && said.heard_us > 0);
        g_assert_false(guard_serve_agent(stage.serve, "8", &said));

        state = g_variant_ref_sink(g_variant_new_parsed("({'notifications': <false>, 'idle_seconds': <@u 61>, 'locked': <true>},)"));
        questions = stage.questions->len;
        reply = stage_manager_call(agent, "Heartbeat", state, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(stage.questions->len, ==, questions); /* it was asked about once, when it registered */
        g_assert_true(g_variant_is_of_type(reply, G_VARIANT_TYPE("(a{sv})")));
        wanted = g_variant_get_child_value(reply, 0);
        g_assert_true(g_variant_lookup(wanted, "idle", "b", &idle) && idle);
        g_assert_true(g_variant_lookup(wanted, "heartbeat_seconds", "u", &seconds));
        g_assert_cmpuint(seconds, ==, GUARD_AGENT_HEARTBEAT_SECONDS);
        g_assert_true(guard_serve_agent(stage.serve, "7", &said));
        g_assert_true(!said.notifications && said.idle_seconds == 61 && said.locked == TRUE);

        stranger = stage_client(&stage);
        none = stage_manager_call(stranger, "Heartbeat", no_options(), &error);
        g_assert_null(none);
        g_assert_nonnull(error);
        g_dbus_connection_close_sync(stranger, NULL, NULL);
        g_dbus_connection_close_sync(agent, NULL, NULL);
        while (guard_serve_agent(stage.serve, "7", &said) && looks++ < 1000)
                stage_iterate();
        g_assert_false(guard_serve_agent(stage.serve, "7", &said)); /* left the bus: gone */
        stage_stop(&stage);
}

static void
on_countdown(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
             GVariant *parameters, gpointer user_data)
{
        g_autoptr(GVariant) countdown = g_variant_get_child_value(parameters, 0);
        const char *kind = "?";

        (void)connection, (void)sender, (void)path, (void)interface, (void)signal;
        g_variant_lookup(countdown, "kind", "&s", &kind);
        g_string_append_printf(user_data, "%s ", kind);
}

static GString *
listen(GDBusConnection *client)
{
        GString *heard = g_string_new(NULL);

        /* Of any sender: GDBus drops signals of a well-known name until it has asked the bus who owns it. */
        g_dbus_connection_signal_subscribe(client, NULL, NULL, "Countdown", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_countdown, heard, NULL);
        return heard;
}

static void
assert_heard(GDBusConnection *client, GString *heard, const char *what)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = stage_manager_call(client, "Heartbeat", no_options(), &error); /* signals before it have arrived */

        g_assert_no_error(error);
        while (g_main_context_iteration(NULL, FALSE))
                ;
        g_assert_cmpstr(heard->str, ==, what);
        g_string_free(heard, TRUE);
        g_dbus_connection_close_sync(client, NULL, NULL);
}

static void
test_countdown(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) one = NULL;
        g_autoptr(GDBusConnection) two = NULL;
        GString *heard_one, *heard_two;

        stage_start(&stage);
        one = agent_of(&stage, "7");
        two = agent_of(&stage, "8");
        heard_one = listen(one);
        heard_two = listen(two);
        guard_serve_countdown(stage.serve, "8", g_variant_new_parsed("{'kind': <'lock'>}"));
        guard_serve_countdown(stage.serve, NULL, g_variant_new_parsed("{'kind': <'shutdown'>}"));
        assert_heard(one, heard_one, "shutdown ");
        assert_heard(two, heard_two, "lock shutdown ");
        stage_stop(&stage);
}

static void
append(GuardLedger *ledger, const char *user, const char *device, const char *serial)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GuardRecord) record = guard_record_new("usb-decision", GUARD_SEVERITY_WARNING);

        record->time_us = g_get_real_time();
        g_free(record->boot_id);
        record->boot_id = g_strdup("b");
        record->user = g_strdup(user);
        record->device = g_strdup(device);
        record->serial = g_strdup(serial);
        record->message = g_strdup("m");
        guard_ledger_append(ledger, record, &error);
        g_assert_no_error(error);
}

static char *
serials(GVariant *reply)
{
        g_autoptr(GVariant) records = g_variant_get_child_value(reply, 0);
        GString *text = g_string_new(NULL);

        for (gsize i = 0; i < g_variant_n_children(records); i++) {
                g_autoptr(GVariant) one = g_variant_get_child_value(records, i);
                const char *serial = "?";

                g_variant_lookup(one, "serial", "&s", &serial);
                g_string_append_printf(text, "%s ", serial);
                g_assert_false(g_variant_lookup(one, "digest", "&s", &serial));
        }
        return g_string_free(text, FALSE);
}

static void
assert_history(GDBusConnection *client, const char *query, const char *expected)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) parsed = g_variant_ref_sink(g_variant_new("(@a{sv})", g_variant_new_parsed(query)));
        g_autoptr(GVariant) reply = stage_manager_call(client, "MyHistory", parsed, &error);
        g_autofree char *text = NULL;

        g_assert_no_error(error);
        text = serials(reply);
        g_assert_cmpstr(text, ==, expected);
}

/* logind's mock says that every caller is wang. */
static void
test_history(void)
{
        Stage stage = {0};
        g_autoptr(GDBusConnection) client = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *folder = g_dir_make_tmp("guard-agents-XXXXXX", NULL);
        g_autofree char *db = g_build_filename(folder, "ledger.db", NULL), *head = g_build_filename(folder, "ledger.head", NULL);
        GuardLedger *ledger = guard_ledger_open(db, head, NULL, &error);
        const char *name;
        GDir *dir;

        g_assert_no_error(error);
        append(ledger, "wang", "1-1", "MINE1");
        append(ledger, "li", "1-2", "THEIRS");
        append(ledger, NULL, "1-3", "NOBODYS");
        append(ledger, "wang", NULL, "NODEVICE");
        append(ledger, "wang", "1-1", "MINE2");
        stage_start(&stage);
        guard_serve_set_ledger(stage.serve, db, head);
        be(&stage, "7");
        client = stage_client(&stage);
        assert_history(client, "@a{sv} {}", "MINE1 NOBODYS MINE2 ");
        assert_history(client, "{'limit': <@t 2>}", "NOBODYS MINE2 ");
        assert_history(client, "{'after_seq': <@t 4>}", "MINE2 "); /* 1 begins the ledger */
        g_dbus_connection_close_sync(client, NULL, NULL);
        stage_stop(&stage);
        guard_ledger_free(ledger);
        dir = g_dir_open(folder, 0, NULL);
        while ((name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(folder, name, NULL);

                g_unlink(path);
        }
        g_dir_close(dir);
        g_rmdir(folder);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/serve/agents/registration-tells", test_registration_tells);
        g_test_add_func("/serve/agents/heartbeat", test_heartbeat);
        g_test_add_func("/serve/agents/countdown", test_countdown);
        g_test_add_func("/serve/agents/history", test_history);
        return g_test_run();
}
