/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * inotify through GFileMonitor. Folders that are not there are not watched: GLib would poll for them,
 * and an idle guardd sleeps.
 */
#include <gio/gio.h>
#include "guardd/config/config.h"
#include "guardd/config/watch.h"

/* An editor writes, renames and touches: one reload is enough. */
#define QUIET_MS 250

struct GuardConfigWatch {
        void (*changed)(guint what, gpointer user_data);
        gpointer user_data;
        GPtrArray *monitors;
        guint pending, timer;
};

typedef struct {
        GuardConfigWatch *watch;
        guint what;
        char *only; /* NULL: every file of the folder */
} Target;

static gboolean
quiet(gpointer data)
{
        GuardConfigWatch *watch = data;
        guint what = watch->pending;

        watch->pending = 0;
        watch->timer = 0;
        watch->changed(what, watch->user_data);
        return G_SOURCE_REMOVE;
}

static gboolean
concerns(const Target *target, GFile *file)
{
        g_autofree char *path = file ? g_file_get_path(file) : NULL;

        return !target->only || g_strcmp0(path, target->only) == 0;
}

static void
event(GFileMonitor *monitor G_GNUC_UNUSED, GFile *file, GFile *other,
      GFileMonitorEvent type G_GNUC_UNUSED, gpointer data)
{
        Target *target = data;
        GuardConfigWatch *watch = target->watch;

        if (!concerns(target, file) && !concerns(target, other))
                return;
        watch->pending |= target->what;
        if (watch->timer)
                g_source_remove(watch->timer);
        watch->timer = g_timeout_add(QUIET_MS, quiet, watch);
}

static void
target_free(gpointer data, GClosure *closure G_GNUC_UNUSED)
{
        Target *target = data;

        g_free(target->only);
        g_free(target);
}

static void
add(GuardConfigWatch *watch, const char *folder, const char *only, guint what)
{
        g_autoptr(GFile) file = g_file_new_for_path(folder);
        GFileMonitor *monitor = NULL;
        Target *target;

        if (g_file_test(folder, G_FILE_TEST_IS_DIR))
                monitor = g_file_monitor_directory(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
        if (!monitor)
                return;
        target = g_new0(Target, 1);
        *target = (Target){watch, what, g_strdup(only)};
        g_signal_connect_data(monitor, "changed", G_CALLBACK(event), target, target_free, 0);
        g_ptr_array_add(watch->monitors, monitor);
}

static void
add_file(GuardConfigWatch *watch, const char *path, guint what)
{
        g_autofree char *folder = g_path_get_dirname(path);

        add(watch, folder, path, what);
}

GuardConfigWatch *
guard_config_watch_new(const GuardPaths *paths, void (*changed)(guint what, gpointer user_data),
                       gpointer user_data)
{
        GuardConfigWatch *watch = g_new0(GuardConfigWatch, 1);

        watch->changed = changed;
        watch->user_data = user_data;
        watch->monitors = g_ptr_array_new_with_free_func(g_object_unref);
        add_file(watch, paths->host_conf, GUARD_CONFIG_HOST);
        add_file(watch, paths->host_conf_vendor, GUARD_CONFIG_HOST);
        add(watch, paths->policy_dir, NULL, GUARD_CONFIG_POLICY);
        add(watch, paths->policy_dir_vendor, NULL, GUARD_CONFIG_POLICY);
        add(watch, paths->keys_dir, NULL, GUARD_CONFIG_REGISTRY);
        add_file(watch, paths->registry_db, GUARD_CONFIG_REGISTRY);
        return watch;
}

void
guard_config_watch_free(GuardConfigWatch *watch)
{
        if (!watch)
                return;
        if (watch->timer)
                g_source_remove(watch->timer);
        for (guint i = 0; i < watch->monitors->len; i++)
                g_file_monitor_cancel(g_ptr_array_index(watch->monitors, i));
        g_ptr_array_unref(watch->monitors);
        g_free(watch);
}
