/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of one run share. For update/ only.
 */
#pragma once
#include "common/client/client.h"
#include "registry/manifest.h"
#include "update/update-run.h"

G_BEGIN_DECLS

/* The snapshot that guardd has. */
typedef struct {
        gboolean known; /* guardd answered */
        gboolean whole; /* it can be used, if only by its date not any more */
        guint64 sequence, entries;
        char *issued, *expires, *key_id; /* as guardd writes them; NULL: none */
} GuardUpdateInUse;

typedef struct {
        const GuardUpdateRun *run;
        GuardUpdateMemory *memory;
        GuardUpdateInUse in_use;
        char *staged, *memory_file; /* paths */
        int fd;                     /* of the staged file */
        gboolean looked;            /* its first block was judged */
} GuardUpdateJob;

/* update-get.c: brings the source's newest file into job->fd. @newest (out): the one in use is it. */
gboolean guard_update_get(GuardUpdateJob *job, gboolean *newest, GError **error);
/* The first block of what is staged: signed by whom we know, valid today, not older than what is in use. */
gboolean guard_update_look(GuardUpdateJob *job, GError **error);
gboolean guard_update_remember(GuardUpdateJob *job, GError **error);

/* update-guardd.c */
gboolean guard_update_ask_guardd(GuardClient *client, GuardUpdateInUse *in_use, GError **error);
gboolean guard_update_hand_over(GuardClient *client, const GuardUpdateRun *run, int fd, GError **error);
/* Is that very snapshot in use? */
gboolean guard_update_is_in_use(const GuardUpdateInUse *in_use, const GuardRegistryInfo *info);
void guard_update_in_use_clear(GuardUpdateInUse *in_use);

G_END_DECLS
