/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the file systems of a disk are mounted, also those on what stands on it (LUKS, LVM).
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Is the block device major:minor on the disk @disk ("sdb")? @sys: "/sys". */
gboolean transfers_is_on_disk(const char *sys, guint major, guint minor, const char *disk);
/* Mount points out of the text of a mountinfo whose device is on @disk: (transfer full), of char*. All of them. */
GPtrArray *transfers_mounts_of(const char *mountinfo, const char *sys, const char *disk);

G_END_DECLS
