/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * NVMe, where a disk's place in sysfs does not say what carries it: a subsystem that claims more than one controller has its
 * disk above them all ("/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1"), and the claim is the drive's own. Beside
 * each disk is a raw node ("…/ng0n1"), and one of the controller ("…/nvme/nvme0"). Only reads sysfs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Is this disk, partition or raw node above its controllers? */
bool hold_nvme_is_above(const char *path);
/* Is that so of any of the controllers below @path (above them)? @is_so gets each one's own path, "/devices/…/nvme/nvme0".
 * True also where none is found: nothing is known of it then. */
bool hold_nvme_any_controller(int root, const char *path, bool (*is_so)(int root, const char *controller, void *data),
                              void *data);
/* The node of commands, of a disk or of a controller? */
bool hold_nvme_is_raw(const char *path);
/* The disk of "…/ng0n1": "…/nvme0n1". False: @path is no raw node of a disk. */
bool hold_nvme_disk_of(const char *path, char *buffer, size_t size);
