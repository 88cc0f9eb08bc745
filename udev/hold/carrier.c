/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks up from a disk to its USB device, its card or itself.
 */
#include "udev/hold/carrier.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool
has(int root, const char *path, const char *attribute)
{
        char full[PATH_MAX];

        return hold_format(full, sizeof full, "sys%s/%s", path, attribute) &&
               faccessat(root, full, F_OK, 0) == 0;
}

static bool
read_id(int root, const char *path, const char *attribute, char *id, size_t size)
{
        char full[PATH_MAX], text[HOLD_STRING_MAX];

        /* @id keeps what it has where there is nothing to read. */
        return hold_format(full, sizeof full, "sys%s/%s", path, attribute) &&
               hold_read_line(root, full, text, sizeof text) && *text &&
               hold_format(id, size, "%s", text);
}

bool
hold_block_path(int root, const char *name, char *buffer, size_t size)
{
        char link[PATH_MAX], real[PATH_MAX];

        return hold_format(link, sizeof link, "sys/class/block/%s", name) &&
               hold_real_path(root, link, real, sizeof real) && strncmp(real, "sys/", 4) == 0 &&
               hold_format(buffer, size, "%s", real + 3);
}

bool
hold_disk_of(int root, const char *path, char *buffer, size_t size)
{
        char *slash;

        if (!hold_format(buffer, size, "%s", path))
                return false;
        if (!has(root, buffer, "partition"))
                return true;
        slash = strrchr(buffer, '/');
        if (slash)
                *slash = '\0';
        return slash != NULL;
}

void
hold_carrier_find(int root, const char *disk_path, struct hold_carrier *out)
{
        char *slash;

        memset(out, 0, sizeof *out);
        out->kind = HOLD_N_PIN_KINDS;
        if (!hold_format(out->path, sizeof out->path, "%s", disk_path))
                return;
        if (read_id(root, disk_path, "wwid", out->id, sizeof out->id) ||
            read_id(root, disk_path, "device/wwid", out->id, sizeof out->id))
                out->kind = HOLD_PIN_WWID;
        while ((slash = strrchr(out->path, '/')) && slash != out->path) {
                *slash = '\0';
                if (has(root, out->path, "idVendor") && has(root, out->path, "devnum")) {
                        out->kind = HOLD_PIN_USB;
                        return;
                }
                if (read_id(root, out->path, "cid", out->id, sizeof out->id)) {
                        out->kind = HOLD_PIN_MMC;
                        return;
                }
        }
}

bool
hold_carrier_pinned(int root, const char *disk_path)
{
        struct hold_carrier carrier;
        struct hold_device device;
        bool pinned;

        hold_carrier_find(root, disk_path, &carrier);
        if (carrier.kind == HOLD_N_PIN_KINDS)
                return false;
        if (carrier.kind != HOLD_PIN_USB)
                return hold_pins_match_other(root, carrier.kind, carrier.id);
        pinned =
                hold_device_open(&device, root, carrier.path) && hold_pins_match_usb(root, &device);
        hold_device_close(&device);
        return pinned;
}

bool
hold_carrier_pin(int root, const char *disk_path, char *buffer, size_t size)
{
        struct hold_carrier carrier;
        struct hold_device device;
        bool made;

        hold_carrier_find(root, disk_path, &carrier);
        if (carrier.kind == HOLD_N_PIN_KINDS)
                return false;
        if (carrier.kind != HOLD_PIN_USB)
                return hold_pin_other(carrier.kind, carrier.id, buffer, size);
        made = hold_device_open(&device, root, carrier.path) && hold_pin_usb(&device, buffer, size);
        hold_device_close(&device);
        return made;
}
