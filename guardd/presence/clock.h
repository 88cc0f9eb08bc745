/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The clocks of the presence guard, and its one timer, as an object: a test hands in its own. The
 * timer runs on CLOCK_BOOTTIME, which nobody can set and which goes on during a suspend.
 */
#pragma once
#include "rules/after-hours.h"

G_BEGIN_DECLS

typedef struct GuardPresenceClock GuardPresenceClock;
struct GuardPresenceClock {
        void (*read)(GuardPresenceClock *clock, GuardClocks *clocks); /* known_us is left alone */
        void (*wake_at)(GuardPresenceClock *clock, gint64 boot_us);   /* G_MAXINT64: never */
        void (*woken)(gpointer user_data); /* set by whoever uses it; so is the next */
        gpointer user_data;
};

/* The real ones; NULL where the kernel gives no timer. */
GuardPresenceClock *guard_presence_clock_new(void);
void guard_presence_clock_free(GuardPresenceClock *clock); /* only what the above has made */
gint64 guard_presence_clock_boot_us(GuardPresenceClock *clock);

G_END_DECLS
