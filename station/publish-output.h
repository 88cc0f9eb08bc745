/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What lies where a snapshot would go: for publish.c.
 */
#pragma once
#include "registry/manifest.h"
#include "station/signing.h"

G_BEGIN_DECLS

/* @manifest: sequence and desk of what would be put at @output. GUARD_ERROR_ROLLBACK: a snapshot as new is there, or a later one of
 * the same desk in the same folder; GUARD_ERROR_EXISTS: another kind of file. @signing: for warnings. */
gboolean guard_publish_check_output(const char *output, const GuardManifest *manifest, const GuardSigning *signing, GError **error);

G_END_DECLS
