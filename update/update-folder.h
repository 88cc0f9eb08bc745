/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder as the source: a mounted share, or a stick that was carried here. The file is copied aside first,
 * since a share may give other bytes at every reading.
 */
#pragma once
#include <glib.h>
#include "update/update-plan.h"

G_BEGIN_DECLS

/* Opens the file of @from: itself, or GUARD_UPDATE_FILE in it. An ordinary file, or an error that says what to do.
 * Returns the descriptor or -1; @name (out): the file's path, caller frees. */
int guard_update_folder_open(const char *from, char **name, GError **error);
/* By what the file will be known again: size, time, number. FALSE with an error where it cannot be asked. */
gboolean guard_update_folder_tag(int fd, const char *name, GuardUpdateTag *tag, GError **error);
/* All of @from_fd into @to_fd, which is emptied first; not synced. GUARD_ERROR_BUSY where it changed meanwhile,
 * GUARD_ERROR_INVALID_VALUE where it is larger than @max_size. */
gboolean guard_update_folder_copy(int from_fd, int to_fd, guint64 max_size, const char *name, GError **error);

G_END_DECLS
