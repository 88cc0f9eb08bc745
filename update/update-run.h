/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One run: ask guardd what it has, get what is newer, verify it, hand it over. Everything is done by the
 * caller's user; guardd verifies again whatever it is handed.
 */
#pragma once
#include <glib.h>
#include "registry/registry.h"
#include "update/update-memory.h"
#include "update/update-settings.h"

G_BEGIN_DECLS

typedef struct {
        const GuardUpdateSettings *settings;
        const char *folder;      /* where bytes are staged and what is remembered lies; must be there */
        const char *keys_dir;    /* trusted public keys */
        const char *bus_address; /* NULL: the system bus */
        int source_fd;           /* the file, opened already by who had the right to; -1: open it here */
        gboolean check;          /* get and verify, but hand nothing over */
        gboolean interactive;    /* may polkit ask a person? */
        GuardProgress progress;  /* of the installation; may be NULL */
        gpointer progress_data;
} GuardUpdateRun;

typedef enum {
        GUARD_UPDATE_DONE_NOTHING = 0, /* nothing is configured */
        GUARD_UPDATE_DONE_NEWEST,      /* what is in use is the newest */
        GUARD_UPDATE_DONE_AVAILABLE,   /* checked: there is a newer one */
        GUARD_UPDATE_DONE_INSTALLED,
        GUARD_N_UPDATE_DONE
} GuardUpdateDone;

/* @info (out): what was verified or installed; NULL for NOTHING and NEWEST. Caller frees it with
 * guard_registry_info_free(). FALSE and @error: nothing was changed but what is staged. */
gboolean guard_update_run(const GuardUpdateRun *run, GuardUpdateDone *done, GuardRegistryInfo **info, GError **error);
/* One sentence about it, translated. Caller frees. */
char *guard_update_done_text(GuardUpdateDone done, const GuardRegistryInfo *info, const GuardUpdateSettings *settings);

/* Names in the folder. */
#define GUARD_UPDATE_STAGED "incoming.snapshot"
#define GUARD_UPDATE_MEMORY "state"

G_END_DECLS
