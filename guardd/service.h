/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardd as a service of systemd: what it tells, and what it was given. Without systemd, nothing.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* "READY=1", "WATCHDOG=1", "STATUS=…" */
void guard_service_tell(const char *text);
/* How often it wants to hear WATCHDOG=1; 0: never. */
guint64 guard_service_watchdog_us(void);
/* The socket of guardd.socket that is bound to @group (a mask: 1 the kernel's, 2 udev's); 0: none was passed. */
int guard_service_passed_netlink(guint32 group);

G_END_DECLS
