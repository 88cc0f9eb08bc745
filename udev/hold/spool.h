/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was plugged and pulled, written down for guardd to take in: one small file an event, in
 * /var (durable) while guardd is away, in /run while it listens or while /var cannot be written.
 * The format is told in udev/README.md.
 */
#pragma once
#include "udev/hold/device.h"

#define HOLD_SPOOL_MAX 1024 /* files a folder; beyond, `overflow` counts what was lost */

/* Does guardd listen for questions? Then it sees the event itself. */
bool hold_guardd_listens(int root);
/* A guarded device came and waits: spools it and remembers it, so that its removal is spooled too.
 * False: nowhere to write (the device still waits). */
bool hold_spool_add(int root, const struct hold_device *device);
/* A device went: spools it where its coming was spooled, else does nothing. */
bool hold_spool_remove(int root, unsigned busnum, unsigned devnum);
/* The machine runs with baomi-guard=off: once a boot. */
bool hold_spool_off(int root);
