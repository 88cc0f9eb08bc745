/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether this desktop says that its screen is locked, for desktops that do not tell logind. A claim: guardd
 * wants a locker beside it. That a screen saver is active is no lock where the desktop is set not to lock.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GuardSaver GuardSaver;

/* @changed is called from the main loop whenever the answer is another one. */
GuardSaver *guard_saver_new(GDBusConnection *session, void (*changed)(gpointer user_data), gpointer user_data);
void guard_saver_free(GuardSaver *saver);
/* -1: no desktop here says anything. */
gint guard_saver_locked(GuardSaver *saver);

/* Asks the first locker that is on @session, or comes within @seconds, to lock; TRUE: it was asked, which is no proof. One that
 * guardd has started is no part of the session for logind, and never hears of LockSession. GUARD_ERROR_NOT_FOUND: there is
 * none; errors of D-Bus. Runs the main context. */
gboolean guard_saver_lock(GDBusConnection *session, guint seconds, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardSaver, guard_saver_free)

G_END_DECLS
