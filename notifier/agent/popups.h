/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.freedesktop.Notifications, spoken directly and never waited for: what the server of this desktop can do is
 * asked, and what it cannot is left out. What is shown is not decided here.
 */
#pragma once
#include <gio/gio.h>
#include "notifier/core/queue.h"

G_BEGIN_DECLS

typedef struct GuardPopups GuardPopups;

typedef struct {
        void (*shown)(const char *key, guint32 id, gpointer user_data); /* @id 0: nobody shows popups here */
        void (*closed)(guint32 id, GuardClosed how, gpointer user_data);
        void (*action)(guint32 id, const char *action, gpointer user_data); /* "details", "eject", "history" */
        void (*server)(gboolean there, gpointer user_data);                 /* came (again), or went */
} GuardPopupsHandlers;

/* @session: the session bus. */
GuardPopups *guard_popups_new(GDBusConnection *session, const GuardPopupsHandlers *handlers, gpointer user_data);
void guard_popups_free(GuardPopups *popups);
/* FALSE once a message could not be shown, until a server appears or guard_popups_retry(). */
gboolean guard_popups_available(GuardPopups *popups);
void guard_popups_retry(GuardPopups *popups);
/* "shown" follows. @replaces 0: a new popup. */
void guard_popups_show(GuardPopups *popups, const GuardMessage *message, guint32 replaces);
void guard_popups_close(GuardPopups *popups, guint32 id);
/* What was asked for is on its way: before the end of the program. */
void guard_popups_flush(GuardPopups *popups);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardPopups, guard_popups_free)

G_END_DECLS
