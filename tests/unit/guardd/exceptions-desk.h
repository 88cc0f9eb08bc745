/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Exceptions with a clock that the test turns.
 */
#pragma once
#include "guardd/exceptions/exceptions.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define NOON (1800000000 * SECOND)

typedef struct {
        GuardPresenceClock clock; /* first */
        gint64 wall_us, boot_us, wake_us;
} FakeClock;

typedef struct {
        FakeClock clock;
        char *dir, *file, *secret;
        GuardExceptions *exceptions;
        GuardExceptionSettings settings;
        guint asked, granted, refused, ended, changed;
} Desk;

/* guardd starts: @known_us is what has surely passed. */
void desk_start(Desk *desk, gint64 known_us);
void desk_set_up(Desk *desk, gconstpointer data);
void desk_tear_down(Desk *desk, gconstpointer data);
/* Time passes; what is due rings. */
void desk_pass(Desk *desk, gint64 seconds);
GuardExceptionAsk desk_an_hour(void);
guint desk_in_force(Desk *desk);
