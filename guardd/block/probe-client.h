/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * guardd's side of guard-probe: one helper always waits ready in its cage (starting one costs more
 * than a probe does), each takes one disk. A helper past its deadline is killed; one that the kernel
 * does not let die is abandoned and counted.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"

G_BEGIN_DECLS

typedef struct GuardProbePool GuardProbePool;

/* On the main context, exactly once unless the pool is freed. @text: the helper's output, for
 * guard_probe_parse(). Errors: GUARD_ERROR_TIMEOUT, _IO, _BUSY (too many helpers are stuck). */
typedef void (*GuardProbed)(const char *text, gsize size, const GError *error, gpointer user_data);

GuardProbePool *guard_probe_pool_new(const char *program, guint deadline_ms);
void guard_probe_pool_free(GuardProbePool *pool);
/* Starts the helper that will wait; later ones are started by the pool when nothing is urgent. */
void guard_probe_pool_warm(GuardProbePool *pool);
/* The helper gets a copy of @fd; the caller keeps its own. @device (not 0) tells disks of one device,
 * which have to share a few helpers. */
void guard_probe_pool_run(GuardProbePool *pool, guint64 device, int fd, GuardProbed done,
                          gpointer user_data);
guint guard_probe_pool_stuck(GuardProbePool *pool);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardProbePool, guard_probe_pool_free)

G_END_DECLS
