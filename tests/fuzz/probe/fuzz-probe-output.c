/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guard-probe printed, after reading a hostile disk. Besides not crashing: what was not
 * understood leaves no volume behind, and never looks like a disk that was read.
 */
#include <stdint.h>
#include <stdlib.h>
#include "common/guard-error.h"
#include "guardd/probe/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GuardBlockFacts) facts = guard_block_facts_new();
        g_autoptr(GError) error = NULL;
        gboolean good = guard_probe_parse((const char *)data, size, facts, &error);

        if (good != (error == NULL) || good != (facts->probe == GUARD_PROBE_OK))
                abort();
        if (!good && ((facts->volumes != NULL && facts->volumes->len > 0) || facts->probe_error == NULL))
                abort();
        return 0;
}
