/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Canonical forms of identifiers. The desk and the workstation must come to the same bytes, so any
 * change here is a new GUARD_CANONICAL_VERSION. Pure: no I/O.
 */
#include "registry/identity.h"

#include <string.h>

static gboolean
is_uuid_type(GuardIdType type)
{
        return type == GUARD_ID_FS_UUID || type == GUARD_ID_PT_UUID;
}

/* What people and tools add around a UUID: braces (Windows), 0x (fdisk), hyphens. */
static void
strip_uuid(char *text)
{
        char *out = text;
        const char *in = text;

        if (in[0] == '0' && in[1] == 'X')
                in += 2;
        for (; *in != '\0'; in++) {
                if (*in != '-' && *in != '{' && *in != '}')
                        *out++ = *in;
        }
        *out = '\0';
}

/* Trimmed, upper case, without decoration; an empty string where nothing is left. */
static char *
canonical_text(GuardIdType type, const char *value)
{
        g_autofree char *cut = g_strndup(value, GUARD_CANONICAL_MAX);
        char *text = g_ascii_strup(g_strstrip(cut), -1);

        if (is_uuid_type(type)) {
                strip_uuid(text);
        } else if (g_str_has_suffix(text, "&0")) {
                text[strlen(text) - 2] = '\0';
                g_strchomp(text);
        }
        return text;
}

char *
guard_identity_canonical(GuardIdType type, guint16 vendor_id, guint16 product_id, const char *value)
{
        g_autofree char *text = NULL;

        if (value == NULL || (guint)type >= GUARD_N_IDS)
                return NULL;
        text = canonical_text(type, value);
        /* vendor:product alone identifies nothing */
        if (*text == '\0')
                return NULL;
        if (type == GUARD_ID_USB)
                return g_strdup_printf("%04X:%04X:%s", vendor_id, product_id, text);
        return g_steal_pointer(&text);
}
