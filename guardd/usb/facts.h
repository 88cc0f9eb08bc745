/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * sysfs → GuardUsbFacts. Collecting only. Strings are locked by the kernel while a device is being
 * configured, so this runs on a worker, never on the main loop.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"
#include "guardd/worker.h"

G_BEGIN_DECLS

typedef struct {
        GuardUsbFacts *facts;
        gboolean system_disk; /* pinned, or carrying the running system */
        gboolean partly;      /* it is authorised, but not each interface, or none is there yet */
} GuardUsbCollected;

void guard_usb_collected_free(GuardUsbCollected *collected);
/* Facts of the USB device at @syspath as they are now. Sets GUARD_ERROR_GONE. Caller frees. */
GuardUsbFacts *guard_usb_facts_read(const char *syspath, GError **error);
/* Result: GuardUsbCollected (transfer full). */
void guard_usb_collect(GuardWorkers *workers, const char *syspath, GuardJobDone done,
                       gpointer user_data);

G_END_DECLS
