/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "udev/ask/layers.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "udev/hold/carrier.h"
#include "udev/hold/nvme.h"
#include "udev/hold/pins-scan.h"

/* "usb" of "../../../bus/usb". */
static bool
subsystem_of(int root, const char *path, char *name, size_t size)
{
        char link[PATH_MAX], target[PATH_MAX];
        const char *slash;
        ssize_t n;

        if (!hold_format(link, sizeof link, "sys%s/subsystem", path))
                return false;
        n = readlinkat(root, link, target, sizeof target - 1);
        if (n <= 0)
                return false;
        target[n] = '\0';
        slash = strrchr(target, '/');
        return hold_format(name, size, "%s", slash ? slash + 1 : target);
}

static bool
attribute_begins(int root, const char *path, const char *attribute, const char *with)
{
        char full[PATH_MAX], text[64];

        return hold_format(full, sizeof full, "sys%s/%s", path, attribute) &&
               hold_read_line(root, full, text, sizeof text) && strncmp(text, with, strlen(with)) == 0;
}

/* The lines of 59-baomi-guard-block.rules. */
static bool
ancestor_is_guarded(int root, const char *path)
{
        static const char *const buses[] = {"usb", "firewire", "memstick", "pcmcia"};
        char name[64];

        if (!subsystem_of(root, path, name, sizeof name))
                return false;
        for (size_t i = 0; i < sizeof buses / sizeof buses[0]; i++)
                if (strcmp(name, buses[i]) == 0)
                        return true;
        if (strcmp(name, "mmc") == 0)
                return attribute_begins(root, path, "type", "SD");
        return strcmp(name, "pci") == 0 && attribute_begins(root, path, "removable", "removable");
}

static bool
controller_is_guarded(int root, const char *path, void *data)
{
        (void)data;
        return ask_disk_is_guarded(root, path);
}

bool
ask_disk_is_guarded(int root, const char *disk_path)
{
        char path[PATH_MAX], *slash;

        if (hold_nvme_is_above(disk_path))
                return hold_nvme_any_controller(root, disk_path, controller_is_guarded, NULL);
        if (attribute_begins(root, disk_path, "removable", "1"))
                return true;
        if (!hold_format(path, sizeof path, "%s", disk_path))
                return true;
        while ((slash = strrchr(path, '/')) && slash != path) {
                *slash = '\0';
                if (ancestor_is_guarded(root, path))
                        return true;
        }
        return false;
}

bool
ask_is_system_disk(int root, const char *name, const char *path)
{
        struct hold_system_disks disks;

        hold_system_disks_find(root, false, &disks);
        for (size_t i = 0; i < disks.n; i++)
                if (strcmp(disks.list[i].name, name) == 0)
                        return true;
        return hold_carrier_pinned(root, path);
}

bool
ask_layers(int root, const char *name, struct ask_answer *answer)
{
        struct hold_system_disks below;
        bool any = false;

        hold_disks_below(root, name, &below);
        for (size_t i = 0; i < below.n; i++) {
                struct ask_answer one = {ASK_HOLD, "none"};
                struct ask_target target;
                char path[PATH_MAX];

                if (strcmp(below.list[i].name, name) == 0 ||
                    !hold_block_path(root, below.list[i].name, path, sizeof path) ||
                    !ask_disk_is_guarded(root, path) || ask_is_system_disk(root, below.list[i].name, path))
                        continue;
                if (ask_target_find(root, path, &target))
                        ask_verdict_read(root, &target, &one);
                if (!any || one.verdict < answer->verdict)
                        *answer = one;
                any = true;
        }
        return any;
}
