/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between computer.c (what is written of a computer) and computer-secret.c (its secret).
 */
#pragma once
#include "station/computer.h"

G_BEGIN_DECLS

/* The computer, refused where it is out of use. */
GuardComputer *guard_computer_in_use(GuardStation *station, const char *host_id, GError **error);
/* Inside a transaction: random bytes in place of what was there, not handed out yet. */
gboolean guard_computer_new_secret(GuardStation *station, const char *host_id, GError **error);

G_END_DECLS
