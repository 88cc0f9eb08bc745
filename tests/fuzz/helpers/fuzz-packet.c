/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A packet as it comes over a socket, read as an order for an import: no name in it leads out of its folder.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "import/job.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const char *name)
{
        if (*name == '\0' || *name == '.' || strchr(name, '/'))
                abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        gpointer bytes = g_malloc(size + 1); /* aligned, as what is read into a buffer is */
        g_autoptr(GVariant) packet = NULL;
        g_autoptr(ImportJob) job = NULL;

        memcpy(bytes, data, size);
        packet = g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE_VARDICT, bytes, size, FALSE, g_free, bytes));
        job = import_job_new(packet, NULL);
        if (!job)
                return 0;
        check(job->disk);
        check(job->user);
        check(job->id);
        for (guint n = 0; n < job->volumes->len; n++)
                check(((const ImportVolume *)g_ptr_array_index(job->volumes, n))->node);
        return 0;
}
