/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The small key=value files of the run directory and the spool: verdicts, device state, spooled
 * events. Written whole or not at all. Not for configuration that people edit.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Keys and values of @text, one `key=value` a line; the last of equal keys wins, lines without `=`
 * are dropped. Never NULL. Caller unrefs. */
GHashTable *guard_keyval_parse(const char *text, gsize size);
/* Reads at most 64 KiB of @path. Sets GUARD_ERROR_IO or GUARD_ERROR_NOT_FOUND. Caller unrefs. */
GHashTable *guard_keyval_read(const char *path, GError **error);
/* Writes @text to a temporary file beside @path, mode 0600, and renames it over @path. With @durable
 * the file and its folder are flushed first. Sets GUARD_ERROR_IO. */
gboolean guard_keyval_write(const char *path, const char *text, gboolean durable, GError **error);
/* Appends `key=value\n` where @value is not NULL; newlines in @value become blanks. */
void guard_keyval_add(GString *text, const char *key, const char *value);
void guard_keyval_add_number(GString *text, const char *key, guint64 value);
/* The number at @key, or @fallback where it is absent or no number. */
guint64 guard_keyval_number(GHashTable *table, const char *key, guint64 fallback);

G_END_DECLS
