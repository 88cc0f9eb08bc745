/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a device is in people's words: a phone, a card reader, a Wi-Fi adapter. From the classes of
 * its interfaces, from the driver that the kernel has for it, and, once there is one, from its
 * disk. One device can be several things at once. Names for people and for rules; what has to be
 * held at the door is told by interfaces alone (usb-descriptors.h).
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"

G_BEGIN_DECLS

typedef enum { /* the first that a device is names it */
               GUARD_DEVICE_PHONE = 0,
               GUARD_DEVICE_CAMERA, /* still images, of a maker of cameras, or of nobody that is
                                       known */
               GUARD_DEVICE_MEMORY_CARD,
               GUARD_DEVICE_CARD_READER,
               GUARD_DEVICE_OPTICAL_DRIVE,
               GUARD_DEVICE_FLOPPY_DRIVE,
               GUARD_DEVICE_HARD_DISK,
               GUARD_DEVICE_PRINTER,
               GUARD_DEVICE_MODEM,
               GUARD_DEVICE_WIFI_ADAPTER,
               GUARD_DEVICE_BLUETOOTH_ADAPTER,
               GUARD_DEVICE_TETHERING, /* a network over RNDIS, as phones share theirs */
               GUARD_DEVICE_NETWORK_ADAPTER,
               GUARD_DEVICE_USB_DRIVE, /* any other storage */
               GUARD_DEVICE_SERIAL_ADAPTER,
               GUARD_DEVICE_SMART_CARD_READER,
               GUARD_DEVICE_WEBCAM,
               GUARD_DEVICE_DISPLAY_ADAPTER,
               GUARD_DEVICE_AUDIO,
               GUARD_DEVICE_KEYBOARD,
               GUARD_DEVICE_MOUSE,
               GUARD_DEVICE_INPUT, /* pens, touchscreens, game pads: class 03 and nothing else */
               GUARD_DEVICE_HUB,
               GUARD_DEVICE_UNKNOWN,
               GUARD_N_DEVICE_KINDS
} GuardDeviceKind;

#define GUARD_DEVICE_BIT(kind) (1u << (kind))
/* Whether storage is one of these shows with its disk, not before. */
#define GUARD_DEVICE_BY_DISK                                                                       \
        (GUARD_DEVICE_BIT(GUARD_DEVICE_CARD_READER) |                                              \
         GUARD_DEVICE_BIT(GUARD_DEVICE_OPTICAL_DRIVE) | GUARD_DEVICE_BIT(GUARD_DEVICE_HARD_DISK) | \
         GUARD_DEVICE_BIT(GUARD_DEVICE_USB_DRIVE))

/* Everything that @medium is, a bit each; never 0. Pure. */
guint guard_device_kinds(const GuardMedium *medium);
/* The one that names it. @kinds of 0 is unknown. */
GuardDeviceKind guard_device_kind_first(guint kinds);
/* What a driver says of a device that says nothing itself. @module: its file below
 * /lib/modules/VERSION
 * ("kernel/drivers/net/wireless/…/mt7601u.ko"). 0: nothing. */
guint guard_device_kinds_of_driver(const char *module);

const char *guard_device_kind_to_string(GuardDeviceKind kind); /* "wifi-adapter"; static */
gboolean guard_device_kind_from_string(const char *name, GuardDeviceKind *kind);
const char *guard_device_kind_label(GuardDeviceKind kind); /* translated, for people; static */

G_END_DECLS
