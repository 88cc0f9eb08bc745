/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardd: starts the manager and its bus face, tells systemd, ends in order. Everything else is in the
 * library, so that tests run the real code.
 */
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include "guardd/manager.h"
#include "guardd/serve/serve.h"
#include "guardd/service.h"
#include "guardd/slim.h"
#include "guardd/watchdog.h"

/* After the start, or a new registry: by then it has been read and verified, and the ledger is tidied. */
#define SLIM_SECONDS 15
#define STATUS_SECONDS 1
/* Of uevents, as guardd.socket names them. */
#define KERNEL_GROUP 1
#define UDEV_GROUP 2

typedef struct {
        GMainLoop *loop;
        GuardManager *manager;
        guint slim_timer, status_timer;
} Program;

static gboolean
on_end(gpointer data)
{
        g_main_loop_quit(((Program *)data)->loop);
        return G_SOURCE_CONTINUE;
}

static gboolean
on_reload(gpointer data)
{
        guard_manager_reload(((Program *)data)->manager);
        return G_SOURCE_CONTINUE;
}

static void
tell_watchdog(void)
{
        guard_service_tell("WATCHDOG=1");
}

/* From the main loop: a loop that hangs is a guard that hangs. */
static void
start_watchdog(void)
{
        guint64 usec = guard_service_watchdog_us();

        if (usec > 0)
                guard_watchdog_start(usec, tell_watchdog);
}

static gboolean
on_slim(gpointer data)
{
        ((Program *)data)->slim_timer = 0;
        guard_slim();
        return G_SOURCE_REMOVE;
}

static void
slim_later(Program *program)
{
        if (program->slim_timer)
                g_source_remove(program->slim_timer);
        program->slim_timer = g_timeout_add_seconds(SLIM_SECONDS, on_slim, program);
}

/* Once for all that changed, and a moment later: systemd would be woken beside the device that waits for its verdict. */
static gboolean
on_status(gpointer data)
{
        GuardManager *manager = ((Program *)data)->manager;
        guint n = guard_manager_alarms(manager)->len;
        g_autofree char *text = g_strdup_printf("STATUS=%s, %u removable media, %u alarms",
                                                guard_level_to_string(guard_manager_host(manager)->level),
                                                guard_manager_devices(manager)->len, n);

        ((Program *)data)->status_timer = 0;
        guard_service_tell(text);
        return G_SOURCE_REMOVE;
}

static void
status_later(Program *program)
{
        if (!program->status_timer)
                program->status_timer = g_timeout_add_seconds(STATUS_SECONDS, on_status, program);
}

static int
run(const GuardManagerConfig *config)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
        g_autoptr(GuardManager) manager = guard_manager_new(config);
        Program program = {loop, manager, 0, 0};
        GuardServe *serve;

        g_unix_signal_add(SIGTERM, on_end, &program);
        g_unix_signal_add(SIGINT, on_end, &program);
        g_unix_signal_add(SIGHUP, on_reload, &program);
        if (!guard_manager_start(manager, &error)) {
                g_printerr("guardd: %s\n", error->message);
                return EXIT_FAILURE;
        }
        serve = guard_serve_new(manager, config->bus_address);
        guard_serve_set_ledger(serve, guard_manager_ledger_path(manager),
                               guard_manager_ledger_head_path(manager));
        g_signal_connect_swapped(manager, "device-added", G_CALLBACK(status_later), &program);
        g_signal_connect_swapped(manager, "device-removed", G_CALLBACK(status_later), &program);
        g_signal_connect_swapped(manager, "alarms-changed", G_CALLBACK(status_later), &program);
        g_signal_connect_swapped(manager, "config-changed", G_CALLBACK(slim_later), &program);
        slim_later(&program);
        start_watchdog();
        on_status(&program);
        guard_service_tell("READY=1");
        g_main_loop_run(loop);
        guard_service_tell("STOPPING=1");
        g_signal_handlers_disconnect_by_data(manager, &program);
        guard_serve_free(serve);
        guard_manager_stop(manager);
        return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
        g_autofree char *root = NULL;
        g_autofree char *bus_address = NULL;
        gboolean version = FALSE, no_audit = FALSE;
        /* Hidden ones are for tests; never in the installed unit. */
        const GOptionEntry options[] = {
                {"version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Print the version and end"), NULL},
                {"root", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &root, NULL, NULL},
                {"bus-address", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &bus_address, NULL, NULL},
                {"no-audit", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &no_audit, NULL, NULL},
                {NULL, 0, 0, 0, NULL, NULL, NULL},
        };
        g_autoptr(GOptionContext) context = g_option_context_new(NULL);
        g_autoptr(GError) error = NULL;
        GuardManagerConfig config;

        /* Characters, not a language: what guardd records and sends is read by people of any, and
         * translated where it is shown. */
        setlocale(LC_CTYPE, "");
        /* Threads are few and short: an arena for each would cost more memory than it saves time. */
        (void)mallopt(M_ARENA_MAX, 2);
        /* A thread's stack of some KiB would be given 2 MiB at its first touch. */
        (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
        g_option_context_add_main_entries(context, options, GETTEXT_PACKAGE);
        if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
                g_printerr("guardd: %s\n", error ? error->message : _("takes no arguments"));
                return 2;
        }
        if (version) {
                g_print("guardd %s\n", BAOMI_GUARD_VERSION);
                return EXIT_SUCCESS;
        }
        config = (GuardManagerConfig){root, bus_address, !no_audit, !no_audit,
                                      guard_service_passed_netlink(UDEV_GROUP),
                                      guard_service_passed_netlink(KERNEL_GROUP)};
        return run(&config);
}
