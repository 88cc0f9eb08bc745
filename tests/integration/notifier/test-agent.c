/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The agent between guardd's real bus face and a played desktop: what is shown and how, what a press does, and
 * that nothing is lost when there is no server, when guardd restarts, when the session ends.
 */
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "notifier/agent/agent.h"
#include "tests/integration/notifier/desktop.h"
#include "tests/integration/serve/stage.h"

typedef struct {
        Stage stage;
        Desktop desktop;
        GuardAgent *agent;
        GuardDevice *device; /* a refused classified stick, 1-2 */
} Fixture;

/* The agent has asked what it missed; whoever asks the same later is answered later. */
static void
settle(Fixture *f)
{
        g_autoptr(GDBusConnection) client = stage_client(&f->stage);
        g_autoptr(GVariant) reply = stage_manager_call(client, "MyHistory", g_variant_new("(a{sv})", NULL), NULL);

        g_dbus_connection_close_sync(client, NULL, NULL);
}

static void
start_agent(Fixture *f)
{
        const GuardAgentOptions options = {.system_address = f->stage.address, .session = f->desktop.agent,
                                           .state_folder = f->desktop.folder, .window_program = f->desktop.window_program};

        f->agent = guard_agent_new(&options);
        while (!guard_agent_is_registered(f->agent))
                stage_iterate();
        settle(f);
}

static void
be_logged_in(Stage *stage)
{
        stage->allowed = (char *)"*";
        stage->session_id = "7";
        stage->session_class = "user";
        stage->session_uid = getuid();
}

static void
set_up(Fixture *f, gconstpointer with_server)
{
        stage_start(&f->stage);
        be_logged_in(&f->stage);
        desktop_start(&f->desktop, with_server != NULL);
        f->device = fake_manager_plug(f->stage.manager, "1-2", "S1", GUARD_VERDICT_REFUSE, GUARD_REASON_CLASSIFIED_ON_UNCLASSIFIED);
        start_agent(f);
}

static void
tear_down(Fixture *f, gconstpointer with_server)
{
        (void)with_server;
        guard_agent_free(f->agent);
        desktop_stop(&f->desktop);
        stage_stop(&f->stage);
}

static void
announce(Fixture *f, const char *session)
{
        fake_manager_announce(f->stage.manager, f->device, session);
}

static void
test_shown(Fixture *f, gconstpointer data)
{
        const Popup *popup;

        (void)data;
        announce(f, "8"); /* somebody else's */
        announce(f, "7");
        popup = desktop_wait_popup(&f->desktop, 1);
        g_assert_cmpstr(popup->title, ==, "Blocked: classified drive");
        g_assert_nonnull(strstr(popup->body, "8001"));
        g_assert_cmpuint(popup->urgency, ==, 2);
        g_assert_cmpint(popup->timeout, ==, 0); /* stays */
        g_assert_cmpuint(popup->replaces, ==, 0);
        g_assert_cmpstr(popup->actions[0], ==, "default");
        g_assert_cmpstr(popup->actions[1], ==, ""); /* no second button of that name */
        g_assert_true(g_strv_contains((const char *const *)popup->actions, "details"));
        g_assert_true(g_strv_contains((const char *const *)popup->actions, "history"));
        g_assert_false(g_strv_contains((const char *const *)popup->actions, "eject"));
        /* Taken away by the server, not read: shown again. */
        desktop_close(&f->desktop, popup->id, 1);
        popup = desktop_wait_popup(&f->desktop, 2);
        g_assert_cmpstr(popup->title, ==, "Blocked: classified drive");
}

static void
test_poor_server(Fixture *f, gconstpointer data)
{
        static const char *const little[] = {"persistence", NULL};
        const Popup *popup;

        (void)data;
        f->desktop.capabilities = little;
        announce(f, "7");
        popup = desktop_wait_popup(&f->desktop, 1);
        g_assert_nonnull(strstr(popup->title, "8001"));
        g_assert_cmpstr(popup->body, ==, "");
        g_assert_cmpuint(g_strv_length(popup->actions), ==, 0);
}

static void
wait_notifications(Fixture *f, gboolean there)
{
        GuardAgentState said = {.notifications = !there};

        while (!guard_serve_agent(f->stage.serve, "7", &said) || said.notifications != there)
                stage_iterate();
}

