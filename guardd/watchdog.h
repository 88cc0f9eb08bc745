/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells systemd that the main loop turns. It goes along with whatever wakes the loop, so that an idle guard has no
 * wake-up for this alone while anything else is due.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* @period_us: within that time it must be told. @tell is called from the main loop that is the default one; at a quarter
 * of the period at the earliest, at half of it at the latest. The source's id. */
guint guard_watchdog_start(guint64 period_us, void (*tell)(void));

G_END_DECLS
