/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that are whole or not there after a crash: written aside, fsynced, renamed, directory
 * fsynced.
 */
#pragma once
#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Sets an error from errno: GUARD_ERROR_FULL for ENOSPC and EDQUOT, else GUARD_ERROR_IO. @format
 * gets @path. */
void guard_durable_set_error(GError **error, int code, const char *what, const char *path);
/* Writes all of @data; FALSE with errno. */
gboolean guard_durable_write_all(int fd, const void *data, gsize size);
/* A new file; GUARD_ERROR_EXISTS where there is one. */
gboolean guard_durable_create(const char *path, const void *data, gsize size, mode_t mode,
                              GError **error);
/* Replaces @path as a whole. */
gboolean guard_durable_replace(const char *path, const void *data, gsize size, mode_t mode,
                               GError **error);
/* rename() and fsync of the directory; @from must be fsynced already. */
gboolean guard_durable_rename(const char *from, const char *to, GError **error);
gboolean guard_durable_sync_dir_of(const char *path, GError **error);

G_END_DECLS
