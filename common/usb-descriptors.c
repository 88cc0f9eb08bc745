/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads USB descriptors as told by a device. Plain C, no allocation, no GLib: the static helper
 * that runs without guardd links this. Nothing but memory is touched here.
 *
 * The kernel joins the device descriptor and each configuration, cut at the last descriptor whose
 * length fits (drivers/usb/core/config.c), but leaves the device's own wTotalLength inside. That
 * length may lie, so it is not trusted to find the next configuration: every descriptor is visited
 * by its own length, and whatever interface the kernel can see is seen here too. "Malformed" is
 * kept for what could hide an interface; quirks that hide nothing (a wrong count of interfaces or
 * endpoints) are common on honest keyboards, and those must come up.
 */
#include "common/usb-descriptors.h"
#include <string.h>

enum {
        DT_DEVICE = 1,
        DT_CONFIG = 2,
        DT_INTERFACE = 4,
        DT_ENDPOINT = 5,
        DEVICE_SIZE = 18,
        CONFIG_SIZE = 9,
        INTERFACE_SIZE = 9,
        ENDPOINT_SIZE = 7,
};

static const struct {
        uint8_t cls;
        int subcls, protocol; /* -1: any */
        enum guard_usb_kind kind;
} kinds[] = {
        /* first match counts; USB-IF class codes */
        {0x01, -1, -1, GUARD_USB_AUDIO},
        {0x02, -1, -1, GUARD_USB_NETWORK},
        {0x03, 0x01, 0x02, GUARD_USB_POINTER},
        {0x03, -1, -1, GUARD_USB_KEYBOARD},
        {0x06, -1, -1, GUARD_USB_STILL},
        {0x07, -1, -1, GUARD_USB_PRINTER},
        {0x08, -1, -1, GUARD_USB_STORAGE},
        {0x09, -1, -1, GUARD_USB_HUB},
        {0x0a, -1, -1, GUARD_USB_NETWORK},
        {0x0e, -1, -1, GUARD_USB_VIDEO},
        {0xe0, -1, -1, GUARD_USB_NETWORK},
        {0xef, 0x04, -1, GUARD_USB_NETWORK}, /* RNDIS of phones */
        {0xff, -1, -1, GUARD_USB_VENDOR},
};

enum guard_usb_kind
guard_usb_kind_of_codes(const struct guard_usb_interface *i)
{
        for (size_t n = 0; n < sizeof(kinds) / sizeof(kinds[0]); n++)
                if (kinds[n].cls == i->cls &&
                    (kinds[n].subcls < 0 || kinds[n].subcls == i->subcls) &&
                    (kinds[n].protocol < 0 || kinds[n].protocol == i->protocol))
                        return kinds[n].kind;
        return GUARD_USB_OTHER;
}

/* A phone's MTP interface is ff/ff/00 with bulk in, bulk out, interrupt in, and a string descriptor
 * that says "MTP", which cannot be read before the device is configured. Serial adapters (PL2303:
 * ff/00/00) and the common network adapters (RTL8153: ff/ff/00 without a string, AX88179: with one)
 * look much the same, so this is a candidate only: guarded where policy says `mtp`, never by
 * itself, since those must come up with guardd dead. */
static bool
looks_like_mtp(const struct guard_usb_interface *i)
{
        return i->cls == 0xff && i->subcls == 0xff && i->protocol == 0 && i->string_index != 0 &&
               i->n_endpoints == 3 && i->bulk_in == 1 && i->bulk_out == 1 && i->interrupt_in == 1;
}

static bool
same_for_the_guard(const struct guard_usb_interface *a, const struct guard_usb_interface *b)
{
        return a->configuration == b->configuration && a->number == b->number && a->cls == b->cls &&
               a->subcls == b->subcls && a->protocol == b->protocol && a->kind == b->kind;
}

static void
malformed(struct guard_usb_descriptors *out, const char *why)
{
        if (!out->malformed)
                out->why = why; /* the first is the cause, the rest follows from it */
        out->malformed = true;
}

/* Stores a finished alternate setting. When the table is full, one that differs in nothing that the
 * guard looks at is dropped (cameras and sound cards have dozens); anything else must not go
 * unseen. */
static void
keep_interface(struct guard_usb_descriptors *out, struct guard_usb_interface *i)
{
        i->kind = looks_like_mtp(i) ? GUARD_USB_MTP : guard_usb_kind_of_codes(i);
        if (out->n_interfaces < GUARD_USB_MAX_INTERFACES) {
                out->interfaces[out->n_interfaces++] = *i;
                return;
        }
        for (size_t n = 0; n < out->n_interfaces; n++)
                if (same_for_the_guard(&out->interfaces[n], i))
                        return;
        malformed(out, "more interfaces than can be kept");
}

