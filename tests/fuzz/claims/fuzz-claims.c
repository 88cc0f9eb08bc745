/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a device says of itself: names and serial numbers, on their way to a screen, a log and the
 * register. Besides not crashing: a screen gets no control character, a log line no blank or quote of
 * the device's own, a sentence as many parts as it was given, the register no two forms of one value.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "common/guard-text.h"
#include "registry/identity.h"

#define SHOWN_MAX 40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_screen(const char *raw)
{
        g_autofree char *shown = guard_text_display(raw, SHOWN_MAX);

        if (!g_utf8_validate(shown, -1, NULL) || g_utf8_strlen(shown, -1) > SHOWN_MAX)
                abort();
        for (const char *p = shown; *p; p = g_utf8_next_char(p))
                if (g_unichar_iscntrl(g_utf8_get_char(p)))
                        abort();
}

static void
check_log(const char *raw)
{
        g_autofree char *logged = guard_text_audit(raw);
        gsize length = strlen(logged);
        gboolean quoted = logged[0] == '"';

        for (gsize i = 0; i < length; i++)
                if (logged[i] <= ' ' || logged[i] >= 0x7f ||
                    (logged[i] == '"' && !(quoted && (i == 0 || i == length - 1))))
                        abort();
        if (!quoted && strspn(logged, "0123456789ABCDEF") != length)
                abort();
}

/* As guardd does it: what a device says is made harmless first. */
static void
check_sentence(const char *raw)
{
        g_autofree char *name = guard_text_display(raw, SHOWN_MAX);
        g_autofree char *packed = guard_text_pack("%s in, %s out", name, "x", NULL);
        g_autofree char *plain = guard_text_plain(packed);
        g_autofree char *expected = g_strdup_printf("%s in, x out", name);
        g_autofree char *hostile = guard_text_translate(raw); /* a peer that is not guardd */

        if (strcmp(plain, expected) != 0 || !hostile)
                abort();
}

static void
check_identity(const char *raw)
{
        for (guint type = 0; type < GUARD_N_IDS; type++) {
                g_autofree char *form = guard_identity_canonical((GuardIdType)type, 0x951, 0x1666, raw);
                g_autofree char *upper = g_ascii_strup(raw, -1);
                g_autofree char *padded = g_strdup_printf(" %s\n", upper);
                g_autofree char *other =
                        guard_identity_canonical((GuardIdType)type, 0x951, 0x1666, padded);

                if (strlen(raw) + 2 < GUARD_CANONICAL_MAX && g_strcmp0(form, other) != 0)
                        abort();
                (void)guard_identity_is_weak((GuardIdType)type, raw, NULL);
        }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *raw = g_strndup(size > 0 ? (const char *)data : "", size);

        check_screen(raw);
        check_log(raw);
        check_sentence(raw);
        check_identity(raw);
        return 0;
}
