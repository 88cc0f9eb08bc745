/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who sits at the machine: the active session of seat0, from logind over the bus, kept up to date.
 * Facts only. Without bus or logind nobody is known, and NULL says so.
 */
#pragma once
#include <gio/gio.h>
#include "rules/media-rule.h"

G_BEGIN_DECLS

typedef struct GuardSessionWatch GuardSessionWatch;

GuardSessionWatch *guard_session_watch_new(void (*changed)(gpointer), gpointer user_data);
void guard_session_watch_free(GuardSessionWatch *watch);
/* @bus NULL: it is lost. */
void guard_session_watch_set_bus(GuardSessionWatch *watch, GDBusConnection *bus);
/* (transfer none), NULL: nobody known. */
const GuardSession *guard_session_watch_get(GuardSessionWatch *watch);
/* Has logind said who is there, or been waited for long enough? */
gboolean guard_session_watch_known(GuardSessionWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardSessionWatch, guard_session_watch_free)

G_END_DECLS