static void
test_no_server(Fixture *f, gconstpointer data)
{
        (void)data;
        announce(f, "7");
        wait_notifications(f, FALSE);
        desktop_wait_window(&f->desktop, "'Blocked: classified drive'"); /* a window of its own, meanwhile */
        g_assert_cmpuint(f->desktop.popups->len, ==, 0);
        desktop_start_server(&f->desktop);
        desktop_wait_popup(&f->desktop, 1);
        wait_notifications(f, TRUE);
        /* A server that goes and comes: what nobody read is there again. */
        desktop_stop_server(&f->desktop);
        desktop_start_server(&f->desktop);
        desktop_wait_popup(&f->desktop, 2);
}

static void
test_next_login(Fixture *f, gconstpointer data)
{
        const Popup *popup;

        (void)data;
        announce(f, "7");
        desktop_wait_popup(&f->desktop, 1);
        desktop_settle(&f->desktop);
        guard_agent_free(f->agent); /* logged out with the message on screen: its buttons go with it */
        while (f->desktop.closed->len == 0)
                stage_iterate();
        start_agent(f);
        popup = desktop_wait_popup(&f->desktop, 2);
        g_assert_cmpstr(popup->title, ==, "Blocked: classified drive");
        desktop_press(&f->desktop, popup->id, "history");
        desktop_close(&f->desktop, popup->id, 2); /* read */
        desktop_wait_window(&f->desktop, "rows"); /* both were heard: the window came later */
        guard_agent_free(f->agent);
        start_agent(f);
        announce(f, "7");
        popup = desktop_wait_popup(&f->desktop, 3);
}

static void
test_guardd_restarts(Fixture *f, gconstpointer data)
{
        (void)data;
        g_clear_pointer(&f->stage.serve, guard_serve_free);
        while (guard_agent_is_registered(f->agent))
                stage_iterate();
        f->stage.serve = guard_serve_new(f->stage.manager, f->stage.address);
        while (!guard_agent_is_registered(f->agent))
                stage_iterate();
        settle(f);
        announce(f, "7");
        desktop_wait_popup(&f->desktop, 1);
}

static void
test_alarm(Fixture *f, gconstpointer data)
{
        const Popup *popup;

        (void)data;
        fake_manager_set_alarm(f->stage.manager, "registry", "It has expired.");
        popup = desktop_wait_popup(&f->desktop, 1);
        g_assert_cmpuint(popup->urgency, ==, 1);
        fake_manager_set_alarm(f->stage.manager, "event-log", "x"); /* the first one is not told again */
        popup = desktop_wait_popup(&f->desktop, 2);
        g_assert_cmpstr(popup->title, ==, "The guard's records need looking after");
}

/* host.conf names another contact: the next message does too. */
static void
test_host_changes(Fixture *f, gconstpointer data)
{
        GuardHost *host = (GuardHost *)guard_manager_host(f->stage.manager);
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;

        (void)data;
        g_free(host->contact_phone);
        host->contact_phone = g_strdup("8999");
        reply = stage_manager_call(f->stage.mocks, "Reload", NULL, &error);
        g_assert_no_error(error);
        announce(f, "7");
        g_assert_nonnull(strstr(desktop_wait_popup(&f->desktop, 1)->body, "8999"));
}

static void
test_mark(Fixture *f, gconstpointer data)
{
        const GuardAgentOptions options = {.system_address = f->stage.address, .state_folder = f->desktop.folder,
                                           .window_program = f->desktop.window_program, .mark_style = "corner"};
        GuardAgent *agent = guard_agent_new(&options);

        (void)data;
        desktop_wait_window(&f->desktop, "'Not classified");
        settle(f);
        guard_agent_free(agent);
}

static void
test_presses(Fixture *f, gconstpointer data)
{
        GDBusConnection *stranger = NULL;
        const Popup *popup;

        (void)data;
        f->device->decision->verdict = GUARD_VERDICT_READ_ONLY;
        announce(f, "7");
        popup = desktop_wait_popup(&f->desktop, 1);
        g_assert_true(g_strv_contains((const char *const *)popup->actions, "eject"));
        /* Anybody on the session's bus can say that a button was pressed; it counts from the server alone. */
        stranger = g_dbus_connection_new_for_address_sync(g_test_dbus_get_bus_address(f->desktop.bus),
                                                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                          NULL, NULL, NULL);
        g_dbus_connection_emit_signal(stranger, NULL, "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "ActionInvoked",
                                      g_variant_new("(us)", popup->id, "eject"), NULL);
        g_dbus_connection_flush_sync(stranger, NULL, NULL);
        desktop_press(&f->desktop, popup->id, "default");
        desktop_wait_window(&f->desktop, "'rows'"); /* the details, with the record in rows */
        g_assert_cmpuint(fake_manager_counts(f->stage.manager)->ejects, ==, 0);
        desktop_press(&f->desktop, popup->id, "eject");
        popup = desktop_wait_popup(&f->desktop, 2);
        g_assert_cmpuint(fake_manager_counts(f->stage.manager)->ejects, ==, 1);
        g_dbus_connection_close_sync(stranger, NULL, NULL);
        g_object_unref(stranger);
}

