/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guard-hold does with one device, and with all of them. Every function returns a process's
 * exit status: 0 done (also: the device is gone), 1 it failed and said why.
 */
#pragma once
#include "udev/hold/device.h"

/* A device came. @devnum 0: whatever is there; else nothing is done for another one than that.
 * @spool: write down what has to wait. */
int hold_handle_add(int root, const char *path, unsigned devnum, bool spool);
int hold_handle_remove(int root, unsigned busnum, unsigned devnum);
/* Devices that come from now on wait; those present are left as they are. */
int hold_handle_coldplug(int root);
/* Looks again at every present device: opens what may pass and was left closed. */
int hold_handle_sweep(int root);
/* The guard is removed: the kernel's defaults come back, and everything held is authorised. */
int hold_handle_release_all(int root);
