/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What guard-probe prints about a disk, and its reader. The program has read hostile bytes, so its
 * output is hostile too: anything unexpected is an error, and the disk counts as unreadable.
 *
 * Lines of words separated by one blank, each `key=value`; values are printable ASCII with everything
 * but letters, digits and ._:- written as %XX. In this order:
 *
 *   probe 1                                               version of this protocol
 *   disk size=N sector=N                                  bytes
 *   table type=T [uuid=U]                                 at most one
 *   part number=N start=N size=N [uuid=U]                 each partition; bytes
 *   volume partition=N start=N size=N usage=U type=T [version=V] [uuid=U] [label=L]
 *                                                         each superblock found; partition 0: whole disk
 *   mark text=T                                           at most one; before the first partition
 *   end ok | end error=TEXT                               nothing may follow
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"

G_BEGIN_DECLS

#define GUARD_PROBE_VERSION 1
#define GUARD_PROBE_MAX_OUTPUT (256 * 1024)
#define GUARD_PROBE_MAX_VOLUMES 512

/* Fills size, partition table and volumes of @facts and sets its probe state. FALSE with
 * GUARD_ERROR_SYNTAX where a line is not of the protocol, GUARD_ERROR_IO where the helper itself says
 * that it failed; then @facts is FAILED with probe_error set and holds no volumes. */
gboolean guard_probe_parse(const char *text, gsize size, GuardBlockFacts *facts, GError **error);

G_END_DECLS
