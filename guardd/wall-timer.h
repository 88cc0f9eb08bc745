/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A timer of the wall clock, for decisions that are valid until a moment. Fires then, and whenever the
 * clock is set, since either may make another decision right. Sleeps in between.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GuardWallTimer GuardWallTimer;

/* NULL where the kernel gives none (then only configuration changes bring decisions up again). */
GuardWallTimer *guard_wall_timer_new(void (*fired)(gpointer), gpointer user_data);
void guard_wall_timer_free(GuardWallTimer *timer);
/* @when_us since 1970 UTC; G_MAXINT64: never. */
void guard_wall_timer_set(GuardWallTimer *timer, gint64 when_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardWallTimer, guard_wall_timer_free)

G_END_DECLS
