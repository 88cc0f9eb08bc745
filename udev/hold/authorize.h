/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening a USB device, whole or interface by interface. `interface_authorized_default` belongs to
 * the whole bus, so every opener takes the bus's lock and first writes the default that it needs:
 * one that was killed half-way leaves the wrong value behind, and the next one mends it.
 * Shared by the static helper and guardd. Blocking: in guardd, call it on a worker.
 */
#pragma once
#include "udev/hold/device.h"

#define HOLD_LOCK_DEADLINE_MS 3000  /* a whole device can do without the lock, see below */
#define HOLD_LOCK_PATIENCE_MS 20000 /* a mixed one cannot */

/* The lock of bus @busnum, waited for at most @deadline_ms; close() gives it back. -1 with errno.
 */
int hold_bus_lock(int root, unsigned busnum, unsigned deadline_ms);
/* Authorises the device with all its interfaces; without the lock (a holder hangs in the kernel)
 * each interface is authorised by name, so that the other one's default is left alone. A device
 * that was left half-open is mended. False with errno; ENOENT, ENODEV: it is gone. */
bool hold_authorize_whole(const struct hold_device *device, int root);
/* Which interfaces may pass: configuration, number, and class as the kernel understood it. */
typedef bool (*hold_interface_filter)(unsigned configuration, unsigned number, unsigned cls,
                                      void *data);
/* Authorises the device, but of its interfaces only those that @filter lets through: all of them
 * first, then each is probed in order (a CDC data interface probed before its sibling is
 * authorised is taken by another driver). False with errno, ETIMEDOUT without the lock. */
bool hold_authorize_interfaces(const struct hold_device *device, int root,
                               hold_interface_filter filter, void *data);
/* Authorises one more interface of an open device by its name ("1-2:1.0") and probes it. */
bool hold_authorize_interface(const struct hold_device *device, int root, const char *name);
