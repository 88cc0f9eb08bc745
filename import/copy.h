/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Copies a tree: files and folders, nothing else (no link is followed or made). Each file is digested and scanned in the
 * one reading that copies it, so that what is on record is what was copied, and told before the next one begins.
 */
#pragma once
#include <glib.h>
#include "import/scan.h"

G_BEGIN_DECLS

typedef struct {
        const char *path; /* below the drive's top, bytes as they are */
        guint64 size;
        const char *digest; /* "sha256:…" or "sm3:…" */
        ImportScanned scanned;
        const char *found; /* what, or NULL */
        gboolean kept;     /* FALSE: something was found, or it should have been scanned and was not */
} ImportFile;

typedef struct {
        const char *only; /* a pattern for paths, or NULL; one of a folder takes all that is in it */
        guint64 size;     /* bytes at most */
        gboolean scan, scan_required, sm3;
        const char *clamd;
        int left; /* of import_scan_begin() */
        /* FALSE ends the copying: whoever should be told is gone. */
        gboolean (*told)(const ImportFile *file, gpointer data);
        gpointer data;
} ImportCopying;

typedef struct {
        guint files, kept, skipped; /* skipped: links, devices, sockets, what is nested too deeply */
        guint64 bytes;              /* of what was read */
} ImportCopied;

/* From the folder @from into @to, which is empty; both stay the caller's. @copied counts on. Errors, packed:
 * GUARD_ERROR_FULL (more than may be, no room), GUARD_ERROR_IO (which file), GUARD_ERROR_GONE (nobody listens). */
gboolean import_copy(int from, int to, const ImportCopying *copying, ImportCopied *copied, GError **error);
/* Does @path match: itself, or a folder above it? Pure. */
gboolean import_is_wanted(const char *only, const char *path);

G_END_DECLS
