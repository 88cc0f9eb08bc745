/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks a desktop's locker to lock. One that guardd has started is no part of the session for logind, and never hears of
 * LockSession.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks the first locker that is on @session, or comes within @seconds; TRUE: it was asked, which is no proof.
 * GUARD_ERROR_NOT_FOUND: there is none; errors of D-Bus. Runs the main context. */
gboolean guard_saver_lock(GDBusConnection *session, guint seconds, GError **error);

G_END_DECLS
