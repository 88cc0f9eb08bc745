/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A volume of a drive that is hidden from everybody, mounted read-only in a mount namespace that nobody else sees.
 */
#pragma once
#include <glib.h>
#include "import/job.h"

G_BEGIN_DECLS

/* The kernel's name and options of what libblkid calls @type; NULL: not taken. Static. */
const char *import_mount_type(const char *type, const char **options);
/* A descriptor of the volume's top folder, which the caller closes; -1 with an error, packed. GUARD_ERROR_INVALID_VALUE: no such
 * file system is taken. GUARD_ERROR_GONE: the drive is another one by now. GUARD_ERROR_DENIED: it could be written to. */
int import_mount(const ImportJob *job, const ImportVolume *volume, GError **error);

G_END_DECLS
