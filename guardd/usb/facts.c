/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts of a USB device from sysfs: identity from the raw attributes (udev's are sanitised), interfaces
 * from `descriptors` (the interface folders exist only once a device is configured).
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "guardd/sysfs.h"
#include "guardd/usb/drivers.h"
#include "guardd/usb/facts.h"
#include "udev/hold/carrier.h"
#include "udev/hold/keyboards.h"
#include "udev/hold/pins-scan.h"

#define MAX_DESCRIPTORS 65536
#define DEADLINE_MS 15000

static void
read_descriptors(int dirfd, struct guard_usb_descriptors *out)
{
        gsize size = 0;
        g_autofree char *bytes = guard_sysfs_read(dirfd, "descriptors", MAX_DESCRIPTORS, &size);

        guard_usb_parse((const uint8_t *)bytes, bytes ? size : 0, out);
}

/* The kernel has put together what the firmware's tables and the hubs say of the port. */
static GuardConnect
read_connect(int dirfd)
{
        g_autofree char *removable = guard_sysfs_read_text(dirfd, "removable");

        return g_strcmp0(removable, "fixed") == 0       ? GUARD_CONNECT_INTERNAL
               : g_strcmp0(removable, "removable") == 0 ? GUARD_CONNECT_EXTERNAL
                                                        : GUARD_CONNECT_UNKNOWN;
}

GuardUsbFacts *
guard_usb_facts_read(const char *syspath, GError **error)
{
        g_autoptr(GuardUsbFacts) facts = NULL;
        int dirfd = guard_sysfs_open(syspath, error);

        if (dirfd < 0)
                return NULL;
        facts = guard_usb_facts_new();
        facts->sysname = g_path_get_basename(syspath);
        facts->syspath = g_strdup(syspath);
        facts->busnum = (guint)guard_sysfs_read_number(dirfd, "busnum", 10, 0);
        facts->devnum = (guint)guard_sysfs_read_number(dirfd, "devnum", 10, 0);
        facts->inode = guard_sysfs_inode(dirfd);
        facts->vendor_id = (guint16)guard_sysfs_read_number(dirfd, "idVendor", 16, 0);
        facts->product_id = (guint16)guard_sysfs_read_number(dirfd, "idProduct", 16, 0);
        facts->serial = guard_sysfs_read_text(dirfd, "serial");
        facts->manufacturer = guard_sysfs_read_text(dirfd, "manufacturer");
        facts->product = guard_sysfs_read_text(dirfd, "product");
        facts->connect = read_connect(dirfd);
        facts->authorized = guard_sysfs_read_number(dirfd, "authorized", 10, 1) != 0;
        read_descriptors(dirfd, &facts->descriptors);
        close(dirfd);
        return g_steal_pointer(&facts);
}

/* Does a disk below @path ("/devices/…") carry the running system? */
static gboolean
carries_system(int root, const char *path)
{
        g_autofree struct hold_system_disks *disks = g_new0(struct hold_system_disks, 1);
        g_autofree char *below = g_strconcat(path, "/", NULL);
        char disk[PATH_MAX];

        hold_system_disks_find(root, false, disks);
        for (size_t i = 0; i < disks->n; i++)
                if (hold_block_path(root, disks->list[i].name, disk, sizeof disk) &&
                    g_str_has_prefix(disk, below))
                        return TRUE;
        return FALSE;
}

static gboolean
is_open_throughout(const GuardUsbFacts *facts)
{
        g_autofree char *prefix = g_strconcat(facts->sysname, ":", NULL);
        g_autoptr(GDir) dir = g_dir_open(facts->syspath, 0, NULL);
        int dirfd = guard_sysfs_open(facts->syspath, NULL);
        guint open = 0, closed = 0;
        const char *name;

        while (dirfd >= 0 && dir && (name = g_dir_read_name(dir)) != NULL) {
                g_autofree char *attribute = g_build_filename(name, "authorized", NULL);

                if (!g_str_has_prefix(name, prefix))
                        continue;
                if (guard_sysfs_read_number(dirfd, attribute, 10, 1) != 0)
                        open++;
                else
                        closed++;
        }
        if (dirfd >= 0)
                close(dirfd);
        return open > 0 && closed == 0;
}

static void
collect_more(GuardUsbCollected *collected)
{
        GuardUsbFacts *facts = collected->facts;
        g_autofree struct hold_device *device = g_new0(struct hold_device, 1);
        int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

        collected->partly = facts->authorized && !is_open_throughout(facts);
        device->folder = -1;
        if (root >= 0 && hold_device_open(device, root, facts->syspath)) {
                if (guard_usb_device_has_keyboard(&facts->descriptors))
                        facts->only_keyboard = !hold_other_keyboard(root, device);
                if (guard_usb_device_has_storage(&facts->descriptors))
                        collected->system_disk =
                                hold_pins_match_usb(root, device) ||
                                (facts->authorized && carries_system(root, device->path));
        }
        hold_device_close(device);
        if (root >= 0)
                close(root);
}

static gpointer
collect_run(GuardJob *job G_GNUC_UNUSED, gpointer data, GError **error)
{
        GuardUsbFacts *facts = guard_usb_facts_read(data, error);
        GuardUsbCollected *collected;

        if (!facts)
                return NULL;
        collected = g_new0(GuardUsbCollected, 1);
        collected->facts = facts;
        facts->driver_kinds = guard_usb_driver_kinds(facts);
        collect_more(collected);
        return collected;
}

void
guard_usb_collected_free(GuardUsbCollected *collected)
{
        if (!collected)
                return;
        guard_usb_facts_free(collected->facts);
        g_free(collected);
}

static void
free_collected(gpointer collected)
{
        guard_usb_collected_free(collected);
}

void
guard_usb_collect(GuardWorkers *workers, const char *syspath, GuardJobDone done, gpointer user_data)
{
        static const GuardJobKind KIND = {"usb-facts",    collect_run, g_free,
                                          free_collected, DEADLINE_MS, FALSE};

        guard_workers_run(workers, &KIND, syspath, g_strdup(syspath), done, user_data);
}
