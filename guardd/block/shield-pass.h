/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where there is a kernel shield a disk that waits is opened by nobody but guardd, and by whom guardd lets in.
 */
#pragma once
#include "common/guard-medium.h"

G_BEGIN_DECLS

/* guardd itself, to look at the node with that number. */
void guard_shield_let_in(guint major, guint minor);
/* Everybody may write to what is released, or no longer; what may not be opened at all stays so in the second case. */
void guard_shield_let_write(guint major, guint minor, gboolean write);
/* Lets @pid look at the disk and at its partitions; 0: nobody any more, guardd included. */
void guard_disk_let_in(const GuardBlockFacts *facts, guint pid);

G_END_DECLS
