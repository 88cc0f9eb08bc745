/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A chain of asynchronous steps: flush → ask udisks what there is → unmount, lock, one after another,
 * trying again while it is busy; then flush once more, and by force. The bus is never waited for by the
 * main loop.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "guardd/as-user.h"
#include "guardd/block/unmount.h"
#include "guardd/block/mounts.h"
#include "guardd/block/udisks-tree.h"

#define FLUSH_DEADLINE_MS 60000
#define CALL_TIMEOUT_MS 30000
#define RETRY_MS 1000

typedef struct {
        GuardWorkers *workers;
        GDBusConnection *bus;
        GPtrArray *names;
        GuardUnmountHow how;
        GuardUnmounted done;
        gpointer user_data;
        GPtrArray *steps; /* of GuardUdisksStep */
        guint next;
        char *drive;
        gint64 give_up_us; /* 0: nothing was busy yet */
        gboolean forcing, forced;
} Unmount;

static void step(Unmount *unmount);

static void
finish(Unmount *unmount, GuardUnmountOutcome outcome, const GError *error)
{
        unmount->done(outcome, unmount->drive, error, unmount->user_data);
        g_clear_object(&unmount->bus);
        g_ptr_array_unref(unmount->names);
        g_clear_pointer(&unmount->steps, g_ptr_array_unref);
        g_free(unmount->drive);
        g_free(unmount);
}

static gboolean
is_mounted(const Unmount *unmount)
{
        g_autoptr(GPtrArray) numbers = guard_block_numbers(unmount->names);
        g_autoptr(GPtrArray) points = guard_mounts_now(numbers);

        return points->len > 0;
}

/* Everything was tried. What is mounted still was not udisks' to unmount, or there is no udisks. */
static void
conclude(Unmount *unmount)
{
        if (unmount->forced || (unmount->how.force && is_mounted(unmount)))
                finish(unmount, GUARD_UNMOUNT_FORCED, NULL);
        else
                finish(unmount, is_mounted(unmount) ? GUARD_UNMOUNT_BUSY : GUARD_UNMOUNT_CLEAN, NULL);
}

/* Of whoever mounted it: root may look at it, but not into it. */
static int
open_mount(const char *point)
{
        struct stat top;

        return lstat(point, &top) == 0 ? guard_open_as(top.st_uid, point, O_RDONLY | O_DIRECTORY) : -1;
}

static gpointer
flush_run(GuardJob *job, gpointer data, GError **error G_GNUC_UNUSED)
{
        GPtrArray *names = data;
        g_autoptr(GPtrArray) numbers = guard_block_numbers(names);
        g_autoptr(GPtrArray) points = guard_mounts_now(numbers);

        for (guint i = 0; i < points->len && !guard_job_abandoned(job); i++) {
                int fd = open_mount(g_ptr_array_index(points, i));

                if (fd < 0)
                        continue;
                (void)syncfs(fd);
                close(fd);
        }
        return GINT_TO_POINTER(1);
}

static void
unref_names(gpointer names)
{
        g_ptr_array_unref(names);
}

static void
flush(Unmount *unmount, GuardJobDone done)
{
        static const GuardJobKind KIND = {"flush", flush_run, unref_names, NULL, FLUSH_DEADLINE_MS, FALSE};

        guard_workers_run(unmount->workers, &KIND, NULL, g_ptr_array_ref(unmount->names), done, unmount);
}

static void
force(gpointer result G_GNUC_UNUSED, const GError *error, gpointer data)
{
        Unmount *unmount = data;

        if (error) { /* the device hangs, and udisks would */
                finish(unmount, GUARD_UNMOUNT_FORCED, error);
                return;
        }
        unmount->forced = unmount->forcing = TRUE;
        step(unmount);
}

static gboolean
again(gpointer data)
{
        step(data);
        return G_SOURCE_REMOVE;
}

/* The while that people have begins when they are told, however long udisks has thought before. */
static void
first_busy(Unmount *unmount)
{
        unmount->give_up_us = g_get_monotonic_time() + (gint64)unmount->how.busy_seconds * G_USEC_PER_SEC;
        if (unmount->how.force && unmount->how.busy && unmount->how.busy_seconds > 0)
                unmount->how.busy(unmount->how.busy_seconds, unmount->user_data);
}

static void
step_failed(Unmount *unmount, const GError *error)
{
        g_info("%s: %s", ((GuardUdisksStep *)g_ptr_array_index(unmount->steps, unmount->next))->path,
               error->message);
        if (unmount->give_up_us == 0)
                first_busy(unmount);
        if (g_get_monotonic_time() < unmount->give_up_us) {
                g_timeout_add(RETRY_MS, again, unmount);
                return;
        }
        if (!unmount->how.force) {
                finish(unmount, GUARD_UNMOUNT_BUSY, error);
                return;
        }
        /* First by force, then not at all: the device is taken away in any case. What was written while
         * it was waited for is saved before. */
        if (!unmount->forcing) {
                flush(unmount, force);
                return;
        }
        unmount->next++;
        unmount->forcing = FALSE;
        step(unmount);
}

static void
step_done(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        Unmount *unmount = data;

        /* What was let go before its answer was lost is let go all the same. */
        if (!reply && !guard_udisks_error_is_harmless(error) && guard_block_names_in_use(unmount->names)) {
                step_failed(unmount, error);
                return;
        }
        unmount->next++;
        unmount->forcing = FALSE;
        step(unmount);
}

static void
step(Unmount *unmount)
{
        const GuardUdisksStep *now;
        GVariantBuilder options;

        if (unmount->next >= unmount->steps->len) {
                conclude(unmount);
                return;
        }
        now = g_ptr_array_index(unmount->steps, unmount->next);
        g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
        if (unmount->forcing)
                g_variant_builder_add(&options, "{sv}", "force", g_variant_new_boolean(TRUE));
        g_dbus_connection_call(unmount->bus, GUARD_UDISKS, now->path, now->interface, now->method,
                               g_variant_new("(a{sv})", &options), NULL,
                               G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, NULL, step_done,
                               unmount);
}

static void
got_tree(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        Unmount *unmount = data;

        if (!reply) {
                conclude(unmount); /* no udisks, so no desktop has mounted anything */
                return;
        }
        unmount->steps = guard_udisks_steps(reply, unmount->names, &unmount->drive);
        step(unmount);
}

static void
flushed(gpointer result G_GNUC_UNUSED, const GError *error, gpointer data)
{
        Unmount *unmount = data;

        if (error) {
                /* The device hangs: unmounting would hang too, in udisks. */
                finish(unmount, unmount->how.force ? GUARD_UNMOUNT_FORCED : GUARD_UNMOUNT_BUSY, error);
                return;
        }
        if (!unmount->bus) {
                conclude(unmount);
                return;
        }
        g_dbus_connection_call(unmount->bus, GUARD_UDISKS, "/org/freedesktop/UDisks2",
                               "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
                               G_VARIANT_TYPE("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                               CALL_TIMEOUT_MS, NULL, got_tree, unmount);
}

void
guard_unmount(GuardWorkers *workers, GDBusConnection *bus, GPtrArray *names,
              const GuardUnmountHow *how, GuardUnmounted done, gpointer user_data)
{
        Unmount *unmount = g_new0(Unmount, 1);

        unmount->workers = workers;
        unmount->bus = bus ? g_object_ref(bus) : NULL;
        unmount->names = g_ptr_array_ref(names);
        unmount->how = *how;
        unmount->done = done;
        unmount->user_data = user_data;
        flush(unmount, flushed);
}
