/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cross-use (交叉使用): what was connected to a classified computer and to one that is not, as the event logs of both say.
 * Drives of the book by their number, others by vendor, product and serial number, where that is no number that many share.
 */
#pragma once
#include "station/station.h"

G_BEGIN_DECLS

typedef struct { /* one connection */
        const char *media_id; /* of the book; NULL: a stranger */
        const char *identity; /* of a stranger: canonical USB identity */
        const char *name;     /* what it calls itself; may be NULL */
        GuardLevel level;     /* the computer's, then */
        const char *host, *user;
        gint64 time_us;
        gboolean used; /* FALSE: refused, or it waited */
} GuardCrossSeen;

/* Takes it into the book, inside a transaction of the caller's. *@crossed: by this it is cross-use, and was not before. */
gboolean guard_cross_note(GuardStation *station, const GuardCrossSeen *seen, gboolean *crossed,
                          GError **error);

typedef struct { /* the latest on either kind of computer; an earlier one where it was used wins */
        const char *media_id, *identity, *name;
        GuardCrossSeen plain, classified;
} GuardCross;
/* Strings stay the walk's. FALSE ends it. */
typedef gboolean (*GuardCrossVisit)(const GuardCross *cross, gpointer user_data);
/* All of them, the latest first. */
gboolean guard_cross_visit(GuardStation *station, GuardCrossVisit visit, gpointer user_data,
                           GError **error);

G_END_DECLS
