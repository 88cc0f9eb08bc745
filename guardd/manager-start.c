/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The manager's beginning and end: in which order the parts come up, what is said about the run before,
 * and how present devices are taken over.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "common/guard-text.h"
#include "guardd/keyval.h"
#include "guardd/manager-private.h"
#include "guardd/presence/presence.h"
#include "guardd/sysfs.h"
#include "guardd/usb/mend.h"
#include "ledger/kinds.h"

#define MAX_WORKERS 24
/* A hard disk spins up, an old stick thinks: longer than both, shorter than patience. */
#define PROBE_DEADLINE_MS 20000
#define PRUNE_SECONDS (24 * 3600)
#define DAY_US (24 * 3600 * (gint64)G_USEC_PER_SEC)

static void
udev_event(struct udev_device *device, const char *action, gpointer data)
{
        GuardManager *manager = data;
        const char *subsystem = udev_device_get_subsystem(device);

        if (g_strcmp0(subsystem, "block") == 0)
                guard_manager_block_event(manager, device, action);
        else if (g_strcmp0(subsystem, "usb") == 0)
                guard_manager_usb_event(manager, udev_device_get_syspath(device), action);
}

static void
kernel_added(const char *syspath, gboolean is_disk, gpointer manager)
{
        if (is_disk)
                guard_manager_block_early(manager, syspath);
        else
                guard_manager_usb_early(manager, syspath);
}

static void
forget_gone(GuardManager *manager, GPtrArray *devices)
{
        g_autoptr(GPtrArray) gone = g_ptr_array_new();

        for (guint i = 0; i < devices->len; i++) {
                ManagedDevice *device = g_ptr_array_index(devices, i);

                if (!guard_device_present(device))
                        g_ptr_array_add(gone, device);
        }
        for (guint i = 0; i < gone->len; i++)
                guard_device_gone(g_ptr_array_index(gone, i));
        (void)manager;
}

void
guard_manager_rescan(GuardManager *manager)
{
        if (!manager->udev)
                return;
        forget_gone(manager, manager->devices);
        forget_gone(manager, manager->pending);
        guard_udev_source_enumerate(manager->udev);
        guard_manager_take_spool(manager);
}

static void
overflow(gpointer data)
{
        g_warning("udev events were lost: looking at every device again");
        guard_manager_rescan(data);
}

static void
alarm_changed(const GuardAlarm *alarm, gboolean set, gpointer data)
{
        GuardManager *manager = data;
        g_autofree char *message = guard_text_plain(alarm->message);

        guard_manager_note(manager, set ? GUARD_KIND_ALARM : GUARD_KIND_ALARM_CLEARED,
                           set ? alarm->severity : GUARD_SEVERITY_INFO, message);
        g_signal_emit_by_name(manager, "alarms-changed");
}

static void
config_changed(guint what, gpointer data)
{
        GuardManager *manager = data;
        guint depends = 0;

        if (!manager->started)
                return;
        if (what & GUARD_CONFIG_HOST)
                depends |= GUARD_DEPENDS_HOST;
        if (what & GUARD_CONFIG_POLICY)
                depends |= GUARD_DEPENDS_POLICY;
        if (what & (GUARD_CONFIG_HOST | GUARD_CONFIG_POLICY))
                guard_manager_note(manager, GUARD_KIND_CONFIG_CHANGED, GUARD_SEVERITY_NOTICE,
                                   what & GUARD_CONFIG_HOST ? "This machine's description has changed."
                                                            : "The policy has changed.");
        guard_manager_check_alarms(manager);
        if (!manager->ready && guard_config_registry(manager->config)) {
                manager->ready = TRUE;
                guard_manager_take_spool(manager);
        }
        /* A new registry may say anything about anybody; so may the rest. */
        guard_manager_reevaluate(manager, what & GUARD_CONFIG_REGISTRY ? G_MAXUINT : depends);
        if (what & (GUARD_CONFIG_HOST | GUARD_CONFIG_POLICY))
                guard_manager_update_transfers(manager);
        if (manager->presence && what & GUARD_CONFIG_POLICY)
                guard_presence_look(manager->presence);
        g_signal_emit_by_name(manager, "config-changed");
}

