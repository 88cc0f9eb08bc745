/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where on a disk a mark may lie. No book here.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* The place for a mark on the disk open at @fd: that of an older mark, else the first of GUARD_MARK_PLACES that lies before the first
 * partition and is empty. @marked: an older one is there. GUARD_ERROR_INVALID_VALUE: there is none, with what to do. */
gboolean guard_mark_place_find(int fd, const char *node, guint64 *place, gboolean *marked, GError **error);
/* Writes @text (NULL: nothing, an empty block) and reads it back from the disk. */
gboolean guard_mark_place_write(int fd, const char *node, guint64 place, const char *text, GError **error);

G_END_DECLS
