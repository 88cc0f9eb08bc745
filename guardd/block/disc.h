/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What sort of disc an optical drive says it holds: an audio disc and a blank one have no first sector
 * to read, and are no broken media for that. Asks the drive, so on a worker.
 */
#pragma once
#include <glib.h>
#include "common/guard-medium.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_DISC_DATA = 0, /* also where the drive does not tell */
        GUARD_DISC_AUDIO,    /* audio tracks only */
        GUARD_DISC_BLANK,    /* nothing was written to it yet */
        GUARD_N_DISCS
} GuardDisc;

/* Of the drive open at @fd. */
GuardDisc guard_disc_look(int fd);
/* From the first bytes of an answer to READ DISC INFORMATION (MMC-6, 6.22): TRUE where it is empty. */
gboolean guard_disc_is_blank(const guint8 *information, gsize size);
/* The probe could read nothing of the medium of @facts: TRUE, and @facts say what it is, where nothing is
 * wrong for that: an audio disc plays, a blank one is written to. */
gboolean guard_disc_excuse(GuardDisc disc, GuardBlockFacts *facts);

G_END_DECLS
