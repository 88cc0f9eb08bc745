/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The text of host.conf. Besides not crashing: an error leaves the level unknown.
 */
#include "common/guard-conf.h"
#include "common/guard-host.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GuardHost) host = guard_host_new();
        g_autoptr(GPtrArray) errors = guard_conf_errors_new();
        guard_host_apply_text(host, "fuzz.conf", (const char *)data, size, errors);
        if (errors->len > 0 && host->level != GUARD_LEVEL_UNKNOWN)
                abort();
        return 0;
}
