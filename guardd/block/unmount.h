/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Letting go of disks without losing data: flush with syncfs on a worker, unmount and lock through
 * udisks, by force only when told and only after the given wait. For eject and for media that are no
 * longer allowed.
 */
#pragma once
#include <gio/gio.h>
#include "guardd/worker.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_UNMOUNT_CLEAN = 0, /* nothing was or is mounted */
        GUARD_UNMOUNT_FORCED,    /* was busy to the end: data may be lost */
        GUARD_UNMOUNT_BUSY,      /* still mounted: force was not allowed */
} GuardUnmountOutcome;

typedef struct {
        gboolean force;
        guint busy_seconds; /* how long it may stay busy */
        /* Once, where it is busy and force will follow after the wait, so that people can save their
         * work; NULL: nobody to tell. */
        void (*busy)(guint seconds, gpointer user_data);
} GuardUnmountHow;

/* @drive: udisks' object of the first disk's drive, or NULL. @error tells what was busy. Once. */
typedef void (*GuardUnmounted)(GuardUnmountOutcome outcome, const char *drive, const GError *error,
                               gpointer user_data);

/* @names: block devices, disks and partitions ("sda", "sda1"). Without a bus, or without udisks on it,
 * nothing is unmounted, only flushed: what is mounted then counts as busy. */
void guard_unmount(GuardWorkers *workers, GDBusConnection *bus, GPtrArray *names,
                   const GuardUnmountHow *how, GuardUnmounted done, gpointer user_data);

G_END_DECLS
