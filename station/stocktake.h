/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The yearly stock-take (盘点): begun, each drive that is there ticked off, those that are not
 * reported, ended. One at a time.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

typedef struct {
        guint64 number; /* 0: there was none yet */
        gboolean open;
        gint64 begun_us, ended_us;
        guint64 expected, ticked, missing; /* now, or as it was when it ended */
        guint64 extra;                     /* ticked, though the book says lost or destroyed */
} GuardStocktake;

/* Expected are the drives of this moment that are not lost or destroyed. GUARD_ERROR_EXISTS: one is
 * going on. */
gboolean guard_station_stocktake_begin(GuardStation *station, const GuardAct *act, GError **error);
/* "It is here." Twice is fine. GUARD_ERROR_NOT_FOUND: no such drive, or no stock-take. @note
 * (optional, caller frees): what the person should know (it is lost by the book). */
gboolean guard_station_stocktake_tick(GuardStation *station, const char *media_id,
                                      const GuardAct *act, char **note, GError **error);
/* The last one, going on or ended. */
gboolean guard_station_stocktake_state(GuardStation *station, GuardStocktake *state,
                                       GError **error);
/* Drives of the last one that were not ticked, in order of media id. */
gboolean guard_station_stocktake_missing(GuardStation *station, GuardDriveVisit visit,
                                         gpointer user_data, GError **error);
/* Ends it; what is missing then stays written down. @state (optional) is the result. */
gboolean guard_station_stocktake_end(GuardStation *station, const GuardAct *act,
                                     GuardStocktake *state, GError **error);

G_END_DECLS
