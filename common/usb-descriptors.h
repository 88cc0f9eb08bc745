/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Parser of the `descriptors` attribute (device descriptor and all configurations, raw bytes as the
 * device told them). Plain C without GLib: the static helper, guardd and the fuzz target share it.
 * Bytes are hostile: no allocation, fixed bounds, every length checked. USB 2.0 spec chapter 9.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUARD_USB_MAX_INTERFACES 64 /* alternate settings of all configurations together */

enum guard_usb_kind { /* what an interface (or the device) is for the guard */
        GUARD_USB_OTHER = 0,
        GUARD_USB_STORAGE,  /* class 08 any protocol (BOT 50, UAS 62, CBI 00/01) */
        GUARD_USB_STILL,    /* class 06: PTP/MTP */
        GUARD_USB_MTP,      /* vendor-specific with the MTP endpoint pattern (bulk in, bulk out, interrupt in) */
        GUARD_USB_KEYBOARD, /* class 03 that can type: boot keyboard, or HID whose protocol is not a boot mouse */
        GUARD_USB_POINTER,  /* class 03 boot mouse */
        GUARD_USB_HUB,
        GUARD_USB_NETWORK,  /* 02, 0a, e0 … guarded only where policy adds it */
        GUARD_USB_AUDIO, GUARD_USB_VIDEO, GUARD_USB_PRINTER, GUARD_USB_VENDOR,
};

struct guard_usb_interface {
        uint8_t configuration, number, alternate, cls, subcls, protocol, string_index, n_endpoints;
        uint8_t bulk_in, bulk_out, interrupt_in;
        enum guard_usb_kind kind;
};

struct guard_usb_descriptors {
        uint16_t usb_version, vendor_id, product_id, device_version;
        uint8_t device_class, device_subclass, device_protocol, n_configurations;
        size_t n_interfaces;
        struct guard_usb_interface interfaces[GUARD_USB_MAX_INTERFACES];
        bool malformed;         /* truncated, overlong, inconsistent: treated as guarded, never as harmless */
        const char *why;        /* static string: what is malformed */
};

/* Class set that policy adds to the guarded ones: a bitmap over class codes 0..255. */
struct guard_usb_hold { uint8_t classes[32]; };

/* Never fails: what could not be read is told in `malformed`. @data is not kept. */
void guard_usb_parse(const uint8_t *data, size_t size, struct guard_usb_descriptors *out);
/* Is this interface guarded (storage, still image, MTP pattern, or in @hold)? @hold may be NULL. */
bool guard_usb_interface_guarded(const struct guard_usb_interface *i, const struct guard_usb_hold *hold);
/* Any guarded interface, or malformed in a way that could hide one. */
bool guard_usb_device_guarded(const struct guard_usb_descriptors *d, const struct guard_usb_hold *hold);
bool guard_usb_device_has_keyboard(const struct guard_usb_descriptors *d);
bool guard_usb_device_has_storage(const struct guard_usb_descriptors *d);
const char *guard_usb_kind_to_string(enum guard_usb_kind kind);
/* "08,e0:01:*"-like list, one entry a line or separated by commas/blanks; see udev/README. False on a bad entry. */
bool guard_usb_hold_parse(const char *text, size_t size, struct guard_usb_hold *out);
