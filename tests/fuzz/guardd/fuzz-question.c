/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A question at guardd's socket. Besides not crashing: what is taken for one names a place in sysfs and
 * an action that fit where they are kept.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "guardd/block/ask-socket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup(size > 0 ? (const char *)data : "", size);
        GuardQuestion question;

        if (guard_ask_parse(text, &question) &&
            (!g_str_has_prefix(text, "ask ") || !strstr(text, " /") || question.action[0] == '\0' ||
             strnlen(question.action, sizeof question.action) == sizeof question.action))
                abort();
        return 0;
}
