/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a virus scanner says: only the one sentence is "clean", and what was found is a line for people.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "import/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *said = g_strndup((const char *)data, size), *name = NULL;
        ImportScanned scanned = import_scan_read(said, &name);

        if (scanned == IMPORT_CLEAN && !strstr(said, "stream: OK"))
                abort();
        if ((name != NULL) != (scanned == IMPORT_FOUND) || (name && !g_utf8_validate(name, -1, NULL)))
                abort();
        return 0;
}
