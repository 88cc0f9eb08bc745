/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The small files of the run directory and the spool, as a damaged disk or a device's strings may have
 * made them. Besides not crashing: an event without its descriptors is of a guarded device, and what
 * has no verdict with its reason is none.
 */
#include <stdint.h>
#include <stdlib.h>
#include "guardd/keyval.h"
#include "guardd/known-verdict.h"
#include "guardd/spool-event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GHashTable) table = guard_keyval_parse((const char *)data, size);
        g_autoptr(GuardMedium) medium = guard_spool_medium(table);
        GuardKnownVerdict known;
        gboolean good = guard_known_verdict_take(table, &known);

        if (!medium->device || !medium->usb || medium->usb->authorized ||
            medium->usb->descriptors.n_interfaces > GUARD_USB_MAX_INTERFACES)
                abort();
        if (!g_hash_table_lookup(table, "descriptors") &&
            !guard_usb_device_guarded(&medium->usb->descriptors, NULL))
                abort();
        if (good && (!g_hash_table_lookup(table, "verdict") || !g_hash_table_lookup(table, "reason")))
                abort();
        if (!good && (known.verdict >= GUARD_VERDICT_READ_ONLY || known.media_id))
                abort();
        guard_known_verdict_clear(&known);
        return 0;
}
