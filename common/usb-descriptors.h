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

#define GUARD_USB_MAX_INTERFACES 256 /* alternate settings of all configurations together; a sound card can have a hundred */

enum guard_usb_kind { /* what an interface (or the device) is for the guard */
        GUARD_USB_OTHER = 0,
        GUARD_USB_STORAGE,  /* class 08 any protocol (BOT 50, UAS 62, CBI 00/01) */
        GUARD_USB_STILL,    /* class 06: PTP/MTP */
        GUARD_USB_MTP,      /* candidate only: ff/ff/00, named, bulk in + bulk out + interrupt in; see usb-descriptors.c */
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

#define GUARD_USB_MAX_HOLD_TRIPLES 32

/* What policy adds to the guarded ones: whole classes as a bitmap over codes 0..255, class:subclass[:protocol], and
 * the MTP candidates. All zero: nothing is added. */
struct guard_usb_hold {
        uint8_t classes[32];
        struct guard_usb_triple { uint8_t cls, subcls, protocol; bool any_protocol; } triples[GUARD_USB_MAX_HOLD_TRIPLES];
        size_t n_triples;
        bool mtp;
};

/* Never fails: what could not be read is told in `malformed`. @data is not kept. */
void guard_usb_parse(const uint8_t *data, size_t size, struct guard_usb_descriptors *out);
/* By class, subclass and protocol alone; whether a vendor-specific one may be MTP needs its endpoints. */
enum guard_usb_kind guard_usb_kind_of_codes(const struct guard_usb_interface *i);
/* Is this interface guarded (storage, still image, or in @hold)? @hold may be NULL. */
bool guard_usb_interface_guarded(const struct guard_usb_interface *i, const struct guard_usb_hold *hold);
/* Any guarded interface, or malformed in a way that could hide one. */
bool guard_usb_device_guarded(const struct guard_usb_descriptors *d, const struct guard_usb_hold *hold);
bool guard_usb_device_has_keyboard(const struct guard_usb_descriptors *d);
bool guard_usb_device_has_storage(const struct guard_usb_descriptors *d);
bool guard_usb_device_has_kind(const struct guard_usb_descriptors *d, enum guard_usb_kind kind);
const char *guard_usb_kind_to_string(enum guard_usb_kind kind); /* static */
bool guard_usb_kind_from_string(const char *name, enum guard_usb_kind *kind);
/* Entries separated by blanks, commas, semicolons or new lines; '#' to the end of its line is a comment. An entry is "CC",
 * "CC:SS", "CC:SS:PP" (two hex digits each, '*' for any subclass or protocol) or "mtp". Never keyboards, mice or hubs
 * (03, 09): nobody is locked out. @out holds every entry that is good, even when a bad one makes it return false. */
bool guard_usb_hold_parse(const char *text, size_t size, struct guard_usb_hold *out);
/* One entry as above; false, and @out as it was, on a bad one. @why (may be NULL): static string. */
bool guard_usb_hold_add(const char *entry, size_t size, struct guard_usb_hold *out, const char **why);
