/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading and writing attributes of one sysfs folder through its descriptor. The descriptor pins the
 * device: once it is unplugged every access fails, even where a new device has the same path.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Opens the folder. -1 with GUARD_ERROR_GONE. Caller closes. */
int guard_sysfs_open(const char *syspath, GError **error);
/* The folder's inode: differs for a replugged device. 0 where it cannot be told. */
guint64 guard_sysfs_inode(int dirfd);
/* Raw bytes of an attribute, at most @max. NULL where it is absent or unreadable. Caller frees. */
char *guard_sysfs_read(int dirfd, const char *attribute, gsize max, gsize *size);
/* Text without the final newline; NULL as above. Caller frees. */
char *guard_sysfs_read_text(int dirfd, const char *attribute);
guint64 guard_sysfs_read_number(int dirfd, const char *attribute, guint base, guint64 fallback);
/* Sets GUARD_ERROR_GONE where the device is no longer there, else GUARD_ERROR_IO. */
gboolean guard_sysfs_write(int dirfd, const char *attribute, const char *value, GError **error);
/* Last component of the link @name (such as "subsystem" or "driver"); NULL: no link. Caller frees. */
char *guard_sysfs_link_name(const char *syspath, const char *name);

G_END_DECLS
