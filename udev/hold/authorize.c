/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes `authorized`, `interface_authorized_default` and `drivers_probe`. Decides nothing.
 */
#include "udev/hold/authorize.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "common/guard-names.h"

#define INTERFACES_MAX 32 /* of one configuration; USB_MAXINTERFACES of the kernel */

struct interface {
        char name[NAME_MAX];
        unsigned configuration, number, cls;
};

int
hold_bus_lock(int root, unsigned busnum, unsigned deadline_ms)
{
        char path[64];
        uint64_t end = hold_now_ms() + deadline_ms;
        int fd;

        hold_make_folders(root, GUARD_RUN_DIR);
        hold_format(path, sizeof path, GUARD_RUN_DIR "/bus-%u.lock", busnum);
        fd = openat(root, hold_rel(path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
                if ((errno == EWOULDBLOCK || errno == EINTR) && hold_now_ms() < end) {
                        hold_sleep_ms(5);
                        continue;
                }
                close(fd);
                fd = -1;
                errno = ETIMEDOUT;
        }
        return fd;
}

static bool
set_interface_default(int root, unsigned busnum, bool authorized)
{
        char path[96];

        hold_format(path, sizeof path, "sys/bus/usb/devices/usb%u/interface_authorized_default",
                    busnum);
        return hold_write_attribute(root, path, authorized ? "1" : "0");
}

static int
compare_interfaces(const void *a, const void *b)
{
        const struct interface *x = a, *y = b;

        return (x->number > y->number) - (x->number < y->number);
}

/* The interfaces of the active configuration, by number: folders "1-2:1.0" of the device's. */
static size_t
list_interfaces(const struct hold_device *device, struct interface *list)
{
        DIR *folder = hold_open_folder(device->folder, ".");
        size_t n = 0, prefix = strlen(device->sysname);
        struct dirent *entry;

        if (!folder)
                return 0;
        while (n < INTERFACES_MAX && (entry = readdir(folder))) {
                struct interface *one = &list[n];
                char path[NAME_MAX + 32];
                unsigned long cls;

                if (strncmp(entry->d_name, device->sysname, prefix) != 0 ||
                    sscanf(entry->d_name + prefix, ":%u.%u", &one->configuration, &one->number) !=
                            2)
                        continue;
                hold_format(one->name, sizeof one->name, "%.250s", entry->d_name);
                hold_format(path, sizeof path, "%s/bInterfaceClass", one->name);
                if (!hold_read_number(device->folder, path, 16, &cls))
                        continue;
                one->cls = (unsigned)cls;
                n++;
        }
        closedir(folder);
        qsort(list, n, sizeof *list, compare_interfaces);
        return n;
}

static bool
interface_needs(const struct hold_device *device, const struct interface *one)
{
        char path[NAME_MAX + 32];
        unsigned long authorized;

        hold_format(path, sizeof path, "%s/authorized", one->name);
        return hold_read_number(device->folder, path, 10, &authorized) && authorized == 0;
}

static bool
interface_allow(const struct hold_device *device, const struct interface *one)
{
        char path[NAME_MAX + 32];

        hold_format(path, sizeof path, "%s/authorized", one->name);
        return hold_write_attribute(device->folder, path, "1");
}

static bool
pass_all(unsigned configuration, unsigned number, unsigned cls, void *data)
{
        (void)configuration;
        (void)number;
        (void)cls;
        (void)data;
        return true;
}

/* Authorises what is closed and may pass, then probes it in order. */
static bool
open_closed_interfaces(const struct hold_device *device, int root, hold_interface_filter filter,
                       void *data)
{
        struct interface list[INTERFACES_MAX];
        bool opened[INTERFACES_MAX] = {false}, ok = true;
        size_t n = list_interfaces(device, list);

        for (size_t i = 0; i < n; i++) {
                if (!filter(list[i].configuration, list[i].number, list[i].cls, data) ||
                    !interface_needs(device, &list[i]))
                        continue;
                opened[i] = interface_allow(device, &list[i]);
                ok = ok && opened[i];
        }
        for (size_t i = 0; i < n; i++) {
                /* No driver for it, or a sibling's driver has taken it: both are fine. */
                if (opened[i])
                        hold_write_attribute(root, "sys/bus/usb/drivers_probe", list[i].name);
        }
        return ok;
}

static bool
is_gone(int error)
{
        return error == ENOENT || error == ENODEV;
}

/* The hub may be in the middle of a resume: a few tries before it is given up. */
static bool
authorize_device(const struct hold_device *device)
{
        unsigned long authorized = 0;

        /* Already open: writing 1 again would be answered with success, but costs a resume. */
        if (hold_read_number(device->folder, "authorized", 10, &authorized) && authorized)
                return true;
        for (unsigned attempt = 0; attempt < 4; attempt++) {
                if (attempt > 0)
                        hold_sleep_ms(100 * attempt);
                if (hold_write_attribute(device->folder, "authorized", "1"))
                        return true;
                if (is_gone(errno))
                        return false;
        }
        return false;
}

bool
hold_authorize_whole(const struct hold_device *device, int root)
{
        int saved, lock = hold_bus_lock(root, device->busnum, HOLD_LOCK_DEADLINE_MS);
        bool ok;

        if (lock >= 0)
                set_interface_default(root, device->busnum, true);
        ok = authorize_device(device) && open_closed_interfaces(device, root, pass_all, NULL);
        saved = errno;
        if (lock >= 0)
                close(lock);
        errno = saved;
        return ok;
}

bool
hold_authorize_interfaces(const struct hold_device *device, int root, hold_interface_filter filter,
                          void *data)
{
        int saved, lock = hold_bus_lock(root, device->busnum, HOLD_LOCK_PATIENCE_MS);
        bool ok;

        if (lock < 0)
                return false;
        ok = set_interface_default(root, device->busnum, false) && authorize_device(device);
        saved = errno;
        set_interface_default(root, device->busnum, true);
        if (ok) {
                ok = open_closed_interfaces(device, root, filter, data);
                saved = errno;
        }
        close(lock);
        errno = saved;
        return ok;
}

struct by_name {
        const char *sysname, *name;
};

static bool
pass_named(unsigned configuration, unsigned number, unsigned cls, void *data)
{
        const struct by_name *wanted = data;
        char name[NAME_MAX + 32];

        (void)cls;
        hold_format(name, sizeof name, "%s:%u.%u", wanted->sysname, configuration, number);
        return strcmp(name, wanted->name) == 0;
}

bool
hold_authorize_interface(const struct hold_device *device, int root, const char *name)
{
        struct by_name wanted = {device->sysname, name};

        return open_closed_interfaces(device, root, pass_named, &wanted);
}
