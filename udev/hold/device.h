/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One USB device as sysfs shows it before it is configured. The open folder is the device's
 * identity: a device plugged later at the same place gets a new folder, and reads through the old
 * one fail. Strings are the device's claims, raw.
 */
#pragma once
#include <limits.h>
#include "common/usb-descriptors.h"
#include "udev/hold/files.h"

#define HOLD_STRING_MAX 512 /* 126 UTF-16 units are at most 378 bytes of UTF-8 */
#define HOLD_DESCRIPTORS_MAX 65536

struct hold_device {
        int folder;             /* of the sysfs folder; -1: not open */
        char path[PATH_MAX];    /* "/devices/…/1-2", without /sys */
        char sysname[NAME_MAX]; /* "1-2" */
        unsigned busnum, devnum;
        uint64_t inode;
        uint16_t vendor_id, product_id;
        char serial[HOLD_STRING_MAX], manufacturer[HOLD_STRING_MAX], product[HOLD_STRING_MAX];
        bool authorized;
        size_t descriptors_size;
        uint8_t descriptors[HOLD_DESCRIPTORS_MAX];
        struct guard_usb_descriptors parsed;
};

/* Opens the device at @path (with or without "/sys") below @root. False with errno; ENOENT and
 * ENODEV: it is gone. Close it with hold_device_close() in any case. */
bool hold_device_open(struct hold_device *device, int root, const char *path);
/* The same without what the device says of itself: strings and descriptors stay as they are. */
bool hold_device_find(struct hold_device *device, int root, const char *path);
void hold_device_close(struct hold_device *device);
/* Where it is plugged, in words that stay the same from boot to boot:
 * "pci0000:00/0000:00:04.0:1.2". False where the path has no bus in it. */
bool hold_device_port(const struct hold_device *device, char *buffer, size_t size);
/* Calls @visit with the path of every USB device but the root hubs, until it returns false. */
typedef bool (*hold_device_visit)(int root, const char *path, void *data);
void hold_device_each(int root, hold_device_visit visit, void *data);
/* Calls @visit with the path of every root hub, "/bus/usb/devices/usb1". */
void hold_root_hub_each(int root, hold_device_visit visit, void *data);
