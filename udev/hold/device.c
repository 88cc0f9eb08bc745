/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads one USB device from sysfs. Only reads: what happens to it is decided in plan.c and done in
 * authorize.c.
 */
#include "udev/hold/device.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
read_identity(struct hold_device *device)
{
        unsigned long bus, dev, vendor, product, authorized;
        struct stat st;

        if (!hold_read_number(device->folder, "busnum", 10, &bus) ||
            !hold_read_number(device->folder, "devnum", 10, &dev) ||
            !hold_read_number(device->folder, "idVendor", 16, &vendor) ||
            !hold_read_number(device->folder, "idProduct", 16, &product) ||
            !hold_read_number(device->folder, "authorized", 10, &authorized) ||
            fstat(device->folder, &st) < 0)
                return false;
        device->busnum = (unsigned)bus;
        device->devnum = (unsigned)dev;
        device->vendor_id = (uint16_t)vendor;
        device->product_id = (uint16_t)product;
        device->authorized = authorized != 0;
        device->inode = st.st_ino;
        return true;
}

static void
read_claims(struct hold_device *device)
{
        ssize_t n;

        /* Not every device has strings; a missing one is an empty one. */
        hold_read_line(device->folder, "serial", device->serial, sizeof device->serial);
        hold_read_line(device->folder, "manufacturer", device->manufacturer,
                       sizeof device->manufacturer);
        hold_read_line(device->folder, "product", device->product, sizeof device->product);
        n = hold_read_bytes(device->folder, "descriptors", device->descriptors,
                            sizeof device->descriptors);
        device->descriptors_size = n > 0 ? (size_t)n : 0;
        guard_usb_parse(device->descriptors, device->descriptors_size, &device->parsed);
}

bool
hold_device_find(struct hold_device *device, int root, const char *path)
{
        char full[PATH_MAX];
        const char *slash;

        device->folder = -1;
        path = hold_rel(path);
        if (strncmp(path, "sys/", 4) == 0)
                path += 4;
        if (!hold_format(device->path, sizeof device->path, "/%s", path) ||
            !hold_format(full, sizeof full, "sys/%s", path))
                return false;
        slash = strrchr(device->path, '/');
        if (!hold_format(device->sysname, sizeof device->sysname, "%.250s", slash + 1))
                return false;
        device->folder = openat(root, full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return device->folder >= 0 && read_identity(device);
}

bool
hold_device_open(struct hold_device *device, int root, const char *path)
{
        if (!hold_device_find(device, root, path))
                return false;
        read_claims(device);
        return true;
}

void
hold_device_close(struct hold_device *device)
{
        if (device->folder >= 0)
                close(device->folder);
        device->folder = -1;
}

bool
hold_device_port(const struct hold_device *device, char *buffer, size_t size)
{
        /* "/devices/pci0000:00/0000:00:04.0/usb1/1-1/1-1.2": the bus number may differ next boot.
         */
        const char *start = device->path, *bus, *port = strchr(device->sysname, '-');

        if (strncmp(start, "/devices/", 9) == 0)
                start += 9;
        bus = strstr(start, "/usb");
        if (!bus || !port || !isdigit((unsigned char)bus[4])) {
                errno = EINVAL;
                return false;
        }
        return hold_format(buffer, size, "%.*s:%s", (int)(bus - start), start, port + 1);
}

static void
each(int root, bool hubs, hold_device_visit visit, void *data)
{
        char path[PATH_MAX], real[PATH_MAX];
        struct dirent *entry;
        DIR *folder = hold_open_folder(root, "sys/bus/usb/devices");

        if (!folder)
                return;
        while ((entry = readdir(folder))) {
                bool hub = strncmp(entry->d_name, "usb", 3) == 0;

                if (entry->d_name[0] == '.' || strchr(entry->d_name, ':') || hub != hubs)
                        continue;
                if (!hold_format(path, sizeof path, "/sys/bus/usb/devices/%s", entry->d_name))
                        continue;
                if (!hubs) {
                        if (!hold_real_path(root, path, real, sizeof real) ||
                            !hold_format(path, sizeof path, "/%s", real))
                                continue;
                }
                if (!visit(root, path, data))
                        break;
        }
        closedir(folder);
}

void
hold_device_each(int root, hold_device_visit visit, void *data)
{
        each(root, false, visit, data);
}

void
hold_root_hub_each(int root, hold_device_visit visit, void *data)
{
        each(root, true, visit, data);
}
