/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The verdict files that udev's rules obey: GUARD_VERDICT_DIR/<diskseq>, or
 * <major>:<minor>-<inode> where the kernel has no diskseq. Written only after the record is durable.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"
#include "guardd/known-verdict.h"

G_BEGIN_DECLS

/* Name within the folder. Caller frees. */
char *guard_verdict_file_name(const GuardBlockFacts *facts);
gboolean guard_verdict_file_write(const char *dir, const GuardBlockFacts *facts,
                                  const GuardKnownVerdict *known, GError **error);
/* FALSE where there is none about this very disk: name, number and inode must agree. Clear @out with
 * guard_known_verdict_clear(). */
gboolean guard_verdict_file_read(const char *dir, const GuardBlockFacts *facts,
                                 GuardKnownVerdict *out);
void guard_verdict_file_remove(const char *dir, const GuardBlockFacts *facts);
/* Removes every file whose disk is no longer there. @sys_block: /sys/block. */
void guard_verdict_files_sweep(const char *dir, const char *sys_block);

G_END_DECLS