static void
test_countdown(Fixture *f, gconstpointer data)
{
        (void)data;
        g_assert_true(g_file_set_contents(f->desktop.window_says, "postpone 30 写材料\n", -1, NULL));
        guard_serve_countdown(f->stage.serve, "7", g_variant_new_parsed("{'kind': <'shutdown'>, 'state': <'running'>, 'seconds': <@u 900>}"));
        g_assert_nonnull(strstr(desktop_wait_popup(&f->desktop, 1)->title, "15 minutes"));
        g_assert_false(g_file_test(f->desktop.window_log, G_FILE_TEST_EXISTS)); /* too early for a window */
        guard_serve_countdown(f->stage.serve, "7", g_variant_new_parsed("{'kind': <'shutdown'>, 'state': <'running'>, 'seconds': <@u 60>}"));
        desktop_wait_window(&f->desktop, "'shutdown'");
        while (f->desktop.closed->len == 0) /* the window says it better */
                stage_iterate();
        desktop_wait_window(&f->desktop, "'error'"); /* guardd was asked, and its answer is shown: no presence guard here */
        guard_serve_countdown(f->stage.serve, "7", g_variant_new_parsed("{'kind': <'shutdown'>, 'state': <'cancelled'>}"));
        guard_serve_countdown(f->stage.serve, "7", g_variant_new_parsed("{'kind': <'lock'>, 'state': <'running'>, 'seconds': <@u 30>}"));
        desktop_wait_window(&f->desktop, "'lock'");
}

static char *
read_until(int fd, const char *word)
{
        GString *text = g_string_new(NULL);
        char buffer[4096];

        while (!strstr(text->str, word)) {
                gssize n = read(fd, buffer, sizeof buffer);

                if (n > 0)
                        g_string_append_len(text, buffer, n);
                else
                        stage_iterate();
        }
        return g_string_free(text, FALSE);
}

/* Without a desktop: the same messages as lines, of one's own session only; nothing counts as read. */
static void
test_terminal(Fixture *f, gconstpointer data)
{
        int ends[2];
        g_autofree char *text = NULL, *more = NULL;

        (void)data;
        guard_agent_free(f->agent);
        g_assert_true(g_unix_open_pipe(ends, FD_CLOEXEC, NULL));
        g_assert_true(g_unix_set_fd_nonblocking(ends[0], TRUE, NULL));
        {
                g_autoptr(GuardTerminal) terminal = guard_terminal_new(ends[1], NULL, NULL);
                const GuardAgentOptions options = {.system_address = f->stage.address, .terminal = terminal,
                                                   .state_folder = f->desktop.folder};

                f->agent = guard_agent_new(&options);
                while (!guard_agent_is_registered(f->agent))
                        stage_iterate();
                announce(f, "8");
                announce(f, "7");
                text = read_until(ends[0], "8001");
                g_assert_nonnull(strstr(text, "*** Blocked: classified drive ***"));
                g_assert_null(strstr(strstr(text, "***") + 40, "*** Blocked")); /* once */
                guard_serve_countdown(f->stage.serve, "7",
                                      g_variant_new_parsed("{'kind': <'shutdown'>, 'state': <'running'>, 'seconds': <@u 900>}"));
                more = read_until(ends[0], "guardctl postpone");
                g_assert_nonnull(strstr(more, "15 minutes"));
                guard_agent_free(f->agent);
        }
        close(ends[0]), close(ends[1]);
        start_agent(f);
}

#define ADD(name, server, function) g_test_add("/notifier/agent/" name, Fixture, server, set_up, function, tear_down)

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("shown", "server", test_shown);
        ADD("poor-server", "server", test_poor_server);
        ADD("no-server", NULL, test_no_server);
        ADD("next-login", "server", test_next_login);
        ADD("guardd-restarts", "server", test_guardd_restarts);
        ADD("alarm", "server", test_alarm);
        ADD("host-changes", "server", test_host_changes);
        ADD("mark", "server", test_mark);
        ADD("presses", "server", test_presses);
        ADD("countdown", "server", test_countdown);
        ADD("terminal", "server", test_terminal);
        return g_test_run();
}
