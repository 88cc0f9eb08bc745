/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands on other block devices (dm with LUKS and LVM, md, loop) has the verdict of what it stands
 * on: the strictest of all guarded disks below it.
 */
#pragma once
#include "udev/ask/verdict.h"

/* Is the disk at "/devices/…/block/sda" one that the block rules guard? By its ancestors, as they are. */
bool ask_disk_is_guarded(int root, const char *disk_path);
/* The verdict for the block device @name ("dm-0"). False: nothing below it is guarded (or it carries the
 * system), so it is nobody's business. */
bool ask_layers(int root, const char *name, struct ask_answer *answer);
/* Does the disk @name carry /, /usr, … now, or is it pinned as one that does? */
bool ask_is_system_disk(int root, const char *name, const char *path);
