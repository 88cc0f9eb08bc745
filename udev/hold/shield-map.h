/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keeping the kernel shield's map, by bpf(2) itself: from programs that are linked statically. Where there
 * is no shield nothing happens.
 */
#pragma once
#include <stdbool.h>
#include "common/guard-shield.h"

/* The map, or -1 with errno: ENOENT where there is no shield. */
int hold_shield_open(int root);
/* The same for what was refused. */
int hold_shield_open_refused(int root);
/* Takes one device's refusals out of the map. False: there are none (any more). */
bool hold_shield_take_refused(int map, struct shield_key *key, struct shield_refusals *refusals);
/* Lets a device be opened; NONE: not any more. @only_pid: by that process alone, and only where nothing is
 * said of it yet (0: by everybody). False with errno. */
bool hold_shield_set(int map, unsigned major, unsigned minor, bool is_char, enum shield_access access, unsigned only_pid);
/* Nobody writes to it any more; what is not let in at all stays so. False with errno. */
bool hold_shield_only_read(int map, unsigned major, unsigned minor);
