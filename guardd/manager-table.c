/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of present devices and their disks: life, lookup, identity. A device is its sysfs folder's
 * inode, not its path; a disk is its diskseq. Nothing is decided here.
 */
#include <string.h>
#include <sys/stat.h>
#include "guardd/manager-private.h"

static guint64
inode_of(const char *path)
{
        struct stat st;

        return stat(path, &st) == 0 ? (guint64)st.st_ino : 0;
}

static void
disk_unref(gpointer disk)
{
        guard_disk_unref(disk);
}

ManagedDevice *
guard_device_new(GuardManager *manager, const char *syspath)
{
        ManagedDevice *device = g_rc_box_new0(ManagedDevice);

        device->manager = manager;
        device->syspath = g_strdup(syspath);
        device->inode = inode_of(syspath);
        device->plugged_mono_us = g_get_monotonic_time();
        device->public.plugged_us = g_get_real_time();
        device->public.cookie = ++manager->next_cookie;
        device->public.id = g_path_get_basename(syspath);
        device->public.medium = guard_medium_new();
        device->public.medium->device = g_strdup(device->public.id);
        device->public.disks = g_ptr_array_new_with_free_func(disk_unref);
        return device;
}

ManagedDevice *
guard_device_ref(ManagedDevice *device)
{
        return g_rc_box_acquire(device);
}

static void
device_clear(gpointer data)
{
        ManagedDevice *device = data;

        g_free(device->syspath);
        g_free(device->claim[0]);
        g_free(device->claim[1]);
        g_free(device->public.id);
        guard_medium_free(device->public.medium);
        g_clear_pointer(&device->public.decision, guard_decision_free);
        g_ptr_array_unref(device->public.disks);
        g_clear_pointer(&device->identity, guard_registry_answer_free);
        guard_known_verdict_clear(&device->known);
        g_clear_pointer(&device->barred_facts, guard_block_facts_free);
}

void
guard_device_unref(ManagedDevice *device)
{
        g_rc_box_release_full(device, device_clear);
}

ManagedDisk *
guard_disk_new(ManagedDevice *device, GuardBlockFacts *facts)
{
        ManagedDisk *disk = g_rc_box_new0(ManagedDisk);

        disk->device = guard_device_ref(device);
        disk->public.facts = facts;
        disk->asks = g_ptr_array_new();
        g_ptr_array_add(device->public.disks, disk);
        return disk;
}

ManagedDisk *
guard_disk_ref(ManagedDisk *disk)
{
        return g_rc_box_acquire(disk);
}

static void
disk_clear(gpointer data)
{
        ManagedDisk *disk = data;

        g_clear_handle_id(&disk->raw_timer, g_source_remove);
        g_clear_pointer(&disk->open, guard_disk_open_free);
        g_ptr_array_unref(disk->asks);
        guard_block_facts_free(disk->public.facts);
        g_clear_pointer(&disk->public.decision, guard_decision_free);
        guard_known_verdict_clear(&disk->known);
        guard_device_unref(disk->device);
}

void
guard_disk_unref(ManagedDisk *disk)
{
        g_rc_box_release_full(disk, disk_clear);
}

static ManagedDevice *
find_in(GPtrArray *array, const char *syspath)
{
        for (guint i = 0; i < array->len; i++) {
                ManagedDevice *device = g_ptr_array_index(array, i);

                if (strcmp(device->syspath, syspath) == 0)
                        return device;
        }
        return NULL;
}

ManagedDevice *
guard_table_find(GuardManager *manager, const char *syspath)
{
        ManagedDevice *device = find_in(manager->devices, syspath);

        return device ? device : find_in(manager->pending, syspath);
}

static ManagedDisk *
find_disk_in(GPtrArray *array, const char *syspath)
{
        for (guint i = 0; i < array->len; i++) {
                ManagedDevice *device = g_ptr_array_index(array, i);

                for (guint d = 0; d < device->public.disks->len; d++) {
                        ManagedDisk *disk = g_ptr_array_index(device->public.disks, d);

                        if (strcmp(disk->public.facts->syspath, syspath) == 0)
                                return disk;
                }
        }
        return NULL;
}

ManagedDisk *
guard_table_find_disk(GuardManager *manager, const char *syspath)
{
        ManagedDisk *disk = find_disk_in(manager->devices, syspath);

        return disk ? disk : find_disk_in(manager->pending, syspath);
}

gboolean
guard_device_present(const ManagedDevice *device)
{
        return !device->gone && device->inode != 0 && inode_of(device->syspath) == device->inode;
}

void
guard_device_show(ManagedDevice *device)
{
        GuardManager *manager = device->manager;
        guint index;

        if (device->shown)
                return;
        device->shown = TRUE;
        if (g_ptr_array_find(manager->pending, device, &index)) {
                guard_device_ref(device); /* the array's own ref goes with the removal */
                g_ptr_array_remove_index(manager->pending, index);
        } else {
                guard_device_ref(device);
        }
        g_ptr_array_add(manager->devices, device);
        g_signal_emit_by_name(manager, "device-added", device);
}

void
guard_device_changed(ManagedDevice *device)
{
        if (device->shown && !device->gone)
                g_signal_emit_by_name(device->manager, "device-changed", device);
}
