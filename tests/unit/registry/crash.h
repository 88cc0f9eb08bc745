/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Kills a piece of work at each of its steps on the disk. The test program's own write, fsync,
 * rename … stand before libc's (also for SQLite) and count; the child that does the work is killed
 * with SIGKILL just before its Nth step.
 */
#pragma once
#include <glib.h>

typedef void (*CrashWork)(gpointer user_data);

/* Runs @work in a child that is killed before step @at (from 1). FALSE: the work was done in fewer
 * steps. */
gboolean crash_at(guint at, CrashWork work, gpointer user_data);
