/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * "Last seen": what exported ledgers of workstations (guardctl log --json) say about the drives of
 * the book.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

typedef struct { /* a drive that the book has as lost, seen */
        const char *media_id, *host, *user;
        gint64 time_us;
        gboolean is_new; /* not known from an earlier import */
} GuardSighting;
typedef void (*GuardSightingVisit)(const GuardSighting *sighting, gpointer user_data);

typedef struct {
        guint64 events, of_drives, updated, unknown, lost, crossed; /* records read; about drives of the
                                 book; drives whose last-seen moved; of drives that are not in the
                                 book; drives seen that are lost; newly on both kinds of computers
                                 (station/cross.h) */
} GuardSeenResult;

/* Takes in one file, as a whole or not at all; again is fine. @host: the machine it is from, where
 * its records do not say (guardctl log --json of older versions). GUARD_ERROR_SYNTAX names the
 * record. @visit (optional) gets each lost drive that was seen, once a drive and host. */
gboolean guard_station_import_events(GuardStation *station, const char *path, const char *host,
                                     const GuardAct *act, GuardSightingVisit visit,
                                     gpointer user_data, GuardSeenResult *result, GError **error);

G_END_DECLS
