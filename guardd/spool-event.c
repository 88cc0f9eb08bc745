/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A spooled event's reader. The static helper wrote it, but most of what is in it the device chose.
 */
#include <string.h>
#include "guardd/keyval.h"
#include "guardd/spool-event.h"

static char *
from_hex(GHashTable *event, const char *key, gsize *size)
{
        const char *hex = g_hash_table_lookup(event, key);
        gsize length = hex ? strlen(hex) / 2 : 0;
        char *bytes;

        if (!hex || strlen(hex) % 2 != 0)
                return NULL;
        bytes = g_malloc0(length + 1);
        for (gsize i = 0; i < length; i++) {
                int high = g_ascii_xdigit_value(hex[2 * i]), low = g_ascii_xdigit_value(hex[2 * i + 1]);

                if (high < 0 || low < 0) {
                        g_free(bytes);
                        return NULL;
                }
                bytes[i] = (char)(high * 16 + low);
        }
        if (size)
                *size = length;
        return bytes;
}

static guint16
id_of(GHashTable *event, const char *key)
{
        const char *text = g_hash_table_lookup(event, key);

        return text ? (guint16)g_ascii_strtoull(text, NULL, 16) : 0;
}

GuardMedium *
guard_spool_medium(GHashTable *event)
{
        GuardMedium *medium = guard_medium_new();
        GuardUsbFacts *usb = guard_usb_facts_new();
        gsize size = 0;
        g_autofree char *descriptors = from_hex(event, "descriptors", &size);
        const char *sysname = g_hash_table_lookup(event, "sysname");

        medium->carrier = GUARD_CARRIER_USB;
        medium->device = g_strdup(sysname ? sysname : "?");
        medium->usb = usb;
        usb->sysname = g_strdup(medium->device);
        usb->syspath = g_strdup(g_hash_table_lookup(event, "syspath"));
        usb->busnum = (guint)guard_keyval_number(event, "busnum", 0);
        usb->devnum = (guint)guard_keyval_number(event, "devnum", 0);
        usb->inode = guard_keyval_number(event, "inode", 0);
        usb->vendor_id = id_of(event, "vendor_id");
        usb->product_id = id_of(event, "product_id");
        usb->serial = from_hex(event, "serial", NULL);
        usb->manufacturer = from_hex(event, "manufacturer", NULL);
        usb->product = from_hex(event, "product", NULL);
        guard_usb_parse((const uint8_t *)descriptors, descriptors ? size : 0, &usb->descriptors);
        return medium;
}
