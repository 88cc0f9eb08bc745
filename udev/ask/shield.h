/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel shield is told of a device: guarded ones by their verdict, fixed ones whatever they are,
 * what stands on others when it is known on what.
 */
#pragma once
#include "udev/ask/verdict.h"
#include "udev/hold/shield-map.h"

/* How the device of @devpath may be opened. @verdict: what udev's rules have found out about it ("admit", "hold"
 * …), NULL: look for it. Fills @target as far as it is known. */
enum shield_access ask_shield_access(int root, const char *devpath, const char *verdict, struct ask_target *target);
/* The same, told to the shield; nothing where there is none. @action: udev's ("remove" takes the numbers out, which the
 * event has: @major, @minor). False: it could not be told. */
bool ask_shield_tell(int root, const char *action, const char *devpath, unsigned major, unsigned minor, const char *verdict);
