/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel would bind to a device whose interfaces say no more than "vendor-specific", as Wi-Fi
 * adapters and card readers do. Its own table of aliases is asked (libkmod), nothing is loaded.
 */
#pragma once
#include "common/guard-medium.h"

G_BEGIN_DECLS

#define GUARD_MODULES_DIR "/run/baomi-guard/modules"

/* Bits of GuardDeviceKind; 0 where the kernel has no driver, or the device says itself what it is.
 * Reads the modules' table (GUARD_MODULES_DIR, where the unit shows it, else /lib/modules); in a worker. */
guint guard_usb_driver_kinds(const GuardUsbFacts *facts);
/* "usb:v0951p1666d0100dc00dsc00dp00icFFiscFFipFFin00", as udev says it; free with g_free(). */
char *guard_usb_modalias(const GuardUsbFacts *facts, const struct guard_usb_interface *interface);

G_END_DECLS
