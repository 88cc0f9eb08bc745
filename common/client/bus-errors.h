/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GuardError on the bus: the same table for guardd and its clients, so that an error keeps its code
 * on the way. No other code here.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* Makes GDBus translate GUARD_ERROR codes to org.baomiguard.Guard1.Error.* and back. Any number of times, any thread. */
void guard_bus_errors_register(void);
/* The name of @code on the bus; static. */
const char *guard_bus_error_name(int code);

G_END_DECLS
