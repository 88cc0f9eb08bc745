/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a person asks of the manager: eject a drive, install a registry. Asynchronous to the end; who
 * may ask is serve/'s matter.
 */
#include <fcntl.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include "common/guard-error.h"
#include "common/guard-text.h"
#include "guardd/block/facts.h"
#include "guardd/block/udisks-tree.h"
#include "guardd/block/unmount.h"
#include "guardd/manager-private.h"
#include "ledger/kinds.h"

#define DRIVE_INTERFACE GUARD_UDISKS ".Drive"
#define POWER_OFF_TIMEOUT_MS 30000

typedef struct {
        ManagedDevice *device;
        GDBusConnection *bus; /* NULL: none */
} Eject;

static void
eject_free(gpointer data)
{
        Eject *eject = data;

        guard_device_unref(eject->device);
        g_clear_object(&eject->bus);
        g_free(eject);
}

static void
eject_done(GTask *task, GError *error)
{
        Eject *eject = g_task_get_task_data(task);

        eject->device->public.ejecting = FALSE;
        if (error) {
                guard_device_changed(eject->device);
                g_task_return_error(task, error);
        } else {
                guard_recorder_write(eject->device->manager->recorder,
                                     guard_manager_record_event(eject->device, GUARD_KIND_EJECTED,
                                                                GUARD_SEVERITY_INFO,
                                                                "The drive was ejected."),
                                     NULL, NULL);
                g_task_return_boolean(task, TRUE);
        }
        g_object_unref(task);
}

static void
powered_off(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

        /* Unmounted is safe; a reader that cannot be switched off is none the worse. */
        if (!reply)
                g_info("not powered off: %s", error->message);
        eject_done(data, NULL);
}

static void
eject_unmounted(GuardUnmountOutcome outcome, const char *drive, const GError *error, gpointer data)
{
        GTask *task = data;
        Eject *eject = g_task_get_task_data(task);
        gboolean optical = eject->device->public.medium->carrier == GUARD_CARRIER_OPTICAL;
        GVariantBuilder options;

        if (outcome != GUARD_UNMOUNT_CLEAN) {
                g_autofree char *busy = error ? NULL : guard_text_pack(N_("busy"), NULL);
                g_autofree char *said =
                        guard_text_pack(N_("The drive is in use: close what uses it and try again (%s)"),
                                        error ? error->message : busy, NULL);

                eject_done(task, g_error_new_literal(GUARD_ERROR, GUARD_ERROR_BUSY, said));
                return;
        }
        if (!drive || !eject->bus) {
                eject_done(task, NULL);
                return;
        }
        g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
        g_dbus_connection_call(eject->bus, GUARD_UDISKS, drive, DRIVE_INTERFACE,
                               optical ? "Eject" : "PowerOff", g_variant_new("(a{sv})", &options), NULL,
                               G_DBUS_CALL_FLAGS_NO_AUTO_START, POWER_OFF_TIMEOUT_MS, NULL, powered_off,
                               task);
}

static GPtrArray *
all_names(const ManagedDevice *device)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < device->public.disks->len; i++) {
                const GuardDisk *disk = g_ptr_array_index(device->public.disks, i);
                g_autoptr(GPtrArray) partitions = guard_block_partitions(disk->facts);

                g_ptr_array_add(names, g_strdup(disk->facts->name));
                for (guint p = 0; p < partitions->len; p++)
                        g_ptr_array_add(names, g_strdup(g_ptr_array_index(partitions, p)));
        }
        return names;
}

void
guard_manager_eject_async(GuardManager *manager, const char *id, GAsyncReadyCallback callback,
                          gpointer user_data)
{
        static const GuardUnmountHow HOW = {.force = FALSE, .busy_seconds = 0};
        GTask *task = g_task_new(manager, NULL, callback, user_data);
        ManagedDevice *device = (ManagedDevice *)guard_manager_find(manager, id);
        g_autoptr(GPtrArray) names = NULL;
        Eject *eject;

        if (!device || device->public.ejecting) {
                g_task_return_new_error(task, GUARD_ERROR,
                                        device ? GUARD_ERROR_BUSY : GUARD_ERROR_NOT_FOUND,
                                        device ? _("%s is being ejected already")
                                               : _("There is no device %s: see guardctl media list"),
                                        id);
                g_object_unref(task);
                return;
        }
        eject = g_new0(Eject, 1);
        eject->device = guard_device_ref(device);
        if (guard_link_connection(manager->bus))
                eject->bus = g_object_ref(guard_link_connection(manager->bus));
        g_task_set_task_data(task, eject, eject_free);
        device->public.ejecting = TRUE;
        guard_device_changed(device);
        names = all_names(device);
        guard_unmount(manager->workers, eject->bus, names, &HOW, eject_unmounted, task);
}

gboolean
guard_manager_eject_finish(GuardManager *manager G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
        return g_task_propagate_boolean(G_TASK(result), error);
}

typedef struct {
        int fd;
        const GuardPaths *paths;
        GuardProgress progress;
        gpointer progress_data;
} Install;

static void
install_free(gpointer data)
{
        Install *install = data;

        if (install->fd >= 0)
                close(install->fd);
        g_free(install);
}

static void
free_info(gpointer info)
{
        guard_registry_info_free(info);
}

static void
install_run(GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
            GCancellable *cancel G_GNUC_UNUSED)
{
        const Install *install = data;
        const GuardPaths *paths = install->paths;
        GuardRegistryInfo *info = NULL;
        GError *error = NULL;

        if (guard_registry_install_fd(install->fd, paths->registry_db, paths->keys_dir,
                                      paths->registry_sequence, g_get_real_time(), install->progress,
                                      install->progress_data, &info, &error))
                g_task_return_pointer(task, info, free_info);
        else
                g_task_return_error(task, error);
}

/* @fd is copied; @progress is called in the thread that installs. */
void
guard_manager_install_registry_async(GuardManager *manager, int fd, GuardProgress progress,
                                     gpointer progress_data, GAsyncReadyCallback callback,
                                     gpointer user_data)
{
        g_autoptr(GTask) task = g_task_new(manager, NULL, callback, user_data);
        Install *install = g_new0(Install, 1);

        install->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        install->paths = manager->paths;
        install->progress = progress;
        install->progress_data = progress_data;
        g_task_set_task_data(task, install, install_free);
        g_task_run_in_thread(task, install_run);
}

GuardRegistryInfo *
guard_manager_install_registry_finish(GuardManager *manager, GAsyncResult *result, GError **error)
{
        g_autoptr(GError) failure = NULL;
        GuardRegistryInfo *info = g_task_propagate_pointer(G_TASK(result), &failure);
        g_autofree char *message = NULL;

        if (info) {
                message = g_strdup_printf("Registry %" G_GUINT64_FORMAT " was installed (%" G_GUINT64_FORMAT
                                          " drives).",
                                          info->sequence, info->entries);
                guard_manager_note(manager, GUARD_KIND_REGISTRY_INSTALLED, GUARD_SEVERITY_NOTICE, message);
                guard_config_reload_registry(manager->config);
                return info;
        }
        message = g_strdup_printf("A registry was not installed: %s", failure->message);
        guard_manager_note(manager, GUARD_KIND_REGISTRY_REFUSED, GUARD_SEVERITY_WARNING, message);
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
}
