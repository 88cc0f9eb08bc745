/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How far a long call is, for who sits at the terminal.
 */
#pragma once
#include "guardctl/guardctl.h"

G_BEGIN_DECLS

typedef struct {
        GuardctlContext *ctx;
        int percent; /* the last one shown; -1 at first */
} GuardctlMeter;

/* Fits GuardProgress and GuardClientProgress; @user_data is the meter. */
void guardctl_meter_show(guint64 done, guint64 total, gpointer user_data);
/* Takes it off the terminal. */
void guardctl_meter_end(GuardctlMeter *meter);

G_END_DECLS
