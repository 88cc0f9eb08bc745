/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What belongs to a user is reached as that user, so that guardd may do no more to it than they could:
 * the capabilities that pass over permissions and over signals' owners are not guardd's.
 */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* open(), and as @uid where it is not ours to open. -1 with errno. Any thread. */
int guard_open_as(guint32 uid, const char *path, int flags);
/* SIGKILL to a child that runs as @uid, or has not become it yet. */
void guard_kill_as(guint32 uid, GSubprocess *child);

G_END_DECLS