static void
count_endpoint(struct guard_usb_interface *i, const uint8_t *p, uint8_t length)
{
        if (length < ENDPOINT_SIZE)
                return; /* the kernel skips it as well */
        bool in = (p[2] & 0x80) != 0;
        uint8_t type = p[3] & 3;
        uint8_t *counter = type == 2         ? (in ? &i->bulk_in : &i->bulk_out)
                           : type == 3 && in ? &i->interrupt_in
                                             : NULL;
        if (counter != NULL && *counter < UINT8_MAX)
                (*counter)++;
}

static void
read_device(const uint8_t *p, struct guard_usb_descriptors *out)
{
        out->usb_version = (uint16_t)(p[2] | p[3] << 8);
        out->device_class = p[4];
        out->device_subclass = p[5];
        out->device_protocol = p[6];
        out->vendor_id = (uint16_t)(p[8] | p[9] << 8);
        out->product_id = (uint16_t)(p[10] | p[11] << 8);
        out->device_version = (uint16_t)(p[12] | p[13] << 8);
        out->n_configurations = p[17];
}

static void
read_configurations(const uint8_t *p, const uint8_t *end, struct guard_usb_descriptors *out)
{
        struct guard_usb_interface current = {0};
        bool open = false;
        uint8_t configuration = 0,
                promised = 0; /* interfaces that the configuration says it has, until one is seen */
        unsigned int n_configurations = 0;

        while (p < end) {
                size_t left = (size_t)(end - p);
                if (left < 2 || p[0] < 2 || p[0] > left) {
                        malformed(out, "a descriptor is cut off");
                        break;
                }
                if (p[1] == DT_CONFIG && p[0] >= CONFIG_SIZE) {
                        if (promised > 0)
                                malformed(out, "a configuration has no interface");
                        configuration = p[5];
                        promised = p[4];
                        n_configurations++;
                } else if (p[1] == DT_INTERFACE && p[0] >= INTERFACE_SIZE) {
                        if (open)
                                keep_interface(out, &current);
                        current = (struct guard_usb_interface){.configuration = configuration,
                                                               .number = p[2],
                                                               .alternate = p[3],
                                                               .n_endpoints = p[4],
                                                               .cls = p[5],
                                                               .subcls = p[6],
                                                               .protocol = p[7],
                                                               .string_index = p[8]};
                        open = true;
                        promised = 0;
                } else if (p[1] == DT_ENDPOINT && open) {
                        count_endpoint(&current, p, p[0]);
                }
                p += p[0];
        }
        if (open)
                keep_interface(out, &current);
        if (promised > 0)
                malformed(out, "a configuration has no interface");
        if (n_configurations < out->n_configurations || n_configurations == 0)
                malformed(out, "a configuration is missing");
}

void
guard_usb_parse(const uint8_t *data, size_t size, struct guard_usb_descriptors *out)
{
        memset(out, 0, sizeof(*out));
        if (data == NULL || size < DEVICE_SIZE) {
                malformed(out, "the device descriptor is cut off");
                return;
        }
        if (data[0] != DEVICE_SIZE || data[1] != DT_DEVICE) {
                malformed(out, "it does not begin with a device descriptor");
                return;
        }
        read_device(data, out);
        read_configurations(data + DEVICE_SIZE, data + size, out);
}

bool
guard_usb_interface_guarded(const struct guard_usb_interface *i, const struct guard_usb_hold *hold)
{
        if (i->kind == GUARD_USB_STORAGE || i->kind == GUARD_USB_STILL)
                return true;
        /* Checked here too, so that no hand-made hold list can take the keyboard away. */
        if (hold == NULL || i->kind == GUARD_USB_KEYBOARD || i->kind == GUARD_USB_POINTER ||
            i->kind == GUARD_USB_HUB)
                return false;
        if ((hold->classes[i->cls / 8] >> (i->cls % 8) & 1) != 0)
                return true;
        for (size_t n = 0; n < hold->n_triples; n++) {
                const struct guard_usb_triple *t = &hold->triples[n];
                if (t->cls == i->cls && t->subcls == i->subcls &&
                    (t->any_protocol || t->protocol == i->protocol))
                        return true;
        }
        return hold->mtp && i->kind == GUARD_USB_MTP;
}

bool
guard_usb_device_guarded(const struct guard_usb_descriptors *d, const struct guard_usb_hold *hold)
{
        if (d->malformed)
                return true;
        for (size_t n = 0; n < d->n_interfaces; n++)
                if (guard_usb_interface_guarded(&d->interfaces[n], hold))
                        return true;
        return false;
}

bool
guard_usb_device_has_kind(const struct guard_usb_descriptors *d, enum guard_usb_kind kind)
{
        for (size_t n = 0; n < d->n_interfaces; n++)
                if (d->interfaces[n].kind == kind)
                        return true;
        return false;
}

bool
guard_usb_device_has_keyboard(const struct guard_usb_descriptors *d)
{
        return guard_usb_device_has_kind(d, GUARD_USB_KEYBOARD);
}

bool
guard_usb_device_has_storage(const struct guard_usb_descriptors *d)
{
        return guard_usb_device_has_kind(d, GUARD_USB_STORAGE);
}
