/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Plain facts of a removable medium, as collected. Strings are the device's claims, raw and hostile:
 * sanitise for display (guard-text.h), encode for audit. No behaviour beyond life and copy.
 */
#pragma once
#include <glib.h>
#include "common/usb-descriptors.h"

G_BEGIN_DECLS

typedef enum { GUARD_CONNECT_UNKNOWN = 0, GUARD_CONNECT_INTERNAL, GUARD_CONNECT_EXTERNAL, GUARD_N_CONNECTS } GuardConnect;

typedef struct { /* one USB device */
        char *sysname; /* "1-2": the `device` of INTERFACES */
        char *syspath; /* /sys/devices/… */
        guint busnum, devnum;
        guint64 inode; /* of the sysfs folder: with devnum it tells a replugged device from the old one */
        guint16 vendor_id, product_id;
        char *serial, *manufacturer, *product; /* raw; NULL where the device has none */
        struct guard_usb_descriptors descriptors;
        GuardConnect connect; /* a port inside the machine, or one for people; as firmware and hubs say */
        guint driver_kinds; /* bits of GuardDeviceKind, by the driver that the kernel has for it */
        gboolean authorized;
        gboolean only_keyboard; /* this device carries the only keyboard of the machine */
} GuardUsbFacts;

typedef struct { /* a file system or container on a disk */
        guint partition; /* 0: the whole disk (superfloppy) */
        guint64 start, size; /* bytes */
        char *usage, *type, *version, *uuid, *label; /* libblkid's: usage filesystem|crypto|raid|other */
        char *part_uuid;
} GuardVolumeFacts;

typedef enum { GUARD_PROBE_NOT_DONE = 0, GUARD_PROBE_OK, GUARD_PROBE_NO_MEDIUM, GUARD_PROBE_TIMEOUT, GUARD_PROBE_FAILED } GuardProbeState;

typedef struct { /* one whole disk */
        char *name;    /* "sda" */
        char *syspath;
        guint major, minor;
        guint64 diskseq; /* 0 where the kernel has none */
        guint64 inode;
        guint64 size;  /* bytes */
        guint lun;
        gboolean removable, hw_read_only, optical;
        GuardProbeState probe;
        char *probe_error;
        char *pt_type, *pt_uuid; /* partition table; NULL: none */
        GPtrArray *volumes;      /* of GuardVolumeFacts */
        char *mark;              /* text of an on-media mark as it was read, not judged (registry/mark.h); NULL: none */
} GuardBlockFacts;

typedef enum { GUARD_CARRIER_USB = 0, GUARD_CARRIER_MMC, GUARD_CARRIER_OPTICAL, GUARD_CARRIER_FIREWIRE, GUARD_CARRIER_THUNDERBOLT, GUARD_CARRIER_OTHER, GUARD_N_CARRIERS } GuardCarrier;

typedef struct { /* what one decision is about: a device, and (block stage) one of its disks */
        GuardCarrier carrier;
        char *device;           /* opaque name people see: "1-2", "mmc0:aaaa" */
        char *carrier_serial;   /* where the carrier is not USB: an SD card's CID, else the disk's own serial number; or NULL */
        GuardUsbFacts *usb;     /* NULL where the carrier is not USB */
        GuardBlockFacts *block; /* NULL at the USB stage */
} GuardMedium;

GuardUsbFacts *guard_usb_facts_new(void);
void guard_usb_facts_free(GuardUsbFacts *facts);
GuardUsbFacts *guard_usb_facts_copy(const GuardUsbFacts *facts);
GuardVolumeFacts *guard_volume_facts_new(void);
void guard_volume_facts_free(GuardVolumeFacts *facts);
GuardBlockFacts *guard_block_facts_new(void);
void guard_block_facts_free(GuardBlockFacts *facts);
GuardBlockFacts *guard_block_facts_copy(const GuardBlockFacts *facts);
GuardMedium *guard_medium_new(void);
void guard_medium_free(GuardMedium *medium); /* frees usb and block too */
GuardMedium *guard_medium_copy(const GuardMedium *medium);
const char *guard_carrier_to_string(GuardCarrier carrier); /* usb mmc optical firewire thunderbolt other; static */
gboolean guard_carrier_from_string(const char *name, GuardCarrier *carrier);
const char *guard_connect_to_string(GuardConnect connect); /* unknown internal external; static */
gboolean guard_connect_from_string(const char *name, GuardConnect *connect);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardUsbFacts, guard_usb_facts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardVolumeFacts, guard_volume_facts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardBlockFacts, guard_block_facts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardMedium, guard_medium_free)

G_END_DECLS
