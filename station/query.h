/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lists of drives, filtered and sorted, for books of a million: a view holds only the order, rows
 * are read where somebody looks.
 */
#pragma once
#include "station/collate.h"
#include "station/station.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_SORT_MEDIA_ID = 0,
        GUARD_SORT_NAME,
        GUARD_SORT_MODEL,
        GUARD_SORT_LEVEL,
        GUARD_SORT_STATUS,
        GUARD_SORT_HOLDER,
        GUARD_SORT_CUSTODIAN,
        GUARD_SORT_DEPARTMENT,
        GUARD_SORT_UNIT,
        GUARD_SORT_IN_USE_DATE,
        GUARD_SORT_DUE_DATE,
        GUARD_SORT_SEEN,
        GUARD_SORT_ENROLLED,
        GUARD_N_SORTS
} GuardSort;

/* "media-id", "name" …, as options and settings have them. Static. */
const char *guard_sort_to_string(GuardSort sort);
gboolean guard_sort_from_string(const char *name, GuardSort *sort);

typedef struct {          /* every condition must hold; zero or NULL: not asked */
        const char *text; /* somewhere in its number, name, model, persons, places or serials; words
                             apart are all searched; case of ASCII letters does not count */
        guint levels;     /* mask of 1u << GuardLevel */
        guint statuses;   /* mask of 1u << GuardStatus */
        const char *holder, *custodian, *department, *unit; /* exactly */
        const char *overdue_on;   /* YYYY-MM-DD: issued, and to be returned before this day */
        gint64 not_seen_since_us; /* neither seen nor enrolled nor handed about since; drives that
                                     are destroyed are not asked for */
        gboolean missing;            /* in the last stock-take: not ticked off */
        GuardSort sort;
        gboolean descending;
        GuardCollator *collator; /* names, models, persons and places sort as the reader's language
                                    has them; borrowed, keeps what it learnt for the next question.
                                    NULL: one for this question only */
} GuardDriveQuery;

typedef struct GuardDriveView GuardDriveView; /* the order of one answer; no handle in it */

/* 8 bytes a drive; a million in about a second. */
GuardDriveView *guard_station_query(GuardStation *station, const GuardDriveQuery *query,
                                    GError **error);
guint guard_drive_view_count(const GuardDriveView *view);
/* Rows @first … (at most @n) of the view, as they are now, of GuardDrive; one that is not there any
 * more is left out. From any handle of the same book. Caller frees with g_ptr_array_unref(). */
GPtrArray *guard_drive_view_rows(GuardStation *station, const GuardDriveView *view, guint first,
                                 guint n, GError **error);
/* The same for the same drive in each view of a book. */
gint64 guard_drive_view_key(const GuardDriveView *view, guint position);
/* Where that drive is in the view; G_MAXUINT: not there. */
guint guard_drive_view_find(GuardStation *station, const GuardDriveView *view, const char *media_id);
void guard_drive_view_free(GuardDriveView *view);
/* How many fit, without a view. */
gboolean guard_station_count(GuardStation *station, const GuardDriveQuery *query, guint64 *count,
                             GError **error);
typedef enum {
        GUARD_FIELD_HOLDER = 0,
        GUARD_FIELD_CUSTODIAN,
        GUARD_FIELD_DEPARTMENT,
        GUARD_FIELD_UNIT
} GuardField;
/* The different values that a field has in the book, sorted, at most @max: for a filter's list.
 * Caller frees with g_strfreev(). */
char **guard_station_values(GuardStation *station, GuardField field, guint max, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardDriveView, guard_drive_view_free)

G_END_DECLS
