/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks for keyboards in /sys/class/input and on the USB buses. Only reads.
 */
#include "udev/hold/keyboards.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUS_KIND_VIRTUAL = 0x06 };
/* Keys 1 to 31 of the kernel's table, Esc to S: what udev calls a keyboard has all of them. */
static const unsigned long long typing_keys = 0xFFFFFFFEULL;

static bool
input_can_type(int root, const char *name)
{
        char path[PATH_MAX], keys[1024];
        const char *last;
        unsigned long kind = BUS_KIND_VIRTUAL;

        if (!hold_format(path, sizeof path, "sys/class/input/%s/id/bustype", name) ||
            !hold_read_number(root, path, 16, &kind) || kind == BUS_KIND_VIRTUAL)
                return false;
        if (!hold_format(path, sizeof path, "sys/class/input/%s/capabilities/key", name) ||
            !hold_read_line(root, path, keys, sizeof keys))
                return false;
        last = strrchr(keys, ' '); /* words of a bitmap, the lowest last */
        return (strtoull(last ? last + 1 : keys, NULL, 16) & typing_keys) == typing_keys;
}

static bool
is_below(const char *path, const char *folder)
{
        size_t n = strlen(folder);

        return strncmp(path, folder, n) == 0 && path[n] == '/';
}

static bool
other_input(int root, const struct hold_device *device)
{
        DIR *folder = hold_open_folder(root, "sys/class/input");
        struct dirent *entry;
        bool found = false;

        if (!folder)
                return false;
        while (!found && (entry = readdir(folder))) {
                char path[PATH_MAX], real[PATH_MAX];

                if (strncmp(entry->d_name, "input", 5) != 0 ||
                    !hold_format(path, sizeof path, "sys/class/input/%s", entry->d_name) ||
                    !hold_real_path(root, path, real, sizeof real) || strncmp(real, "sys/", 4) != 0)
                        continue;
                found = !is_below(real + 3, device->path) && input_can_type(root, entry->d_name);
        }
        closedir(folder);
        return found;
}

struct search {
        const struct hold_device *self;
        bool found;
};

static bool
visit_device(int root, const char *path, void *data)
{
        struct search *search = data;
        struct hold_device other;

        if (hold_device_open(&other, root, path) && other.inode != search->self->inode)
                search->found = guard_usb_device_has_keyboard(&other.parsed) &&
                                !guard_usb_device_has_storage(&other.parsed);
        hold_device_close(&other);
        return !search->found;
}

bool
hold_other_keyboard(int root, const struct hold_device *device)
{
        struct search search = {device, false};

        if (other_input(root, device))
                return true;
        hold_device_each(root, visit_device, &search);
        return search.found;
}