static void
session_changed(gpointer data)
{
        guard_manager_reevaluate(data, GUARD_DEPENDS_SESSION);
}

static void
time_has_come(gpointer data)
{
        guard_manager_reevaluate(data, GUARD_DEPENDS_TIME | GUARD_DEPENDS_REGISTRY);
        guard_manager_check_alarms(data);
}

static void
bus_up(GDBusConnection *bus, gpointer data)
{
        GuardManager *manager = data;

        guard_session_watch_set_bus(manager->sessions, bus);
        if (manager->presence)
                guard_presence_set_bus(manager->presence, bus);
}

static void
bus_down(gpointer data)
{
        bus_up(NULL, data);
}

static gboolean
make_folders(GuardManager *manager, GError **error)
{
        const GuardPaths *p = manager->paths;
        const char *folders[] = {p->run_dir, p->verdict_dir, p->usb_state_dir, p->spool_dir_early,
                                 p->state_dir, p->spool_dir};

        for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
                if (g_mkdir_with_parents(folders[i], 0700) == 0)
                        continue;
                g_set_error(error, GUARD_ERROR, GUARD_ERROR_IO, _("Cannot make %s: %s"), folders[i],
                            g_strerror(errno));
                return FALSE;
        }
        /* udev's helpers are root; others may look whether guardd runs, no more. */
        (void)chmod(p->run_dir, 0755);
        return TRUE;
}

/* The mark is there while guardd runs: one that is found at start tells of an end that nobody told. */
static void
note_start(GuardManager *manager)
{
        g_autoptr(GHashTable) old = guard_keyval_read(manager->paths->running_mark, NULL);
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GError) error = NULL;

        if (old) {
                gboolean same = g_strcmp0(g_hash_table_lookup(old, "boot_id"), manager->boot_id) == 0;

                guard_manager_note(manager, GUARD_KIND_UNCLEAN_END, GUARD_SEVERITY_WARNING,
                                   same ? "guardd ended without saying so (killed, or it failed)."
                                        : "The machine went down without guardd being ended.");
        }
        guard_manager_note(manager, GUARD_KIND_GUARDD_START, GUARD_SEVERITY_INFO,
                           "guardd " BAOMI_GUARD_VERSION " started.");
        guard_keyval_add(text, "boot_id", manager->boot_id);
        guard_keyval_add_number(text, "time", (guint64)g_get_real_time());
        guard_keyval_add_number(text, "pid", (guint64)getpid());
        if (!guard_keyval_write(manager->paths->running_mark, text->str, TRUE, &error))
                g_warning("%s", error->message);
}

static void
sweep_usb_state(GuardManager *manager)
{
        const char *folder = manager->paths->usb_state_dir;
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *path = g_build_filename(folder, name, NULL);
                g_autofree char *device = g_build_filename("/sys/bus/usb/devices", name, NULL);

                if (!g_file_test(device, G_FILE_TEST_EXISTS))
                        (void)unlink(path);
        }
}

static void
prune(GuardManager *manager)
{
        guint days = guard_policy_retention_days(guard_config_policy(manager->config));
        gint64 now = g_get_real_time();

        guard_recorder_prune(manager->recorder, now - days * DAY_US, now);
}

static gboolean
prune_daily(gpointer data)
{
        prune(data);
        return G_SOURCE_CONTINUE;
}

static void
recorder_changed(gpointer data)
{
        GuardManager *manager = data;
        gboolean failing = guard_recorder_alarm(manager->recorder) != NULL;
        gboolean works_again = manager->record_failing && !failing;

        manager->record_failing = failing;
        guard_manager_check_alarms(manager);
        if (works_again && manager->started)
                guard_manager_record_again(manager);
}

static void
start_recorder(GuardManager *manager)
{
        GuardRecorderConfig config = {
                .db = manager->paths->ledger_db,
                .head_file = manager->paths->ledger_head,
                .use_audit = manager->use_audit,
                .use_journal = manager->use_journal,
        };

        manager->recorder = guard_recorder_new(&config, NULL);
        guard_recorder_watch(manager->recorder, recorder_changed, manager);
}

