/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is mounted of a disk, from /proc and sysfs. Touches no device.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"

G_BEGIN_DECLS

/* Mount points, in the text of mountinfo, of the device numbers ("8:1") in @numbers. (transfer full) */
GPtrArray *guard_mounts_of(const char *mountinfo, GPtrArray *numbers);
GPtrArray *guard_mounts_now(GPtrArray *numbers);
/* Device numbers of block devices by their names; those that are gone are left out. (transfer full) */
GPtrArray *guard_block_numbers(GPtrArray *names);
/* Is anything of the disk mounted, or below a mapping (an opened container, a volume group)? */
gboolean guard_block_in_use(const GuardBlockFacts *facts);
gboolean guard_block_names_in_use(GPtrArray *names);

G_END_DECLS
