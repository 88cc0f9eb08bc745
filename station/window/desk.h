/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The book behind the window: one handle for what is on screen, one for each job in a thread of its
 * own. Knows no widget.
 */
#pragma once
#include <gio/gio.h>
#include "station/collate.h"
#include "station/station.h"

G_BEGIN_DECLS

typedef struct GuardDesk GuardDesk;

/* How far the jobs are: @what is NULL when none runs, @fraction below 0 where it is not known. Comes
 * in the main loop, first after a job has run for a third of a second. */
typedef void (*GuardDeskProgress)(const char *what, double fraction, gpointer user_data);

/* Opens the book in @dir; makes one where @create is set and there is none. Errors as of
 * guard_station_open(). */
GuardDesk *guard_desk_new(const char *dir, gboolean create, GError **error);
void guard_desk_free(GuardDesk *desk); /* no job may be running */
/* The handle for reading in the main thread (transfer none). */
GuardStation *guard_desk_station(GuardDesk *desk);
GuardCollator *guard_desk_collator(GuardDesk *desk); /* for all its lists (transfer none) */
const char *guard_desk_dir(GuardDesk *desk);
void guard_desk_set_progress(GuardDesk *desk, GuardDeskProgress progress, gpointer user_data);
/* May the person at the keyboard do this? FALSE: @why (optional, caller frees) is the reason. */
gboolean guard_desk_may(GuardDesk *desk, GuardDuty duty, char **why);
/* The person at the keyboard, now; @reason is borrowed. Any thread. */
GuardAct guard_desk_act(const char *reason);

gboolean guard_desk_busy(GuardDesk *desk); /* a job is running */

/* Work of a job, in a thread, with a handle of its own. NULL: @error is set. */
typedef gpointer (*GuardDeskWork)(GuardStation *station, gpointer input, GuardProgress progress,
                                  gpointer progress_data, GError **error);
/* Starts it. @what is what people read meanwhile; @input is freed with @free_input when all is over;
 * @done comes in the main loop with @owner (may be NULL, kept alive until then) as its source. */
void guard_desk_run(GuardDesk *desk, const char *what, GuardDeskWork work, gpointer input,
                    GDestroyNotify free_input, GDestroyNotify free_result, gpointer owner,
                    GAsyncReadyCallback done, gpointer user_data);
/* The result, which is the caller's. NULL: @error is set. */
gpointer guard_desk_finish(GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardDesk, guard_desk_free)

G_END_DECLS
