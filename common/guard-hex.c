/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/guard-hex.h"

#include <string.h>

void
guard_hex_write(char *hex, const guint8 *bytes, gsize size)
{
        for (gsize i = 0; i < size; i++)
                g_snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

void
guard_hex_append(GString *text, const guint8 *bytes, gsize size)
{
        for (gsize i = 0; i < size; i++)
                g_string_append_printf(text, "%02x", bytes[i]);
}

gboolean
guard_hex_is(const char *text, gsize digits)
{
        return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

gboolean
guard_hex_read(const char *text, gsize digits, guint8 *bytes)
{
        if (digits % 2 != 0 || strspn(text, "0123456789abcdef") < digits)
                return FALSE;
        for (gsize i = 0; i < digits / 2; i++)
                bytes[i] = (guint8)(g_ascii_xdigit_value(text[2 * i]) * 16 + g_ascii_xdigit_value(text[2 * i + 1]));
        return TRUE;
}
