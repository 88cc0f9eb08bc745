/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One request to a web server, by libcurl: what to ask and what the answer means is the plan's; here the
 * bytes go into a file, within the limits of the settings.
 */
#pragma once
#include <glib.h>
#include "update/update-plan.h"
#include "update/update-settings.h"

G_BEGIN_DECLS

typedef struct {
        /* The answer's body will be kept: by this the server will know it again. FALSE: give up, with @error set. */
        gboolean (*begin)(const GuardUpdateTag *tag, gpointer data, GError **error);
        /* @have bytes are in the file, some of them new. FALSE: give up, with @error set. */
        gboolean (*grow)(guint64 have, gpointer data, GError **error);
        gpointer data;
} GuardUpdateHooks;

typedef struct {
        GuardUpdateAction action; /* UNCHANGED, AFRESH, or WHOLE and APPEND: the file is complete */
        GuardUpdateTag tag;       /* of the answer */
        guint64 received;         /* bytes that this request brought, also where it failed */
} GuardUpdateFetched;

/* @fd: the staged file, with @request->offset bytes in it; written to, not synced. @fetched is freed with
 * guard_update_tag_clear(&fetched->tag), also after FALSE. GUARD_ERROR_TIMEOUT, GUARD_ERROR_INVALID_VALUE (too large), GUARD_ERROR_FULL (no
 * room), GUARD_ERROR_GONE (broke on the way), GUARD_ERROR_FAILED (everything else about the network), or what a hook said. */
gboolean guard_update_fetch(const GuardUpdateSettings *settings, const GuardUpdateRequest *request, int fd,
                            const GuardUpdateHooks *hooks, GuardUpdateFetched *fetched, GError **error);
/* A connection that broke on the way, where asking again at once makes sense? */
gboolean guard_update_error_is_cut(const GError *error);

G_END_DECLS
