/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The manager as an object: what it shows to serve/, and where events from outside come in. The steps
 * of a medium's way are in manager-usb.c and manager-disk.c.
 */
#include <string.h>
#include "guardd/manager-private.h"

G_DEFINE_TYPE(GuardManager, guard_manager, G_TYPE_OBJECT)

enum {
        DEVICE_ADDED,
        DEVICE_CHANGED,
        DEVICE_REMOVED,
        DECIDED,
        ALARMS_CHANGED,
        CONFIG_CHANGED,
        N_SIGNALS
};

/* Names, and how many pointers each carries. */
static const struct {
        const char *name;
        guint n_pointers;
} SIGNALS[N_SIGNALS] = {
        [DEVICE_ADDED] = {"device-added", 1},     [DEVICE_CHANGED] = {"device-changed", 1},
        [DEVICE_REMOVED] = {"device-removed", 1}, [DECIDED] = {"decided", 3},
        [ALARMS_CHANGED] = {"alarms-changed", 0}, [CONFIG_CHANGED] = {"config-changed", 0},
};

static void
guard_manager_finalize(GObject *object)
{
        GuardManager *manager = GUARD_MANAGER(object);

        guard_manager_stop(manager);
        g_ptr_array_unref(manager->unwritten);
        g_ptr_array_unref(manager->devices);
        g_ptr_array_unref(manager->pending);
        g_hash_table_unref(manager->spooling);
        guard_paths_free(manager->paths);
        g_free(manager->boot_id);
        g_free(manager->bus_address);
        G_OBJECT_CLASS(guard_manager_parent_class)->finalize(object);
}

static void
guard_manager_class_init(GuardManagerClass *class)
{
        const GType pointers[] = {G_TYPE_POINTER, G_TYPE_POINTER, G_TYPE_POINTER};

        G_OBJECT_CLASS(class)->finalize = guard_manager_finalize;
        for (guint i = 0; i < N_SIGNALS; i++)
                g_signal_newv(SIGNALS[i].name, G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, NULL, NULL,
                              NULL, NULL, G_TYPE_NONE, SIGNALS[i].n_pointers, (GType *)pointers);
}

static void
unref_device(gpointer device)
{
        guard_device_unref(device);
}

static void
unref_record(gpointer record)
{
        if (record) /* NULL: the recorder has it by now */
                guard_record_free(record);
}

static void
guard_manager_init(GuardManager *manager)
{
        manager->pending = g_ptr_array_new_with_free_func(unref_device);
        manager->devices = g_ptr_array_new_with_free_func(unref_device);
        manager->unwritten = g_ptr_array_new_with_free_func(unref_record);
        manager->spooling = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

GuardManager *
guard_manager_new(const GuardManagerConfig *config)
{
        GuardManager *manager = g_object_new(GUARD_TYPE_MANAGER, NULL);

        manager->paths = guard_paths_new(config->root);
        manager->bus_address = g_strdup(config->bus_address);
        manager->use_audit = config->use_audit;
        manager->use_journal = config->use_journal;
        manager->udev_socket = config->udev_socket;
        manager->kernel_socket = config->kernel_socket;
        if (g_file_get_contents("/proc/sys/kernel/random/boot_id", &manager->boot_id, NULL, NULL))
                g_strstrip(manager->boot_id);
        else
                manager->boot_id = g_strdup("");
        return manager;
}

GPtrArray *
guard_manager_devices(GuardManager *manager)
{
        return manager->devices;
}

GuardDevice *
guard_manager_find(GuardManager *manager, const char *id)
{
        for (guint i = 0; i < manager->devices->len; i++) {
                GuardDevice *device = g_ptr_array_index(manager->devices, i);

                if (strcmp(device->id, id) == 0)
                        return device;
        }
        return NULL;
}

const GuardDecision *
guard_device_worst(const GuardDevice *device)
{
        const GuardDecision *worst = device->decision;

        for (guint i = 0; i < device->disks->len; i++) {
                const GuardDisk *disk = g_ptr_array_index(device->disks, i);

                if (disk->decision && (!worst || disk->decision->verdict <= worst->verdict))
                        worst = disk->decision;
        }
        return worst;
}

const GuardHost *
guard_manager_host(GuardManager *manager)
{
        return guard_config_host(manager->config);
}

const GuardPolicy *
guard_manager_policy(GuardManager *manager)
{
        return guard_config_policy(manager->config);
}

const GuardRegistryInfo *
guard_manager_registry_info(GuardManager *manager)
{
        return guard_config_registry_info(manager->config);
}

GPtrArray *
guard_manager_alarms(GuardManager *manager)
{
        return guard_alarms_list(manager->alarms);
}

GuardPolicyState
guard_manager_policy_state(GuardManager *manager, const char **why)
{
        return guard_config_policy_state(manager->config, why);
}

const char *
guard_manager_ledger_path(GuardManager *manager)
{
        return manager->paths->ledger_db;
}

const char *
guard_manager_ledger_head_path(GuardManager *manager)
{
        return manager->paths->ledger_head;
}

GuardPresence *
guard_manager_presence(GuardManager *manager)
{
        return manager->presence;
}

void
guard_manager_reload(GuardManager *manager)
{
        guard_config_reload(manager->config);
        guard_manager_reevaluate(manager, G_MAXUINT);
}
