/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Enforcing a verdict on a USB device: authorise or deauthorise it, whole or interface by interface.
 * Runs on workers; the bus lock is the one the static helper takes. Nothing is decided here.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"
#include "guardd/worker.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_USB_AUTHORIZE,          /* whatever still waits of it */
        GUARD_USB_DEAUTHORIZE,        /* the whole device */
        GUARD_USB_DEAUTHORIZE_GUARDED, /* its guarded interfaces; the others go on working */
        GUARD_USB_LEAVE_INPUT          /* all of it but the keyboard and pointer: there is no other */
} GuardUsbAction;

/* Copies what it needs. @done gets a non-NULL result on success; errors GUARD_ERROR_GONE (pulled or
 * replaced: nothing was touched), _IO, _TIMEOUT. */
void guard_usb_enforce(GuardWorkers *workers, const GuardUsbFacts *facts,
                       const struct guard_usb_hold *hold, GuardUsbAction action, GuardJobDone done,
                       gpointer user_data);
/* Has it interfaces besides the guarded ones? */
gboolean guard_usb_is_mixed(const struct guard_usb_descriptors *descriptors,
                            const struct guard_usb_hold *hold);
/* Is everything guarded of it storage, whose disks wait in quarantine for a verdict of their own? */
gboolean guard_usb_is_storage_alone(const struct guard_usb_descriptors *descriptors,
                                    const struct guard_usb_hold *hold);

G_END_DECLS
