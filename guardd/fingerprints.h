/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What drives of the register looked like when they were last used here, by their number. One file, of guardd's own; where it
 * cannot be read, all begins anew. Main thread only.
 */
#pragma once
#include "rules/fingerprint.h"

G_BEGIN_DECLS

typedef struct GuardFingerprints GuardFingerprints;

/* Never NULL. */
GuardFingerprints *guard_fingerprints_new(const char *file);
void guard_fingerprints_free(GuardFingerprints *fingerprints);
/* A mask of GUARD_CHANGED_…; 0 where it was never seen. @before (may be NULL): as it was, caller frees; NULL where never seen. */
guint guard_fingerprints_compare(GuardFingerprints *fingerprints, const char *media_id, const GuardFingerprint *now,
                                 GuardFingerprint **before);
/* As it is from now on. Sets GUARD_ERROR_IO: not kept. */
gboolean guard_fingerprints_keep(GuardFingerprints *fingerprints, const char *media_id, const GuardFingerprint *now, GError **error);
/* FALSE with GUARD_ERROR_NOT_FOUND where nothing is known of it. */
gboolean guard_fingerprints_forget(GuardFingerprints *fingerprints, const char *media_id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardFingerprints, guard_fingerprints_free)

G_END_DECLS
