/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* "sha256:…" of the first @size bytes of @fd, from its beginning; NULL where it cannot be read or is shorter by now. Caller
 * frees. The descriptor's place is not moved. */
char *transfers_digest(int fd, guint64 size);

G_END_DECLS
