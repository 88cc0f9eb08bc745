/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/fingerprint.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

static int
by_code(const void *a, const void *b)
{
        const guint *left = a, *right = b;

        return (*left > *right) - (*left < *right);
}

/* Classes and subclasses, each once: a faster port adds a protocol (UAS) to the same stick. */
static void
add_classes(GString *text, const struct guard_usb_descriptors *d)
{
        guint codes[GUARD_USB_MAX_INTERFACES];

        for (gsize n = 0; n < d->n_interfaces; n++)
                codes[n] = (guint)d->interfaces[n].cls << 8 | d->interfaces[n].subcls;
        qsort(codes, d->n_interfaces, sizeof codes[0], by_code);
        for (gsize n = 0; n < d->n_interfaces; n++)
                if (n == 0 || codes[n] != codes[n - 1])
                        g_string_append_printf(text, " %02x:%02x", codes[n] >> 8, codes[n] & 0xff);
}

static void
add_claim(GString *text, const char *claim)
{
        g_autofree char *safe = claim != NULL ? g_uri_escape_string(claim, " ", TRUE) : NULL;

        g_string_append_printf(text, " %s", safe != NULL ? safe : "");
}

static char *
descriptor_of(const GuardUsbFacts *usb)
{
        GString *text = g_string_new(NULL);

        if (usb != NULL) {
                g_string_append_printf(text, "%04x:%04x:%04x", usb->vendor_id, usb->product_id, usb->descriptors.device_version);
                add_classes(text, &usb->descriptors);
                add_claim(text, usb->manufacturer);
                add_claim(text, usb->product);
        }
        return g_string_free(text, FALSE);
}

static char *
layout_of(const GuardBlockFacts *block)
{
        GString *text = g_string_new(block->pt_type);

        for (guint n = 0; n < block->volumes->len; n++) {
                const GuardVolumeFacts *volume = g_ptr_array_index(block->volumes, n);

                if (volume->partition != 0)
                        g_string_append_printf(text, " %u@%" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT, volume->partition, volume->start,
                                               volume->size);
        }
        return g_string_free(text, FALSE);
}

GuardFingerprint *
guard_fingerprint_new(const GuardMedium *medium)
{
        GuardFingerprint *fingerprint = g_new0(GuardFingerprint, 1);

        fingerprint->lun = medium->block != NULL ? medium->block->lun : 0;
        fingerprint->descriptor = descriptor_of(medium->usb);
        fingerprint->capacity = medium->block != NULL ? medium->block->size : 0;
        fingerprint->layout = medium->block != NULL ? layout_of(medium->block) : g_strdup("");
        return fingerprint;
}

void
guard_fingerprint_free(GuardFingerprint *fingerprint)
{
        if (fingerprint == NULL)
                return;
        g_free(fingerprint->descriptor);
        g_free(fingerprint->layout);
        g_free(fingerprint);
}

guint
guard_fingerprint_compare(const GuardFingerprint *before, const GuardFingerprint *now)
{
        return (strcmp(before->descriptor, now->descriptor) != 0 ? GUARD_CHANGED_DESCRIPTOR : 0u) |
               (before->capacity != now->capacity ? GUARD_CHANGED_CAPACITY : 0u) |
               (strcmp(before->layout, now->layout) != 0 ? GUARD_CHANGED_LAYOUT : 0u);
}

const char *
guard_fingerprint_sentence(guint changed)
{
        if ((changed & GUARD_CHANGED_DESCRIPTOR) != 0)
                return N_("the drive describes itself otherwise than when it was last used here");
        if ((changed & GUARD_CHANGED_CAPACITY) != 0)
                return N_("the drive's capacity is another than when it was last used here");
        return N_("the drive is parted otherwise than when it was last used here");
}

gboolean
guard_on_change_from_string(const char *name, GuardOnChange *what)
{
        static const char *const names[GUARD_N_ON_CHANGES] = {"warn", "refuse", "ignore"};

        for (guint n = 0; n < GUARD_N_ON_CHANGES; n++)
                if (g_str_equal(name, names[n])) {
                        *what = (GuardOnChange)n;
                        return TRUE;
                }
        return FALSE;
}
