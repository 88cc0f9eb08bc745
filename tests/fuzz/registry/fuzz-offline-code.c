/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Codes that people type: whatever it is, it is refused with a reason, or it is a request that is
 * written and read back as the same; and no text is an answer that was not given.
 */
#include "registry/offline-code.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_request(const char *text)
{
        GuardOfflineRequest request, again;
        g_autoptr(GError) error = NULL;
        g_autofree char *code = NULL;

        if (!guard_offline_request_from_code(text, &request, &error)) {
                if (error == NULL)
                        abort();
                return;
        }
        code = guard_offline_request_to_code(&request);
        if (!guard_offline_request_from_code(code, &again, NULL) ||
            again.read_only != request.read_only || again.life != request.life ||
            again.device != request.device || again.nonce != request.nonce)
                abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const guint8 secret[32] = {7};
        const GuardOfflineRequest request = {TRUE, 2, 3, 4};
        g_autofree char *text = g_strndup((const char *)data, size);
        g_autofree char *right =
                guard_offline_answer(&request, "pc-1", secret, sizeof secret, NULL);
        g_autofree char *typed = g_ascii_strup(text, -1);
        g_autoptr(GError) error = NULL;

        check_request(text);
        if (guard_offline_check(&request, "pc-1", secret, sizeof secret, text, &error)) {
                g_auto(GStrv) groups = g_strsplit(right, "-", -1);
                g_autofree char *given = g_strjoinv("", groups), *plain = NULL;
                GString *signs = g_string_new(NULL);

                /* what does not count in a code does not count here */
                for (const char *p = typed; *p != '\0'; p++)
                        if (g_ascii_isalnum(*p))
                                g_string_append_c(signs, *p == 'O'                ? '0'
                                                         : *p == 'I' || *p == 'L' ? '1'
                                                                                  : *p);
                plain = g_string_free(signs, FALSE);
                if (strcmp(plain, given) != 0)
                        abort();
        } else if (error == NULL) {
                abort();
        }
        return 0;
}
