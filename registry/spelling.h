/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How signed texts spell times: one spelling of each, so that nothing can change unseen (bytes: common/guard-hex.h). Pure.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* "2026-11-24T20:00:00Z". Caller frees. */
char *guard_manifest_time(gint64 time_us);
/* Only what guard_manifest_time() writes, after 1970. */
gboolean guard_manifest_time_read(const char *text, gint64 *time_us);

G_END_DECLS
