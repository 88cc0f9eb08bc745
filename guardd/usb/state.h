/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd has recorded about a present USB device, kept in the run directory: after a restart the
 * same device is taken over without a second record.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"
#include "common/guard-verdict.h"

G_BEGIN_DECLS

typedef struct {
        GuardVerdict verdict;
        GuardReason reason;
        char *media_id;
        gboolean by_content; /* refused for what is on it, after it was admitted by identity */
} GuardUsbState;

/* Keyed by port, true only for this very plug: device number and inode must agree. */
gboolean guard_usb_state_read(const char *dir, const GuardUsbFacts *facts, GuardUsbState *out);
gboolean guard_usb_state_write(const char *dir, const GuardUsbFacts *facts,
                               const GuardUsbState *state, GError **error);
void guard_usb_state_remove(const char *dir, const GuardUsbFacts *facts);
void guard_usb_state_clear(GuardUsbState *state);

G_END_DECLS
