/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Descriptors of the devices that cases speak of.
 */
#include "tests/tables/case.h"
#include <string.h>

static const struct {
        const char *name;
        guint8 bytes[32]; /* interface and endpoint descriptors, as in the standard's examples */
        gsize size;
} interfaces[] = {
        {"storage",
         {9, 4, 0, 0, 2, 0x08, 0x06, 0x50, 0, 7, 5, 0x81, 2, 0, 2, 0, 7, 5, 0x02, 2, 0, 2, 0},
         23},
        {"uas", {9, 4, 0, 0, 0, 0x08, 0x06, 0x62, 0}, 9},
        {"keyboard", {9, 4, 0, 0, 1, 0x03, 0x01, 0x01, 0, 7, 5, 0x81, 3, 8, 0, 10}, 16},
        {"pointer", {9, 4, 0, 0, 1, 0x03, 0x01, 0x02, 0, 7, 5, 0x81, 3, 8, 0, 10}, 16},
        {"still-image", {9, 4, 0, 0, 3, 0x06, 0x01, 0x01, 0}, 9},
        {"mtp",
         {9, 4, 0, 0,    3, 0xff, 0xff, 0x00, 5, 7, 5,    0x81, 2, 0, 2,
          0, 7, 5, 0x02, 2, 0,    2,    0,    7, 5, 0x83, 3,    8, 0, 10},
         30},
        {"network", {9, 4, 0, 0, 1, 0x02, 0x06, 0x00, 0}, 9},
        {"wireless", {9, 4, 0, 0, 1, 0xe0, 0x01, 0x01, 0}, 9},
        {"rndis", {9, 4, 0, 0, 1, 0xe0, 0x01, 0x03, 0}, 9},
        {"printer", {9, 4, 0, 0, 2, 0x07, 0x01, 0x02, 0}, 9},
        {"vendor", {9, 4, 0, 0, 2, 0xff, 0x00, 0x00, 0}, 9},
};

static gboolean
append_interface(GByteArray *bytes, const char *kind, guint8 number)
{
        for (guint n = 0; n < G_N_ELEMENTS(interfaces); n++) {
                if (!g_str_equal(kind, interfaces[n].name))
                        continue;
                g_byte_array_append(bytes, interfaces[n].bytes, (guint)interfaces[n].size);
                bytes->data[bytes->len - interfaces[n].size + 2] = number;
                return TRUE;
        }
        return FALSE;
}

gboolean
case_descriptors(const char *kinds, struct guard_usb_descriptors *out)
{
        static const guint8 device[18] = {18,   1,    0,    2, 0, 0, 0, 64, 0x51,
                                          0x09, 0x66, 0x16, 0, 1, 1, 2, 3,  1};
        static const guint8 configuration[9] = {9, 2, 0, 0, 1, 1, 0, 0x80, 50};
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_auto(GStrv) words = g_strsplit(kinds, "+", -1);
        gboolean cut = FALSE;

        g_byte_array_append(bytes, device, sizeof device);
        g_byte_array_append(bytes, configuration, sizeof configuration);
        for (guint8 n = 0; words[n] != NULL; n++) {
                cut = cut || g_str_equal(words[n], "malformed");
                if (!g_str_equal(words[n], "malformed") && !append_interface(bytes, words[n], n))
                        return FALSE;
        }
        guard_usb_parse(bytes->data, bytes->len - (cut ? 1 : 0), out);
        return TRUE;
}
