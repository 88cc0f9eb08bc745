/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The display that this session is on: when it goes, the session has ended, whatever bus lives on; and what it
 * counts as idle (a claim: it can be reset by any program). No toolkit: X by its own small library, Wayland by
 * its socket alone.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GuardDisplay GuardDisplay;

/* NULL: there is none. @gone is called once, from the main loop. */
GuardDisplay *guard_display_open(void (*gone)(gpointer user_data), gpointer user_data);
void guard_display_free(GuardDisplay *display);
/* -1: it cannot tell. */
gint64 guard_display_idle_seconds(GuardDisplay *display);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardDisplay, guard_display_free)

G_END_DECLS
