/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-notifier's entry: options, one agent a session, and its end.
 */
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>
#include "common/guard-names.h"
#include "notifier/agent/agent.h"
#include "notifier/agent/display.h"
#include "notifier/agent/saver.h"
#include "notifier/core/settings.h"

#define OWN_NAME "org.baomiguard.Notifier1"
#define OWN_PATH "/org/baomiguard/Notifier1"
#define WINDOW_PROGRAM GUARD_LIBEXEC_DIR "/guard-notifier-window"
#define CONF_NAME "/notifier.conf"
#define LOCKER_SECONDS 15

static const char own_xml[] = "<node><interface name='" OWN_NAME "'><method name='ShowHistory'/></interface></node>";

typedef struct {
        GMainLoop *loop;
        GuardAgent *agent;
        gboolean has_name, lost_name;
} Program;

static gboolean
on_stop(gpointer user_data)
{
        Program *program = user_data;

        g_main_loop_quit(program->loop);
        return G_SOURCE_CONTINUE;
}

static void
on_place_gone(gpointer user_data)
{
        on_stop(user_data);
}

static void
on_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
        GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
        Program *program = user_data;

        (void)connection, (void)sender, (void)path, (void)interface, (void)method, (void)parameters;
        guard_agent_show_history(program->agent);
        g_dbus_method_invocation_return_value(invocation, NULL);
}

static void
on_name_acquired(GDBusConnection *connection, const char *name, gpointer user_data)
{
        (void)connection, (void)name;
        ((Program *)user_data)->has_name = TRUE;
}

/* It was never given, or another agent has taken it. */
static void
on_name_lost(GDBusConnection *connection, const char *name, gpointer user_data)
{
        Program *program = user_data;

        (void)connection, (void)name;
        program->lost_name = TRUE;
        if (program->loop)
                on_stop(program);
}

/* guardd starts an agent where it misses one, and the desktop starts one too: the second one has nothing to
 * do, but where the first one hangs. */
static gboolean
take_name(GDBusConnection *session, gboolean replace, Program *program)
{
        GBusNameOwnerFlags flags = G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE | G_BUS_NAME_OWNER_FLAGS_ALLOW_REPLACEMENT |
                                   (replace ? G_BUS_NAME_OWNER_FLAGS_REPLACE : 0);

        g_bus_own_name_on_connection(session, OWN_NAME, flags, on_name_acquired, on_name_lost, program, NULL);
        while (!program->has_name && !program->lost_name)
                g_main_context_iteration(NULL, TRUE);
        return !program->lost_name;
}

static int
ask_running(GDBusConnection *session)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_sync(session, OWN_NAME, OWN_PATH, OWN_NAME, "ShowHistory", NULL, NULL,
                                                                G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, &error);

        if (reply)
                return 0;
        fprintf(stderr, "guard-notifier: %s\n", error->message);
        return 1;
}

static int
lock(GDBusConnection *session)
{
        g_autoptr(GError) error = NULL;

        if (guard_saver_lock(session, LOCKER_SECONDS, &error))
                return 0;
        fprintf(stderr, "guard-notifier: %s\n", error->message);
        return 1;
}

static int
run(GDBusConnection *session, Program *program, gboolean terminal, gboolean history)
{
        static const GDBusInterfaceVTable vtable = {.method_call = on_call};
        static const char *const settings[] = {GUARD_ETC_DIR CONF_NAME, GUARD_DATA_DIR CONF_NAME, NULL};
        g_autoptr(GError) error = NULL;
        GuardAgentOptions options = {.session = session, .window_program = WINDOW_PROGRAM};
        g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(own_xml, NULL);
        g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
        g_autoptr(GuardDisplay) display = terminal ? NULL : guard_display_open(on_place_gone, program);
        g_autoptr(GuardTerminal) lines = terminal ? guard_terminal_new(STDOUT_FILENO, on_place_gone, program) : NULL;

        program->loop = loop;
        options.terminal = lines;
        options.mark_style = terminal ? NULL : guard_settings_mark_style(settings, &error);
        if (error)
                g_warning("%s", error->message);
        program->agent = guard_agent_new(&options);
        guard_agent_set_display(program->agent, display);
        if (session)
                g_dbus_connection_register_object(session, OWN_PATH, node->interfaces[0], &vtable, program, NULL, NULL);
        g_unix_signal_add(SIGTERM, on_stop, program);
        g_unix_signal_add(SIGINT, on_stop, program);
        g_unix_signal_add(SIGHUP, on_stop, program);
        if (history)
                guard_agent_show_history(program->agent);
        g_main_loop_run(loop);
        guard_agent_free(program->agent);
        return 0;
}

int
main(int argc, char **argv)
{
        gboolean version = FALSE, history = FALSE, replace = FALSE, terminal = FALSE, lock_now = FALSE;
        const GOptionEntry entries[] = {
                {"history", 0, 0, G_OPTION_ARG_NONE, &history, N_("Show what was connected here"), NULL},
                {"lock", 0, 0, G_OPTION_ARG_NONE, &lock_now, N_("Ask this session's screen locker to lock"), NULL},
                {"replace", 0, 0, G_OPTION_ARG_NONE, &replace, N_("Take the place of one that runs already"), NULL},
                {"terminal", 0, 0, G_OPTION_ARG_NONE, &terminal, N_("Write messages to this terminal, without a desktop"), NULL},
                {"version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Show the version"), NULL},
                {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
        };
        g_autoptr(GOptionContext) context = g_option_context_new(NULL);
        g_autoptr(GDBusConnection) session = NULL;
        g_autoptr(GError) error = NULL;
        Program program = {0};

        setlocale(LC_ALL, "");
        if (guard_terminal_is_console(STDOUT_FILENO))
                setlocale(LC_MESSAGES, "C");
        bindtextdomain(GETTEXT_PACKAGE, GUARD_LOCALE_DIR);
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
        textdomain(GETTEXT_PACKAGE);
        g_option_context_set_summary(context, _("Tells the person at this computer what the guard decided."));
        g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
        if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
                fprintf(stderr, "guard-notifier: %s\n", error ? error->message : _("it takes no words, only options; see --help"));
                return 2;
        }
        if (version) {
                printf("guard-notifier %s\n", BAOMI_GUARD_VERSION);
                return 0;
        }
        if (terminal)
                return run(NULL, &program, TRUE, FALSE);
        session = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &error);
        if (!session)
                g_message("this session has no bus, so nothing can be shown: %s", error->message);
        else if (lock_now)
                return lock(session);
        else if (!take_name(session, replace, &program))
                return history ? ask_running(session) : 0;
        return lock_now ? 1 : run(session, &program, FALSE, history);
}
