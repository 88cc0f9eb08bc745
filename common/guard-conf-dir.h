/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drop-in directories: which files count, and in which order. Reads files, understands none.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
        char *name; /* full path, for messages */
        char *text;
        gsize size;
} GuardConfText;

/* All *.conf of @vendor and @etc in the lexical order of their names; a name in @etc masks the same
 * name in @vendor (empty, or a link to /dev/null: switched off). A directory that is not there is
 * empty. NULL and @error where anything that is there cannot be read. Either may be NULL. Array of
 * GuardConfText; caller frees. */
GPtrArray *guard_conf_dir_load(const char *vendor, const char *etc, GError **error);
/* A regular file of at most GUARD_CONF_MAX_SIZE, or /dev/null (empty). Never waits on a FIFO or a
 * device. */
gboolean guard_conf_read_file(const char *path, char **text, gsize *size, GError **error);

G_END_DECLS
