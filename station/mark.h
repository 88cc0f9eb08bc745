/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing the on-media mark onto a drive of the book. Only into a gap that is empty: never over anything that somebody may need.
 */
#pragma once
#include "common/guard-medium.h"
#include "station/station.h"

G_BEGIN_DECLS

typedef struct {
        const char *media_id;
        GuardSigning signing;      /* not looked at where the mark is taken away */
        const char *node;          /* for messages: "/dev/sdb" */
        int fd;                    /* of the whole disk, for reading and writing, exclusively open */
        const GuardMedium *medium; /* what the drive says of itself, and its size */
} GuardMarking;

/* Signs and writes the mark, makes sure that it is there, and puts it into the history. GUARD_ERROR_INVALID_VALUE: another drive is
 * plugged in than the book's, or there is no place for a mark; GUARD_ERROR_SIGNATURE: a key that no workstation trusts, which would
 * make the drive a suspect one; GUARD_ERROR_IO; GUARD_ERROR_NOT_FOUND: no such drive in the book. */
gboolean guard_station_mark(GuardStation *station, const GuardMarking *marking, const GuardAct *act, GError **error);
/* Takes it away again, as for a drive that is declassified. A reason is demanded. */
gboolean guard_station_unmark(GuardStation *station, const GuardMarking *marking, const GuardAct *act, GError **error);

G_END_DECLS
