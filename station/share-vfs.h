/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SQLite over a share whose server enforces its locks (SMB). SQLite's own way there fails with
 * every change: it turns a shared lock of its own into an exclusive one in one step, which such a
 * server refuses, the lock below being the asker's own. This way lets go of the shared one first;
 * nobody can slip in between, the lock for that is held already. The same bytes of the file are
 * locked, so a desk on the server itself, with SQLite's own way, keeps away.
 */
#pragma once
#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* The name for sqlite3_open_v2(), registered once; NULL where SQLite does not let us. */
const char *guard_share_vfs(void);
/* @dir lies on such a share. */
gboolean guard_share_is_at(const char *dir);

G_END_DECLS
