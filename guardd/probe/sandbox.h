/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guard-probe's cage: no identity, no privileges, few resources, few system calls. Plain C.
 */
#pragma once
#include <stdbool.h>

/* No root, no groups, no new privileges, limits, death with the parent. False: do not go on. */
bool sandbox_drop_privileges(void);
/* From here only reading the passed descriptor and writing to descriptor 1 is left. */
bool sandbox_close_system_calls(void);
