/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opens and closes of files on the file systems of one disk, by fanotify. Whole file systems are marked, wherever they are
 * mounted: what is done by way of a bind mount or another namespace is seen as well.
 */
#pragma once
#include <glib.h>
#include <sys/types.h>
#include "transfers/who.h"

G_BEGIN_DECLS

typedef struct {
        const char *path; /* below where it is mounted; whole where it is not any more */
        gboolean written;
        guint64 size;
        const char *digest; /* NULL: none */
        const TransfersWho *who;
} Transfer;

typedef struct {
        const char *disk;
        gboolean reads, writes;
        guint64 digest_size;
        void (*seen)(const Transfer *transfer, gpointer data);
        void (*missed)(const char *why, gpointer data); /* @why: guard_text_pack() */
        gpointer data;
} TransfersWanted;

typedef struct TransfersWatch TransfersWatch;

/* @wanted stays the caller's. Errors: GUARD_ERROR_FAILED where the kernel has no fanotify. */
TransfersWatch *transfers_watch_new(const TransfersWanted *wanted, GError **error);
void transfers_watch_free(TransfersWatch *watch);
/* Until @until (a connection) is hung up. Handles what has happened first. */
void transfers_watch_run(TransfersWatch *watch, int until);

G_END_DECLS
