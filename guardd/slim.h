/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Gives back the memory that only a start, or taking over a registry, has needed.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

void guard_slim(void);

G_END_DECLS
