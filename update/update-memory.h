/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the updater remembers from one run to the next: by what the server will know our copy again, and
 * how the runs went. A file that can be lost at any time: then the whole snapshot is fetched once more.
 */
#pragma once
#include <glib.h>
#include "update/update-plan.h"

G_BEGIN_DECLS

typedef struct {
        char *source;             /* the address or path that the rest belongs to */
        GuardUpdateTag installed; /* of the snapshot that guardd took */
        guint64 sequence;         /* its number; 0: none */
        GuardUpdateTag staged;    /* of the bytes that lie staged */
        gboolean complete;        /* they are the whole file */
        gint64 run_us;            /* the last run; since 1970 UTC, 0: never */
        gint64 success_us;        /* the last one that found or installed the newest */
        gint64 failing_us;        /* the first failure since then; 0: the last run went well */
        guint failures;           /* in a row */
        char *error;              /* of the last run; NULL: it went well */
} GuardUpdateMemory;

/* Never NULL: a missing or damaged file is an empty memory. */
GuardUpdateMemory *guard_update_memory_load(const char *path);
gboolean guard_update_memory_save(const GuardUpdateMemory *memory, const char *path, GError **error);
void guard_update_memory_free(GuardUpdateMemory *memory);
/* Another source: nothing of what is known counts. How the runs went is kept. */
void guard_update_memory_set_source(GuardUpdateMemory *memory, const char *source);
void guard_update_memory_forget_staged(GuardUpdateMemory *memory);
/* @error NULL: the run went well. */
void guard_update_memory_note(GuardUpdateMemory *memory, gint64 now_us, const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardUpdateMemory, guard_update_memory_free)

G_END_DECLS
