/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of mounts, whose mount points are named by whoever mounts; no device of it is there.
 */
#include <stdint.h>
#include <stdlib.h>
#include "transfers/mounts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *)data, size);
        g_autoptr(GPtrArray) mounts = transfers_mounts_of(text, "/nonexistent", "sdb");

        if (mounts->len != 0)
                abort();
        return 0;
}
