/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a person last touched the machine. Each input device is opened and only asked whether
 * something came: no event is ever read, so no key enters this process. What programs can make
 * (lights, repeat rates, switches) is masked out by the kernel.
 */
#pragma once
#include "guardd/presence/clock.h"

G_BEGIN_DECLS

typedef struct GuardInput GuardInput;

/* Which of the opened devices are a person's; a test has its own. */
typedef gboolean (*GuardInputFilter)(int fd);
gboolean guard_input_is_persons(int fd);
/* The judgement of that, from the bits of EVIOCGBIT(EV_KEY). */
gboolean guard_input_has_persons_keys(const unsigned long *keys);

/* @heard comes once for each stretch of input, not for each event. @folder: /dev/input. */
GuardInput *guard_input_new(const char *folder, GuardInputFilter filter, GuardPresenceClock *clock,
                            void (*heard)(gpointer user_data), gpointer user_data);
void guard_input_free(GuardInput *input);
/* Boot clock; the start of the watch where nothing came yet. */
gint64 guard_input_last_us(GuardInput *input);
guint guard_input_n_devices(GuardInput *input);
/* There are devices, and none can be opened: silence says nothing. */
gboolean guard_input_is_blind(GuardInput *input);
void guard_input_rescan(GuardInput *input);

G_END_DECLS