gboolean
guard_manager_start(GuardManager *manager, GError **error)
{
        static const GuardUdevHandler HANDLER = {udev_event, overflow};
        gint64 known_us;

        if (!make_folders(manager, error))
                return FALSE;
        known_us = guard_manager_known_time(manager);
        manager->workers = guard_workers_new(MAX_WORKERS);
        start_recorder(manager);
        note_start(manager);
        manager->alarms = guard_alarms_new(alarm_changed, manager);
        manager->sessions = guard_session_watch_new(session_changed, manager);
        manager->expiry = guard_wall_timer_new(time_has_come, manager);
        manager->probes = guard_probe_pool_new(manager->paths->probe_program, PROBE_DEADLINE_MS);
        manager->config = guard_config_new(manager->paths, config_changed, manager);
        guard_manager_start_presence(manager, known_us);
        guard_manager_start_exceptions(manager, known_us);
        manager->fingerprints = guard_fingerprints_new(manager->paths->fingerprints);
        manager->bus = guard_link_new(manager->bus_address, bus_up, bus_down, manager);
        guard_verdict_files_sweep(manager->paths->verdict_dir, "/sys/block");
        sweep_usb_state(manager);
        manager->asks = guard_ask_socket_new(manager->paths->ask_socket, guard_manager_asked, manager,
                                             error);
        if (manager->asks)
                manager->udev = guard_udev_source_new(&HANDLER, manager->udev_socket, manager, error);
        if (!manager->udev)
                return FALSE;
        if (manager->kernel_socket > 0)
                manager->kernel = guard_kernel_source_new(manager->kernel_socket, kernel_added, manager);
        manager->started = TRUE;
        manager->ready = guard_config_registry(manager->config) != NULL;
        guard_manager_rescan(manager);
        guard_manager_check_alarms(manager);
        guard_probe_pool_warm(manager->probes);
        guard_mend_at_start(manager->workers, manager->paths->root);
        prune(manager);
        manager->prune_timer = g_timeout_add_seconds(PRUNE_SECONDS, prune_daily, manager);
        return TRUE;
}

static void
drop_timer(guint *timer)
{
        if (*timer)
                g_source_remove(*timer);
        *timer = 0;
}

void
guard_manager_stop(GuardManager *manager)
{
        gboolean clean = manager->started;

        if (!manager->recorder)
                return;
        manager->started = FALSE;
        drop_timer(&manager->retry_timer);
        drop_timer(&manager->prune_timer);
        drop_timer(&manager->shield_timer);
        g_clear_pointer(&manager->asks, guard_ask_socket_free);
        g_clear_pointer(&manager->kernel, guard_kernel_source_free);
        g_clear_pointer(&manager->udev, guard_udev_source_free);
        g_clear_pointer(&manager->bus, guard_link_free);
        g_clear_pointer(&manager->presence, guard_presence_free);
        g_clear_pointer(&manager->exceptions, guard_exceptions_free);
        g_clear_pointer(&manager->fingerprints, guard_fingerprints_free);
        g_clear_pointer(&manager->sessions, guard_session_watch_free);
        manager->sessions = guard_session_watch_new(session_changed, manager);
        if (clean)
                guard_manager_note(manager, GUARD_KIND_GUARDD_STOP, GUARD_SEVERITY_NOTICE,
                                   "guardd was stopped.");
        /* Its last callbacks still look at it. */
        guard_recorder_free(manager->recorder);
        manager->recorder = NULL;
        if (clean)
                (void)unlink(manager->paths->running_mark);
        g_clear_pointer(&manager->probes, guard_probe_pool_free);
        g_clear_pointer(&manager->workers, guard_workers_free);
        g_clear_pointer(&manager->expiry, guard_wall_timer_free);
        g_clear_pointer(&manager->sessions, guard_session_watch_free);
        g_clear_pointer(&manager->config, guard_config_free);
        g_clear_pointer(&manager->alarms, guard_alarms_free);
}
