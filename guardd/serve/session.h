/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which login session a caller on the bus belongs to: bus name → pid and uid (the bus knows) → session
 * (logind knows). What the caller says about itself does not count.
 */
#pragma once
#include "guardd/serve/audience.h"

G_BEGIN_DECLS

void guard_session_of_sender_async(GDBusConnection *connection, const char *sender, GCancellable *cancel,
                                   GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full). GUARD_ERROR_DENIED where the caller is in no session of its own user, or only in a greeter's. */
GuardSeatSession *guard_session_of_sender_finish(GAsyncResult *result, GError **error);
/* The session that a unit of ours was started for, from /proc/PID/cgroup: caller frees; NULL: it is no such unit. */
char *guard_session_of_unit(const char *cgroup);

G_END_DECLS
