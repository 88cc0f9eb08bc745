/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file under the eyes of clamd, while it is being copied: INSTREAM, so that clamd needs no rights on any file. Each
 * file has a connection of its own.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef enum {
        IMPORT_NOT_SCANNED = 0, /* clamd is not there, or has not finished (a file above its StreamMaxLength) */
        IMPORT_CLEAN,
        IMPORT_FOUND
} ImportScanned;

typedef struct {
        int fd; /* -1: not (or no longer) scanning */
        int left; /* ends the waiting when it is hung up; -1: nothing does */
        char *said; /* its whole answer, where it has given one */
} ImportScan;

/* @left: a socket whose other end somebody has who waits for this, or -1. @socket: clamd's; where it cannot be reached the scan says IMPORT_NOT_SCANNED. */
void import_scan_begin(ImportScan *scan, const char *socket, int left);
void import_scan_feed(ImportScan *scan, const void *bytes, gsize size);
/* @name: what was found (caller frees), or NULL. Ends the scan. */
ImportScanned import_scan_end(ImportScan *scan, char **name);
/* "stream: Eicar-Test-Signature FOUND": what clamd says, read. */
ImportScanned import_scan_read(const char *said, char **name);

G_END_DECLS
