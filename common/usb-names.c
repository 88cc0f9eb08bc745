/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of interface kinds, and the list of classes that policy adds to the guarded ones. Plain C
 * without GLib, like usb-descriptors.c: the static helper reads that list.
 */
#include "common/usb-descriptors.h"
#include <string.h>

static const char *const kind_names[] = {
        [GUARD_USB_OTHER] = "other",       [GUARD_USB_STORAGE] = "storage",
        [GUARD_USB_STILL] = "still-image", [GUARD_USB_MTP] = "mtp",
        [GUARD_USB_KEYBOARD] = "keyboard", [GUARD_USB_POINTER] = "pointer",
        [GUARD_USB_HUB] = "hub",           [GUARD_USB_NETWORK] = "network",
        [GUARD_USB_AUDIO] = "audio",       [GUARD_USB_VIDEO] = "video",
        [GUARD_USB_PRINTER] = "printer",   [GUARD_USB_VENDOR] = "vendor",
};

const char *
guard_usb_kind_to_string(enum guard_usb_kind kind)
{
        unsigned int n = (unsigned int)kind;
        return n < sizeof(kind_names) / sizeof(kind_names[0]) ? kind_names[n] : "other";
}

bool
guard_usb_kind_from_string(const char *name, enum guard_usb_kind *kind)
{
        for (unsigned int n = 0; name != NULL && n < sizeof(kind_names) / sizeof(kind_names[0]);
             n++)
                if (strcmp(name, kind_names[n]) == 0) {
                        *kind = (enum guard_usb_kind)n;
                        return true;
                }
        return false;
}

static int
hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

/* Two hex digits or '*': the code, 256 for any, -1 for neither. Moves @p past it. */
static int
read_code(const char **p, const char *end)
{
        if (*p < end && **p == '*') {
                (*p)++;
                return 256;
        }
        if (end - *p < 2 || hex_digit((*p)[0]) < 0 || hex_digit((*p)[1]) < 0)
                return -1;
        int code = hex_digit((*p)[0]) * 16 + hex_digit((*p)[1]);
        *p += 2;
        return code;
}

static bool
add_triple(struct guard_usb_hold *out, int cls, int subcls, int protocol, const char **why)
{
        if (subcls > 255) { /* "e0:*" and "e0:*:*" are the whole class */
                if (protocol <= 255) {
                        *why = "a protocol without its subclass says nothing";
                        return false;
                }
                out->classes[cls / 8] |= (uint8_t)(1u << (cls % 8));
                return true;
        }
        struct guard_usb_triple t = {
                .cls = (uint8_t)cls,
                .subcls = (uint8_t)subcls,
                .protocol = (uint8_t)(protocol > 255 ? 0 : protocol),
                .any_protocol = protocol > 255,
        };
        for (size_t n = 0; n < out->n_triples; n++)
                if (out->triples[n].cls == t.cls && out->triples[n].subcls == t.subcls &&
                    out->triples[n].protocol == t.protocol &&
                    out->triples[n].any_protocol == t.any_protocol)
                        return true;
        if (out->n_triples >= GUARD_USB_MAX_HOLD_TRIPLES) {
                *why = "more class:subclass entries than can be kept";
                return false;
        }
        out->triples[out->n_triples++] = t;
        return true;
}

bool
guard_usb_hold_add(const char *entry, size_t size, struct guard_usb_hold *out, const char **why)
{
        const char *p = entry, *end = entry + size, *ignored;
        int codes[3] = {-1, 256, 256};

        why = why != NULL ? why : &ignored;
        *why = NULL;
        if (size == 3 && memcmp(entry, "mtp", 3) == 0) {
                out->mtp = true;
                return true;
        }
        for (size_t n = 0; n < 3; n++) {
                codes[n] = read_code(&p, end);
                if (codes[n] < 0 || (n == 0 && codes[n] > 255)) {
                        *why = "not a class: two hexadecimal digits, as in 02, e0:01 or e0:01:03, "
                               "or mtp";
                        return false;
                }
                if (p == end)
                        break;
                if (n == 2 || *p++ != ':') {
                        *why = "not a class: two hexadecimal digits, as in 02, e0:01 or e0:01:03, "
                               "or mtp";
                        return false;
                }
        }
        if (codes[0] == 0x03 || codes[0] == 0x09) {
                *why = "keyboards, mice and hubs are never held";
                return false;
        }
        return add_triple(out, codes[0], codes[1], codes[2], why);
}

bool
guard_usb_hold_parse(const char *text, size_t size, struct guard_usb_hold *out)
{
        const char *p = text, *end = text + size;
        bool good = true;

        memset(out, 0, sizeof(*out));
        while (p < end) {
                if (*p == '#') {
                        while (p < end && *p != '\n')
                                p++;
                } else if (strchr(" \t\r\n,;", *p) != NULL && *p != '\0') {
                        p++;
                } else {
                        const char *from = p;
                        while (p < end && (*p == '\0' || strchr(" \t\r\n,;#", *p) == NULL))
                                p++;
                        good = guard_usb_hold_add(from, (size_t)(p - from), out, NULL) && good;
                }
        }
        return good;
}
