/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lets SQLite read a span of one open file and nothing else: no path is ever opened, so what SQLite
 * parses is the very file whose digest was checked, and bytes outside the span do not exist for it.
 */
#pragma once
#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct GuardPayloadVfs GuardPayloadVfs;

/* @fd is borrowed and must outlive the VFS; the span is [offset, offset + size). NULL: SQLite
 * refused it. */
GuardPayloadVfs *guard_payload_vfs_new(int fd, guint64 offset, guint64 size);
const char *guard_payload_vfs_name(const GuardPayloadVfs *vfs);
/* After every connection through it is closed. */
void guard_payload_vfs_free(GuardPayloadVfs *vfs);

G_END_DECLS
