/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a snapshot of now would say otherwise than the last one: for whoever is about to publish.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_CHANGE_ADDED = 0,
        GUARD_CHANGE_REMOVED, /* out of use for good: deregistered, retired, destroyed; refused everywhere */
        GUARD_CHANGE_CHANGED,
        GUARD_N_CHANGES
} GuardChangeKind;

const char *guard_change_to_string(GuardChangeKind kind); /* "added" "removed" "changed"; static */
const char *guard_change_label(GuardChangeKind kind);     /* for people, through gettext; static */

typedef struct { /* one drive; valid during the visit */
        const char *media_id;
        GuardChangeKind kind;
        /* JSON objects: of what a snapshot has, only what differs; level, status, hosts, units, users, and identifiers as "usb.0".
         * @before is NULL where the drive is new. */
        const char *before, *after;
} GuardChange;
typedef void (*GuardChangeVisit)(const GuardChange *change, gpointer user_data);
/* "Level: secret → confidential; Hosts: - → pc-7", through gettext. Caller frees. */
char *guard_change_describe(const GuardChange *change);

typedef struct {
        guint64 sequence; /* of the last snapshot; 0: none yet */
        gint64 issued_us, expires_us;
        guint64 entries;                  /* drives in the book now */
        guint64 added, removed, changed; /* drives, since */
} GuardPending;
/* @visit (optional) gets the drives that differ: those added, then the others, each in order of media id; at most @max of those
 * added (0: all). What was changed and changed back is no change, nor is what a snapshot does not say (names, persons, places). */
gboolean guard_station_pending(GuardStation *station, GuardPending *pending, GuardChangeVisit visit, guint max, gpointer user_data,
                               GError **error);

G_END_DECLS
