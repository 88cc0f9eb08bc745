/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What takes the fake manager a while: ejecting, and installing a registry.
 */
#include <unistd.h>
#include "common/guard-error.h"
#include "tests/integration/serve/fake-manager-private.h"

void
guard_manager_eject_async(GuardManager *manager, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
        g_autoptr(GTask) task = g_task_new(manager, NULL, callback, user_data);

        manager->counts.ejects++;
        if (g_str_equal(id, "slow")) {
                g_assert_null(manager->slow_eject);
                manager->slow_eject = g_steal_pointer(&task);
        } else if (g_str_equal(id, "busy"))
                g_task_return_new_error(task, GUARD_ERROR, GUARD_ERROR_BUSY, "/media/u is still in use by \"vi\"");
        else
                g_task_return_boolean(task, TRUE);
}

void
fake_manager_finish_eject(GuardManager *manager)
{
        g_autoptr(GTask) task = g_steal_pointer(&manager->slow_eject);

        g_task_return_boolean(task, TRUE);
}

gboolean
guard_manager_eject_finish(GuardManager *manager, GAsyncResult *result, GError **error)
{
        (void)manager;
        return g_task_propagate_boolean(G_TASK(result), error);
}

typedef struct {
        int fd;
        GuardProgress progress;
        gpointer data;
} Install;

static void
install_in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
        const Install *install = data;
        GuardRegistryInfo *info;
        char text[5] = "";

        (void)source, (void)cancel;
        for (guint64 done = 0; done <= 100; done += 20)
                install->progress(done, 100, install->data);
        if (read(install->fd, text, 4) < 0 || !g_str_equal(text, "good")) {
                g_task_return_new_error(task, GUARD_ERROR, GUARD_ERROR_SIGNATURE, "the snapshot is signed by a stranger; "
                                                                                  "the one in use stays");
                return;
        }
        info = g_new0(GuardRegistryInfo, 1);
        info->state = GUARD_REGISTRY_GOOD;
        info->sequence = 8;
        info->entries = 5;
        info->issued_us = G_GINT64_CONSTANT(1790000000000000);
        g_task_return_pointer(task, info, (GDestroyNotify)guard_registry_info_free);
}

void
guard_manager_install_registry_async(GuardManager *manager, int fd, GuardProgress progress, gpointer progress_data,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
        g_autoptr(GTask) task = g_task_new(manager, NULL, callback, user_data);
        Install *install = g_new0(Install, 1);

        manager->counts.installs++;
        *install = (Install){fd, progress, progress_data};
        g_task_set_task_data(task, install, g_free);
        g_task_run_in_thread(task, install_in_thread);
}

GuardRegistryInfo *
guard_manager_install_registry_finish(GuardManager *manager, GAsyncResult *result, GError **error)
{
        (void)manager;
        return g_task_propagate_pointer(G_TASK(result), error);
}
