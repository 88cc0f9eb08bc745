/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guardd has recorded about a present USB device, kept in the run directory: after a restart the
 * same device is taken over without a second record.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"
#include "guardd/known-verdict.h"

G_BEGIN_DECLS

/* Keyed by port, true only for this very plug: device number and inode must agree. Clear @out with
 * guard_known_verdict_clear(). */
gboolean guard_usb_state_read(const char *dir, const GuardUsbFacts *facts, GuardKnownVerdict *out);
gboolean guard_usb_state_write(const char *dir, const GuardUsbFacts *facts,
                               const GuardKnownVerdict *known, GError **error);
void guard_usb_state_remove(const char *dir, const GuardUsbFacts *facts);

G_END_DECLS
