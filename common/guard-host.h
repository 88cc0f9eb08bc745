/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This machine: host.conf over the vendor default. Unknown keys and duplicate groups are errors with
 * file and line; on any error the level is UNKNOWN and the caller raises an alarm.
 */
#pragma once
#include <glib.h>
#include "common/guard-level.h"

G_BEGIN_DECLS

typedef struct {
        GuardLevel level; /* UNKNOWN: broken */
        char *host_id, *unit, *group, *custodian; /* NULL where not given */
        char *contact_name, *contact_phone;
        char *source; /* path(s) read, for status */
} GuardHost;

GuardHost *guard_host_new(void); /* level UNKNOWN */
void guard_host_free(GuardHost *host);
GuardHost *guard_host_copy(const GuardHost *host);
/* Reads @vendor then @etc on top, key by key. A missing @etc is fine; both missing: level UNKNOWN and an
 * error. Always returns a host; @error tells why its level is UNKNOWN. */
GuardHost *guard_host_load(const char *vendor, const char *etc, GError **error);
/* One text on top of what @host has, as guard_host_load() does with a file; faults are appended to @errors (of GError*),
 * and any fault makes the level UNKNOWN. Pure. */
void guard_host_apply_text(GuardHost *host, const char *file, const char *text, gsize size, GPtrArray *errors);
/* Letters, digits and . _ : - only, 1 to 128 of them. */
gboolean guard_host_id_is_good(const char *id);
/* The id in @path, made from the kernel's random uuid at first call; caller frees. */
char *guard_host_id_ensure(const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardHost, guard_host_free)

G_END_DECLS
