/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where what is imported lies: out of everybody's reach until it is on record, then in a folder that belongs to the
 * person who asked.
 */
#pragma once
#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef struct {
        int top;    /* GUARD_IMPORT_FOLDER */
        int hidden; /* its ".staging" */
        int files;  /* what is copied goes here; ours alone, locked while we live */
        char *name; /* of it */
} ImportStaging;

/* Removes what runs that were cut off have left. FALSE with GUARD_ERROR_IO. */
gboolean import_staging_open(ImportStaging *staging, const char *folder, const char *name, GError **error);
/* Removes what was not delivered. */
void import_staging_close(ImportStaging *staging);
/* Hands all of it to @uid and @gid as a new folder below one of their own, @user, and takes away empty ones from
 * before. @name: with the time in it. Gives the folder's path below the top (caller frees), or NULL with an error. */
char *import_deliver(ImportStaging *staging, const char *user, const char *name, uid_t uid, gid_t gid, GError **error);

G_END_DECLS
