/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How updating goes on this machine, for those who show it. Pure but for guard_update_health_read().
 */
#pragma once
#include <glib.h>
#include "update/update-memory.h"
#include "update/update-settings.h"

G_BEGIN_DECLS

typedef enum {
        GUARD_UPDATE_OFF = 0, /* nothing is configured */
        GUARD_UPDATE_BROKEN,  /* the configuration is: nothing is fetched */
        GUARD_UPDATE_NEVER,   /* configured, and not run yet */
        GUARD_UPDATE_GOOD,
        GUARD_UPDATE_FAILING, /* the last run was one of a few that failed */
        GUARD_UPDATE_STUCK,   /* failing for days, or no run for days */
        GUARD_N_UPDATE_HEALTHS
} GuardUpdateHealthState;

/* Two days of failures are no bad day of the network any more. */
#define GUARD_UPDATE_PATIENCE (2 * G_TIME_SPAN_DAY)

typedef struct {
        GuardUpdateHealthState state;
        GuardUpdateSettings *settings;
        GuardUpdateMemory *memory; /* of this very source; else empty */
        char *why;                 /* BROKEN: the first fault; FAILING, STUCK: the last run's error, or NULL */
} GuardUpdateHealth;

const char *guard_update_health_to_string(GuardUpdateHealthState state); /* "off" …; static */
/* @n_errors: of the configuration. */
GuardUpdateHealthState guard_update_health_judge(const GuardUpdateSettings *settings, guint n_errors, const GuardUpdateMemory *memory, gint64 now_us);
/* Below @root ("" on a real machine). Caller frees. */
GuardUpdateHealth *guard_update_health_read(const char *root, gint64 now_us);
void guard_update_health_free(GuardUpdateHealth *health);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuardUpdateHealth, guard_update_health_free)

G_END_DECLS
