/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SQLite on a disk that fails when the test says so: the default VFS, with writes, truncations and
 * syncs counted and, from a chosen one on, refused.
 */
#pragma once
#include <glib.h>

/* Becomes the default VFS of this process. Once, before any database is opened. */
void faulty_vfs_install(void);
/* The @nth operation from now on (0: the next) and, if @lasting, all after it, fail with @code. */
void faulty_vfs_arm(gint nth, int code, gboolean lasting);
void faulty_vfs_disarm(void);
/* Operations since the last arm or disarm. */
gint faulty_vfs_operations(void);
gint faulty_vfs_syncs(void);
