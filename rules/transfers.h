/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What policy wants on record of the files that are copied to and from admitted drives. Off where nothing is said: it is
 * about people, who are told of it.
 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

#define GUARD_TRANSFERS_DIGEST_USUAL (256u << 20)

typedef struct GuardTransferSettings {
        gboolean writes, reads;
        guint64 digest_size; /* files up to so many bytes are digested; 0: none */
} GuardTransferSettings;

/* "no", "writes", "all" into writes and reads. */
gboolean guard_transfers_from_string(const char *name, GuardTransferSettings *settings);

G_END_DECLS
